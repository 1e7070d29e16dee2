"""A network at one precision: every stored number an integer, every quantity with an exact interval.

The integer model runs it, and the compilers take widths, offsets and weights from it, so the two cannot differ.
"""

from dataclasses import dataclass
from typing import Any

from circuitsim.errors import LimitError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.expressions import bits_at

from . import primitives as net
from .draw import network
from .forms import Affine, Range, Stream, affine
from .heads import exponent
from .intervals import Intervals
from .known import HeadForms, Known, ReadoutRows, StateForms
from .limits import MAX_BITS, Limits
from .network import Network, run
from .primitives import Value
from .stored import on_grid, stored


@dataclass(frozen=True)
class FixedPoint:
    """A network with `bits` fraction bits.

    Args:
        network: with every stored number rounded.
        known: what is known of the value of each line.
        largest: the width of the widest interval.
    """

    network: Network
    bits: int
    known: tuple[Known, ...]
    largest: int

    @property
    def model(self) -> Any:
        """The model whose network it is."""
        return self.network.model

    @property
    def n(self) -> int:
        """The letters of an input."""
        return self.network.n

    @property
    def length(self) -> int:
        """Length of the whole sequence."""
        return self.model.length(self.n)

    def stream(self, x: Value) -> Stream:
        """A value that is a stream."""
        found = self.known[x]
        assert isinstance(found, Stream)
        return found

    def form(self, x: Value) -> Affine:
        """A value that is an affine form of a stream."""
        found = self.known[x]
        assert isinstance(found, Affine)
        return found

    def heads(self) -> list[tuple[Value, HeadForms]]:
        """The heads, with the lines they stand in."""
        return [
            (index, known)
            for index, known in enumerate(self.known)
            if isinstance(known, HeadForms)
        ]

    def layers(self) -> list[list[HeadForms]]:
        """The heads of every layer of a transformer."""
        found: list[list[HeadForms]] = [[] for _ in self.network.residuals[1:]]
        for index, head in self.heads():
            found[self.network.layer_of(index)].append(head)
        return found

    def streams(self) -> list[Stream]:
        """The residual stream of a transformer before the first layer and after every layer."""
        return [self.stream(x) for (x,) in self.network.residuals]

    @property
    def output_exponent(self) -> int:
        """The outputs are in units of 2^-output_exponent."""
        output = self.network.outputs[0]
        unit = exponent(self.network, output, self.bits) + self.bits
        return unit - self.form(output).powers[0]

    @property
    def output_range(self) -> Range:
        """The interval of all outputs together, in their units."""
        ranges = [r for x in self.network.outputs for r in self.form(x).ranges]
        return min(low for low, _ in ranges), max(high for _, high in ranges)

    @property
    def state_bits(self) -> int:
        """Bits of the widest number that is kept between layers or steps.

        Of a transformer an entry of the residual stream, of a recurrent net one of a state, or an automaton's code.
        """
        return max(max(widths) for widths in self.kept_widths())

    def kept_widths(self) -> list[list[int]]:
        """Bits of every number that is kept, place by place: streams between layers, or states after each step."""
        if self.network.states:
            return [
                widths
                for cell in range(len(self.network.states))
                for widths in self.state_widths(cell)
            ]
        kept = [
            i
            for i, line in enumerate(self.network.lines)
            if isinstance(line.primitive, net.Add | net.Flat)
        ]
        start = (
            []
            if any(isinstance(self.network.lines[i].primitive, net.Flat) for i in kept)
            else [0]
        )
        return [self.stream(x).widths() for x in (*start, *kept)]

    def state_widths(self, cell: int) -> list[list[int]]:
        """Bits of every number of a recurrent cell's state after each step; of an automaton, of its code."""
        found = []
        for x in self.network.states[cell]:
            known = self.known[x]
            if isinstance(known, StateForms):
                found += [[(len(possible) - 1).bit_length()] for possible in known.possible]
            else:
                found.append(self.stream(x).widths())
        return found


def fix(
    model: AnyModel, n: int, bits: int | str | None = None, max_bits: int = MAX_BITS
) -> FixedPoint:
    """Round a model for n letters to fixed point.

    Args:
        bits: fraction bits, or an expression in n; None takes the model's own.

    Raises:
        LimitError: a recurrent net of more than 4,096 steps; or an interval is wider than `max_bits`, naming the layer
            or step, the head and the quantity.
        InputError: the model has no such length.
        ModelError: a head is softmax.
    """
    most = getattr(model, "most_steps", n)
    if n > most:
        raise LimitError(
            f"{model.name}: a recurrent net is gone through step by step, for n up to {most:,}."
        )
    source = model.bits if bits is None else str(bits)
    return at_precision(network(model, n), bits_at(source, n), Limits(n, max_bits, source))


def at_precision(drawn: Network, bits: int, limits: Limits) -> FixedPoint:
    """A network with `bits` fraction bits."""
    rounded = stored(drawn, on_grid(bits))
    known = run(rounded, Intervals(rounded, bits, limits))
    readouts: list[ReadoutRows] = [known[x] for x in rounded.outputs]
    grains = [grain for readout in readouts for grain in readout.forms.grains]
    for x, readout in zip(rounded.outputs, readouts, strict=True):  # one unit for all of them
        most = min(*grains, readout.stream.exponent + bits)
        known[x] = affine(readout.stream, readout.rows, readout.offsets, most)
        limits.check("", "read-out", *known[x].unshifted)
    return FixedPoint(rounded, bits, tuple(known), limits.largest)
