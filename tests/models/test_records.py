"""Tokens that are records: texts and codes, tables in every rung against the definition, files."""

import itertools
import re

import numpy as np
import pytest

from circuitsim.errors import InputError, ModelError
from circuitsim.models.files.json_model import json_text, parse_json
from circuitsim.models.model import Layer, Model, Readout
from circuitsim.models.sequence import all_inputs
from circuitsim.models.tables import Table, scaled_tables
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_definition, run_exact, run_float
from circuitsim.tokens import Field, Format, fields_from, format_of, letters
from tests.models.random_records import random_records

MIXED = Format(
    (
        Field("z", ("+", "-")),
        Field("y", tuple("0123"), "binary", "odd"),
        Field("p", ("x", "yy", "z"), where="last"),
    )
)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_codes_number_the_records_and_texts_name_them(n):
    wanted = [
        list(itertools.product(*(MIXED.fields[f].values for f in MIXED.at(position, n))))
        for position in range(n)
    ]
    texts = [
        " ".join(",".join(token) for token in string) for string in itertools.product(*wanted)
    ]
    codes = np.indices(MIXED.sizes(n)).reshape(n, -1).T
    assert MIXED.strings(n) == len(texts) == len(codes)
    assert [MIXED.text(row) for row in codes] == texts
    assert np.array_equal(MIXED.parse(texts), codes)
    assert np.array_equal(MIXED.codes(MIXED.digits(codes)), codes)


def test_wires_are_what_their_names_say():
    n = 2
    codes = np.indices(MIXED.sizes(n)).reshape(n, -1).T
    names, bits = MIXED.names(n), MIXED.bits(codes)
    assert names == ["x0.z", "x1.z", "x1.y[0]", "x1.y[1]", "x1.p=x", "x1.p=yy", "x1.p=z"]
    assert bits.shape == (len(codes), MIXED.inputs(n)) == (len(codes), len(names))
    digits = MIXED.digits(codes)
    assert np.array_equal(bits[:, 1], digits[:, 1, 0] == 1)
    assert np.array_equal(bits[:, 2] + 2 * bits[:, 3], digits[:, 1, 1])
    assert np.array_equal(bits[:, 4:].argmax(axis=1), digits[:, 1, 2])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("+ -,4,x", "unknown value '4' of field y"),
        ("+ -,3", "has 2 values, expected 3 (z,y,p)"),
        ("+,1 -,3,x", "has 2 values, expected 1 (z)"),
        ("", "empty"),
    ],
)
def test_what_is_no_record_is_refused(text, said):
    with pytest.raises(InputError, match=re.escape(said)):
        MIXED.parse([text])


def test_a_circuit_says_its_fields_and_a_liar_is_not_believed():
    assert format_of(MIXED.interface()) == MIXED
    assert format_of(letters("ab").interface()) == letters("ab")
    good = MIXED.document()
    for wrong in (
        [],
        [5],
        [{**good[0], "wires": "three"}],
        [{**good[0], "where": 5}],
        [{**good[0], "values": ["a", "a"]}],
        [{**good[0], "values": [1]}],
        [good[0], good[0]],
    ):
        assert fields_from(wrong) is None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_rung_is_its_definition(seed, n):
    model = random_records(seed)
    codes = all_inputs(model, n)
    codes = codes[np.random.default_rng(seed).permutation(len(codes))[:30]]
    fast, integer = run_exact(model, codes).trace(), run_integer(fix(model, n), codes)
    floating = run_float(model, codes)
    for row, string in enumerate(codes):
        exact, rounded = run_definition(model, string), run_definition(model, string, 2)
        for one, many in zip(exact.residuals, fast.residuals, strict=True):
            assert (one[0] == many[row]).all()
        for one, many, exponent in zip(
            rounded.residuals, integer.residuals, integer.exponents, strict=True
        ):
            assert (one[0] * 2**exponent == many[row]).all()
        assert (rounded.decisions[0] == integer.decisions[row]).all()
        if floating.trusted[row]:
            assert (floating.decisions[row] == exact.decisions[0]).all()
    assert floating.trusted.any()


def test_a_table_adds_its_row_where_all_its_fields_are():
    fields = (Field("a", "xy"), Field("b", "uv", "binary", "odd"))
    tables = (Table(("a",), [[1], [2]]), Table(("a", "b"), [[10], [20], [30], [40]]))
    model = Model(
        (), {}, (Layer(()),), Readout([1], position="each"), fields=fields, tables=tables
    )
    codes = model.format.parse(["x x,u y y,v"])
    assert [int(x) for x in run_definition(model, codes[0]).residuals[0][0, :, 0]] == [
        1,
        11,
        2,
        42,
    ]


