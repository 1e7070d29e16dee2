"""Recurrent and fully connected nets for one length, each part under its scope, with probes of what it computes.

A net that reads the state is drawn once a token, one after the other. Where no net reads it, the state is a sum over
tokens, which stays a heap of wires until the read-out asks: then depth does not grow with n, or by additions alone.
"""

from collections.abc import Sequence

from circuitsim.models.rival_fixed import (
    FixedAutomaton,
    FixedConnected,
    FixedRecurrent,
    FixedRival,
    FixedStage,
    FixedSteps,
)
from circuitsim.models.stream import Range, Stream
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.schematic import Schematic

from .automata import draw_automaton
from .bases import LOWERINGS, Lowering
from .embedding import embed
from .joined import at_position, flatten, join
from .residual import Positions, Residual
from .thresholds.numbers import refuse_steps
from .transformer import after_net, interface, readout

SCOPES = ("forward", "backward")


class _Probed:
    """A drawing, and which residual of the trace, and which positions of it, each probe shows."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.shown: list[tuple[int, int, int]] = []

    def probe(self, residual: Residual, name: str, index: int, start: int, stop: int) -> None:
        residual.probe(name)
        self.shown.append((index, start, stop))

    def finish(self, outputs: Sequence[Wires], fixed: FixedRival) -> Schematic:
        said = interface(fixed)
        said["probe_residuals"] = [index for index, _, _ in self.shown]
        said["probe_positions"] = [[start, stop] for _, start, stop in self.shown]
        return self.drawing.finish(outputs, said)


def draw_rival(fixed: FixedRival, drawing: Drawing, positions: Positions) -> Schematic:
    """The circuit of `fixed` as a schematic that computes exactly what the integer model computes."""
    if isinstance(fixed, FixedRecurrent):
        return _recurrent(fixed, drawing, positions)
    return _connected(fixed, drawing, positions)


def _recurrent(fixed: FixedRecurrent, drawing: Drawing, positions: Positions) -> Schematic:
    model, n, way, probed = fixed.model, fixed.n, LOWERINGS[drawing.basis], _Probed(drawing)
    if drawing.basis == "tc0":
        _refuse_large(fixed)
    embedded = embed(drawing, model, n, fixed.embedded, positions)
    probed.probe(embedded, "residual0", 0, 0, n)
    rows = embedded.finer(2 * fixed.bits)
    states: list[dict[int, Residual]] = []
    for index, cell in enumerate(fixed.cells):
        with drawing.scope(SCOPES[index]):
            if isinstance(cell, FixedAutomaton):
                states.append(_automaton(cell, fixed, probed, index))
            else:
                states.append(_steps(cell, rows, way, probed, index))
    outputs = []
    with drawing.scope("readout"):
        for place, how in zip(model.readout_positions(n), fixed.reads, strict=True):
            seen = join([*(found[place] for found in states), at_position(rows, place, how.before)], how.before)
            outputs.append(readout(how.affine, _through(how.stages, seen, way), way))
        return probed.finish([drawing.concat(outputs, 0)], fixed)


def _automaton(cell: FixedAutomaton, fixed: FixedRecurrent, probed: _Probed, index: int) -> dict[int, Residual]:
    states = draw_automaton(probed.drawing, cell, fixed.model)
    probed.probe(states, SCOPES[index], index + 1, 0, len(cell.span))
    first = min(cell.span)
    return {place: at_position(states, place - first, cell.state(place)) for place in cell.span}


def _steps(cell: FixedSteps, rows: Residual, way: Lowering, probed: _Probed, index: int) -> dict[int, Residual]:
    """The states after each position."""
    drawing, first, found = probed.drawing, min(cell.span), {}
    state = Residual(drawing, (), cell.initial.constant, cell.initial, 1)
    for place, step in zip(cell.span, cell.steps, strict=True):
        before = join([state, at_position(rows, place, step.before)], step.before)
        with drawing.scope("transition"):
            after = _through(step.stages, before, way)
            if cell.cell.residual:
                blocks, offset = state.blocks + after.blocks, state.offset + after.offset
                after = Residual(drawing, blocks, offset, step.after, 1)
        if step.settled:
            with drawing.scope("state"):
                after = _settled(after, step.after, way)
        state = found[place] = after
        probed.probe(state, f"{SCOPES[index]} {place}", index + 1, place - first, place - first + 1)
    return found


def _settled(state: Residual, stream: Stream, way: Lowering) -> Residual:
    """The state with every component written as one number."""
    numbers = []
    for number in stream.numbers:
        unit = number.column * 0
        unit[number.column.argmax()] = 1
        grain = int(number.column.max()).bit_length() - 1
        interval: Range = number.low << grain, number.high << grain
        numbers.append((number, way.resolve(state, unit, interval, grain)))
    zero = state.offset * 0
    return Residual(state.drawing, (), zero, stream, 1).plus(numbers, zero, stream, True)


def _connected(fixed: FixedConnected, drawing: Drawing, positions: Positions) -> Schematic:
    way, probed = LOWERINGS[drawing.basis], _Probed(drawing)
    if drawing.basis == "tc0":
        _refuse_large(fixed)
    embedded = embed(drawing, fixed.model, fixed.n, fixed.embedded, positions)
    probed.probe(embedded, "residual0", 0, 0, fixed.n)
    stream: Residual = flatten(embedded.finer(2 * fixed.bits), fixed.before)
    for index, stage in enumerate(fixed.stages):
        with drawing.scope(f"layer{index}"):
            stream = after_net(stage.net, stream, stage.after, stage.residual, way)
        if type(stream) is Residual:  # a vector of its own, not all rows and something added
            probed.probe(stream, f"residual{index + 1}", index + 1, 0, 1)
    with drawing.scope("readout"):
        outputs = [readout(affine, stream, way) for affine in fixed.readouts]
        return probed.finish([drawing.concat(outputs, 0)], fixed)


def _through(stages: Sequence[FixedStage], stream: Residual, way: Lowering) -> Residual:
    for stage in stages:
        stream = after_net(stage.net, stream, stage.after, stage.residual, way)
    return stream


def _refuse_large(fixed: FixedRival) -> None:
    """Refuse thermometers of too many thresholds before anything is drawn."""
    if isinstance(fixed, FixedConnected):
        _refuse_stages(fixed.stages, "layer")
        return
    for where, cell in zip(SCOPES, fixed.cells, strict=False):
        if isinstance(cell, FixedSteps):
            _refuse_cell(cell, where)
    for how in fixed.reads:
        _refuse_stages(how.stages, "the read-out, net")


def _refuse_cell(cell: FixedSteps, where: str) -> None:
    for number, step in enumerate(cell.steps, start=1):
        _refuse_stages(step.stages, f"{where} step {number}, net")
        if step.settled:
            most = max(number.high - number.low for number in step.after.numbers)
            refuse_steps(f"{where} step {number}, the state", most)


def _refuse_stages(stages: Sequence[FixedStage], where: str) -> None:
    for index, stage in enumerate(stages):
        most = max((o.high - o.low for o in stage.net.outputs), default=0)
        refuse_steps(f"{where} {index}, a hidden unit", most)
