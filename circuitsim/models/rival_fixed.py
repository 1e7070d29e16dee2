"""Recurrent and fully connected nets at one length and precision: integers with exact intervals.

Units: states, and what a net reads and gives, are in 2^-2b; hidden sums and the read-out in 2^-3b. Intervals are
propagated step by step; a step whose interval is too wide is refused by its number.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

from circuitsim.errors import LimitError
from circuitsim.models.connected import FullyConnected
from circuitsim.models.expressions import bits_at
from circuitsim.models.fixed_point import MAX_BITS, FixedNet, GridNet, Limits, fix_embedding, fix_net, grid_net
from circuitsim.models.grids import grid_matrix, grid_vector
from circuitsim.models.joined import joined, zeros
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet, reachable
from circuitsim.models.stream import Affine, Ints, Number, Range, Stream, affine
from circuitsim.models.tables import fields_of

LONGEST = 4096  # steps


@dataclass(frozen=True)
class FixedStage:
    """One ReLU net of a stack: it reads `before`, and gives `after`, which holds `before` too where `residual`."""

    net: FixedNet
    residual: bool
    before: Stream
    after: Stream


@dataclass(frozen=True)
class FixedStep:
    """One token of a net cell.

    Args:
        stages: the first reads [state; row]. after: the state.
        settled: whether the state's numbers are added up and written as `after` has them; else it stays a sum.
    """

    before: Stream
    stages: tuple[FixedStage, ...]
    after: Stream
    settled: bool


@dataclass(frozen=True)
class FixedSteps:
    """A net cell over its positions."""

    cell: NetCell
    span: range
    initial: Stream
    steps: tuple[FixedStep, ...]

    def state(self, place: int) -> Stream:
        """The state after a position."""
        return self.steps[self.span.index(place)].after


@dataclass(frozen=True)
class FixedAutomaton:
    """An automaton over its positions: `rows` (states, s) in 2^-2b, and the states that are possible after each."""

    cell: Automaton
    span: range
    exponent: int
    rows: Ints
    possible: tuple[tuple[int, ...], ...]

    def state(self, place: int) -> Stream:
        """What the read-out may see after a position."""
        rows = self.rows[list(self.possible[self.span.index(place)])]
        return Stream(self.exponent, zeros(self.cell.size), (rows,), None)


FixedCell: TypeAlias = FixedSteps | FixedAutomaton
Rounded: TypeAlias = list[tuple[GridNet, bool]]  # nets, and whether each is residual


@dataclass(frozen=True)
class FixedRead:
    """The read-out of one position: it reads `before`, the last stage gives what `affine` reads."""

    before: Stream
    stages: tuple[FixedStage, ...]
    affine: Affine

    @property
    def after(self) -> Stream:
        """What the read-out reads."""
        return self.stages[-1].after if self.stages else self.before


@dataclass(frozen=True)
class FixedRecurrent:
    """`model` for n tokens with `bits` fraction bits; `largest` is the width of its widest interval."""

    model: RecurrentNet
    n: int
    bits: int
    embedded: Stream
    cells: tuple[FixedCell, ...]
    reads: tuple[FixedRead, ...]
    output_exponent: int
    largest: int

    @property
    def state_bits(self) -> int:
        """Bits of the widest entry of a state after any step; of an automaton, of its code."""
        return max(max(widths) for cell in self.cells for widths in state_widths(cell))


@dataclass(frozen=True)
class FixedConnected:
    """`model` with `bits` fraction bits; its layers read all rows joined."""

    model: FullyConnected
    n: int
    bits: int
    embedded: Stream
    before: Stream
    stages: tuple[FixedStage, ...]
    readouts: tuple[Affine, ...]
    output_exponent: int
    largest: int

    @property
    def after(self) -> Stream:
        """What the read-outs read."""
        return self.stages[-1].after if self.stages else self.before

    @property
    def state_bits(self) -> int:
        """Bits of the widest number between layers."""
        return max(width for stream in (self.before, *(s.after for s in self.stages)) for width in stream.widths())


FixedRival: TypeAlias = FixedRecurrent | FixedConnected


def state_widths(cell: FixedCell) -> list[list[int]]:
    """Bits of every number of the state after each step, in the order of steps; of an automaton, of its code."""
    if isinstance(cell, FixedAutomaton):
        return [[(len(possible) - 1).bit_length()] for possible in cell.possible]
    return [step.after.widths() for step in cell.steps]


def fix_rival(
    model: RecurrentNet | FullyConnected, n: int, bits: int | str | None = None, max_bits: int = MAX_BITS
) -> FixedRival:
    """Round a net for n tokens to fixed point.

    Args:
        bits: fraction bits, or an expression in n; None takes the model's own.

    Raises:
        LimitError: an interval is wider than `max_bits`, naming the step or layer and the quantity; a recurrent net
            of more than 4,096 steps.
        InputError: a fully connected net of another length.
    """
    if isinstance(model, FullyConnected):
        model.check_length(n)
    elif n > LONGEST:
        raise LimitError(f"{model.name}: a recurrent net is gone through step by step, for n up to {LONGEST:,}.")
    source = model.bits if bits is None else str(bits)
    b = bits_at(source, n)
    limits = Limits(n, b, max_bits, source)
    embedded = fix_embedding(model, n, b)
    limits.check("embedding", *embedded.at(2 * b).ranges)
    rows = [_row(model, embedded, n, place).at(2 * b) for place in range(n)]
    if isinstance(model, RecurrentNet):
        return _recurrent(model, n, b, embedded, rows, limits)
    before = joined(rows)
    stages = _stages(_rounded(model.layers, b), before, b, limits, "layer")
    after = stages[-1].after if stages else before
    readouts = _readouts([(readout, after) for readout in model.readouts], b, limits)
    exponent = 3 * b - readouts[0].powers[0]
    return FixedConnected(model, n, b, embedded, before, stages, readouts, exponent, limits.largest)


def _recurrent(
    model: RecurrentNet, n: int, b: int, embedded: Stream, rows: list[Stream], limits: Limits
) -> FixedRecurrent:
    cells: list[FixedCell] = []
    for where, cell, span in zip(("forward", "backward"), model.cells, model.spans(n), strict=False):
        if isinstance(cell, Automaton):
            seen = grid_matrix(cell.rows, b) * (1 << b)
            limits.place = [where]
            limits.check("state", (int(seen.min()), int(seen.max())))
            cells.append(FixedAutomaton(cell, span, 2 * b, seen, tuple(reachable(cell, len(span)))))
        else:
            cells.append(_steps(cell, span, rows, b, limits, where))
    before, stages, nets = [], [], _rounded(model.nets, b)
    for place in model.readout_positions(n):
        before.append(joined([*(cell.state(place) for cell in cells), rows[place]]))
        stages.append(_stages(nets, before[-1], b, limits, f"the read-out at position {place}, net"))
    limits.place = []
    last = [s[-1].after if s else stream for s, stream in zip(stages, before, strict=True)]
    readouts = _readouts([(model.readout, stream) for stream in last], b, limits)
    reads = tuple(map(FixedRead, before, stages, readouts))
    exponent = 3 * b - readouts[0].powers[0]
    return FixedRecurrent(model, n, b, embedded, tuple(cells), reads, exponent, limits.largest)


def _steps(cell: NetCell, span: range, rows: list[Stream], b: int, limits: Limits, where: str) -> FixedSteps:
    initial = Stream(2 * b, grid_vector(cell.initial, b) * (1 << b), (), None)
    state, steps = initial, []
    ranges, nets = list(initial.ranges), _rounded(cell.nets, b)
    for number, place in enumerate(span, start=1):
        before = joined([state, rows[place]])
        stages = _stages(nets, before, b, limits, f"{where} step {number}, net")
        limits.place = [f"{where} step {number}"]
        change = stages[-1].after
        settled = cell.residual and cell.reads_state
        if cell.residual:
            added = change.ranges
            ranges = [(low + less, high + more) for (low, high), (less, more) in zip(ranges, added, strict=True)]
            state = state.plus(change.numbers, change.constant, True)
        else:
            state, ranges = change, list(change.ranges)
        limits.check("state", *ranges)
        if settled:
            state = _settled(state, ranges)
        steps.append(FixedStep(before, stages, state, settled))
    return FixedSteps(cell, span, initial, tuple(steps))


def _settled(state: Stream, ranges: list[Range]) -> Stream:
    """The state as one number a component, of the same interval."""
    numbers = []
    grains = state.components.grains
    for component, ((low, high), grain) in enumerate(zip(ranges, grains, strict=True)):
        unit = zeros(len(ranges))
        unit[component] = 1 << grain
        numbers.append(Number(unit, low >> grain, high >> grain))
    return Stream(state.exponent, zeros(len(ranges)), (), None, tuple(numbers))


def _rounded(nets: tuple[FeedForward, ...], b: int) -> Rounded:
    return [(grid_net(net, b), net.residual) for net in nets]


def _stages(nets: Rounded, stream: Stream, b: int, limits: Limits, where: str) -> tuple[FixedStage, ...]:
    stages = []
    for index, (net, residual) in enumerate(nets):
        limits.place = [f"{where} {index}"]
        fixed = fix_net(net, stream, b, limits)
        after = stream.plus(fixed.outputs, fixed.bias, residual)
        limits.check("output", *after.ranges)
        stages.append(FixedStage(fixed, residual, stream, after))
        stream = after
    limits.place = []
    return tuple(stages)


def _readouts(pairs: list[tuple[Readout, Stream]], b: int, limits: Limits) -> tuple[Affine, ...]:
    """All read-outs in one unit, which is as coarse as all of them allow."""
    given, grains = [], [3 * b]
    for readout, stream in pairs:
        rows, offsets = grid_matrix(readout.weights, b), grid_vector(readout.bias, b) * (1 << stream.exponent)
        forms = stream.forms(rows, offsets)
        limits.check("read-out", *forms.ranges)
        given.append((stream, rows, offsets))
        grains += forms.grains
    return tuple(affine(stream, rows, offsets, min(grains)) for stream, rows, offsets in given)


def _row(model: RecurrentNet | FullyConnected, embedded: Stream, n: int, place: int) -> Stream:
    """The rows that are possible at one position."""
    tables = list(embedded.tables)
    for index, table in enumerate(model.tables):
        has = all(field.present(n)[place] for field in fields_of(model, table))
        tables[index] = tables[index][: len(table.rows)] if has else tables[index][len(table.rows) :]
    positions = None if embedded.positions is None else embedded.positions[place : place + 1]
    return replace(embedded, tables=tuple(tables), positions=positions)
