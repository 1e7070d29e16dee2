"""Gadgets of the lower bounds: what they are, how many messages they need, and models that send too few."""

import itertools
from fractions import Fraction
from math import log2

import numpy as np
import pytest

from circuitsim.analysis.separations.bounds import bounds
from circuitsim.analysis.separations.gadgets import MAKERS, dyck_member, gadgets
from circuitsim.analysis.separations.messages import distinguishable, messages
from circuitsim.errors import InputError, LimitError
from circuitsim.zoo.tasks.averaging import QSparseAveraging, SparseTokenSelection
from circuitsim.zoo.tasks.brackets import BoundedDyck
from circuitsim.zoo.tasks.comparing import Disjointness, Equality, Inequality
from circuitsim.zoo.tasks.finding import AssociativeRecall, IndexLookup, NearestNeighbour
from circuitsim.zoo.tasks.letter_counts import Parity
from circuitsim.zoo.tasks.matching import Match3
from circuitsim.zoo.tasks.targets import QSTR
from tests.analysis.collisions import collision

CASES = [  # task, n, and the bits of its gadgets by the papers
    (QSparseAveraging(1), 7, [1, 3]),
    (QSparseAveraging(3), 7, [3, 2]),
    (QSparseAveraging(5), 11, [5, 3]),
    (QSparseAveraging(2), 14, [2, 6]),
    (SparseTokenSelection(1), 6, [1, 5]),
    (SparseTokenSelection(4), 9, [4, 5]),
    (QSTR(1), 9, [4]),
    (QSTR(2), 10, [4]),
    (QSTR(3, "majority"), 9, [4]),
    (QSTR(2, "sum"), 9, [4]),
    (Match3(modulus=28), 13, [6]),
    (Match3(modulus=16), 13, [3]),
    (IndexLookup(), 8, [7]),
    (IndexLookup(letters=5), 6, [5]),
    (NearestNeighbour(dimension=3), 15, [7]),
    (NearestNeighbour(dimension=2), 15, [4]),
    (AssociativeRecall(), 15, [5]),
    (AssociativeRecall(letters=9), 12, [4]),
    (Equality(), 10, [5]),
    (Inequality(), 8, [4]),
    (Disjointness(), 12, [6]),
    (BoundedDyck(), 6, [5]),
    (BoundedDyck(k=3, depth=4), 4, [3]),
]
BOTH = [
    pytest.param(g, id=f"{t.name}-{g.name}-{n}-{g.bits}")
    for t, n, _ in CASES
    for g in gadgets(t, n)
]


@pytest.mark.parametrize(
    ("task", "n", "bits"), CASES, ids=lambda value: getattr(value, "name", None)
)
def test_bits_of_the_gadgets(task, n, bits):
    assert [gadget.bits for gadget in gadgets(task, n)] == bits


def test_every_task_with_gadgets_is_tried():
    assert {type(task) for task, _, _ in CASES} == set(MAKERS)
    assert gadgets(Parity(), 5) == ()


@pytest.mark.parametrize("gadget", BOTH)
def test_inputs_are_legal_and_each_part_stays_on_its_side(gadget):
    task, n = gadget.task, gadget.n
    everything = np.stack(
        [gadget.inputs(b) for b in gadget.questions], axis=1
    )  # (parts, questions, n)
    flat = everything.reshape(-1, n)
    assert (flat >= 0).all()
    assert (flat < np.array(task.format(n).sizes(n))).all()
    assert all(task.legal(row) for row in task.format(n).digits(flat))
    alice = np.isin(np.arange(n), gadget.alice)
    assert (everything[:, :, alice] == everything[:, :1, alice]).all()
    assert (everything[:, :, ~alice] == everything[:1, :, ~alice]).all()


@pytest.mark.parametrize("gadget", BOTH)
def test_answers_are_those_of_the_problem_the_gadget_holds(gadget):
    """The table of the task's answers is that of index, disjointness, equality or nesting, written out."""
    for row, a in enumerate(gadget.parts):
        for column, b in enumerate(gadget.questions):
            assert gadget.answers[row, column].tolist() == problem(gadget, a, b)


def problem(gadget, a, b):
    task = gadget.task
    if isinstance(task, BoundedDyck):
        mixed = [
            x if i % 2 == 0 else y
            for i, (x, y) in enumerate(zip(dyck_member(a), dyck_member(b), strict=True))
        ]
        return [int(nested(mixed, task.depth))]
    if isinstance(task, Inequality):
        return [int(a != b)]
    if isinstance(task, Equality):
        return [int(a == b)]
    if gadget.asks == "unit":
        return [int(any(x and y for x, y in zip(a, b, strict=True)))]
    return list(a) if gadget.asks == "nothing" else [a[b[0]]]


def nested(letters, depth):
    text, pairs = "".join("([)]"[[0, 2, 1, 3][letter]] for letter in letters), ("()", "[]")
    heights = np.cumsum([1 if letter in "([" else -1 for letter in text])
    while any(pair in text for pair in pairs):
        text = text.replace("()", "").replace("[]", "")
    return not text and heights.max() <= depth


@pytest.mark.parametrize("gadget", BOTH)
def test_every_part_of_alices_needs_its_own_message(gadget):
    assert distinguishable(gadget) == 2**gadget.bits
    assert log2(distinguishable(gadget)) == gadget.bits


