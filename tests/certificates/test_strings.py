from dataclasses import replace
from itertools import product

import pytest

from circuitsim.certificates.strings import Layout, Piece, layout, roots
from circuitsim.models.expressions import expression
from circuitsim.models.files.reading import load
from circuitsim.models.model import Layer, Model, Readout
from tests.analysis.proofs.counting import EXAMPLES

MODEL = Model(
    vocabulary="ab",
    embedding={"a": [0], "b": [1], "<s>": [2]},
    prepend=("<s>",),
    append=("<s>",),
    layers=(Layer(()),),
    readout=Readout([[1]], position="first"),
)


def classes_of(root, word):
    """The class of each letter of a string, and how often each of the middle is there; None if it is not in a root."""
    front, end = len(root.front), len(root.end)
    middle = word[front : len(word) - end]
    if len(word) < front + end or (word[:front], word[len(word) - end :]) != (
        root.front,
        root.end,
    ):
        return None
    kinds = [(letter, at % root.layout.period) for at, letter in enumerate(middle)]
    counts = [kinds.count(kind) for kind in root.middle]
    if set(kinds) != set(root.middle) or any(
        sum(a * b for a, b in zip(fact, [1, *counts], strict=True)) < 0 for fact in root.facts
    ):
        return None
    known = {kind: front + at for at, kind in enumerate(root.middle)}
    after = [front + len(root.middle) + at for at in range(end)]
    return [*range(front), *(known[kind] for kind in kinds), *after], counts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", Layout(1, 0, 1)),
        ("1 if i == 2 else 0", Layout(2, 0, 1)),
        ("1 if i == n - 3 else i - i", Layout(1, 2, 1)),
        ("(-1)**i", Layout(1, 0, 2)),
        ("(i + n) % 2", Layout(1, 0, 2)),
        ("cos(pi*i) if i < 3 or i > n - 3 else 1/2", Layout(2, 1, 2)),
    ],
)
def test_each_string_is_in_one_root_whose_classes_have_its_positions(text, expected):
    model = replace(MODEL, positions=(text,))
    names = {"first=a", "last=b"} if expected.ends else {"first=a"}
    assert layout(model, names) == replace(
        expected, ends=max(expected.ends, "last=b" in names)
    )
    found = [
        (root, root.walk().network.lines[0].primitive.positions.fractions()[:, 0])
        for root in roots(Piece(model, 2, 1, 6), names)
    ]
    for n in range(1, 7):
        for word in product("ab", repeat=n):
            [(root, rows, classes, counts)] = [
                (root, rows, *where)
                for root, rows in found
                if (where := classes_of(root, word)) is not None
            ]
            whole = [0, *(1 + x for x in classes), len(rows) - 1]
            values = [expression(text).value(i, n + 2) for i in range(n + 2)]
            assert [rows[x] for x in whole] == values
            read = {
                name: sum(map(lambda a, b: a * b, form, [1, *counts]))
                for name, form in root.letters.items()
            }
            assert all(read[letter] == word.count(letter) for letter in "ab")
            assert all(read[f"first={x}"] == (word[0] == x) for x in "ab")


def test_positions_that_take_ever_more_values_have_no_classes():
    said = layout(load(EXAMPLES / "parity.json"), set())
    assert said == "parity adds 'i/n' at each position, which takes ever more values"