@pytest.mark.parametrize("seed", range(4))
def test_files_read_back_equal(seed):
    model = random_records(seed)
    again = parse_json(json_text(model).encode(), "m.json")
    assert again == model
    assert again.tables == model.tables
    assert again.fields == model.fields


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tables": ()}, "no table reads the fields"),
        ({"tables": (Table(("c",), [[1]]),)}, "which is no field"),
        ({"tables": (Table(("a",), [[1]]),)}, "1 rows, expected 2"),
        ({"vocabulary": ("0",)}, "a vocabulary or fields, not both"),
        ({"fields": (Field("a", "xx"),)}, "one of them twice"),
        ({"fields": (Field("a", ("x y", "z")),)}, "without spaces"),
        ({"fields": (Field("a", "xy"), Field("a", "xy"))}, "two fields have one name"),
    ],
)
def test_what_does_not_fit_is_refused(changes, said):
    good = {
        "fields": (Field("a", "xy"),),
        "tables": (Table(("a",), [[1], [2]]),),
        "vocabulary": (),
    }
    with pytest.raises(ModelError, match=said):
        Model(**{**good, **changes}, embedding={}, layers=(Layer(()),), readout=Readout([1]))


def test_bad_files_of_records_end_in_one_sentence():
    text = json_text(random_records(1))
    for old, new in (
        ('"wires": "binary"', '"wires": "unary"'),
        ('"where": "last"', '"where": "middle"'),
        ('"name": "y"', '"name": "w"'),
        ('"fields": ["z"]', '"fields": ["zz"]'),
        ('"values": ["p", "q", "r"]', '"values": 0'),
    ):
        broken = text.replace(old, new)
        assert broken != text, old
        with pytest.raises(ModelError, match=r"m\.json"):
            parse_json(broken.encode(), "m.json")


@pytest.mark.parametrize("seed", range(6))
def test_scaled_tables_are_the_tables(seed):
    model = random_records(seed)
    for table, numbers in zip(model.tables, scaled_tables(model), strict=False):
        rows = numbers.fractions().tolist()
        assert rows[: len(table.rows)] == [list(row) for row in table.rows]
        assert not any(
            any(row) for row in rows[len(table.rows) :]
        )  # what a token without these fields adds


def read_one(tokens, string):
    """The definition of reading: each token by itself, where its position says which fields it has."""
    words = list(string) if tokens.single else string.split()
    codes = []
    for position, word in enumerate(words):
        there = tokens.at(position, len(words))
        parts = [word] if len(tokens.fields) == 1 else word.split(",")
        code = 0
        for index, part in zip(there, parts, strict=True):
            code = code * tokens.fields[index].size + tokens.fields[index].values.index(part)
        codes.append(code)
    return codes


@pytest.mark.parametrize("seed", range(60))
def test_strings_are_read_at_once_as_each_is_read_alone(seed):
    rng = np.random.default_rng(seed)
    alphabets = ["01", "abcé", "あ😀b", ["push", "pop", "é"], ["0", "10"]]
    if seed % 2:
        alphabet = alphabets[seed // 2 % len(alphabets)]
        tokens = letters(alphabet)
    else:
        places = ("each", "first", "last", "not-first", "not-last", "even", "odd")
        wheres = ["each", *rng.choice(places, 2)]
        tokens = Format(
            tuple(
                Field(f"f{i}", tuple("abcd"[: i + 2]), where=w) for i, w in enumerate(wheres)
            )
        )
    n, count = int(rng.integers(1, 9)), int(rng.integers(1, 20))
    codes = np.stack([rng.integers(0, size, count) for size in tokens.sizes(n)], axis=1)
    strings = [tokens.text(row) for row in codes]
    assert tokens.parse(strings).tolist() == codes.tolist()
    assert [read_one(tokens, string) for string in strings] == codes.tolist()
    at, odd = int(rng.integers(count)), int(rng.integers(n))
    words = list(strings[at]) if tokens.single else strings[at].split()
    words[odd] = "?"
    strings[at] = ("" if tokens.single else " ").join(words)
    with pytest.raises(InputError, match=re.escape(repr(strings[at]))):
        tokens.parse(strings)
