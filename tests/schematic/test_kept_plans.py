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


def test_plans_are_kept_up_to_so_many_bytes(monkeypatch):
    monkeypatch.setattr(planning, "KEPT", planning.Kept(10_000))
    asked = Asked(5, (0, 2, 3), "xag", "depth")
    heaps = [np.full((4, 1), wires, np.int64) for wires in range(2, 30)]
    first = [kept(heap, asked) for heap in heaps]
    plans = planning.KEPT.plans.values()
    assert 1 < len(plans) < len(heaps)
    assert planning.KEPT.bytes == sum(plan.bytes for plan, _ in plans) <= 10_000
    assert kept(heaps[-1], asked) is first[-1]
    again = kept(heaps[0], asked)
    assert again is not first[0]
    assert figures(again) == figures(first[0])
    kept(heaps[1], asked)
    assert kept(heaps[0], asked) is again
