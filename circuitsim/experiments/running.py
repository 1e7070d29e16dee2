"""Running an experiment: the points that are missing, then the circuits of the best model, then the tables."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter

from circuitsim.execution import Place, in_order
from circuitsim.experiments import report
from circuitsim.experiments.circuits import Circuit
from circuitsim.experiments.experiment import (
    Done,
    Experiment,
    Outcome,
    Point,
    Progress,
    Size,
    canonical,
    named,
)
from circuitsim.experiments.store import Store


@dataclass(frozen=True)
class Results:
    """All points of an experiment at a size, in its order, and what is concluded from them."""

    points: tuple[Done, ...]
    circuits: tuple[Done, ...]
    summary: report.Summary

    @property
    def holds(self) -> bool:
        """Whether every circuit that was built equals its integer model."""
        return all(one.result.get("equal", True) for one in self.circuits)


def run(
    experiment: Experiment, size: Size, store: Store, where: Place, status: Progress
) -> Results:
    """Do what is missing in a store, and write tables and the figure beside it.

    The same results give the same bytes, whoever did which of the points, and when.
    """
    points = _done(training_points(experiment, size), store, where, status)
    wanted: Sequence[Circuit] = named(experiment.circuits)(points)
    asked = [point for circuit in wanted for point in circuit.points(experiment)]
    circuits = _done(asked, store, where, status)
    status("tables and figure")
    results = Results(points, circuits, named(experiment.summary)(points, circuits))
    report.write(experiment, size.name, results.summary, store.folder)
    return results


def training_points(experiment: Experiment, size: Size) -> list[Point]:
    """The training runs of an experiment at a size."""
    return [
        Point(experiment.name, experiment.version, experiment.run, setting)
        for setting in size.settings
    ]


def _done(
    points: Sequence[Point], store: Store, where: Place, status: Progress
) -> tuple[Done, ...]:
    """Every point with its result: from the store, or done now and kept as soon as it is there."""
    found = {point.hash: store.get(point) for point in points}
    missing = [point for point in points if found[point.hash] is None]

    def keep(index: int, done: Done) -> None:
        store.add(done)
        found[done.point.hash] = done

    with closing(in_order(work, missing, where, status, keep)) as results:
        for _ in results:
            pass
    return tuple(done for point in points if (done := found[point.hash]) is not None)


def work(point: Point, progress: Progress) -> Done:
    """Do one point, wherever it was sent."""
    started = perf_counter()

    def told(text: str) -> None:
        progress(f"{point}: {text}")

    function = named(point.run)
    outcome = (
        function(point.setting, point.given, told)
        if "circuit" in point.setting
        else function(point.setting, told)
    )
    result = json.loads(canonical(outcome.result))  # as a store gives it back
    return Done(point, Outcome(result, outcome.files), perf_counter() - started)
