"""MAJORITY with three kinds of positions, beyond the lengths it was trained on; as softmax, and as what circuits are.

Source: Merrill, Sabharwal and Smith 2022 (arXiv 2106.16213), section 6.1.
"""

from collections.abc import Sequence
from typing import Any

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
from circuitsim.experiments.zoo_tasks import (
    about,
    curve,
    lengths_tested,
    middle,
    percent,
    share,
    those,
    trained,
)
from circuitsim.learning.recipe import recipe_of

KINDS = ("none", "learned", "sinusoidal")
RUNGS = {"float": "softmax", "integer": "in whole numbers", "hardened": "hardened"}
LONGEST = 250
CIRCUIT = 16  # letters of the circuits in the table, unless shorter strings are tested


def settings(seeds: int, **changed: Any) -> tuple[Setting, ...]:
    """Every kind of positions with every seed."""
    base: dict[str, Any] = {
        "task": "majority",
        "lengths": "binomial:100",
        "longest": LONGEST,
        "width": 16,
        "hidden": 32,
        "steps": 1500,
        "tested": "50,100,150,200,250",
    } | changed
    return tuple(
        {**base, "positions": kind, "seed": seed} for kind in KINDS for seed in range(seeds)
    )


def run(setting: Setting, progress: Progress) -> Outcome:
    """Train with softmax, then decide strings of every tested length as softmax, in whole numbers, and hardened."""
    from circuitsim.analysis.hardening import harden
    from circuitsim.compilers.calibration import Stated
    from circuitsim.learning.files import checkpoint_bytes
    from circuitsim.models.files.json_model import model_from_document
    from circuitsim.networks.fixed_point import fix
    from circuitsim.networks.integer import run_integer
    from circuitsim.networks.rungs import run_float

    found = trained(recipe_of(setting), progress)
    document = found.net.document("majority")
    assert document is not None
    model: Any = model_from_document(document, "majority")
    lengths = lengths_tested(setting)
    hard = harden(
        model,
        [Stated(found.data.kept(lengths[0], 200, hard=True).digits[:, :, 0])],
        [Stated(found.data.kept(lengths[0], 400).digits[:, :, 0])],
        progress=progress,
    )
    tests = []
    for n in lengths:
        progress(f"n = {n}")
        strings = found.data.kept(n, 400)
        codes, truth = strings.digits[:, :, 0], strings.answers
        decided = {
            "float": run_float(model, codes).decisions,
            "integer": run_integer(fix(model, n), codes).decisions,
            "hardened": run_float(hard.model, codes).decisions,
        }
        right = {name: int((d == truth).sum()) for name, d in decided.items()}
        kept = int((decided["float"] == decided["integer"]).sum())
        tests.append({"n": n, "strings": len(codes), **right, "kept": kept})
    kinds = ", ".join(head.chosen for head in hard.heads)
    return Outcome(
        {**about(found), "tests": tests, "hardened as": kinds},
        {"majority.pt": checkpoint_bytes(found, "majority")},
    )


def circuits(points: Sequence[Done]) -> list[Circuit]:
    """The net without positions that is right most often in whole numbers at all lengths, and the zoo's."""
    chosen = max(
        those(points, positions="none"),
        key=lambda point: sum(test["integer"] for test in point.result["tests"]),
    )
    content = chosen.outcome.files["majority.pt"]
    n = min(CIRCUIT, lengths_tested(chosen.setting)[0])
    return [
        Circuit("trained", "majority.pt", n, "majority", content),
        Circuit("constructed", "zoo:majority", n, "majority"),
    ]


COLUMNS = (
    "positions", "seed", "steps", "n", "softmax right", "whole numbers right", "decisions kept", "hardened right",
    "hardened as",
)  # fmt: skip


