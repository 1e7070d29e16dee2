"""Families: the field's C_n, a callable from n to a schematic that also says what it is."""

from dataclasses import dataclass, replace
from functools import lru_cache
from numbers import Integral
from typing import Any

from circuitsim.compilers.precision import least_bits

from circuitsim.bases import BASES, DEFAULT, BasisName, names
from circuitsim.errors import InputError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.connected import FullyConnected
from circuitsim.models.expressions import bits_at
from circuitsim.models.model import Model
from circuitsim.models.recurrent import RecurrentNet
from circuitsim.models.sized import Sized
from circuitsim.networks.fixed_point import FixedPoint, fix
from circuitsim.networks.limits import MAX_BITS
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.schematic import OPTIMIZE, Optimize, Schematic

from .lower import lower
from .reachable.lower import draw_reachable
from .reachable.reach import MAX_TIES, code_bits
from .residual import POSITIONS, Positions

AUTO = "auto"
FOLDED_UP_TO = 256  # letters; beyond, positions are opaque wires unless told otherwise


@dataclass(frozen=True)
class Family:
    """C_n for every n: `family(n)` is the schematic of the circuit on n letters.

    Args:
        bits_expression: fraction bits, an expression in n; "auto" the least that decide as the exact model does
            (`analysis.precision`); None takes the model's own.
        positions: "folded" or "wired"; None folds up to 256 letters.
        max_ties: keys that a saturated head may average in ac0.

    In ac0 circuits compute with exact values: there are no bits, and positions are always folded.
    """

    model: AnyModel | Sized
    basis: BasisName = DEFAULT
    bits_expression: str | None = None
    optimize: Optimize = "depth"
    positions: Positions | None = None
    max_bits: int = MAX_BITS
    max_ties: int = MAX_TIES

    def __post_init__(self) -> None:
        for name, value, known in (
            ("basis", self.basis, names()),
            ("optimize", self.optimize, OPTIMIZE),
            ("positions", self.positions, (None, *POSITIONS)),
        ):
            if value not in known:
                raise InputError(
                    f"{name} {value!r} is not one of {', '.join(str(k) for k in known if k)}."
                )
        if self.exact:
            _refuse_sums(self.model)
        if self.exact and self.bits_expression is not None:
            raise InputError(
                "ac0 computes with the model's exact values and has no fraction bits; leave out --bits."
            )
        if self.exact and self.positions == "wired":
            raise InputError(
                "ac0 holds positions in its codes, so they are always folded; leave out --positions."
            )

    def __repr__(self) -> str:
        given = [f"bits={self.bits_expression}"] if self.bits_expression is not None else []
        given += [self.positions] if self.positions is not None else []
        options = ", ".join([self.basis, *given, f"optimize={self.optimize}"])
        return f"<Family {self.model.name!r:.60}: {options}>"

    @property
    def exact(self) -> bool:
        """Whether the circuits compute the exact model, and not the integer model."""
        return BASES[self.basis].exact

    def in_basis(self, basis: BasisName) -> "Family":
        """The same in another basis, with the options that it has: exact circuits have no bits and fold positions."""
        if basis in names(exact=True):
            return replace(self, basis=basis, bits_expression=None, positions=None)
        return replace(self, basis=basis)

    def __call__(self, n: int) -> Schematic:
        """The schematic of C_n."""
        drawing = Drawing(self.basis, self.optimize)
        if self.exact:
            return draw_reachable(
                self._transformer(n), input_length(n), drawing, self.max_ties
            )
        return lower(self.fixed(n), drawing, self.positions_at(n))

    def bits(self, n: int) -> int | None:
        """Fraction bits at n; None in ac0."""
        n = input_length(n)
        if self.exact:
            return None
        if self.bits_expression == AUTO:
            return _least_bits(self.model.at(n), n, self.max_bits)
        return bits_at(
            self.model.at(n).bits if self.bits_expression is None else self.bits_expression, n
        )

    def positions_at(self, n: int) -> Positions:
        """Whether positions are folded or wired at n."""
        return self.positions or ("folded" if n <= FOLDED_UP_TO or self.exact else "wired")

    def fixed(self, n: int) -> FixedPoint:
        """The integer model at n, which C_n computes in every basis but ac0."""
        bits = str(self.bits(n)) if self.bits_expression == AUTO else self.bits_expression
        return _fixed(self.model.at(input_length(n)), input_length(n), bits, self.max_bits)

    def state_bits(self, n: int) -> int:
        """Bits of the widest entry of the residual stream at any layer, from its intervals; in ac0 of a code.

        Of a recurrent net the entries of its states, or an automaton's code; of a fully connected net those between
        layers.
        """
        if self.exact:
            return code_bits(self._transformer(n), input_length(n), self.max_ties)
        return self.fixed(n).state_bits

    def _transformer(self, n: int) -> Model:
        model: Any = self.model.at(input_length(n))
        _refuse_sums(model)
        return model


def _refuse_sums(model: AnyModel | Sized) -> None:
    """Refuse architectures that have no exact circuits of constant depth."""
    if type(model) in _REFUSED:
        raise InputError(
            f"{model.name}: ac0 is built for hard attention; {_REFUSED[type(model)]}."
        )


_REFUSED: dict[type, str] = {
    RecurrentNet: "a recurrent net of n steps has depth n",
    FullyConnected: "a fully connected net adds up numbers from all positions",
}


@lru_cache(maxsize=8)
def _fixed(model: AnyModel, n: int, bits: str | None, max_bits: int) -> FixedPoint:
    return fix(model, n, bits, max_bits)


@lru_cache(maxsize=64)
def _least_bits(model: AnyModel, n: int, max_bits: int) -> int:
    return least_bits(model, n, max_bits=max_bits)


def input_length(n: object) -> int:
    """An input length, or an error that says what is wrong with it."""
    if isinstance(n, bool) or not isinstance(n, Integral) or int(n) < 1:
        raise InputError(f"n is {n!r}, expected a whole number of letters, at least 1.")
    return int(n)
