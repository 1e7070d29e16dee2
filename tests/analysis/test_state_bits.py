"""State sizes: the papers' size of a number, bounds that hold on every input, and how the examples grow."""

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from circuitsim.analysis.claims.datatypes import DATATYPES
from circuitsim.analysis.claims.papers_division import literal_disagreements
from circuitsim.analysis.claims.state_bits import fits, largest_size, state_bits
from circuitsim.analysis.claims.state_bounds import dyadic_bounds, literal_bounds
from circuitsim.errors import ModelError
from circuitsim.models.files.reading import load
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.rungs import run_definition
from circuitsim.numbers.rationals import size
from circuitsim.numbers.scaled import Scaled
from tests.cases import random_model
from tests.networks.plain import affine
from tests.networks.stored_model import on_grid, stored

EXAMPLES = Path(__file__).parents[2] / "examples"
POWERS = [4, 8, 16, 32, 64]
MIXED = [3, 5, 7, 12, 20, 33, 64]


@pytest.mark.parametrize(
    ("number", "bits"),
    [("1/2", 5), ("0", 3), ("1", 3), ("-2", 5), ("-7/8", 9), ("1023/2", 21)],
)
def test_the_size_of_a_number(number, bits):
    """1/2 has 5 bits in 2106.16213, section 3.1."""
    assert size(Fraction(number)) == bits


def test_rational_sizes_of_the_prime_encoding():
    """Sums of reciprocals of the first n primes (Theorem 1): sizes of circuits-theory.md, section 10."""
    primes = [p for p in range(2, 400) if all(p % q for q in range(2, p))]
    found = [
        size(sum((Fraction(1, p) for p in primes[:n]), Fraction(0))) for n in (8, 16, 32, 64)
    ]
    assert found == [49, 133, 341, 837]


@pytest.mark.parametrize("seed", range(40))
def test_the_largest_size_of_an_array(seed):
    r = random.Random(seed)
    wide = r.choice([3, 40, 2**50, 2**90])
    numbers = [r.choice([0, r.randint(-wide, wide)]) for _ in range(r.randint(1, 6))]
    array = np.array(numbers, dtype=object if wide > 2**62 else np.int64)
    denominator = r.choice([1, 12, 2**40, 2**80])
    assert largest_size(Scaled(array, denominator)) == max(
        size(Fraction(x, denominator)) for x in numbers
    )


@pytest.mark.parametrize("division", ["dyadic", "dyadic-literal"])
@pytest.mark.parametrize("seed", range(25))
def test_measured_on_every_input_is_the_definition_and_in_bounds(seed, division):
    """Sizes are those of the run in fractions; no entry of it exceeds `bound`, and no sum over positions `lemma`."""
    model, bits = random_model(seed), seed % 5
    n = 4 if len(model.vocabulary) == 2 else 3
    rows = state_bits(model, [n], [division], bits=bits)
    kind = "literal" if division == "dyadic-literal" else "rounded"
    runs = [
        run_definition(model, codes, bits, division=kind) for codes in all_inputs(model, n)
    ]
    for row in rows:
        entries = [x for run in runs for x in run.residuals[row.layer].flat]
        assert row.measured == max(map(size, entries))
        assert row.inputs == len(runs)
        assert row.bound is not None
        assert row.measured <= row.bound
        if row.layer and row.lemma is not None:
            heads = stored(model, n, on_grid(bits)).layers[row.layer - 1].heads
            assert max(sums(heads, runs, row.layer - 1)) <= row.lemma


def sums(heads, runs, layer):
    """Sizes of sums of the values at the first k positions, for every k, head and run."""
    for head in heads:
        for run in runs:
            values = [affine(head.value, x, head.value_bias) for x in run.residuals[layer][0]]
            for stop in range(1, len(values) + 1):
                yield from (
                    size(sum(column, Fraction(0)))
                    for column in zip(*values[:stop], strict=True)
                )


def test_the_interval_bound_of_dyadic_states_is_met_by_the_majority_example():
    """It is not only safe: here inputs reach it."""
    for row in state_bits(load(EXAMPLES / "majority.pt"), POWERS, ["dyadic"]):
        assert row.measured == row.bound


def growth(name, datatype, ns):
    return {f.layer: f for f in fits(state_bits(load(EXAMPLES / name), ns, [datatype]))}


@pytest.mark.slow
def test_parity_needs_four_bits_for_each_doubling():
    """2 log2 n fraction bits under a one and a sign; its rational state is i/n, then 1/n over n/2."""
    for datatype, layer, a, b in [
        ("dyadic", 2, 4, 3),
        ("rational", 1, 2, 3),
        ("rational", 2, 4, 1),
    ]:
        fit = growth("parity.json", datatype, POWERS)[layer].log
        assert fit is not None
        assert (fit.a, fit.b, fit.residual) == pytest.approx((a, b, 0), abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["majority.pt", "parity.json", "first.json", "reciprocal.json"]
)
def test_dyadic_states_are_logarithmic_and_in_bounds(name):
    rows = state_bits(load(EXAMPLES / name), MIXED, ["dyadic", "dyadic-literal"])
    for fit in fits(rows):
        assert fit.within
        assert fit.log is not None
        assert fit.log.a <= 7
        assert (
            fit.log.residual <= 5
        )  # four positions i/4 of three letters and CLS need few bits


