"""A stream that norms read is written out once: the same answers, and a layer costs the same whatever stands before."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from circuitsim.compilers.bases import LOWERINGS
from circuitsim.compilers.bounded.numbers import settled
from circuitsim.compilers.family import Family
from circuitsim.compilers.residual import Bits, Residual

import circuitsim as cs
from circuitsim.models.model import Norm
from circuitsim.networks.forms import Number, Stream, zeros
from circuitsim.numbers.rounding import drop_bits
from circuitsim.schematic.cost import Cost
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import evaluate
from circuitsim.schematic.measure import measure
from tests.compilers.test_blocks import (
    assert_circuits_are_the_integer_model,
    forget_values,
)


@pytest.fixture(autouse=True)
def unknown(monkeypatch):
    """Values are not looked for, so that circuits of few letters have to compute them."""
    forget_values(monkeypatch)


def never(monkeypatch):
    """Streams stay the wires of all that was added."""
    for basis in ("xag", "aig"):
        monkeypatch.setitem(LOWERINGS, basis, replace(LOWERINGS[basis], settled=None))


def model_of(layers: int, position: str = "last") -> cs.Model:
    """A model whose layers have the same weights, and norms before."""
    rng = np.random.default_rng(0)

    def weights(*size: int) -> np.ndarray:
        return rng.integers(-7, 8, size)

    head = cs.Head(*(weights(2, 6) for _ in range(3)), weights(6, 2), attention="softmax")
    net = cs.FeedForward(weights(16, 6), weights(6, 16), activation="gelu")
    norm = Norm([3] * 6, [0] * 6, "1/2")
    layer = cs.Layer([head], feed_forward=net, attention_norm=norm, net_norm=norm)
    letters = {"0": weights(6), "1": weights(6)}
    readout = cs.Readout(weights(1, 6), [0], position)
    return cs.Model(
        "01",
        letters,
        [layer] * layers,
        readout,
        positions=["i", 1, 0, "-i", 2, 3],
        final_norm=norm,
        inner="rounded",
        bits="2",
        name=f"settled {layers} {position}",
    )


def cost_of(layers: int, optimize: str = "depth") -> Cost:
    """Of one token."""
    return measure(Family(model_of(layers), "xag", optimize=optimize)(1))


def test_a_layer_costs_what_the_one_before_it_did(monkeypatch):
    def more() -> tuple[int, int]:
        second, third, sixth, seventh = (cost_of(layers).gates for layers in (2, 3, 6, 7))
        return third - second, seventh - sixth

    early, late = more()
    assert late < 1.1 * early, "its numbers are wider, and it reads no more of them"
    never(monkeypatch)
    early, late = more()
    assert late > 1.3 * early, "it adds up all that was ever added"


@pytest.mark.parametrize("optimize", ["depth", "size"])
def test_fewer_gates_in_about_the_same_depth(optimize, monkeypatch):
    cost = cost_of(4, optimize)
    never(monkeypatch)
    before = cost_of(4, optimize)
    assert cost.gates < 0.9 * before.gates
    assert cost.depth < 1.02 * before.depth


@pytest.mark.parametrize("position", ["last", "first", "each"])
@pytest.mark.parametrize("seed", [0, 4])
def test_the_circuit_is_the_integer_model(seed, position):
    """Folded or wired, streams that are read at all positions or at one."""
    assert_circuits_are_the_integer_model(model_of(2, position), 2, ("xag", "aig"), seed)


@pytest.mark.parametrize("drop", [0, 1, 3, 7])
@pytest.mark.parametrize("seed", range(4))
def test_both_numbers_come_out_of_one_sum(seed, drop):
    """R of what many bits add up to, and that itself, of every input; also where R leaves nothing."""
    rng, drawing = np.random.default_rng(seed), Drawing("xag")
    columns, offset = rng.integers(-3, 4, (12, 3)), np.array([-1, 0, 5], object)
    columns[:, 1] //= 2
    wires = drawing.input((1, len(columns)))
    added = [
        (Number(column.astype(object), 0, 1), Bits(wires.slice(-1, k, k + 1), 0, 1))
        for k, column in enumerate(columns)
    ]
    stream = Stream(0, offset, (), None, tuple(number for number, _ in added))
    residual = Residual(drawing, (), zeros(3), stream, 1).plus(added, offset, stream, True)
    ends = [[drop_bits(end, drop) for end in ends] for ends in stream.ranges]
    numbers = tuple(
        Number(unit, *own) for unit, own in zip(np.identity(3, object), ends, strict=True)
    )
    found = settled(residual, drop, numbers)
    assert found is not None
    rounded, kept = found
    whole = [
        kept.resolve(unit, 0, own)
        for unit, own in zip(np.identity(3, object), stream.ranges, strict=True)
    ]
    every = np.array([*product((0, 1), repeat=len(columns))], bool)
    exact = every @ columns + offset.astype(np.int64)
    for bits, wanted in ((rounded, drop_bits(exact, drop)), (whole, exact)):
        read = [b.wires for b in bits if b.wires is not None]
        said = (
            evaluate(drawing.finish(read), every).astype(np.int64) if read else every[:, :0]
        )
        for c, b in enumerate(bits):
            width = 0 if b.wires is None else b.wires.shape[-1]
            own, said = said[:, :width], said[:, width:]
            assert (own @ (1 << np.arange(width)) + b.low == wanted[:, c]).all()


def test_few_wires_stay_as_they_are():
    drawing = Drawing("xag")
    number = Number(np.array([8], object), 0, 1)
    stream = Stream(0, zeros(1), (), None, (number,))
    bit = Bits(drawing.input((1, 1)), 0, 1)
    residual = Residual(drawing, (), zeros(1), stream, 1).plus(
        [(number, bit)], zeros(1), stream, True
    )
    assert settled(residual, 0, (Number(np.array([1], object), 0, 8),)) is None
