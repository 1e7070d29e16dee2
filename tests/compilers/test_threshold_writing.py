"""How threshold circuits write numbers: chains of the values they can take, functions on a chain, and digits."""

import random
from dataclasses import replace

import numpy as np
import pytest
from circuitsim.compilers.family import Family
from circuitsim.compilers.thresholds import writing
from circuitsim.compilers.thresholds.digits import digit_places

import circuitsim as cs
from circuitsim.analysis.ladder import climb
from circuitsim.networks.forms import Few, Number
from circuitsim.schematic.measure import measure
from tests.cases import random_model
from tests.compilers.test_threshold_models import most_levels
from tests.netlist.recount import assert_measured_exactly
from tests.third_order import third_order_model

SMALL = 60_000  # wires of circuits that are built here
COMPACT = ("balanced", "size")


def value_of(bits, wires: list[bool]) -> int:
    """What chains of wires, side by side, stand for."""
    total, start = 0, 0
    for part in (bits, *bits.rest):
        stop = start + part.wires.shape[-1]
        steps = part.steps or (1,) * (stop - start)
        own = wires[start:stop]
        assert own == sorted(own, reverse=True)  # a chain: each is at least the next
        total += part.low + sum(step for step, true in zip(steps, own, strict=True) if true)
        start = stop
    assert start == len(wires)
    return total


def written_values(written: writing.Writing) -> list[int]:
    """The value of the wires that are drawn for every value, by comparing it as a gate would."""
    drawing = cs.schematic.drawing.Drawing("tc0")
    found = []
    for value in range(written.low, written.high + 1):
        shown: list[bool] = []

        def ask(reached, known, value=value, shown=shown):
            start, rest = 0, value
            for wires, unit in known:
                stop = start + wires.shape[-1]
                rest -= unit * sum(shown[start:stop])
                start = stop
            shown += [rest >= t for t in reached]
            return drawing.fill((len(reached),), False)

        chains = written.draw(ask)
        assert shown == written.shown(value)
        assert sum(wires.shape[-1] for wires in chains) == written.width
        found.append(value_of(written.bits(chains), shown))
    return found


@pytest.mark.parametrize("span", [1, 2, 3, 7, 8, 30, 100])
@pytest.mark.parametrize("digits", [1, 2, 3])
def test_chains_of_digits_stand_for_the_number(span, digits):
    places = digit_places(span, digits)
    written = writing.Writing(-3, span - 3, places)
    assert written_values(written) == [*range(-3, span - 2)]


def test_a_number_of_few_values_has_a_wire_for_each_but_the_least():
    few = Number(np.array([1], object), -2, 9, Few(np.array([-2, 0, 9])))
    written = writing.writing(few, "depth")
    assert (written.width, written.values) == (2, (0, 9))
    assert written_values(written) == [-2, -2, *[0] * 9, 9]
    every = Number(np.array([1], object), -2, 1, Few(np.arange(-2, 2)))
    assert writing.writing(every, "depth").values is None  # a plain thermometer


@pytest.mark.parametrize("optimize", COMPACT)
def test_long_numbers_are_written_in_digits_unless_depth_is_all_that_counts(optimize):
    long = Number(np.array([1], object), 0, 90_000)
    assert writing.writing(long, "depth").width == 90_000
    assert writing.writing(long, optimize).width < 700
    short = Number(np.array([1], object), 0, writing.LONG)
    assert writing.writing(short, optimize) == writing.writing(short, "depth")


def digits_levels(model: cs.Model) -> int:
    """In balanced circuits 9 levels a layer: products, the maximum in 2, selection, a mean in 3, a ReLU in 2."""
    rounded = sum(any(h.score_bits is not None for h in x.heads) for x in model.layers)
    return most_levels(model) + 4 * len(model.layers) + rounded


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 4, 9, 11, 12, 13, 14, 16, 17, 19, 20, 24, 25])
def test_random_models_agree_when_every_number_is_written_in_digits(seed, monkeypatch):
    monkeypatch.setattr(writing, "LONG", 2)
    model = third_order_model(seed) if seed % 5 == 4 else random_model(seed)
    model = replace(model, bits=str(seed % 2))
    positions = random.Random(seed).choice(["folded", "wired"])
    many = [Family(model, "tc0", optimize=mode, positions=positions) for mode in COMPACT]
    n = next(n for n in (3, 2, 1) if all(measure(f(n)).wires <= SMALL for f in many))
    row = climb(many, n, exhaustive=True)
    assert not [r for r in row.rungs if r.relation == "=" and not r.holds]
    for family in many:
        assert_measured_exactly(family(n))
    if seed % 5 != 4:
        assert measure(many[0](n)).depth <= digits_levels(model)


def deep_model() -> cs.Model:
    """Three layers of three heads and a net, of width 2, whose numbers grow from layer to layer."""
    r = random.Random(5)

    def matrix(rows, columns):
        return [
            [r.choice([1, -1, 2, -2, "1/2"]) for _ in range(columns)] for _ in range(rows)
        ]

    kinds = ("hard-left", "saturated", "hard-right")
    layers = [
        cs.Layer(
            [
                cs.Head(
                    *(matrix(1, 2) for _ in range(3)),
                    matrix(2, 1),
                    attention=kind,
                    mask="causal",
                )
                for kind in kinds
            ],
            feed_forward=cs.FeedForward(matrix(3, 2), matrix(2, 3)),
        )
        for _ in range(3)
    ]
    embedding = {"0": [1, "-1/2"], "1": [-1, "1/2"]}
    readout = cs.Readout([1, "1/2"], ["1/3"], "last")
    return cs.Model("01", embedding, layers, readout, positions=["i", "0"], bits="4")


@pytest.mark.slow
def test_deep_models_take_a_thousandth_of_the_wires_in_digits():
    """Fault 16: numbers of long range are read by each other, so wires go with the square of the range."""
    model = deep_model()
    deep, *compact = (
        measure(Family(model, "tc0", optimize=mode)(2)) for mode in ("depth", *COMPACT)
    )
    assert deep.depth <= most_levels(model)
    for cost in compact:
        assert 1000 * cost.wires < deep.wires
        assert cost.gates < deep.gates
    assert compact[0].depth <= digits_levels(model)
    small = Family(model, "tc0", "1", "balanced")
    assert climb([small], 1, exhaustive=True).holds


def test_a_net_over_one_mean_costs_no_gate():
    """A function of one number is a weighted sum of the wires that say how large it is."""
    head = cs.Head([[0, 0]], [[0, 0]], [[1, 0]], [[0], [1]])
    net = cs.FeedForward([[0, 3], [0, 3]], [[2, -2], [0, 1]], ["-1", "-2"])
    layers = [cs.Layer([head], feed_forward=net)]
    model = cs.Model("ab", {"a": [0, 0], "b": [1, 0]}, layers, cs.Readout([1, 1], ["-1/2"]))
    model = replace(model, bits="6")
    cost = measure(Family(model, "tc0")(5))
    assert "layer0/feed_forward" not in cost.scopes
    assert (cost.depth, cost.gates) == (2, 6)  # a mean of five letters takes six values
    assert cs.check(model, 5, bases=("tc0", "xag")).holds
