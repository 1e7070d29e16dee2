"""Random models on every rung: float, exact, integer, schematic, circuit and file; and measured exactly."""

import random

import pytest
from circuitsim.compilers.family import Family

from circuitsim.analysis.ladder import climb
from circuitsim.models.model import ATTENTIONS, MASKS, Head, Layer, Model, Readout
from tests.cases import random_model
from tests.netlist.recount import assert_measured_exactly

QUICK, ALL = range(24), range(24, 160)
BASES, MODES = ("xag", "aig"), ("depth", "size")


def families(seed: int, basis: str) -> tuple[list[Family], int]:
    """One model in both modes of a basis, and the length to look at."""
    r = random.Random(seed)
    n = r.choice([1, 2, 3, 4, 5, 6, 7, 8])
    positions = r.choice(["folded", "wired"])
    return [
        Family(random_model(seed), basis, optimize=mode, positions=positions)
        for mode in MODES
    ], n


def assert_every_rung_agrees(seed: int, basis: str) -> None:
    many, n = families(seed, basis)
    row = climb(many, n, exhaustive=False, samples=70, seed=seed)
    wrong = [r for r in row.rungs if r.relation == "=" and not r.holds]
    assert not wrong
    assert len([r for r in row.rungs if r.relation == "="]) == 3 * len(MODES)
    assert row.rungs[0].disagreements == 0  # float against exact, where float can be trusted
    for family in many:
        assert_measured_exactly(family(n))


@pytest.mark.slow
@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("seed", QUICK)
def test_every_rung_agrees_residual_by_residual(seed, basis):
    assert_every_rung_agrees(seed, basis)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ALL)
def test_every_rung_agrees_residual_by_residual_on_many(seed):
    assert_every_rung_agrees(seed, BASES[seed % len(BASES)])


@pytest.mark.slow
def test_float_can_be_trusted_on_at_least_half_the_cases():
    trusted = inputs = 0
    for seed in (*QUICK, *range(24, 60)):
        model = random_model(seed)
        row = climb([], 1 + seed % 8, model=model, exhaustive=False, samples=70, seed=seed)
        assert row.rungs[0].disagreements == 0
        trusted += row.inputs - row.rungs[0].undecided
        inputs += row.inputs
    assert trusted >= inputs / 2


def test_the_random_models_cover_every_option():
    models = [random_model(seed) for seed in (*QUICK, *ALL)]
    heads = [h for m in models for layer in m.layers for h in layer.heads]
    assert {h.attention for h in heads} == set(ATTENTIONS) - {"softmax"}
    assert {h.mask for h in heads} == set(MASKS)
    assert {len(m.layers) for m in models} == {1, 2, 3}
    assert {len(layer.heads) for m in models for layer in m.layers} == {1, 2, 3}
    assert {h.score_bits for h in heads} == {None, 0, 1, 3}
    assert any(m.prepend for m in models)
    assert any(m.append for m in models)
    assert {m.readout.position for m in models} >= {"first", "last", "each"}


def test_constants_that_single_out_every_second_key_leave_no_dead_gate():
    assert_measured_exactly(
        Family(random_model(300), "aig", optimize="size", positions="folded")(5)
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_numbers_beyond_64_bits_stay_whole(seed):
    """Tables are of 64 bits where they fit, and the circuit's units are finer than theirs."""
    family = Family(random_model(seed), "xag", str(29 + 4 * seed), max_bits=1000)
    row = climb([family], 1 + seed % 3, exhaustive=False, samples=40, seed=seed)
    assert all(r.holds for r in row.rungs if r.relation == "=")


def test_large_numbers_that_cancel():
    large = 2**36
    head = Head([[0, 0]], [[0, 0]], [[1, 0]], [[0], [1]])
    rows = {"a": [large + 1, 0], "b": [large, 0], "c": [large - 1, 0]}
    readout = Readout([1, 1])
    model = Model(
        tuple("abc"),
        rows,
        (Layer((head,)),),
        readout,
        positions=(str(-large), "0"),
        bits="14",
    )
    row = climb(
        [Family(model, basis) for basis in BASES], 3, exhaustive=True, samples=0, seed=0
    )
    assert row.inputs == 27
    assert all(r.holds for r in row.rungs if r.relation == "=")
