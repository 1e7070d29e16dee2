"""From a network to a schematic: one rule a primitive, each value under its scope, with probes of what traces show.

Linear maps are wiring and draw nothing. What needs gates are heads, hidden units, settled sums and signs; how they are
made is the basis's own (`bases`). A net that reads a state is drawn once a token, one after the other. Where no net
reads it, the state is a sum over tokens, which stays a heap of wires until the read-out asks: then depth does not grow
with n, or by additions alone.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from circuitsim.errors import LimitError
from circuitsim.networks import primitives as net
from circuitsim.networks.fixed_point import FixedPoint
from circuitsim.networks.forms import Affine, Ints, Number, zeros
from circuitsim.networks.heads import unit
from circuitsim.networks.known import GateForms, HeadForms, NetForms, StateForms, Weighed
from circuitsim.networks.primitives import Value
from circuitsim.networks.rotation import Turned
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.schematic import Schematic

from .automata import draw_automaton
from .bands import Bands
from .bases import LOWERINGS
from .embedding import embed
from .interface import interface
from .joined import added, flatten, join
from .letters import Letters
from .readout import digits, readout
from .residual import Bits, Positions, Residual
from .rotation import rotated
from .spans import Span, spans


@dataclass(frozen=True)
class Placed:
    """A stream's wires at positions from `start` on."""

    residual: Residual
    start: int = 0

    def at(self, span: Span) -> Residual:
        """The wires at positions span[0]..span[1]-1."""
        return self.residual.slice(span[0] - self.start, span[1] - self.start)


@dataclass(frozen=True)
class Computed:
    """Numbers with their bits, and a constant (d,) that is added with them."""

    numbers: list[tuple[Number, Bits]]
    constant: Ints


def lower(fixed: FixedPoint, drawing: Drawing, positions: Positions) -> Schematic:
    """The circuit of `fixed` as a schematic that computes exactly what the integer model computes."""
    rules = Lower(fixed, drawing, positions)
    if rules.way.refuse_large is not None:
        rules.way.refuse_large(fixed, rules.spans, drawing, positions)
    values = rules.values
    for index, line in enumerate(fixed.network.lines):
        read = [values[x] for x in line.primitive.reads]
        with ExitStack() as scopes:
            for name in line.scope:
                scopes.enter_context(drawing.scope(name))
            values.append(getattr(rules, line.primitive.name)(index, line.primitive, *read))
        rules.show(index, values[index])
    outputs = drawing.concat(rules.outputs, 0) if len(rules.outputs) > 1 else rules.outputs[0]
    said = interface(fixed.model, fixed.n, fixed.bits, digits(fixed))
    return drawing.finish([outputs], said | rules.shown())


