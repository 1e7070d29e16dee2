"""Families: the field's C_n, a callable from n to a schematic that also says what it is."""

from dataclasses import dataclass
from functools import lru_cache

from circuitsim.circuits.schematic import BASES, OPTIMIZE, Basis, Drawing, Optimize, Schematic
from circuitsim.errors import InputError
from circuitsim.models.expressions import bits_at
from circuitsim.models.fixed_point import MAX_BITS, FixedModel, fix
from circuitsim.models.model import Model

from .residual import Positions
from .transformer import draw

FOLDED_UP_TO = 256  # letters; beyond, positions are opaque wires unless told otherwise


@dataclass(frozen=True)
class Family:
    """C_n for every n: `family(n)` is the schematic of the circuit on n letters.

    Args:
        bits: fraction bits, an expression in n; None takes the model's own.
        positions: "folded" or "wired"; None folds up to 256 letters.
    """

    model: Model
    basis: Basis = "xag"
    bits_expression: str | None = None
    optimize: Optimize = "depth"
    positions: Positions | None = None
    max_bits: int = MAX_BITS

    def __post_init__(self) -> None:
        if self.basis not in BASES:
            raise InputError(f"basis {self.basis!r} is not one of {', '.join(BASES)}.")
        if self.optimize not in OPTIMIZE:
            raise InputError(f"optimize {self.optimize!r} is not one of {', '.join(OPTIMIZE)}.")

    def __call__(self, n: int) -> Schematic:
        """The schematic of C_n."""
        return draw(self.fixed(n), Drawing(self.basis, self.optimize), self.positions_at(n))

    def bits(self, n: int) -> int:
        """Fraction bits at n."""
        return bits_at(self.model.bits if self.bits_expression is None else self.bits_expression, n)

    def positions_at(self, n: int) -> Positions:
        """Whether positions are folded or wired at n."""
        return self.positions or ("folded" if n <= FOLDED_UP_TO else "wired")

    def fixed(self, n: int) -> FixedModel:
        """The integer model at n, which C_n computes."""
        return _fixed(self.model, n, self.bits_expression, self.max_bits)

    def state_bits(self, n: int) -> int:
        """Bits of the widest entry of the residual stream at any layer, from its intervals."""
        fixed = self.fixed(n)
        streams = [fixed.embedded, *(s for layer in fixed.layers for s in (layer.between, layer.after))]
        return max(width for stream in streams for width in stream.widths())


@lru_cache(maxsize=8)
def _fixed(model: Model, n: int, bits: str | None, max_bits: int) -> FixedModel:
    return fix(model, n, bits, max_bits)


def build(model: Model, basis: Basis = "xag", bits: int | str | None = None) -> Family:
    """The family of `model` in a basis, at a precision (an expression in n; None is the model's own)."""
    return Family(model, basis, None if bits is None else str(bits))
