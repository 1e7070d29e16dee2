"""Sparse averages, matches, look-ups and comparisons: definitions, legal inputs, hard inputs and gadgets."""

from itertools import product
from math import comb, prod

import numpy as np
import pytest

from circuitsim.errors import CircuitSimError, InputError, LimitError
from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.averaging import QSparseAveraging, SparseTokenSelection
from circuitsim.zoo.tasks.catalogue import TASKS
from circuitsim.zoo.tasks.comparing import Disjointness, Equality, Inequality, Threshold
from circuitsim.zoo.tasks.finding import (
    AssociativeRecall,
    IndexLookup,
    NearestNeighbour,
    symbols,
)
from circuitsim.zoo.tasks.matching import Match2, Match3, Match3Bigram, Match3Local
from circuitsim.zoo.tasks.targets import QSTR, SimpleQSTR

SETS = [  # the tasks, and lengths whose inputs are few
    (QSparseAveraging(1), (1, 2, 3)),
    (QSparseAveraging(2), (2, 3)),
    (QSparseAveraging(3), (3, 4)),
    (SparseTokenSelection(1), (2, 3, 5)),
    (SparseTokenSelection(2), (3, 5, 6)),
    (QSTR(1), (1, 2, 3)),
    (QSTR(2), (1, 2, 3)),
    (QSTR(2, "majority"), (3,)),
    (QSTR(3, "majority"), (2,)),
    (QSTR(2, "sum"), (3,)),
    (SimpleQSTR(2), (1, 2, 4)),
    (SimpleQSTR(3, "majority"), (3,)),
    (SimpleQSTR(3, "sum"), (4,)),
    (Match2(5), (1, 2, 4)),
    (Match2(2), (3,)),
    (Match3(), (1, 2, 3)),
    (Match3(5), (4,)),
    (Match3Bigram(7), (1, 2, 4)),
    (Match3Local(7), (1, 2, 4)),
    (Match3Local(5, 0), (3,)),
    (Match3Local(4, 2), (5,)),
    (IndexLookup(), (2, 3, 6)),
    (IndexLookup(3), (5,)),
    (AssociativeRecall(), (3, 6, 9)),
    (AssociativeRecall(4), (3, 6)),
    (NearestNeighbour(), (3, 5)),
    (NearestNeighbour(1), (3, 7)),
    (NearestNeighbour(3), (3,)),
    (Equality(), (2, 4, 8)),
    (Inequality(), (2, 4, 8)),
    (Disjointness(), (2, 4, 8)),
    (Threshold(), (2, 3, 8)),
    (Threshold(3, 2), (3, 4, 8)),
    (Threshold(1, 4), (3, 6)),
]
CASES = [pytest.param(task, n, id=f"{task}-{n}") for task, lengths in SETS for n in lengths]
TASK_LIST = [pytest.param(task, id=str(task)) for task, _ in SETS]


def every_string(task: Task, n: int):
    """All strings of the format, by counting."""
    return np.array(list(product(*map(range, task.format(n).sizes(n)))), np.int64)


def longest(task: Task) -> int:
    """The largest legal length up to 12."""
    return max(n for n in range(1, 13) if task.legal_length(n))


def counts(digits, positions):
    """For whole batches: the + among the signs at positions (batch, askers, q)."""
    return np.take_along_axis(digits[:, None, :, 0], positions, axis=2).sum(-1)


