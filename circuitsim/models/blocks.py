"""What a layer has besides its heads: norms, and feed-forward nets with their activations and gates."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias, get_args

from circuitsim.errors import ModelError
from circuitsim.numbers.arrays import (
    EMPTY,
    NO_ROWS,
    Bias,
    Matrix,
    Vector,
    matrix,
    vector,
    zeros,
)
from circuitsim.numbers.rationals import decimal

Activation: TypeAlias = Literal["relu", "gelu", "gelu-tanh", "silu", "tanh"]
NormKind: TypeAlias = Literal["layer", "rms"]
Eps: TypeAlias = Annotated[
    Fraction, "the decimal that is written, and not a float's binary value"
]

ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
NORM_KINDS: tuple[NormKind, ...] = get_args(NormKind)
MAPS = ("hidden", "gate", "output")  # of a net, each with its bias; gate may be empty


@dataclass(frozen=True)
class Norm:
    """gain c / sqrt(v + eps) + bias: c is x less its mean ("layer") or x itself ("rms"), v the mean of c^2.

    The vector c = 0 gives the bias, with eps 0 too.

    Args:
        gain, bias: (d,). The bias may be left out (zero).
    """

    gain: Vector
    bias: Bias = EMPTY
    eps: Eps = Fraction(1, 100_000)
    kind: NormKind = "layer"

    def __post_init__(self) -> None:
        gain, bias = vector(self.gain, "gain"), vector(self.bias, "bias")
        if bias and len(bias) != len(gain):
            raise ModelError(f"bias has {len(bias)} entries, gain has {len(gain)}.")
        eps = decimal(self.eps, "eps")
        if eps < 0:
            raise ModelError(f"eps is {eps}, expected at least 0.")
        if self.kind not in NORM_KINDS:
            raise ModelError(
                f"kind {repr(self.kind)[:40]} is not one of {', '.join(NORM_KINDS)}."
            )
        for name, value in (("gain", gain), ("bias", bias or zeros(len(gain))), ("eps", eps)):
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class FeedForward:
    """x -> output activation(hidden x + hidden_bias) + output_bias, added to x where `residual`.

    With a gate: output (activation(gate x + gate_bias) (hidden x + hidden_bias)) + output_bias, where the product is
    that of components.

    Args:
        hidden, gate: (h, d); output: (d, h). The gate is empty in an ordinary net. Biases may be left out (zero).
    """

    hidden: Annotated[Matrix, "h", "d"]
    gate: Annotated[Matrix, "h", "d"] = field(default=NO_ROWS, kw_only=True)
    output: Annotated[Matrix, "d", "h"]
    hidden_bias: Bias = EMPTY
    gate_bias: Bias = field(default=EMPTY, kw_only=True)
    output_bias: Bias = EMPTY
    residual: bool = True
    activation: Activation = field(default="relu", kw_only=True)

    def __post_init__(self) -> None:
        for name in MAPS:
            rows = matrix(getattr(self, name), name)
            bias = vector(getattr(self, f"{name}_bias"), f"{name}_bias")
            if bias and len(bias) != len(rows):
                raise ModelError(
                    f"{name}_bias has {len(bias)} entries, {name} has {len(rows)} rows."
                )
            object.__setattr__(self, name, rows)
            object.__setattr__(self, f"{name}_bias", bias or zeros(len(rows)))
        if self.activation not in ACTIVATIONS:
            raise ModelError(
                f"activation {repr(self.activation)[:40]} is not one of {', '.join(ACTIVATIONS)}."
            )