def test_majority_and_first_do_not_grow_at_all_with_means_rounded():
    for name, layer in (("majority.pt", 1), ("first.json", 2)):
        fit = growth(name, "dyadic", MIXED)[layer].log
        assert fit is not None
        assert fit.a == pytest.approx(0, abs=1e-9)


@pytest.mark.slow
def test_rational_states_are_linear_where_positions_are_reciprocals():
    """The denominator is a common multiple of up to n numbers, of 1.44 n bits; "O(log n) bits" needs dyadics."""
    ns = [8, 16, 32, 64, 128]
    rational, dyadic = (growth("reciprocal.json", d, ns)[1] for d in ("rational", "dyadic"))
    for fit in (rational, dyadic):
        assert fit.power is not None
        assert fit.log is not None
    assert 0.85 < rational.power.exponent < 1.1
    assert rational.log.residual > 30
    assert dyadic.power.local < 0.2
    assert (dyadic.log.a, dyadic.log.residual) == pytest.approx((4, 0), abs=1e-9)


def test_rational_sizes_do_not_depend_on_the_bits():
    model = load(EXAMPLES / "reciprocal.json")
    few, many = (state_bits(model, [20], ["rational"], bits=b) for b in (1, 30))
    assert few == many
    assert few[0].precision is None


@pytest.mark.slow
def test_floats_are_p_bits_by_definition_and_keep_the_decisions():
    rows = state_bits(load(EXAMPLES / "parity.json"), POWERS, ["float"])
    assert {r.measured - 4 * (r.n - 1).bit_length() for r in rows} == {16}
    assert {r.disagreements for r in rows} == {0}
    narrow = state_bits(load(EXAMPLES / "parity.json"), [32], ["float"], p="log2(n)+1")
    assert {r.measured for r in narrow} == {6}
    assert narrow[0].disagreements > 50


def test_constant_precision_with_rounded_additions_loses_majority():
    rows = state_bits(load(EXAMPLES / "majority.pt"), [8, 64], ["rounded-add"])
    assert [r.disagreements for r in rows] == [0, 0, 69, 69]
    assert {r.bound for r in rows} == {13}


def test_rows_come_by_length_datatype_and_layer():
    rows = state_bits(load(EXAMPLES / "parity.json"), [2, 13], samples=40)
    names = list(DATATYPES)
    assert [(r.n, r.datatype, r.layer) for r in rows] == [
        (n, d, k) for n in (2, 13) for d in names for k in range(3)
    ]
    assert {r.inputs for r in rows if r.n == 2} == {4}
    assert {r.inputs for r in rows if r.n == 13} == {40}
    assert all(fit.log and fit.log.points == 2 for fit in fits(rows))
    assert all(fit.log is None for fit in fits(rows[:15]))


def test_a_measured_size_past_its_bound_is_told():
    rows = state_bits(load(EXAMPLES / "parity.json"), [2, 4], ["dyadic"])
    assert all(fit.within for fit in fits(rows))
    worse = [
        type(r)(**{**vars(r), "measured": r.bound + 1}) if r.n == 4 and r.layer == 1 else r
        for r in rows
    ]
    assert [fit.within for fit in fits(worse)] == [True, False, True]


def test_bounds_need_no_inputs():
    """At a length where no run is possible they still are O(log n)."""
    model = load(EXAMPLES / "parity.json")
    for bounds in (dyadic_bounds, literal_bounds):
        small, large = (bounds(model, n, 2 * n.bit_length()).entries[-1] for n in (16, 1024))
        assert large - small <= 12 * 6


def test_softmax_is_refused():
    with pytest.raises(ModelError, match="softmax"):
        state_bits(random_model(1).with_attention("softmax"), [2])


def test_literal_division_breaks_parity_on_4889_of_8190_strings():
    rows = list(literal_disagreements(load(EXAMPLES / "parity.json"), range(1, 13), bits=8))
    assert sum(row.inputs for row in rows) == 8190
    assert sum(row.wrong for row in rows) == 4889
    assert all(row.exhaustive and (row.first is None) == (row.wrong == 0) for row in rows)


def test_the_first_string_that_literal_division_changes():
    model = load(EXAMPLES / "majority.pt")
    (row,) = literal_disagreements(model, [6])
    strings = ["".join(map(str, codes)) for codes in all_inputs(model, 6)]
    wrong = [
        s
        for s in strings
        if run_definition(model, [int(c) for c in s], 3, "literal").decisions[0, 0]
        != (s.count("1") > 3)
    ]
    assert (row.bits, row.wrong, row.first) == (3, len(wrong), wrong[0])
    (none,) = literal_disagreements(model, [8])
    assert (none.wrong, none.first) == (0, None)  # powers of two have exact inverses