def summary(points: Sequence[Done], circuits: Sequence[Done]) -> Summary:
    """Right answers by length and rung, and the published order."""
    rows = [
        (
            point.setting["positions"],
            point.setting["seed"],
            point.result["steps"],
            test["n"],
            *(percent(test[rung] / test["strings"]) for rung in ("float", "integer")),
            f"{test['kept']} of {test['strings']}",
            percent(test["hardened"] / test["strings"]),
            point.result["hardened as"],
        )
        for point in points
        for test in point.result["tests"]
    ]
    learned = Table("Right answers", COLUMNS, tuple(rows))
    lengths = lengths_tested(points[0].setting)
    by_kind = tuple(
        Curve(
            kind,
            curve(those(points, positions=kind), lengths, "float"),
        )
        for kind in KINDS
    )
    by_rung = tuple(
        Curve(label, curve(those(points, positions="none"), lengths, rung))
        for rung, label in RUNGS.items()
    )
    panels = (
        Panel("positions (softmax, median of seeds)", "letters", "share right", by_kind),
        Panel("no positions, by rung", "letters", "share right", by_rung),
    )
    return Summary((learned, circuit_table(circuits)), panels, _verdicts(points, lengths[-1]))


def _verdicts(points: Sequence[Done], n: int) -> tuple[Verdict, ...]:
    at = {kind: middle(points, n, "float", positions=kind) for kind in KINDS}
    said = ", ".join(f"{kind} {percent(part)}" for kind, part in at.items())
    plain = those(points, positions="none")
    kept = sum(test["kept"] for point in plain for test in point.result["tests"])
    strings = sum(test["strings"] for point in plain for test in point.result["tests"])
    hard = [share(point, lengths_tested(point.setting)[0], "hardened") for point in plain]
    soft = [share(point, lengths_tested(point.setting)[0], "float") for point in plain]
    return (
        Verdict(
            "MAJORITY is learned best without positions, then with learned ones, then with sinusoidal ones.",
            f"the median share of right answers on strings of {n} letters falls in this order.",
            f"{said}.",
            at["none"] >= at["learned"] >= at["sinusoidal"] and at["none"] > at["sinusoidal"],
        ),
        Verdict(
            "What was learned is kept by whole numbers (not in the paper).",
            "without positions all decisions on all tested strings are as softmax has them.",
            f"{kept:,} of {strings:,} kept.",
            kept == strings,
        ),
        Verdict(
            "What was learned is saturated attention (the paper's reading of trained attention).",
            "hardened, every net without positions is right as often as with softmax, less one in a hundred, at the"
            " shortest length.",
            f"hardened {', '.join(map(percent, hard))}; softmax {', '.join(map(percent, soft))}.",
            all(h >= s - 0.01 for h, s in zip(hard, soft, strict=True)),
        ),
    )


_HERE = __name__

EXPERIMENTS = {
    "majority": Experiment(
        name="majority",
        source="Merrill, Sabharwal and Smith 2022 (arXiv 2106.16213), section 6.1",
        question="With which positions does one layer learn MAJORITY, and on how long strings is it right?",
        protocol=(
            "One layer and one head of width 16, a net of 32 ReLUs, AdamW, 64 strings of fair coins a step, all of one"
            " length that is binomial with n = 100 (mean 50); positions none, learned (rows beyond the training lengths"
            " stay as they were at first) or sinusoidal. Tested on 400 strings each of exactly 50, 100, ..., 250"
            " letters; the paper's test lengths are binomial with these means. Width, steps and rate are ours. Training"
            " ends when 512 strings each of three lengths are right."
        ),
        published="A figure only: right most often without positions, then with learned, then with sinusoidal ones.",
        sizes=(
            Size(
                "smallest",
                settings(1, lengths="binomial:8", longest=8, steps=20, tested="3,8", width=2, hidden=2),
                0.1,
            ),
            Size("default", settings(3), 4),
            Size("paper", settings(5, steps=20_000, stop=1.0), 60),
        ),
        run=f"{_HERE}:run",
        circuits=f"{_HERE}:circuits",
        summary=f"{_HERE}:summary",
    )
}  # fmt: skip
