"""What analyses know of a family of circuits: the field's C_n, a callable from n that says what it is."""

from typing import Any, Protocol

from circuitsim.models.any_model import AnyModel
from circuitsim.models.sized import Sized
from circuitsim.networks.intervals import FixedPoint
from circuitsim.schematic.schematic import Schematic


class Family(Protocol):
    """The circuits of one model in one basis at one precision."""

    @property
    def model(self) -> AnyModel | Sized:
        """The model whose circuits they are; `at(n)` is that of n letters."""

    @property
    def basis(self) -> Any:
        """The gates of its circuits."""

    def __call__(self, n: int) -> Schematic:
        """C_n."""

    @property
    def exact(self) -> bool:
        """Whether C_n computes the exact model, and not the integer model."""

    def fixed(self, n: int) -> FixedPoint:
        """The integer model at n."""

    def bits(self, n: int) -> int | None:
        """Fraction bits at n; None where C_n computes the exact model."""

    def positions_at(self, n: int) -> Any:
        """How positions enter at n."""

    def state_bits(self, n: int) -> int:
        """Bits of the widest entry of the residual stream, or of a code."""
