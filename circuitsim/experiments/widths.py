"""How wide a net must be to learn index lookup, beside the construction's width and the least that can do it.

Sources: Bhattamishra et al. 2024 (arXiv 2406.09347), theorems 1 and 3; the search is ours.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from circuitsim.experiments.circuits import Circuit
from circuitsim.experiments.experiment import (
    Done,
    Experiment,
    Outcome,
    Progress,
    Setting,
    Size,
)
from circuitsim.experiments.report import (
    Curve,
    Panel,
    Summary,
    Table,
    Verdict,
    circuit_table,
)
from circuitsim.experiments.zoo_tasks import about, trained
from circuitsim.learning.recipe import Recipe, recipe_of

if TYPE_CHECKING:
    from circuitsim.learning.training import Trained

TASK = "index-lookup"
TRANSFORMER, RECURRENT = "transformer", "rnn"
WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
TRIES = 3  # seeds of a width
MOST_INPUTS = 2**16  # up to which right means on every input


def settings(lengths: Sequence[int], **changed: Any) -> tuple[Setting, ...]:
    """Both architectures at every length."""
    base: dict[str, Any] = {
        "task": TASK,
        "steps": 2000,
        "rate": 3e-3,
        "activation": "tanh",
        "seed": 0,
        **changed,
    }
    return tuple(
        {**base, "architecture": architecture, "lengths": str(n)}
        for n in lengths
        for architecture in (TRANSFORMER, RECURRENT)
    )


def run(setting: Setting, progress: Progress) -> Outcome:
    """The least of the widths at which one of three seeds learns the task, its net, and the constructions' widths."""
    from circuitsim.learning.files import checkpoint_bytes

    found, width, tried = narrowest(recipe_of(setting), progress)
    architecture, n = str(setting["architecture"]), found.data.longest
    result = {
        "width": width,
        "tried": tried,
        "constructed": constructed(architecture, n),
        "squeezed": squeezed(n) if architecture == RECURRENT else None,
        **about(found),
    }
    files = {} if width is None else {"model.pt": checkpoint_bytes(found, "model")}
    return Outcome(result, files)


def narrowest(
    recipe: Recipe, progress: Progress
) -> tuple["Trained", int | None, list[dict[str, int]]]:
    """The first net that is right, with its width; or the last that was tried, and None. And what was tried."""
    tried: list[dict[str, int]] = []
    for width, seed in product(WIDTHS, range(TRIES)):
        own = replace(recipe, width=width, hidden=2 * width, seed=recipe.seed + seed)
        found = trained(own, lambda text, w=width: progress(f"width {w}, {text}"))  # type: ignore[misc]
        wrong, inputs = wrong_of(found)
        tried.append({"width": width, "seed": seed, "wrong": wrong, "inputs": inputs})
        if wrong == 0:
            return found, width, tried
    return found, None, tried


def wrong_of(found: "Trained") -> tuple[int, int]:
    """How many inputs a net answers wrongly: of all where they are few, else of 4,096."""
    from circuitsim.learning.task_data import Strings
    from circuitsim.learning.training import decisions

    data = found.data
    n, task = data.longest, data.task
    if task.count(n) <= MOST_INPUTS:
        codes = task.inputs(n)
        strings = Strings(task.format(n).digits(codes), task.decisions(codes))
    else:
        strings = data.kept(n, 4096)
    wrong = (decisions(found.net, strings) != strings.answers).any(1)
    return int(wrong.sum()), len(wrong)


def constructed(architecture: str, n: int) -> int:
    """The width of the zoo's construction at n: of the stream, or of the state."""
    from circuitsim.zoo.addresses import load_any

    if architecture == TRANSFORMER:
        return int(load_any(f"zoo:{TASK}").at(n).width)
    return int(load_any(f"zoo:{TASK}-rnn").at(n).forward.size)


def squeezed(n: int) -> int | None:
    """The least width at which the recurrent construction is right; None where it always is."""
    from circuitsim.analysis.separations.separations import separation
    from circuitsim.analysis.separations.squeezing import squeeze

    found = separation(TASK)
    side = next(side for side in found.sides if side.squeeze is not None)
    failed = squeeze(found, side, n, found.variants[0], constructed(RECURRENT, n))
    return None if failed is None else failed.works


