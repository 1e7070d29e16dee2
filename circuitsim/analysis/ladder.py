"""The ladder: float ~ exact ~ integer = schematic = circuit = file, each rung against the next, on stated inputs.

ac0 computes with exact values, so there the ladder is float ~ exact = schematic = circuit = file.

`~` may round: flipped decisions count, and the report gives the largest error. `=` is bit for bit: the residual
stream after every layer (as far as the rung computes it) and the outputs. It holds when no decision flips on a
`~` and no bit differs on an `=`. Where the answer is a number, nothing is decided: float ~ exact then counts the
inputs on which they are further apart than rounding can bring them, and exact ~ integer only reports the largest error.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from circuitsim.analysis.comparisons import Row, Rung, joined
from circuitsim.array_types import Array, Bools, Floats, Longs
from circuitsim.compilers.family import Family
from circuitsim.formats import npz
from circuitsim.models.any_model import AnyModel
from circuitsim.models.inputs import chosen_inputs, few_inputs
from circuitsim.models.sequence import MOST_LETTERS, decode
from circuitsim.models.sized import Sized
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator.simulate import evaluate as evaluate_circuit
from circuitsim.netlist.interface import output_bits, with_wired
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact, run_float
from circuitsim.networks.trace import ExactTrace, IntegerTrace, Trace
from circuitsim.networks.trust import MARGIN
from circuitsim.schematic.evaluate import planes_to_bits, probe_values, run_planes
from circuitsim.schematic.flatten import flatten_with_values
from circuitsim.schematic.flatten_wide import NOBODY
from circuitsim.schematic.schematic import Schematic

PART = 2**13  # inputs of a part: more than are all tried unless told otherwise
AT_ONCE = 1024  # inputs evaluated together on the rungs below the integer model


@dataclass(frozen=True)
class Truth:
    """The model that circuits must equal: its answers, and its residuals as numerators over a denominator."""

    name: str
    answers: Array
    residuals: tuple[tuple[Array, int], ...]


@dataclass(frozen=True)
class Part:
    """Some inputs of one length, on which the ladder is climbed on its own.

    Attributes:
        families: the same model and bits in one or more bases; the model's rungs are compared once.
        model: at length n. start, stop: the inputs, by their numbers among those that there are.
        exhaustive, samples, seed: which inputs there are, as `chosen_inputs` says.
        max_gates: refuse to build a larger circuit.
    """

    families: tuple[Family, ...]
    n: int
    model: AnyModel
    start: int = 0
    stop: int = 0
    exhaustive: bool | None = None
    samples: int = 1000
    seed: int = 0
    max_gates: int | None = None

    def __str__(self) -> str:
        return f"n = {self.n}" + (f", from input {self.start:,} on" if self.start else "")


def parts(
    families: Sequence[Family],
    n: int,
    *,
    model: AnyModel | Sized | None = None,
    exhaustive: bool | None = None,
    **options: Any,
) -> list[Part]:
    """The inputs of length n in parts, each climbed on its own; together they are `climb`."""
    model = (model or families[0].model).at(n)
    whole = Part(tuple(families), n, model, exhaustive=exhaustive, **options)
    count = whole.samples
    if exhaustive or (exhaustive is None and few_inputs(model, n)):
        count = min(prod(model.format.sizes(n)), MOST_LETTERS)  # more are refused
    starts = range(0, count, PART)
    return [replace(whole, start=start, stop=min(start + PART, count)) for start in starts]


def climb(
    families: Sequence[Family],
    n: int,
    *,
    agree: Fraction | float = 1.0,
    progress: Callable[[str], None] = lambda text: None,
    **options: Any,
) -> Row:
    """The whole ladder at length n.

    Args:
        families: the same model and bits in one or more bases; the model's rungs are compared once.
        agree: the share of the inputs on which rungs that round must decide alike.
        progress: called with the name of each rung before it is run.
        options: `model`, needed only without families, for the float, exact and integer rungs alone; `exhaustive`,
            all inputs, where None decides by their number (2^12); `samples` and `seed`, how many inputs otherwise,
            half of them adversarial (equal letters, boundary counts); `max_gates` of the largest circuit.
    """
    return joined(
        [climb_part(part, progress) for part in parts(families, n, **options)], agree
    )


def climb_part(part: Part, progress: Callable[[str], None]) -> Row:
    """The whole ladder, on a part of the inputs."""
    model, n, families = part.model, part.n, part.families
    everything, codes = chosen_inputs(model, n, part.exhaustive, part.samples, part.seed)
    codes = codes[part.start : part.stop]
    progress("float and exact models")
    floating, exact = run_float(model, codes), run_exact(model, codes)
    rungs, bits = [_float_exact(model, codes, floating, exact)], None
    softmax: tuple[int | None, int | None] = (None, None)  # ac0 has none
    rounding = [family for family in families if not family.exact]
    residuals = tuple((r.numerators, r.denominator) for r in exact.residuals)
    truths = {True: Truth("exact", exact.answers, residuals)}
    if rounding or not families:
        progress("integer model")
        fixed = rounding[0].fixed(n) if rounding else fix(model, n)
        integer, bits = run_integer(fixed, codes), fixed.bits
        softmax = fixed.network.softmax_bits
        rungs.append(_exact_integer(model, codes, exact, integer))
        truths[False] = Truth(
            "integer", integer.answers, tuple((r, 1) for r in integer.residuals)
        )
    for family in families:
        progress(f"{family.basis}: schematic, circuit, file")
        rungs += _circuit_rungs(family, n, codes, truths[family.exact], part.max_gates)
    return Row(n, bits, everything, len(codes), tuple(rungs), *softmax, exact.bits)


def _float_exact(model: AnyModel, codes: Longs, floating: Trace, exact: ExactTrace) -> Rung:
    trusted = floating.trusted
    assert trusted is not None
    differs = (floating.decisions != exact.decisions).any(axis=1)
    numbers = _as_float(exact.outputs.numerators, exact.outputs.denominator)
    errors = np.abs(floating.outputs - numbers).reshape(len(codes), -1)
    if model.readout.answer == "number":
        assert floating.scales is not None
        differs = (errors > MARGIN * floating.scales.reshape(errors.shape)).any(axis=1)
    error, undecided = errors[trusted].max(initial=0.0), int((~trusted).sum())
    return _rung(model, codes, "float", "exact", differs & trusted, error, undecided)


def _exact_integer(
    model: AnyModel, codes: Longs, exact: ExactTrace, integer: IntegerTrace
) -> Rung:
    differs = (exact.decisions != integer.decisions).any(axis=1)
    numbers = _as_float(exact.outputs.numerators, exact.outputs.denominator)
    error = np.abs(numbers - _as_float(integer.outputs, 1 << integer.output_exponent)).max(
        initial=0.0
    )
    return _rung(model, codes, "exact", "integer", differs, error, 0)


def _rung(
    model: AnyModel,
    codes: Longs,
    start: str,
    to: str,
    differs: Bools,
    error: float,
    undecided: int,
) -> Rung:
    first = decode(model, codes[int(np.argmax(differs))]) if differs.any() else None
    return Rung(start, to, "~", int(differs.sum()), undecided, float(error), first)


def _as_float(numerators: Array, denominator: int) -> Floats:
    if numerators.dtype != object and denominator < 2**53:
        return np.asarray(numerators / denominator, np.float64)
    return np.vectorize(lambda v: int(v) / denominator, otypes=[float])(numerators)


def _circuit_rungs(
    family: Family, n: int, codes: Longs, truth: Truth, max_gates: int | None
) -> list[Rung]:
    model, schematic = family.model.at(n), family(n)
    circuit, literals = flatten_with_values(schematic, max_gates)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "circuit.npz"
        npz.save(circuit, path)
        stored = npz.load(path)
    names = f"schematic {family.basis}", f"circuit {family.basis}", f"file {family.basis}"
    differs = np.zeros((3, len(codes)), bool)
    for start in range(0, len(codes), AT_ONCE):
        stop = min(start + AT_ONCE, len(codes))
        below = _differences(
            model, schematic, circuit, stored, literals, codes[start:stop], truth, start
        )
        differs[:, start:stop] = below
    rungs = []
    for above, to, wrong in zip((truth.name, *names[:2]), names, differs, strict=True):
        first = decode(model, codes[int(np.argmax(wrong))]) if wrong.any() else None
        rungs.append(Rung(above, to, "=", int(wrong.sum()), first_difference=first))
    return rungs


def _differences(
    model: AnyModel,
    schematic: Schematic,
    circuit: Circuit,
    stored: Circuit,
    literals: list[Any],
    codes: Longs,
    truth: Truth,
    start: int,
) -> Bools:
    """Where the model and the schematic, schematic and circuit, circuit and file differ: (3, inputs)."""
    count = len(codes)
    bits = model.format.bits(codes)
    planes = run_planes(schematic, bits)
    values = {index: planes_to_bits(p, count) for index, p in planes.items()}
    outputs = np.concatenate(
        [values[o].reshape(count, -1) for o in schematic.outputs], axis=1
    )
    expected = output_bits(schematic.interface, truth.answers[start : start + count])
    first = (outputs != expected).any(axis=1)
    for layer, probe in enumerate(schematic.probes):
        numbers, denominator = truth.residuals[schematic.interface["probe_residuals"][layer]]
        low, high = schematic.interface["probe_positions"][layer]
        numbers = numbers[start : start + count, low:high]
        seen = probe_values(probe, [values[v] for v in probe.values]) * denominator
        over = (
            schematic.interface["denominators"][layer]
            if "denominators" in schematic.interface
            else 1
        )
        differs = np.broadcast_to(seen, numbers.shape) != numbers.astype(object) * over
        first |= differs.reshape(count, -1).any(axis=1)
    watched = [
        (i, literals[i].ravel())
        for i in sorted({v for p in schematic.probes for v in p.values})
    ]
    extended = _with_outputs(circuit, watched)
    full = with_wired(circuit.interface, bits)
    run = evaluate_circuit(extended, full)
    second = (run[:, : outputs.shape[1]] != outputs).any(axis=1)
    at = outputs.shape[1]
    for index, wires in watched:
        kept = np.flatnonzero(wires != NOBODY)
        seen = run[:, at : at + len(kept)]
        second |= (seen != values[index].reshape(count, -1)[:, kept]).any(axis=1)
        at += len(kept)
    third = (evaluate_circuit(stored, full) != run[:, : outputs.shape[1]]).any(axis=1)
    return np.stack([first, second, third])


def _with_outputs(circuit: Circuit, watched: list[tuple[int, Any]]) -> Circuit:
    """The same gates, with the wires of probes as further outputs."""
    more = [wires[wires != NOBODY] for _, wires in watched]
    outputs = np.concatenate([circuit.outputs, *more]).astype(np.int32)
    return replace(circuit, outputs=outputs)
