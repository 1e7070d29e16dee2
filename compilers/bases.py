"""What a basis does its own way: attention, hidden units and read-outs; embedding and residual are the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from circuitsim.bases import AIG, TC0, XAG
from circuitsim.networks.fixed_point import FixedPoint
from circuitsim.networks.forms import Ints, Number, Range
from circuitsim.networks.known import GateForms, HeadForms, NetForms
from circuitsim.networks.primitives import Normalise
from circuitsim.schematic.drawing import Drawing, Wires

from . import thresholds
from .bands import Bands
from .bounded import attention
from .bounded import numbers as bounded
from .bounded.argmax import argmax
from .bounded.functions import activated
from .bounded.norms import normalised
from .pairwise import pairwise
from .residual import Bits, Positions, Residual


@dataclass(frozen=True)
class Lowering:
    """The questions that need gates.

    Args:
        attend: a head's outputs R(mean) at positions start..stop-1, one number a component.
        hidden: R(ReLU) of one hidden unit of a net. activated: R of another function of it, of so many fraction bits.
        gated: R of the product of a hidden unit and a linear form. rounded: R of a linear form.
        settled: R of all components, which loses so many bits, and the stream in wires that are fewer to read, if any.
        normalised: R of all components of a norm.
        resolve: a linear form of the stream, row . x, as a number of its own, written in units of 2^grain.
        sign: [row . x + offset >= 0] at every position, for values in a known interval.
        argmax: one-hot which of several rows . x + offsets is the largest, the lowest of equal ones.
        digits: (row . x + offset) / 2^grain, whole and from 0 to a given most, in bits, the least first.
        refuse_large: raises LimitError for a model that is too large to draw, before anything is drawn.
    """

    attend: Callable[[Drawing, HeadForms, Residual, int, int, Bands], list[Bits]]
    hidden: Callable[[Residual, NetForms, int], Bits]
    activated: Callable[[Residual, NetForms, int, str, int], Bits]
    gated: Callable[[Residual, GateForms, int, Bits], Bits]
    rounded: Callable[[Residual, Ints, int, int, Number], Bits]
    normalised: Callable[[Residual, Normalise, tuple[Number, ...], int], list[Bits]]
    resolve: Callable[[Residual, Ints, Range, int], Bits]
    sign: Callable[[Residual, Ints, int, Range], Wires]
    argmax: Callable[[Residual, Sequence[Ints], Sequence[int]], Wires]
    digits: Callable[[Residual, Ints, int, int, int], Wires]
    settled: (
        Callable[[Residual, int, tuple[Number, ...]], tuple[list[Bits], Residual] | None]
        | None
    ) = None
    refuse_large: Callable[[FixedPoint, Sequence[Range], Drawing, Positions], None] | None = (
        None
    )


_BOUNDED = Lowering(
    attention.attend,
    bounded.hidden,
    activated,
    bounded.gated,
    bounded.rounded,
    normalised,
    bounded.resolve,
    bounded.sign,
    argmax,
    Residual.unsigned,
    settled=bounded.settled,
)
LOWERINGS: dict[str, Lowering] = {
    XAG.name: _BOUNDED,
    AIG.name: _BOUNDED,
    TC0.name: Lowering(
        thresholds.attend,
        thresholds.hidden,
        thresholds.activated,
        thresholds.gated,
        thresholds.written,
        thresholds.normalised,
        thresholds.resolve,
        thresholds.sign,
        partial(pairwise, sign=thresholds.sign),
        thresholds.digits,
        refuse_large=thresholds.refuse_large,
    ),
}
