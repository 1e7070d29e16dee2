"""The meaning of a flat circuit, one gate at a time on Python integers; everything fast is tested against it."""

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_, or_, xor

from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, OR, THRESHOLD, XOR

Gate = tuple[
    int, list[int], list[int], int
]  # opcode, literals read, their weights, threshold
COMBINED = {AND: and_, XOR: xor, OR: or_}


def _gates(circuit: Circuit) -> Iterator[Gate]:
    """Gates in order."""
    for g, op in enumerate(circuit.ops.tolist()):
        read = (
            slice(g, g + 1)
            if circuit.starts is None
            else slice(circuit.starts[g], circuit.starts[g + 1])
        )
        weights = [] if circuit.weights is None else circuit.weights[read].tolist()
        threshold = 0 if circuit.thresholds is None else int(circuit.thresholds[g])
        yield op, circuit.fan_in[read].reshape(-1).tolist(), weights, threshold


def _reached(values: list[int], weights: list[int], threshold: int, patterns: int) -> int:
    """Bit p says whether the weighted sum of the values' bits p is at least the threshold."""
    result = 0
    for p in range(patterns):
        total = sum(
            weight for weight, value in zip(weights, values, strict=True) if value >> p & 1
        )
        result |= (total >= threshold) << p
    return result


def evaluate_integers(circuit: Circuit, inputs: Sequence[int], patterns: int) -> list[int]:
    """Outputs for inputs given as integers whose bit p is the wire's value on pattern p."""
    ones = (1 << patterns) - 1
    values = [0, *inputs]

    def value(literal: int) -> int:
        return values[literal >> 1] ^ (ones if literal & 1 else 0)

    for op, literals, weights, threshold in _gates(circuit):
        read = [value(literal) for literal in literals]
        if op == THRESHOLD:
            values.append(_reached(read, weights, threshold, patterns))
        else:
            values.append(reduce(COMBINED[op], read))
    return [value(literal) for literal in circuit.outputs.tolist()]
