"""How many heads qSTR needs: the least loss of one layer with H heads, for q targets.

Source: Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (arXiv 2503.11272), propositions 4 and 21.
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
from circuitsim.experiments.report import Curve, Panel, Summary, Table, Verdict, significant

OURS: dict[str, Any] = {
    "N": 6, "q": 3, "codes": 8, "hidden": 64, "batch": 128, "test": 5000, "lr": 0.005, "decay": 0.01, "steps": 4000,
}  # fmt: skip


def settings(seeds: int, **changed: Any) -> tuple[Setting, ...]:
    """One to q heads, with every seed."""
    ours = {**OURS, **changed}
    return tuple(
        {**ours, "heads": heads, "seed": seed}
        for heads in range(1, ours["q"] + 1)
        for seed in range(seeds)
    )


def trained(setting: Setting, progress: Progress) -> Outcome:
    """One training run: the test loss as it goes, as a share of that of the best constant answer."""
    from circuitsim.experiments.real_inputs.head_nets import train

    return train(setting, progress)


def circuits(points: Sequence[Done]) -> list[Circuit]:
    """None: restricted to signs, whose squares are equal, the function is a constant."""
    return []


def bound(setting: Setting) -> float:
    """The least loss of H heads: 1 - H/q."""
    return 1 - int(setting["heads"] or 0) / int(setting["q"] or 1)


def summary(points: Sequence[Done], circuits: Sequence[Done]) -> Summary:
    """The least loss of each number of heads, beside the bound."""
    least = {
        int(p.setting["heads"] or 0): min(
            min(other.result["loss"])
            for other in points
            if other.setting["heads"] == p.setting["heads"]
        )
        for p in points
    }
    below = {int(p.setting["heads"] or 0): bound(p.setting) for p in points}
    rows = tuple(
        (p.setting["heads"], p.setting["seed"], significant(min(p.result["loss"])), significant(bound(p.setting)))
        for p in points
    )  # fmt: skip
    table = Table("Least loss", ("heads", "seed", "least loss", "bound"), rows)
    curves = (
        Curve("least loss", tuple(least.items())),
        Curve("least loss, the paper's bound", tuple(below.items()), published=True),
    )
    q = max(least)
    said = ", ".join(
        f"{loss:.3f} against {below[h]:.3f} with {h}" for h, loss in least.items()
    )
    verdicts = (
        Verdict(
            "with H heads the loss is at least 1 - H/q (proposition 21).",
            "the least loss of every seed is at least 0.95 times the bound, which leaves room for 5,000 test inputs.",
            f"{said} heads.",
            all(loss >= 0.95 * below[h] for h, loss in least.items()),
        ),
        Verdict(
            "q heads are enough.",
            "the least loss of q heads is below a quarter of that of one head.",
            f"{least[q]:.3f} against {least[1]:.3f}.",
            least[q] < least[1] / 4,
        ),
    )
    panel = Panel(
        f"one layer, q = {q}", "heads H", "least loss, of that of a constant", curves
    )
    return Summary((table,), (panel,), verdicts)


_HERE = __name__

EXPERIMENTS = {
    "qstr-heads": Experiment(
        name="qstr-heads",
        source="Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (arXiv 2503.11272), propositions 4 and 21",
        question="How many heads does one layer need for q targets a token?",
        protocol=(
            "N = 6 tokens of one Gaussian number, the code of their position and those of q = 3 different targets,"
            " random signs; y = sum over targets of (x^2 - 1) / sqrt(2 q), whose variance is 1. One layer of H heads,"
            " whose scores see codes alone, as in proposition 21, and a net of 64 ReLUs on what the heads return."
            " AdamW, fresh batches of 128, 5,000 test inputs. N, q and the training are ours."
        ),
        published="The loss of H heads is at least 1 - H/q (proposition 21), and q heads are enough (lemma 11).",
        sizes=(
            Size("smallest", settings(1, N=3, q=2, steps=40, test=200, batch=16), 0.05),
            Size("default", settings(2), 3),
            Size("paper", settings(5, N=12, codes=12, steps=20_000), 60),
        ),
        run=f"{_HERE}:trained",
        circuits=f"{_HERE}:circuits",
        summary=f"{_HERE}:summary",
    )
}  # fmt: skip