def circuits(points: Sequence[Done]) -> list[Circuit]:
    """The narrowest nets at the shortest length, and the zoo's."""
    n = min(int(str(point.setting["lengths"])) for point in points)
    found = []
    for point in points:
        if str(point.setting["lengths"]) == str(n) and "model.pt" in point.outcome.files:
            architecture = str(point.setting["architecture"])
            zoo = f"zoo:{TASK}" if architecture == TRANSFORMER else f"zoo:{TASK}-rnn"
            content = point.outcome.files["model.pt"]
            found += [
                Circuit(f"trained, {architecture}", "model.pt", n, TASK, content),
                Circuit(f"constructed, {architecture}", zoo, n, TASK),
            ]
    return found


NONE = f"none to {WIDTHS[-1]}"
FOUND = ("constructed", "squeezed", "parameters", "steps")  # of results
COLUMNS = (
    "net",
    "n",
    "learned width",
    "constructed",
    "squeezed",
    "parameters",
    "steps",
    "nets tried",
)


def summary(points: Sequence[Done], circuits: Sequence[Done]) -> Summary:
    """Widths beside each other, and how they grow."""
    found = {
        (str(point.setting["architecture"]), int(str(point.setting["lengths"]))): point.result
        for point in points
    }
    rows = tuple(
        (
            *key,
            result["width"] or NONE,
            *(result[name] for name in FOUND),
            len(result["tried"]),
        )
        for key, result in found.items()
    )
    lengths = sorted({n for _, n in found})
    curves = []
    for architecture in (TRANSFORMER, RECURRENT):
        results = [(float(n), found[architecture, n]) for n in lengths]
        learned = tuple((n, float(r["width"])) for n, r in results if r["width"] is not None)
        built = tuple((n, float(result["constructed"])) for n, result in results)
        curves.append(Curve(architecture, learned))
        curves.append(Curve(f"{architecture}, constructed", built, published=True))
    panel = Panel(
        "least width that learns index lookup", "tokens", "width", tuple(curves), "xy"
    )
    return Summary(
        (Table("Widths", COLUMNS, rows), circuit_table(circuits)),
        (panel,),
        _verdicts({key: result["width"] for key, result in found.items()}, lengths),
    )


def _verdicts(
    widths: dict[tuple[str, int], int | None], lengths: Sequence[int]
) -> tuple[Verdict, ...]:
    first, last = lengths[0], lengths[-1]
    ends = {
        a: (widths[a, first] or 2 * WIDTHS[-1], widths[a, last] or 2 * WIDTHS[-1])
        for a in (TRANSFORMER, RECURRENT)
    }
    said = "; ".join(
        f"{a} {', '.join(str(widths[a, n] or NONE) for n in lengths)}" for a in ends
    )
    growth = {a: last_one / first_one for a, (first_one, last_one) in ends.items()}
    return (
        Verdict(
            "A transformer of width O(log n) looks indices up; a recurrent state must hold n letters.",
            f"from n = {first} to {last} the learned width of the recurrent net grows by a larger factor than that of"
            " the transformer, and at the end it is larger.",
            f"at n = {', '.join(map(str, lengths))}: {said}.",
            growth[RECURRENT] > growth[TRANSFORMER]
            and ends[RECURRENT][1] > ends[TRANSFORMER][1],
        ),
    )


_HERE = __name__

EXPERIMENTS = {
    "width": Experiment(
        name="width",
        source="Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347), theorems 1 and 3; the search is ours",
        question="How wide must a net be to learn index lookup, and how wide are the constructions?",
        protocol=(
            "Index lookup with two letters at one length n. Widths 1, 2, 3, 4, 6, 8, 12, ... in turn, three seeds"
            " each, AdamW at 0.003, until one net is right on all inputs (on 4,096 where there are more than 65,536)."
            " Transformers have one layer and one head, recurrent nets one layer of tanh cells. The constructed width"
            " is the zoo's, the squeezed one the least at which its construction is still right."
        ),
        published="No experiment: the theorems' orders, O(log n) for one layer of attention, n / p numbers of p bits.",
        sizes=(
            Size("smallest", settings((3,), steps=150), 0.2),
            Size("default", settings((5, 9, 13)), 11),
            Size("paper", settings((5, 9, 17, 33, 65), steps=20_000), 2000),
        ),
        run=f"{_HERE}:run",
        circuits=f"{_HERE}:circuits",
        summary=f"{_HERE}:summary",
        version=2,
    )
}  # fmt: skip
