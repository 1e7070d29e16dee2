"""What the experiments on the zoo's tasks share: a setting is a recipe of `circuitsim.learning`, and what is tested."""

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from circuitsim.experiments.experiment import Done, Outcome, Progress, Setting
from circuitsim.learning.recipe import Recipe, recipe_of
from circuitsim.learning.requirements import require_torch

if TYPE_CHECKING:
    from circuitsim.learning.training import Trained


def trained(recipe: Recipe, progress: Progress) -> "Trained":
    """The net of a recipe."""
    require_torch()
    from circuitsim.learning.training import Training

    return Training(recipe).run(progress)


def lengths_tested(setting: Setting) -> list[int]:
    """The lengths that a setting names, such as "50,100"."""
    return [int(n) for n in str(setting["tested"]).split(",")]


def run(setting: Setting, progress: Progress) -> Outcome:
    """Train, and count the strings that are answered rightly everywhere, at each length that is tested."""
    from circuitsim.learning.files import checkpoint_bytes
    from circuitsim.learning.training import right_at

    found = trained(recipe_of(setting), progress)
    tests = [right_at(found.net, found.data, n) for n in lengths_tested(setting)]
    result = {
        **about(found),
        "tests": [
            {"n": test.n, "strings": test.strings, "right": test.right} for test in tests
        ],
    }
    return Outcome(result, {"model.pt": checkpoint_bytes(found, "model")})


def about(found: "Trained") -> dict[str, Any]:
    """What every result says of its net."""
    return {"steps": found.steps, "loss": found.loss, "parameters": found.parameters}


def share(point: Done, n: int, key: str = "right") -> float:
    """The share of right answers at a length."""
    test = next(test for test in point.result["tests"] if test["n"] == n)
    return float(test[key] / test["strings"])


def middle(points: Sequence[Done], n: int, key: str = "right", **wanted: object) -> float:
    """The median over seeds of the share at a length, of points with these settings."""
    return median(share(point, n, key) for point in those(points, **wanted))


def those(points: Sequence[Done], **wanted: object) -> list[Done]:
    """The points with these settings."""
    return [
        point
        for point in points
        if all(point.setting.get(name) == value for name, value in wanted.items())
    ]


def percent(part: float) -> str:
    """A share as tables show it."""
    return f"{100 * part:.1f}%"


def curve(
    points: Sequence[Done], lengths: Sequence[int], key: str
) -> tuple[tuple[float, float], ...]:
    """The medians over seeds against the length."""
    return tuple((float(n), middle(points, n, key)) for n in lengths)
