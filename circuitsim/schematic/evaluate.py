"""Run a schematic on inputs, on bit planes, without building a gate: the meaning of every operation, in order."""

from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.array_types import Array, Bools
from circuitsim.errors import InputError
from circuitsim.netlist.evaluator.patterns import pack, unpack
from circuitsim.schematic.meanings import Planes
from circuitsim.schematic.operations import OPERATIONS
from circuitsim.schematic.schematic import Probe, Schematic


def evaluate(schematic: Schematic, patterns: npt.ArrayLike) -> Bools:
    """Outputs of a schematic.

    Args:
        patterns: (patterns, inputs) of 0 and 1.

    Returns:
        (patterns, outputs).
    """
    bits = np.asarray(patterns, bool)
    values = run_planes(schematic, bits)
    flat = [
        planes_to_bits(values[o], len(bits)).reshape(len(bits), -1) for o in schematic.outputs
    ]
    return np.concatenate([np.zeros((len(bits), 0), bool), *flat], axis=1)


def run_planes(schematic: Schematic, patterns: Bools) -> dict[int, Planes]:
    """Bit planes (shape..., words) of the outputs and of the values that probes read, by index.

    Raises:
        InputError: the patterns do not have one bit for every free input.
    """
    if patterns.ndim != 2 or patterns.shape[1] != schematic.inputs:
        raise InputError(
            f"got input bits of shape {patterns.shape}, expected (patterns, {schematic.inputs})."
        )
    planes, start = pack(patterns), 0
    last, kept = schematic.last_uses(), schematic.roots()
    values: dict[int, Planes] = {}
    for index, line in enumerate(schematic.instructions):
        if line.operation == "input":
            size = int(np.prod(line.shape))
            values[index] = planes[start : start + size].reshape(
                (*line.shape, planes.shape[1])
            )
            start += size
        else:
            meaning = OPERATIONS[line.operation].meaning
            assert meaning is not None
            args = [values[a] for a in line.args]
            values[index] = meaning(
                line, _same_words(args) if line.operation == "concat" else args
            )
        for done in {index, *line.args}:
            if last[done] <= index and done not in kept:
                del values[done]
    return {index: values[index] for index in kept}


def planes_to_bits(planes: Planes, count: int) -> Bools:
    """(shape..., words) planes to (patterns, shape...) bits."""
    words = max(1, -(-count // 64))
    flat = np.broadcast_to(planes, (*planes.shape[:-1], words)).reshape(
        int(np.prod(planes.shape[:-1])), words
    )
    return unpack(flat, count).reshape(count, *planes.shape[:-1])


def probe_values(probe: Probe, bits: list[Array]) -> Array:
    """The numbers of a probe from the bits of its values, each (patterns, ..., wires): Python integers."""
    total: Any = probe.offset
    for wires, weights in zip(bits, probe.weights, strict=True):
        total = total + wires.astype(object) @ np.asarray(weights).T
    return np.asarray(total, dtype=object)


def _same_words(planes: list[Planes]) -> list[Planes]:
    """Constants carry one word; give all the same number of words."""
    words = max([1, *(p.shape[-1] for p in planes)])
    return [np.broadcast_to(p, (*p.shape[:-1], words)) for p in planes]