class Lower:
    """One rule a primitive. Values are streams in place, bits of numbers, or those with their columns."""

    def __init__(self, fixed: FixedPoint, drawing: Drawing, positions: Positions) -> None:
        self.fixed, self.drawing, self.positions = fixed, drawing, positions
        self.way = LOWERINGS[drawing.basis]
        self.bands = Bands(drawing, fixed.length, positions)
        self.spans = spans(fixed.network)
        self.values: list[Any] = []
        self.outputs: list[Wires] = []
        self.embedded: Residual | None = None
        self.probes = {probe.value: probe for probe in fixed.network.probes}
        self.probed: list[tuple[int, int, int]] = []

    def tokens(self, index: Value, how: net.Tokens) -> Placed:
        """Input wires and constants."""
        fixed = self.fixed
        self.embedded = embed(
            self.drawing, fixed.model, fixed.n, fixed.stream(index), self.positions
        )
        return Placed(self.embedded)

    def states(self, index: Value, how: net.States) -> Placed:
        """An automaton's table, a step a token."""
        known = self.fixed.known[index]
        assert isinstance(known, StateForms)
        return Placed(draw_automaton(self.drawing, known, self.fixed.model))

    def constant(self, index: Value, how: net.Constant) -> Placed:
        """No wire."""
        stream = self.fixed.stream(index)
        return Placed(Residual(self.drawing, (), stream.constant, stream, how.positions))

    def affine(self, index: Value, how: net.Affine, x: Any) -> Any:
        """Wiring; a read-out is drawn at once."""
        known = self.fixed.known[index]
        if isinstance(known, Weighed):
            return Computed(list(zip(known.numbers, x, strict=True)), known.constant)
        if index in self.fixed.network.outputs:
            assert isinstance(known, Affine)
            self.outputs.append(readout(self.fixed, known, x.residual, self.way))
        return x

    def add(self, index: Value, how: net.Add, *terms: Placed | Computed) -> Placed:
        """More blocks of wires, at the positions that are read."""
        stream, span, exponent = (
            self.fixed.stream(index),
            self.spans[index],
            2 * self.fixed.bits,
        )
        placed = [term for term in terms if isinstance(term, Placed)]
        moving = [
            term
            for term in placed
            if term.residual.blocks or term.residual.positions > 1 or span == (0, 1)
        ]
        empty = Residual(
            self.drawing, (), zeros(len(stream.constant)), stream, span[1] - span[0]
        )
        total = moving[0].at(span).finer(exponent) if moving else empty
        for term in placed:
            if not moving or term is not moving[0]:
                other = term.residual.finer(exponent)
                blocks, offset = total.blocks + other.blocks, total.offset + other.offset
                total = replace(total, blocks=blocks, offset=offset)
        computed = [term for term in terms if isinstance(term, Computed)]
        numbers = [number for term in computed for number in term.numbers]
        constant = sum((term.constant for term in computed), zeros(len(stream.constant)))
        return Placed(total.plus(numbers, constant, stream, True), span[0])

    def relu(self, index: Value, how: net.Relu, x: Placed) -> list[Bits]:
        """Hidden units that vary and that somebody reads."""
        known, stream = self.fixed.known[index], x.at(self.spans[index])
        assert isinstance(known, NetForms)
        return [
            Bits.idle(number) or self.way.hidden(stream, known, c)
            for c, number in enumerate(known.outputs)
        ]

    def activate(self, index: Value, how: net.Activate, x: Placed) -> list[Bits]:
        """Hidden units of another function."""
        known, stream = self.fixed.known[index], x.at(self.spans[index])
        assert isinstance(known, NetForms)
        given = how.function, self.fixed.bits
        return [
            Bits.idle(number) or self.way.activated(stream, known, c, *given)
            for c, number in enumerate(known.outputs)
        ]

    def multiply(
        self, index: Value, how: net.Multiply, x: list[Bits], y: Placed
    ) -> list[Bits]:
        """Hidden units times another map."""
        known, stream = self.fixed.known[index], y.at(self.spans[index])
        assert isinstance(known, GateForms)
        return [
            Bits.idle(number) or self.way.gated(stream, known, c, own)
            for c, (number, own) in enumerate(zip(known.outputs, x, strict=True))
        ]

    def normalise(self, index: Value, how: net.Normalise, x: Placed) -> Placed:
        """Components of a norm."""
        numbers, bits = self.fixed.stream(index).numbers, self.fixed.bits
        found = self._tables(index, numbers)
        if found is None:
            found = self.way.normalised(x.at(self.spans[index]), how, numbers, bits)
        return self._anew(index, found)

    def round(self, index: Value, how: net.Round, x: Placed) -> Placed:
        """R of every component, or of every row."""
        (read,), numbers = how.reads, self.fixed.stream(index).numbers
        found = self._tables(index, numbers)
        if found is not None:
            return self._anew(index, found)
        stream, known = x.at(self.spans[index]), self.fixed.known[read]
        drop = unit(self.fixed.network, read, self.fixed.bits) - self.fixed.bits
        if isinstance(known, Affine):
            kept = zip(known.grains, known.powers, strict=True)
            rows, offsets = known.rows, known.offsets
            drops = [grain + drop - power for grain, power in kept]
        else:
            rows, offsets = (
                np.identity(len(numbers), np.int64).astype(object),
                zeros(len(numbers)),
            )
            drops = [drop] * len(numbers)
            if self.way.settled:
                settled = self.way.settled(stream, drop, numbers)
                if settled is not None:  # whoever reads the stream from here on reads that
                    self.values[read] = Placed(settled[1], self.spans[index][0])
                    return self._anew(index, settled[0])
        return self._anew(
            index,
            [
                Bits.idle(number)
                or self.way.rounded(stream, rows[c], int(offsets[c]), drops[c], number)
                for c, number in enumerate(numbers)
            ],
        )

    def rotate(self, index: Value, how: net.Rotate, x: Placed) -> Placed:
        """R of every row, with pairs turned: rows of its own at every position."""
        numbers = self.fixed.stream(index).numbers
        found = self._tables(index, numbers)
        if found is None:
            if self.positions == "wired":
                raise LimitError(
                    f"{self.fixed.network.lines[index].place}: rotary positions are weights that differ from position"
                    " to position, and no wires; pass --positions folded."
                )
            (read,), span = how.reads, self.spans[index]
            own = unit(self.fixed.network, read, self.fixed.bits)
            turned = Turned(how, self.fixed.form(read), own)
            found = rotated(self.way, x.at(span), span[0], turned, numbers)
        return self._anew(index, found)

    def sum(self, index: Value, how: net.Sum, x: Placed) -> Placed:
        """The wires of all positions."""
        stream = self.fixed.stream(index)
        return Placed(added(x.residual.finer(stream.exponent), stream))

    def pairs(self, index: Value, how: net.Pairs, x: Placed, y: Placed) -> Placed:
        """The stream of both factors: the head reads it at pairs of positions."""
        return x

    def attend(
        self, index: Value, how: net.Attend, query: Placed, key: Placed, value: Placed
    ) -> list[Bits]:
        """A head."""
        known = self.fixed.known[index]
        assert isinstance(known, HeadForms)
        return self.way.attend(
            self.drawing, known, key.residual, *self.spans[index], self.bands
        )

    def pick(self, index: Value, how: net.Pick, x: Placed) -> Placed:
        """Some positions, next to each other."""
        stream = self.fixed.stream(index)
        found = x.at((how.places[0], how.places[-1] + 1)).finer(stream.exponent)
        return Placed(replace(found, stream=stream))

    def beside(self, index: Value, how: net.Beside, *parts: Placed) -> Placed:
        """One vector at one position."""
        return Placed(join([part.residual for part in parts], self.fixed.stream(index)))

    def flat(self, index: Value, how: net.Flat, x: Placed) -> Placed:
        """One vector of all positions."""
        stream = self.fixed.stream(index)
        return Placed(flatten(x.residual.finer(stream.exponent), stream))

    def settle(self, index: Value, how: net.Settle, x: Placed) -> Placed:
        """Every component written as one number."""
        stream = self.fixed.stream(index)
        return self._anew(
            index, [self._written(x.residual, number) for number in stream.numbers]
        )

    def show(self, index: Value, value: Any) -> None:
        """Probe a value that traces show."""
        probe = self.probes.get(index)
        if probe is not None:
            value.residual.probe(probe.name)
            start = probe.start + value.start
            self.probed.append((probe.residual, start, start + value.residual.positions))

    def shown(self) -> dict[str, Any]:
        """Which residual of the trace, and which positions of it, each probe shows."""
        return {
            "probe_residuals": [residual for residual, _, _ in self.probed],
            "probe_positions": [[start, stop] for _, start, stop in self.probed],
        }

    def _tables(self, index: Value, numbers: Sequence[Number]) -> list[Bits] | None:
        """Numbers that the letter at their position decides; None where it does not."""
        if self.letters is None:
            return None
        return self.letters.tables(numbers, *self.spans[index])

    @cached_property
    def letters(self) -> Letters | None:
        """The tokens, drawn once somebody asks; None where positions are wires, or fields make up tokens."""
        if self.positions == "wired" or self.embedded is None:
            return None
        return Letters.of(self.embedded, len(self.fixed.model.vocabulary))

    def _anew(self, index: Value, bits: Sequence[Bits]) -> Placed:
        """A stream of numbers that were written out, at the positions that are read."""
        stream, (start, stop) = self.fixed.stream(index), self.spans[index]
        zero = zeros(len(stream.constant))
        empty = Residual(self.drawing, (), zero, stream, stop - start)
        numbers = list(zip(stream.numbers, bits, strict=True))
        return Placed(empty.plus(numbers, zero, stream, True), start)

    def _written(self, state: Residual, number: Number) -> Bits:
        unit = number.column * 0
        unit[number.column.argmax()] = 1
        grain = int(number.column.max()).bit_length() - 1
        return self.way.resolve(
            state, unit, (number.low << grain, number.high << grain), grain
        )