@pytest.mark.parametrize("gadget", BOTH)
def test_telling_everything_is_enough_and_telling_less_is_not(gadget):
    """Alice's tokens as they are: 2^bits messages, no collision. Without the first bit: a collision that replays."""

    def everything(codes):
        return codes[:, list(gadget.alice)]

    def less(codes):
        told = [gadget.parts[row][1:] for row in map(index_of(gadget), codes)]
        return np.array(told).reshape(len(codes), -1)

    assert messages(everything, gadget) == 2**gadget.bits
    assert collision(everything, gadget) is None
    assert messages(less, gadget) == 2 ** (gadget.bits - 1)
    found = collision(less, gadget)
    assert found is not None
    assert found.a[1:] == found.other[1:]
    assert found.a != found.other
    assert (
        found.codes == [gadget.input(found.a, found.b), gadget.input(found.other, found.b)]
    ).all()
    decided = gadget.task.decisions(found.codes)[:, list(gadget.read)]
    assert (decided == found.answers).all()
    assert (decided[0] != decided[1]).any()


def index_of(gadget):
    """The number of Alice's part in an input."""
    alice = list(gadget.alice)
    rows = {
        tuple(row[alice]): number
        for number, row in enumerate(gadget.inputs(gadget.questions[0]))
    }
    return lambda row: rows[tuple(row[alice])]


@pytest.mark.parametrize(
    "task", [IndexLookup(), NearestNeighbour(dimension=3)], ids=lambda task: task.name
)
def test_a_state_that_is_the_last_letter_fails(task):
    gadget = gadgets(task, 9)[0]
    assert gadget.cut == 8
    assert messages(lambda codes: codes[:, gadget.cut - 1], gadget) == 2
    assert collision(lambda codes: codes[:, gadget.cut - 1], gadget) is not None


def test_a_state_of_fractions_and_one_that_depends_on_bob():
    gadget = gadgets(Equality(), 8)[0]
    counts = messages(
        lambda codes: [[Fraction(int(row[:4].sum()), 4)] for row in codes], gadget
    )
    assert counts == 5
    with pytest.raises(InputError, match="depends on Bob's part"):
        messages(lambda codes: codes.sum(axis=1), gadget)
    found = collision(lambda codes: codes.sum(axis=1), gadget)
    assert found is not None
    assert found.codes.sum(axis=1).tolist() == [found.codes[0].sum()] * 2


@pytest.mark.parametrize(
    ("task", "n", "gadget", "architecture", "resource"),
    [
        (QSparseAveraging(3), 9, 0, "transformer", "message bits"),
        (QSparseAveraging(1), 9, 1, "recurrent", "state bits"),
        (Match3(modulus=20), 9, 0, "transformer", "message bits"),
        (IndexLookup(), 9, 0, "recurrent", "state bits"),
        (NearestNeighbour(dimension=2), 9, 0, "recurrent", "state bits"),
        (AssociativeRecall(), 9, 0, "recurrent", "state bits"),
        (Equality(), 8, 0, "recurrent", "state bits"),
        (Inequality(), 8, 0, "transformer", "message bits"),
        (Disjointness(), 8, 0, "transformer", "message bits"),
        (BoundedDyck(), 8, 0, "transformer", "message bits"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_counting_gives_the_bound(task, n, gadget, architecture, resource):
    """log2 of the messages counted is the formula of `bounds.py`."""
    bound = next(
        b
        for b in bounds(task.name)
        if (b.architecture, b.resource) == (architecture, resource)
    )
    assert log2(distinguishable(gadgets(task, n)[gadget])) == bound.value(n, **vars(task))


@pytest.mark.parametrize("n", [2, 4, 6, 8, 10])
def test_dyck_members_are_all_and_odd_letters_determine_them(n):
    words = [
        tuple(dyck_member(bits).tolist()) for bits in itertools.product((0, 1), repeat=n - 1)
    ]
    assert BoundedDyck().decisions(np.array(words)).all()
    assert len({word[::2] for word in words}) == 2 ** (n - 1)
    if n <= 6:
        assert set(words) == {
            w for w in itertools.product(range(4), repeat=n) if nested(w, 2)
        }


def test_a_long_gadget_is_cut_short():
    gadget = gadgets(Equality(), 64)[0]
    with pytest.raises(
        LimitError, match="32 bits are 18446744073709551616 inputs, and at most 131072"
    ):
        distinguishable(gadget)
    with pytest.raises(LimitError, match="32 bits are 4294967296 inputs"):
        messages(lambda codes: codes[:, :32], gadget)
    assert distinguishable(gadget.first(5)) == 32
    assert gadget.first(5).input((1,) * 5, (0,) * 5).tolist() == [1] * 5 + [0] * 59
    assert distinguishable(gadgets(IndexLookup(), 200)[0].first(6)) == 64
    with pytest.raises(InputError, match="33 bits, expected 1 to 32"):
        gadget.first(33)


def test_illegal_lengths_and_sizes_without_gadgets():
    with pytest.raises(InputError, match="no inputs of length 7"):
        gadgets(Equality(), 7)
    assert gadgets(Match3(modulus=9), 9) == ()
    assert gadgets(BoundedDyck(k=1), 8) == ()
    assert [gadget.name for gadget in gadgets(QSparseAveraging(3), 6)] == ["index"]
