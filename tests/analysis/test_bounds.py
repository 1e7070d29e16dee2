"""Lower bounds as data: their numbers against counts by hand and by enumeration; the bits at a cut; ranks."""

import itertools
import random
from fractions import Fraction
from math import isclose, log2

import pytest

from circuitsim.analysis.separations.bounds import BOUNDS, bounds, composition_error
from circuitsim.analysis.separations.cut_bits import (
    cut_bits,
    first_layer_rank,
    recurrent_bits,
    single_query_bits,
)
from circuitsim.errors import InputError
from circuitsim.zoo.tasks.catalogue import TASKS

FACTS = {"q": 4, "p": 8, "d": 5, "k": 3, "L": 1, "norm": 3, "modulus": 1024, "dimension": 6}


def the(task, architecture, resource):
    """The first bound of that kind."""
    return next(
        b for b in bounds(task) if b.architecture == architecture and b.resource == resource
    )


@pytest.mark.parametrize(
    "bound", BOUNDS, ids=lambda b: f"{b.task}-{b.architecture}-{b.resource}"
)
def test_every_bound_has_its_source_and_a_positive_number_that_does_not_fall(bound):
    assert all((bound.task, bound.resource, bound.formula, bound.theorem, bound.source))
    values = [bound.value(n, **FACTS) for n in (9, 17, 33, 65, 129)]
    assert values[0] > 0
    assert values == sorted(values)


@pytest.mark.parametrize(
    "bound",
    [b for b in BOUNDS if b.constant == "recalled"],
    ids=lambda b: f"{b.task}-{b.resource}",
)
def test_a_recalled_constant_says_where_it_is_from(bound):
    assert any(
        word in bound.note for word in ("No constant", "no constant", "count", "econstructed")
    )


@pytest.mark.parametrize(
    "bound",
    [b for b in BOUNDS if "Omega" in b.formula],
    ids=lambda b: f"{b.task}-{b.resource}",
)
def test_no_omega_passes_for_the_papers_constant(bound):
    assert bound.constant == "recalled"


@pytest.mark.parametrize(
    ("task", "architecture", "resource", "n", "number"),
    [
        ("q-sparse-averaging", "transformer", "message bits", 64, 4),
        ("q-sparse-averaging", "fully-connected", "first-layer width", 64, 160),
        ("q-sparse-averaging", "recurrent", "state bits", 65, 61 / 2),
        ("match3", "transformer", "m p H", 256, 256 / 3),
        ("match3", "transformer", "message bits", 256, 127),
        ("index-lookup", "recurrent", "state bits", 65, 64),
        ("bounded-dyck", "transformer", "m H", 64, 63 / 42),
        ("equality", "recurrent", "state bits", 64, 32),
        ("inequality", "transformer", "message bits", 64, 32),
        ("disjointness", "recurrent", "state bits", 64, 32),
        ("nearest-neighbour", "recurrent", "state bits", 65, 32),
        ("associative-recall", "recurrent", "state bits", 66, 22),
        ("qstr", "transformer", "heads", 64, 4),
        ("simple-qstr", "fully-connected", "samples", 64, 320),
        ("function-composition", "transformer", "H (d + 1) p", 129, 384),
        ("k-hop", "transformer", "layers", 64, log2(3)),
        ("k-hop", "recurrent", "state width", 729, 1),
        ("sparse-token-selection", "fully-connected", "first-layer width", 65, 320),
    ],
)
def test_the_number_at_a_length(task, architecture, resource, n, number):
    assert isclose(the(task, architecture, resource).value(n, **FACTS), number)


def test_no_bound_where_its_theorem_does_not_apply():
    assert the("q-sparse-averaging", "transformer", "message bits").value(8, q=4) == 0
    assert (
        the("q-sparse-averaging", "fully-connected", "first-layer width").value(8, q=5) == 0
    )
    assert the("match3", "transformer", "m p H").value(64, modulus=64) == 0
    assert the("match3", "transformer", "message bits").value(64, modulus=130) == 0
    assert the("match3", "transformer", "message bits").value(64, modulus=16) == 3
    assert the("bounded-dyck", "transformer", "message bits").value(64, k=1, depth=2) == 0
    assert the("nearest-neighbour", "recurrent", "state bits").value(65, dimension=3) == 8


