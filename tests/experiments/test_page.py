"""The page of experiments is what the stored results say."""

import json

import pytest

from circuitsim.experiments.experiment import named
from circuitsim.experiments.running import training_points
from circuitsim.experiments.table import experiment
from docs.experiment_pages import file_of, kept, page, stored
from tests.cli.runs import ROOT

KEPT = [one.name for one in kept()]


def test_the_page_is_up_to_date() -> None:
    wanted = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    assert page() == wanted, "run `python docs/experiment_pages.py page docs`"


@pytest.mark.parametrize("name", KEPT)
def test_all_points_of_the_default_size_are_stored(name: str) -> None:
    one = experiment(name)
    points, circuits = stored(one)
    wanted = [p.setting for p in training_points(one, one.size("default"))]
    assert [p.setting for p in points] == wanted
    assert all(c.result.get("equal", True) for c in circuits)
    assert (ROOT / "docs" / "pictures" / f"experiment-{name}.svg").exists()
    lines = file_of(name).read_text().splitlines()
    assert all(set(json.loads(line)) == {"setting", "result"} for line in lines)


@pytest.mark.parametrize("name", KEPT)
def test_what_agrees_follows_from_the_numbers(name: str) -> None:
    """With every number made the same, no statement about an order or a factor is left that could agree."""
    one = experiment(name)
    points, circuits = stored(one)
    before = named(one.summary)(points, circuits).verdicts
    for point in points:
        _flatten(point.result)
    after = named(one.summary)(points, circuits).verdicts
    assert [v.statement for v in after] == [v.statement for v in before]
    assert [v.numbers for v in after] != [v.numbers for v in before]
    assert not all(v.agrees for v in after)


def _flatten(value: dict[str, object]) -> None:
    for key, item in value.items():
        if isinstance(item, dict):
            _flatten(item)
        elif isinstance(item, list) and item and isinstance(item[0], dict):
            for one in item:
                _flatten(one)
        elif isinstance(item, list):
            value[key] = [0.5] * len(item)
        elif isinstance(item, int | float) and key not in ("circuit_n", "n"):
            value[key] = 5000
