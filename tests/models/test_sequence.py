"""Strings, codes, positions and masks."""

from fractions import Fraction

import pytest

from circuitsim.errors import InputError, LimitError, ModelError
from circuitsim.models.model import Layer, Model, Readout
from circuitsim.models.positions import PositionTable
from circuitsim.models.sequence import (
    all_inputs,
    decode,
    encode,
    mask_matrix,
    position_values,
)
from circuitsim.models.tables import table_rows


def model(vocabulary, **more):
    tokens = [*vocabulary, *more.get("prepend", ()), *more.get("append", ())]
    return Model(vocabulary, {t: [1] for t in tokens}, [Layer([])], Readout([1]), **more)


def test_characters_or_spaced_tokens():
    letters, words = model("01"), model(["push", "pop"])
    assert encode(letters, ["010", "111"]).tolist() == [[0, 1, 0], [1, 1, 1]]
    assert encode(words, ["pop push"]).tolist() == [[1, 0]]
    assert decode(letters, encode(letters, ["0110"])[0]) == "0110"
    assert decode(words, encode(words, ["pop  push"])[0]) == "pop push"


@pytest.mark.parametrize(
    ("strings", "message"),
    [
        (["012"], "unknown token '2'; the vocabulary is 0, 1"),
        ([""], "empty"),
        (["0", "01"], "different"),
        ([], "no"),
    ],
)
def test_an_unreadable_input_says_why(strings, message):
    with pytest.raises(InputError, match=message):
        encode(model("01"), strings)


def test_constant_tokens_stand_around_the_letters():
    framed = model("ab", prepend=("BOS", "a"), append=("EOS",))
    assert framed.tokens == ("a", "b", "BOS", "EOS")
    assert table_rows(framed, encode(framed, ["ba"]))[0].tolist() == [[2, 0, 1, 0, 3]]
    assert framed.length(2) == 5


def test_all_inputs_in_order():
    assert [decode(model("ab"), c) for c in all_inputs(model("ab"), 2)] == [
        "aa",
        "ab",
        "ba",
        "bb",
    ]
    assert all_inputs(model("a"), 100).shape == (1, 100)
    with pytest.raises(LimitError, match=r"2\^60"):
        all_inputs(model("ab"), 60)
    with pytest.raises(InputError, match="at least 1"):
        all_inputs(model("ab"), 0)


def test_positions_count_the_whole_sequence():
    assert position_values(model("ab"), 3) is None
    expressions = model("ab", positions=["i/n"], append=("CLS",))
    assert position_values(expressions, 2) == (
        (Fraction(0),),
        (Fraction(1, 3),),
        (Fraction(2, 3),),
    )
    table = model("ab", positions=PositionTable([[5], [6], [7]]), append=("CLS",))
    assert position_values(table, 2) == ((5,), (6,), (7,))
    with pytest.raises(InputError, match="n can be at most 2"):
        position_values(table, 3)


def test_masks_say_which_keys_a_query_sees():
    seen = {
        mask: mask_matrix(mask, 3)[1].tolist()
        for mask in ("none", "causal", "strict-causal", "anti-causal")
    }
    assert seen["none"] == [True, True, True]
    assert seen["causal"] == [True, True, False]
    assert seen["strict-causal"] == [True, False, False]
    assert seen["anti-causal"] == [False, True, True]
    assert mask_matrix("strict-anti-causal", 3)[1].tolist() == [False, False, True]
    with pytest.raises(ModelError, match="mask 'left'"):
        mask_matrix("left", 3)
