"""The meaning of a flat circuit, one gate at a time on Python integers; everything fast is tested against it."""

from collections.abc import Sequence

from circuitsim.circuits.circuit import Circuit
from circuitsim.circuits.program import AND


def evaluate_integers(circuit: Circuit, inputs: Sequence[int], patterns: int) -> list[int]:
    """Outputs for inputs given as integers whose bit p is the wire's value on pattern p."""
    ones = (1 << patterns) - 1
    values = [0, *inputs]

    def value(literal: int) -> int:
        return values[literal >> 1] ^ (ones if literal & 1 else 0)

    for op, (a, b) in zip(circuit.ops.tolist(), circuit.fan_in.tolist(), strict=True):
        values.append(value(a) & value(b) if op == AND else value(a) ^ value(b))
    return [value(literal) for literal in circuit.outputs.tolist()]
