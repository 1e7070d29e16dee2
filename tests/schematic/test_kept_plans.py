"""Plans of sums that are kept: those of equal heaps alone are the same, and keeping none changes nothing."""

import numpy as np
import pytest
from circuitsim.compilers.family import Family

from circuitsim.schematic import planning
from circuitsim.schematic.measure import measure
from circuitsim.schematic.planning import Asked
from tests.cases import random_model


def kept(counts, asked):
    filled = np.flatnonzero(counts)
    wires = counts.ravel()[filled]
    return planning._kept_sum(counts.shape, filled.tobytes(), wires.tobytes(), asked)


def figures(planned):
    plan, made = planned
    return plan.gates, plan.depths, plan.inputs, made


def test_a_kept_plan_is_that_of_its_heap():
    """Heaps with the same places and wires, as numbers in a row, may differ by their shapes."""
    asked = Asked(5, (0, 2, 3), "xag", "depth")
    heaps = [np.zeros((4, depths), np.int64) for depths in (9, 6)]
    for heap in heaps:
        heap.ravel()[[0, 3, 13, 19]] = [7, 2, 1, 4]
    planned = [figures(kept(heap, asked)) for heap in heaps]
    assert planned == [figures(planning._sum(heap, asked)) for heap in heaps]
    assert planned[0] != planned[1]
    more = heaps[0].copy()
    more[0, 0] += 1
    assert figures(kept(more, asked)) == figures(planning._sum(more, asked)) != planned[0]


@pytest.mark.parametrize("seed", range(4))
def test_nothing_changes_where_no_plan_is_kept(seed, monkeypatch):
    schematic = Family(random_model(seed), "xag")(5)
    cost = measure(schematic)
    monkeypatch.setattr(planning, "MOST_KEPT", -1)
    monkeypatch.setattr(planning, "_kept_sum", None)
    again = measure(schematic)
    assert (cost.gates_by_kind, cost.depth) == (again.gates_by_kind, again.depth)
