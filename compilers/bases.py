"""What a basis does its own way: attention, hidden units and signs. Embedding, residual and read-out are the same."""

from collections.abc import Callable
from dataclasses import dataclass

from circuitsim.bases import AIG, TC0, XAG
from circuitsim.networks.fixed_point import FixedPoint
from circuitsim.networks.forms import Ints, Range
from circuitsim.networks.known import HeadForms, NetForms
from circuitsim.schematic.drawing import Drawing, Wires

from . import thresholds
from .bands import Bands
from .bounded import attention
from .bounded import numbers as bounded
from .residual import Bits, Residual


@dataclass(frozen=True)
class Lowering:
    """The questions that need gates.

    Args:
        attend: a head's outputs R(mean) at positions start..stop-1, one number a component.
        hidden: R(ReLU) of one hidden unit of a net.
        resolve: a linear form of the stream, row . x, as a number of its own, written in units of 2^grain.
        sign: [row . x + offset >= 0] at every position, for values in a known interval.
        refuse_large: raises LimitError for a model that is too large to draw, before anything is drawn.
    """

    attend: Callable[[Drawing, HeadForms, Residual, int, int, Bands], list[Bits]]
    hidden: Callable[[Residual, NetForms, int], Bits]
    resolve: Callable[[Residual, Ints, Range, int], Bits]
    sign: Callable[[Residual, Ints, int, Range], Wires]
    refuse_large: Callable[[FixedPoint], None] = lambda fixed: None


_BOUNDED = Lowering(attention.attend, bounded.hidden, bounded.resolve, bounded.sign)
LOWERINGS: dict[str, Lowering] = {
    XAG.name: _BOUNDED,
    AIG.name: _BOUNDED,
    TC0.name: Lowering(
        thresholds.attend, thresholds.hidden, thresholds.resolve, thresholds.sign, thresholds.refuse_large
    ),
}