def numpy_definition(task: Task, digits):
    """The decisions (batch, positions) of digits (batch, n, fields), written again without a loop over inputs."""
    batch, n, _ = digits.shape
    x = digits[..., 0]
    match task:
        case QSparseAveraging():
            return counts(digits, digits[..., 1:])
        case SparseTokenSelection():
            member = (digits[:, -1, 1:, None] == np.arange(n)).any(1)
            return (member & (x == 1)).sum(1)[:, None]
        case QSTR() | SimpleQSTR():
            read = digits[:, -1:, 1:] if isinstance(task, SimpleQSTR) else digits[..., 1:]
            signs = 2 * counts(digits, read) - task.q  # the sum of signs -1 and +1
            table = {
                "parity": (signs + task.q) // 2 & 1,
                "majority": signs > 0,
                "sum": (signs + task.q) // 2,
            }
            return table[task.g].astype(int)
        case Match2():
            return ((x[:, :, None] + x[:, None, :]) % task.modulus == 0).any(2).astype(int)
        case Match3() | Match3Bigram() | Match3Local():
            zero = (
                x[:, :, None, None] + x[:, None, :, None] + x[:, None, None, :]
            ) % task.modulus == 0
            i, j, k = np.ogrid[:n, :n, :n]
            if isinstance(task, Match3Bigram):
                zero = zero & (k == j + 1) & (i >= 0)
            if isinstance(task, Match3Local):
                zero = zero & (abs(j - i) <= task.window) & (abs(k - i) <= task.window)
            return zero.any((2, 3)).astype(int)
        case IndexLookup():
            return (x * (np.arange(n) == digits[:, -1:, 1])).sum(1)[:, None]
        case AssociativeRecall():
            m = n // 3
            hit = x[:, 2 * m :, None] == x[:, None, 0 : 2 * m : 2]
            found = (hit * x[:, None, 1 : 2 * m : 2]).sum(2)
            return np.concatenate([np.full((batch, 2 * m), task.size(n)), found], axis=1)
        case NearestNeighbour():
            keys, labels = x[:, 0:-1:2], digits[:, 1::2, 1]
            apart = np.array([int(v).bit_count() for v in range(2**task.dimension)])[
                keys ^ x[:, -1:]
            ]
            return np.take_along_axis(labels, apart.argmin(1)[:, None], axis=1)
        case Equality():
            same = (x[:, : n // 2] == x[:, n // 2 :]).all(1)[:, None].astype(int)
            return 1 - same if isinstance(task, Inequality) else same
        case Disjointness():
            return (x[:, : n // 2] & x[:, n // 2 :]).any(1)[:, None].astype(int)
        case Threshold():
            window = np.lib.stride_tricks.sliding_window_view(
                np.concatenate([x, x[:, : task.k - 1]], 1), task.k, 1
            )
            return (window.prod(2).sum(1) >= task.b)[:, None].astype(int)
    raise AssertionError(task)


@pytest.mark.parametrize(("task", "n"), CASES)
def test_the_definition_agrees_with_numpy_on_every_input(task, n):
    codes = task.inputs(n)
    expected = numpy_definition(task, task.format(n).digits(codes))
    assert np.array_equal(task.decisions(codes), expected)
    assert expected.min() >= 0
    assert expected.max() < len(task.answers(n))


@pytest.mark.parametrize(("task", "n"), CASES)
def test_inputs_are_the_legal_strings_and_are_counted(task, n):
    codes = task.inputs(n)
    assert len({tuple(row) for row in codes.tolist()}) == len(codes) == task.count(n)
    if prod(task.format(n).sizes(n)) <= 2**16:
        strings = every_string(task, n)
        legal = [task.legal(row) for row in task.format(n).digits(strings)]
        assert {tuple(row) for row in strings[legal].tolist()} == {
            tuple(row) for row in codes.tolist()
        }


@pytest.mark.parametrize("task", TASK_LIST)
def test_drawn_inputs_are_legal_and_repeat_with_the_seed(task):
    for n in [n for n in (1, 2, 3, 4, 5, 6, 7, 9, 12, 33, 64) if task.legal_length(n)]:
        for draw in (task.sample, task.adversarial):
            codes = draw(n, 60, np.random.default_rng(3))
            assert codes.shape == (60, n)
            assert codes.dtype == np.int64
            assert (codes >= 0).all()
            assert (codes < np.array(task.format(n).sizes(n))).all()
            assert all(task.legal(row) for row in task.format(n).digits(codes))
            assert np.array_equal(codes, draw(n, 60, np.random.default_rng(3)))
            assert draw(n, 0, np.random.default_rng(3)).shape == (0, n)


@pytest.mark.parametrize("task", TASK_LIST)
def test_hard_inputs_have_every_answer_that_there_is(task):
    n = longest(task)
    answers = set(task.decisions(task.adversarial(n, 400, np.random.default_rng(0))).flat)
    wanted = {0, 1} if task.answers(n) == ("no", "yes") else set(range(len(task.answers(n))))
    if task == Match2(2):
        wanted = {1}  # every number is its own negative
    assert answers == wanted


@pytest.mark.parametrize("task", TASK_LIST)
def test_inputs_go_through_text(task):
    n = longest(task)
    codes = task.sample(n, 5, np.random.default_rng(1))
    format_ = task.format(n)
    assert np.array_equal(format_.parse([format_.text(row) for row in codes]), codes)


def test_matching_samples_follow_the_density_of_sums():
    few = Match2(1024).decisions(Match2(1024).sample(8, 200, np.random.default_rng(0)))
    many = Match2(8).decisions(Match2(8).sample(64, 200, np.random.default_rng(0)))
    assert few.mean() < 0.05
    assert many.mean() > 0.95


@pytest.mark.parametrize("q", [1, 2, 3, 4])
def test_sparse_averages_decide_disjointness(q):
    n = 2 * q + 1
    averaging, selection = QSparseAveraging(q), SparseTokenSelection(q)
    for a, b in product(product((0, 1), repeat=q), repeat=2):
        common = any(x and y for x, y in zip(a, b, strict=True))
        for size in (n, n + 2):
            digits = averaging.disjointness_gadget(size, a, b)
            assert averaging.legal(digits)
            average = (2 * averaging.answer(digits)[2 * q] - q) / q
            assert (average > -1 + 1 / (2 * q)) == common
            last = selection.disjointness_gadget(size, a, b)
            assert selection.legal(last)
            assert (selection.answer(last)[0] > 0) == common


def test_alice_of_the_averaging_gadget_holds_one_token():
    task, fixed = QSparseAveraging(3), (1, 0, 1)
    rows = np.array(
        [task.disjointness_gadget(9, a, fixed) for a in product((0, 1), repeat=3)]
    )
    changing = (rows != rows[0]).any(axis=(0, 2))
    assert np.flatnonzero(changing).tolist() == [6]
    assert len({row.tobytes() for row in rows}) == 8


@pytest.mark.parametrize("q", [1, 2, 3])
def test_sparse_averages_recall_a_prefix(q):
    task = QSparseAveraging(q)
    for bits in product((0, 1), repeat=4):
        digits = task.index_gadget(8 + q - 1, bits)
        assert task.legal(digits)
        assert task.answer(digits)[4:8] == bits
        for g in ("parity", "majority", "sum"):
            assert QSTR(q, g).answer(QSTR(q, g).index_gadget(8 + q - 1, bits))[4:8] == bits


@pytest.mark.parametrize("m", [1, 2, 3, 4])
@pytest.mark.parametrize("more", [0, 1])
def test_match3_decides_disjointness(m, more):
    task = Match3(4 * (m + 1 + more))
    for a, b in product(product((0, 1), repeat=m), repeat=2):
        common = any(x and y for x, y in zip(a, b, strict=True))
        digits = task.disjointness_gadget(2 * m + 1 + more, a, b)
        assert (task.answer(digits)[0] == 1) == common


def test_symbols_go_on_after_z():
    assert symbols(29)[24:] == ("y", "z", "aa", "ab", "ac")


def test_counts_of_the_tasks_with_few_legal_inputs():
    assert QSparseAveraging(2).count(6) == (2 * 15) ** 6
    assert SparseTokenSelection(3).count(9) == 2**8 * comb(8, 3)
    assert AssociativeRecall(4).count(9) == 4 * 3 * 2 * 4**3 * 6


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: QSparseAveraging(0), "q-sparse-averaging: q is 0, expected 1 to 60."),
        (lambda: SparseTokenSelection(-1), "q is -1"),
        (
            lambda: QSTR(2, "mean"),
            "qstr: g is 'mean', expected one of parity, majority, sum.",
        ),
        (lambda: Match2(1), "match2: modulus is 1"),
        (lambda: Match3Local(8, -1), "window is -1, expected 0 to 1024."),
        (lambda: IndexLookup(1), "letters is 1"),
        (lambda: AssociativeRecall(1), "letters is 1"),
        (lambda: NearestNeighbour(0), "dimension is 0, expected 1 to 16."),
        (lambda: Threshold(0), "k is 0"),
        (lambda: Threshold(2, 0), "b is 0"),
        (lambda: Equality().check_length(7), "near 6 and 8"),
        (lambda: AssociativeRecall(4).check_length(15), "near 9 and 12"),
        (lambda: NearestNeighbour().check_length(4), "near 3 and 5"),
        (
            lambda: QSparseAveraging(3).disjointness_gadget(6, (0,) * 3, (0,) * 3),
            "the gadget needs n >= 7",
        ),
        (lambda: QSTR(3).index_gadget(9, (0,) * 4), "the gadget needs n >= 10"),
        (
            lambda: QSparseAveraging(3).disjointness_gadget(7, (0,) * 2, (0,) * 3),
            "the gadget takes 3 bits",
        ),
        (
            lambda: Match3(8).disjointness_gadget(5, (0, 1), (1, 1)),
            "multiple of 4 that is at least 12",
        ),
    ],
)
def test_what_cannot_be_is_refused(make, words):
    with pytest.raises(InputError) as refusal:
        make()
    assert words in str(refusal.value)


def test_tokens_with_too_many_values_are_refused():
    with pytest.raises(LimitError, match="2\\^62; lower n or q"):
        QSTR(11).format(64)
    assert issubclass(LimitError, CircuitSimError)


def test_the_catalogue_has_these_tasks():
    for task, _ in SETS:
        assert TASKS[task.name] is type(task)