@pytest.mark.parametrize(
    "bound", BOUNDS, ids=lambda b: f"{b.task}-{b.architecture}-{b.resource}"
)
def test_every_task_of_a_bound_is_a_task(bound):
    """The facts named as a task's options are its options."""
    task = TASKS[bound.task]()
    others = {"p", "L", "norm"}
    assert set(bound.facts) - others <= set(vars(task))
    assert bound.value(9, **vars(task), p=4, L=1, norm=2) >= 0


def test_a_missing_fact_is_named():
    with pytest.raises(InputError, match=r"m p >= c q \(Theorem 4\) needs q, not given"):
        the("q-sparse-averaging", "transformer", "message bits").value(8)


@pytest.mark.parametrize("n", [2, 4, 6, 8])
def test_dyck_has_as_many_members_as_the_bound_has_messages(n):
    """The fooling set of Lemma 1 is all of Dyck-(2,2)."""
    members = 0
    for string in itertools.product("([)]", repeat=n):
        stack, good = [], True
        for letter in string:
            if letter in "([":
                stack.append(letter)
                good &= len(stack) <= 2
            else:
                good &= bool(stack) and stack.pop() == "(["[")]".index(letter)]
        members += good and not stack
    assert log2(members) == the("bounded-dyck", "transformer", "message bits").value(n)


def test_composition_where_the_theorem_is_silent_and_where_it_speaks():
    """384 < 544: separations.md, E3."""
    assert composition_error(64, 1, 16, 32) == (
        0.0,
        "R = D log2 D - H (d + 1) p = 384 - 544 = -160 is not positive: the theorem is silent",
    )
    error, text = composition_error(1024, 1, 15, 32)
    assert error == (10240 - 512) / (3 * 10240)
    assert text.endswith("9728 > 0")


def test_the_cut_item_by_item_for_one_head():
    cut = cut_bits(length=64, width=5, precision=8, heads=1, embedding=7)
    assert cut.total == 7 * 8 + 2 * 8 + 2 * (8 + 6) + 4 * 5 * 8
    assert sum(item.bits for item in cut.items) == cut.total


def test_heads_share_the_query_and_nothing_else():
    one, three = cut_bits(100, 4, 6, 1, 9).total, cut_bits(100, 4, 6, 3, 9).total
    assert three - 9 * 6 == 3 * (one - 9 * 6)


def test_other_cuts():
    assert (single_query_bits(6, 7), recurrent_bits(6, 7)) == (42, 42)


@pytest.mark.parametrize("seed", range(30))
def test_rank_of_a_product_of_random_factors(seed):
    """Of A B with identities inside: rank exactly r; against minors by brute force at small sizes."""
    r = random.Random(seed)
    rows, columns = r.randint(1, 4), r.randint(1, 4)
    entries = [
        [Fraction(r.randint(-2, 2), r.randint(1, 3)) for _ in range(columns)]
        for _ in range(rows)
    ]
    assert first_layer_rank(tuple(map(tuple, entries))) == rank_by_minors(entries)


def test_rank_is_exact_where_floats_are_not():
    tiny = Fraction(1, 10**30)
    assert first_layer_rank(((Fraction(1), Fraction(1)), (Fraction(1), 1 + tiny))) == 2
    assert (
        first_layer_rank(((Fraction(1, 3), Fraction(1, 7)), (Fraction(7), Fraction(3)))) == 1
    )


def rank_by_minors(entries):
    """The largest size of a square part with a determinant other than 0."""
    for size in range(min(len(entries), len(entries[0])), 0, -1):
        for rows in itertools.combinations(range(len(entries)), size):
            for columns in itertools.combinations(range(len(entries[0])), size):
                if determinant([[entries[i][j] for j in columns] for i in rows]):
                    return size
    return 0


def determinant(square):
    """By the first row."""
    if not square:
        return 1
    rest = [row[:] for row in square[1:]]
    return sum(
        (-1) ** j * x * determinant([r[:j] + r[j + 1 :] for r in rest])
        for j, x in enumerate(square[0])
    )
