"""What Python interprets and what numba compiles are one function: each kernel gives the same answers in both."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from circuitsim.compilers.family import Family

from circuitsim.analysis.ladder import climb
from circuitsim.kernels import compiled, elements, worth
from circuitsim.netlist.passes.share import Share
from circuitsim.schematic.measure import measure
from circuitsim.zoo.addresses import load_any
from tests.cases import random_model

from .both import both_readings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("basis", ["xag", "aig", "tc0"])
@pytest.mark.parametrize("seed", range(4))
def test_random_models_climb_the_ladder_alike_in_both_readings(monkeypatch, basis, seed):
    with both_readings(monkeypatch) as seen:
        for mode in ("depth", "size"):
            family = Family(random_model(seed), basis, optimize=mode)
            n = 1 + seed % 4
            row = climb([family], n, exhaustive=False, samples=70, seed=seed)
            assert all(rung.holds for rung in row.rungs if rung.relation == "=")
            circuit = family(n).flatten()
            shared = Share()(circuit)
            assert shared.gates <= circuit.gates == measure(family(n)).gates
    assert len(seen) > 8


@pytest.mark.parametrize("name", ["first.json", "lookup.json"])
def test_reachable_values_are_found_alike_in_both_readings(monkeypatch, name):
    with both_readings(monkeypatch) as seen:
        family = Family(load_any(str(ROOT / "examples" / name)), "ac0")
        row = climb([family], 4, exhaustive=True)
        assert all(rung.holds for rung in row.rungs)
    assert any("box_kernels" in kernel for kernel in seen)


def test_a_kernel_is_interpreted_until_that_has_cost_as_much_as_machine_code(monkeypatch):
    @compiled(work=lambda steps: steps)
    def double(steps: int) -> int:
        return 2 * steps

    monkeypatch.setattr(worth, "reading", lambda: worth.Reading.SOONER)
    assert double(10) == 20
    assert double._machine is None
    double._account.spent = 60.0
    assert double(10) == 20
    assert double._machine is not None


class Row(NamedTuple):
    values: Any
    at: int


@compiled
def _halves(row: Row, add: int) -> Row:
    row.values[row.at] += add
    return Row(row.values[: row.at + 1], row.at // 2)


@pytest.mark.parametrize("reading", [worth.Reading.COMPILED, worth.Reading.INTERPRETED])
def test_records_go_into_kernels_and_come_out_in_both_readings(monkeypatch, reading):
    monkeypatch.setattr(worth, "reading", lambda: reading)
    values = np.arange(6)
    found = _halves(Row(values, 3), 10)
    assert isinstance(found, Row)
    assert (found.values.tolist(), found.at) == ([0, 1, 2, 13], 1)
    assert values[3] == 13


def test_work_is_that_of_arrays_in_records_too():
    assert elements(Row(np.zeros((3, 4)), 5), np.zeros(7), 9) == 19


def test_a_call_that_is_long_by_itself_is_never_interpreted(monkeypatch):
    @compiled(work=lambda steps: steps)
    def double(steps: int) -> int:
        return 2 * steps

    monkeypatch.setattr(worth, "reading", lambda: worth.Reading.SOONER)
    assert double(10**9) == 2 * 10**9
    assert double._account.closed
    assert double._account.spent == 0
