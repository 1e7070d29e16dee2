"""Circuits that stand in the tables: measured as elsewhere, compared with the integer model and with the task."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest

import circuitsim as cs
from circuitsim.errors import LimitError
from circuitsim.experiments import circuits
from circuitsim.experiments.circuits import BASES, Circuit, inputs, measured
from circuitsim.experiments.experiment import Done, Outcome
from circuitsim.experiments.report import Summary, circuit_table
from circuitsim.experiments.running import Results
from circuitsim.learning.recipe import task_of
from circuitsim.models.files.json_model import json_text
from compilers.family import Family
from tests.experiments.toy import TOY

TASK = "qstr:q=2,g=sum"
ADDRESS = f"zoo:{TASK}"
N = 3


@lru_cache
def constructed() -> list[dict[str, Any]]:
    return results(Circuit("constructed", ADDRESS, N, TASK))


def results(circuit: Circuit) -> list[dict[str, Any]]:
    return [
        measured(p.setting, p.given, lambda text: None).result for p in circuit.points(TOY)
    ]


def test_sizes_are_those_that_measure_prints() -> None:
    found = constructed()
    for basis, one in zip(BASES, found, strict=True):
        (row,) = cs.measure(cs.compile(cs.load(ADDRESS), basis, one["bits"]), N)
        assert (one["gates"], one["depth"], one["wires"]) == (row.gates, row.depth, row.wires)
        assert one["equal"] is True
        assert one["right_integer"] == one["kept"] == one["decisions"] == 1000 * N
    assert set(BASES) == {"xag", "tc0"}


def test_a_model_in_a_file_is_the_same() -> None:
    text = json_text(cs.load(ADDRESS).at(N)).encode()
    file = Circuit("trained", "model.json", N, TASK, text)
    assert results(file) == constructed()
    points, others = file.points(TOY), replace(file, content=text + b" ").points(TOY)
    assert all(a.hash != b.hash for a, b in zip(points, others, strict=True))


def test_wrong_answers_are_counted() -> None:
    for one in results(Circuit("squeezed", f"{ADDRESS},heads=1", N, TASK)):
        assert one["equal"] is True
        assert one["kept"] == one["decisions"]
        assert 0 < one["right_integer"] < one["decisions"]


def test_a_circuit_that_is_too_large_is_measured_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(circuits, "MAX_WIRES", 10)
    for one in results(Circuit("constructed", ADDRESS, N, TASK)):
        assert one["refused"] == f"measured, not built: {one['wires']:,} wires"
        assert "equal" not in one


def test_a_circuit_that_is_refused_is_drawn_balanced(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = circuits._circuit

    def limited(family: Family, *given: Any) -> dict[str, Any]:
        if family.optimize == "depth":
            raise LimitError("too large.")
        return drawn(family, *given)

    monkeypatch.setattr(circuits, "_circuit", limited)
    circuit = Circuit("constructed", ADDRESS, N, TASK)
    found = results(circuit)
    for basis, one in zip(BASES, found, strict=True):
        family = cs.compile(cs.load(ADDRESS), basis, one["bits"], optimize="balanced")
        (row,) = cs.measure(family, N)
        assert (one["gates"], one["depth"], one["equal"]) == (row.gates, row.depth, True)
    points = circuit.points(TOY)
    done = tuple(Done(p, Outcome(one), 0) for p, one in zip(points, found, strict=True))
    assert [row[2] for row in circuit_table(done).rows] == ["xag, balanced", "tc0, balanced"]


def test_a_circuit_with_a_mistake_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = circuits.answers
    monkeypatch.setattr(circuits, "answers", lambda *given: 1 - honest(*given))
    circuit = Circuit("constructed", ADDRESS, N, TASK)
    done = tuple(
        Done(p, Outcome(one), 0) for p, one in zip(circuit.points(TOY), results(circuit), strict=True)
    )  # fmt: skip
    assert not Results((), done, Summary((), (), ())).holds
    equal = circuit_table(done).columns.index("circuit = integer")
    assert {row[equal] for row in circuit_table(done).rows} == {"NO, 1,000 strings"}


@pytest.mark.parametrize("n", [2, 6])
def test_inputs_are_legal(n: int) -> None:
    task = task_of("q-sparse-averaging:q=2")
    codes = inputs(task, n, 60)
    digits: Mapping[int, Any] = dict(enumerate(task.format(n).digits(codes)))
    assert all(task.legal(row) for row in digits.values())
    assert len(codes) == (4 if n == 2 else 60)
