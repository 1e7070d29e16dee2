"""The circuits of trained models beside those of the papers' constructions: one point each, measured and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from circuitsim.analysis.agreement import least_bits
from circuitsim.analysis.growth import growth
from circuitsim.array_types import Longs
from circuitsim.bases import ONE_A_CLASS, BasisName, names
from circuitsim.compilers.family import Family
from circuitsim.errors import LimitError
from circuitsim.experiments.experiment import Experiment, Outcome, Point, Progress, Setting
from circuitsim.learning.recipe import task_of
from circuitsim.models.inputs import chosen_inputs
from circuitsim.netlist.evaluator.simulate import Evaluator
from circuitsim.netlist.interface import answers, with_wired
from circuitsim.networks.fixed_point import FixedPoint, fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact, run_float
from circuitsim.schematic.schematic import Optimize
from circuitsim.zoo.addresses import PREFIX, load_any
from circuitsim.zoo.task import Task

BASES: tuple[BasisName, ...] = tuple(b for b in ONE_A_CLASS if b not in names(exact=True))
RUN = f"{__name__}:measured"
MAX_WIRES = 64_000_000  # of a circuit that is built
STRINGS = 1000  # of all kinds, on which the circuit is compared with the integer model
SMALLER: Optimize = "balanced"
FEW = 200  # inputs on which the least fraction bits are looked for


@dataclass(frozen=True)
class Circuit:
    """A circuit that stands in the table.

    Attributes:
        label: of its row. model: an address of the zoo, or the file's name of `content`. n: tokens.
        task: as an address without its zoo:, such as "q-sparse-averaging:q=3": its inputs, and what is right on them.
        options: for reading a checkpoint, as `circuitsim.load` takes them.
    """

    label: str
    model: str
    n: int
    task: str
    content: bytes | None = None
    samples: int = 1000
    options: Mapping[str, Any] = field(default_factory=dict)

    def points(self, experiment: Experiment) -> list[Point]:
        """One point in each basis."""
        given = {} if self.content is None else {self.model: self.content}
        setting: dict[str, Any] = {
            "circuit": self.label, "model": self.model, "n": self.n, "task": self.task,
            "samples": self.samples, **self.options,
        }  # fmt: skip
        return [
            Point(
                experiment.name, experiment.version, RUN, {**setting, "basis": basis}, given
            )
            for basis in BASES
        ]


OWN = ("circuit", "model", "n", "task", "samples", "basis")  # the rest reads a checkpoint


def measured(setting: Setting, given: Mapping[str, bytes], progress: Progress) -> Outcome:
    """Size and depth of the circuit, whether it is the integer model, and how many of the task's answers are right.

    A circuit that would be too large is drawn balanced, and the result says so under "optimize"; one that still would
    be is no error: the result says so under "refused".
    """
    model = _model(setting, given)
    n, basis = int(setting["n"] or 0), str(setting["basis"])
    task = task_of(str(setting["task"]))
    codes = inputs(task, n, int(setting["samples"] or 0))
    progress(f"{setting['circuit']}, n = {n}: exact model")
    truth, exact = task.decisions(codes), run_exact(model, codes).decisions
    result: dict[str, Any] = {
        "inputs": len(codes),
        "decisions": truth.size,
        "right_float": _agreeing(run_float(model, codes).decisions, truth),
        "right_exact": _agreeing(exact, truth),
    }
    bits = least_bits(model, codes[:FEW], exact[:FEW])
    try:
        fixed = fix(model, n, None if bits is None else str(bits))
        integer = run_integer(fixed, codes)
        result |= {
            "bits": bits,
            "right_integer": _agreeing(integer.decisions, truth),
            "kept": _agreeing(integer.decisions, exact),
        }
        family = Family(model, basis, None if bits is None else str(bits))  # type: ignore[arg-type]
        try:
            result |= _circuit(family, n, fixed, progress)
        except LimitError:  # a wide net in tc0: fewer gates in more levels
            family = replace(family, optimize=SMALLER)
            result |= {**_circuit(family, n, fixed, progress), "optimize": SMALLER}
    except LimitError as error:
        result["refused"] = str(error)
    return Outcome(result)


def inputs(task: Task, n: int, samples: int) -> Longs:
    """All inputs of a task where they are few; else so many, half of them hard."""
    if task.count(n) <= samples:
        return task.inputs(n)
    rng = np.random.default_rng(n)
    half = samples // 2
    return np.concatenate(
        [task.sample(n, half, rng), task.adversarial(n, samples - half, rng)]
    )


def _model(setting: Setting, given: Mapping[str, bytes]) -> Any:
    address = str(setting["model"])
    n = int(setting["n"] or 0)
    if address.startswith(PREFIX):
        return load_any(address).at(n)
    options = {name: value for name, value in setting.items() if name not in OWN}
    with TemporaryDirectory() as folder:
        path = Path(folder) / address
        path.write_bytes(given[address])
        return load_any(path, **options).at(n)


def _circuit(
    family: Family, n: int, integer: FixedPoint, progress: Progress
) -> dict[str, Any]:
    """Its cost, and whether the flat circuit is the integer model on strings of all kinds, the task's or not."""
    progress(f"{family.model.name}, n = {n}: {family.basis}")
    schematic = family(n)
    row, _ = growth.row(family, n, schematic)
    cost = {"gates": row.gates, "depth": row.depth, "ands": row.ands, "wires": row.wires}
    if row.wires > MAX_WIRES:
        return {**cost, "refused": f"measured, not built: {row.wires:,} wires"}
    model = family.model.at(n)
    _, strings = chosen_inputs(model, n, None, STRINGS, 0)
    evaluator = Evaluator(schematic.flatten())
    wired = {"wired": schematic.wired_bits()}
    outputs = evaluator(with_wired(wired, model.format.bits(strings)))
    wanted = run_integer(integer, strings).answers
    equal = bool((answers(schematic.interface, outputs) == wanted).all())
    return {**cost, "equal": equal, "strings": len(strings)}


def _agreeing(decisions: Longs, truth: Longs) -> int:
    """Equal decisions, of all inputs at all positions that decide."""
    return int((decisions == truth).sum())
