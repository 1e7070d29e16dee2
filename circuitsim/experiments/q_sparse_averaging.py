"""Who learns q-sparse averaging from few samples: attention, a fully connected net, or an LSTM.

Source: Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896), appendix D.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

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
    significant,
)

LEARNERS = ("attention", "mlp", "lstm")
NAMES = {"attention": "attention unit", "mlp": "fully connected net", "lstm": "LSTM"}
PAPER: dict[str, Any] = {
    "N": 20, "q": 3, "d": 4, "codes": 7, "examples": 1000, "batch": 32, "lr": 0.001, "m": 100,
    "mlp_hidden": 256, "lstm_hidden": 800, "steps": 40_000,
}  # fmt: skip


def settings(seeds: int, wide: int, **changed: Any) -> tuple[Setting, ...]:
    """Every learner with every seed, as in the paper but for what is changed; and attention with wider codes."""
    paper = {**PAPER, **changed}
    asked = [{**paper, "learner": learner} for learner in LEARNERS]
    asked.append({**paper, "learner": "attention", "codes": wide})
    return tuple({**one, "seed": seed} for one in asked for seed in range(seeds))


def trained(setting: Setting, progress: Progress) -> Outcome:
    """One training run: losses on both sets as it goes, and how much attention is where it should be."""
    from circuitsim.experiments.real_inputs.averaging_nets import train

    return train(setting, progress)


def narrow(points: Sequence[Done]) -> list[Done]:
    """The points with codes of the paper's width, the least."""
    least = min(int(point.setting["codes"] or 0) for point in points)
    return [point for point in points if point.setting["codes"] == least]


def best(points: Sequence[Done]) -> Done:
    """The attention unit with the least loss on the test set at the end, the first of equals."""
    units = [point for point in points if point.setting["learner"] == "attention"]
    return min(units, key=lambda point: point.result["test"][-1])


def circuits(points: Sequence[Done]) -> list[Circuit]:
    """The best attention unit at 8 tokens (or all that it has), and the zoo's two constructions at as many."""
    chosen = best(points)
    q, n = chosen.setting["q"], chosen.result["circuit_n"]
    task = f"q-sparse-averaging:q={q}"
    return [
        Circuit("trained", "attention.json", n, task, chosen.outcome.files["attention.json"]),
        *(
            Circuit(f"constructed, {keys} keys", f"zoo:{task},keys={keys}", n, task)
            for keys in ("one-hot", "polytope")
        ),
    ]


def summary(points: Sequence[Done], circuits: Sequence[Done]) -> Summary:
    """Losses at the end, alignment, and the published order."""
    rows = [
        (
            NAMES[str(p.setting["learner"])],
            p.setting["codes"],
            p.setting["seed"],
            p.result["parameters"],
            p.setting["steps"],
            significant(p.result["train"][-1]),
            significant(p.result["test"][-1]),
            *(significant(p.result.get(key, [None])[-1]) for key in ("alignment", "found")),
        )
        for p in points
    ]
    learned = Table("Learning", COLUMNS, tuple(rows))
    return Summary((learned, circuit_table(circuits)), _panels(points), _verdicts(points))


COLUMNS = (
    "net", "code width", "seed", "parameters", "steps", "train loss", "test loss", "weight on the set",
    "set has the q largest weights",
)  # fmt: skip


def _panels(points: Sequence[Done]) -> tuple[Panel, ...]:
    first = {p.setting["learner"]: p for p in reversed(narrow(points))}
    losses = tuple(
        Curve(f"{NAMES[learner]}, {side}", _curve(first[learner], side), side == "train")
        for learner in LEARNERS
        for side in ("test", "train")
    )
    units = {p.setting["codes"]: p for p in reversed(points) if "alignment" in p.result}
    weights = tuple(
        Curve(f"codes of width {width}", _curve(p, "alignment"))
        for width, p in sorted(units.items(), key=lambda item: int(item[0] or 0))
    )
    return (
        Panel(
            "loss, first seed (dashed: training set)", "steps", "squared error", losses, "y"
        ),
        Panel("attention on the q positions", "steps", "share of the weight", weights),
    )


def _curve(point: Done, key: str) -> tuple[tuple[float, float], ...]:
    return tuple(zip(point.result["at"], point.result[key], strict=True))


def _verdicts(points: Sequence[Done]) -> tuple[Verdict, ...]:
    ends: dict[str, float] = {}
    for learner in LEARNERS:
        mine = [
            p.result["test"][-1] for p in narrow(points) if p.setting["learner"] == learner
        ]
        ends[learner] = float(np.median(mine))
    said = ", ".join(f"{NAMES[learner]} {end:.3g}" for learner, end in ends.items())
    units = [p.result for p in narrow(points) if "alignment" in p.result]
    wide = [p.result for p in points if p not in narrow(points)]
    return (
        Verdict(
            "attention fits and generalises; the fully connected net and the LSTM do not, or more slowly.",
            "the median test loss of attention at the end is below half of the others'.",
            f"{said}.",
            ends["attention"] < min(ends["mlp"], ends["lstm"]) / 2,
        ),
        _converges("with codes of the paper's width", units),
        _converges("with wider codes (not in the paper)", wide),
    )


def _converges(where: str, units: Sequence[dict[str, Any]]) -> Verdict:
    """Whether attention is on the sets: by the weight that lies there."""
    before, least = (
        max(u["alignment"][0] for u in units),
        min(u["alignment"][-1] for u in units),
    )
    found = min(u["found"][-1] for u in units)
    return Verdict(
        f"attention converges to the predicted pattern, {where}.",
        "at the end every seed has at least 0.9 of the weight on the set.",
        f"at first at most {before:.3f}, at the end at least {least:.3f}; the set has the q largest weights for"
        f" {found:.3f} of the tokens.",
        least >= 0.9,
    )


_HERE = __name__

EXPERIMENTS = {
    "q-sparse-averaging": Experiment(
        name="q-sparse-averaging",
        source="Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896), appendix D",
        question="Which net learns to average the q vectors that each token points to, from 1,000 examples?",
        protocol=(
            "N = 20 tokens, each a vector on the unit sphere in dimension 4, a random unit vector of width 7 for its"
            " position, and q = 3 of these for the positions it points to. 1,000 examples to train on and 1,000 to"
            " test. One attention unit without residual (queries and keys of width 100), a fully connected net with"
            " 256 hidden units, an LSTM of two layers; Adam, batches of 32, squared error summed over coordinates. The"
            " learning rate, 0.001, and the number of hidden units of the default LSTM, 100, are ours; the paper has"
            " 800, and 40,000 steps. Attention alone is trained with codes of width 60 too."
        ),
        published=(
            "Curves only: attention fits, generalises and converges to the predicted pattern; the others do not, or"
            " more slowly."
        ),
        sizes=(
            Size(
                "smallest",
                settings(1, 12, N=4, q=2, codes=5, lr=0.03, steps=100, examples=64, m=8, mlp_hidden=16, lstm_hidden=8),
                0.1,
            ),
            Size("default", settings(2, 60, steps=4000, lstm_hidden=100), 5),
            Size("paper", settings(3, 60), 3 * 250),
        ),
        run=f"{_HERE}:trained",
        circuits=f"{_HERE}:circuits",
        summary=f"{_HERE}:summary",
    )
}  # fmt: skip
