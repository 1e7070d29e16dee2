"""How letters become a circuit's input bits, and its output bits answers; the same in every basis.

The interface of a circuit is a JSON-able dictionary: `vocabulary`, `token_code` ("bit" for two letters, else
"one-hot"; "fields" for records, which `fields` describes: see `tokens`), `n`, `decision` ("bit", "one-hot" or
"number"), `classes` (outputs at a position), `signs` (decisions that make one answer, where they do),
`readout_positions`, `wired` (constants of the inputs that are not
letters), and what people want to know: `model`, `bits`. A number has its `offset` and `scale` too: see `Digits`.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.array_types import Array, Bools
from circuitsim.numbers.rationals import rational
from circuitsim.numbers.scaled import Scaled


@dataclass(frozen=True)
class Digits:
    """Output bits as a number: offset + scale * (bits, the least first, as a whole number)."""

    offset: Fraction
    scale: Fraction
    width: int

    def entries(self) -> dict[str, Any]:
        """What the interface of a circuit says of it; `digits_of` reads it."""
        return {
            "decision": "number",
            "classes": self.width,
            "offset": str(self.offset),
            "scale": str(self.scale),
        }

    def numbers(self, bits: Bools) -> npt.NDArray[np.object_]:
        """Fractions (...) of bits (..., width)."""
        whole = Scaled(bits.astype(object) @ self._powers, 1).fractions()
        return np.asarray(self.offset + self.scale * whole, object)

    def bits(self, numbers: npt.NDArray[np.object_]) -> Bools:
        """Bits (..., width) of fractions (...)."""
        steps = (numbers - self.offset) / self.scale
        whole = np.frompyfunc(int, 1, 1)(steps)[..., None]
        return np.asarray(whole // self._powers % 2, bool)

    @property
    def _powers(self) -> npt.NDArray[np.object_]:
        return np.array([1 << bit for bit in range(self.width)], object)


def digits_of(interface: dict[str, Any]) -> Digits | None:
    """How output bits are a number; None where they decide.

    Raises:
        ModelError: the offset or the scale is no rational.
    """
    if interface.get("decision") != "number":
        return None
    offset, scale = (rational(interface.get(name), name) for name in ("offset", "scale"))
    return Digits(offset, scale, int(interface["classes"]))


def with_wired(interface: dict[str, Any], bits: Bools) -> Bools:
    """Input bits followed by the constants of the opaque wires."""
    wired = np.array(interface.get("wired", []), bool)
    return np.concatenate([bits, np.broadcast_to(wired, (len(bits), len(wired)))], axis=1)


def answers(interface: dict[str, Any], outputs: Bools) -> Array:
    """Answers (patterns, positions) of output bits (patterns, outputs): 0 or 1, the index of a class, or a fraction."""
    classes, digits = int(interface["classes"]), digits_of(interface)
    grouped = outputs.reshape(len(outputs), -1, classes)
    if digits is not None:
        return digits.numbers(grouped)
    chosen = grouped[..., 0] if classes == 1 else grouped.argmax(axis=-1)
    return np.asarray(chosen, np.int64)


def output_bits(interface: dict[str, Any], given: Array) -> Bools:
    """The output bits (patterns, outputs) of answers (patterns, positions)."""
    classes, digits = int(interface["classes"]), digits_of(interface)
    if digits is not None:
        found = digits.bits(given)
    else:
        found = given[..., None] == (1 if classes == 1 else np.arange(classes))
    return np.asarray(found, bool).reshape(len(given), -1)
