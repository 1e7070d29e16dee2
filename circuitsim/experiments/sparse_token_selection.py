"""Sparse token selection with positions drawn anew or fixed, in distribution and longer, and a feed-forward net.

Source: Wang, Wei, Hsu and Lee 2024 (arXiv 2406.06893), experiments.
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
    significant,
)

LEARNERS = ("stochastic", "fixed", "feed-forward")
NAMES = {
    "stochastic": "attention with stochastic positions",
    "fixed": "attention with fixed positions",
    "feed-forward": "feed-forward net",
}
OURS: dict[str, Any] = {
    "T": 16, "q": 3, "d": 4, "codes": 512, "batch": 256, "held_out": 128, "lr": 0.003, "steps": 3000,
    "circuit_n": 9,
}  # fmt: skip


def settings(seeds: int, widths: Sequence[int], **changed: Any) -> tuple[Setting, ...]:
    """Attention with both kinds of positions, and feed-forward nets of some widths, with every seed."""
    asked = [{**OURS, **changed, "learner": learner} for learner in LEARNERS[:2]]
    asked += [{**asked[0], "learner": LEARNERS[2], "hidden": width} for width in widths]
    return tuple({**one, "seed": seed} for one in asked for seed in range(seeds))


def trained(setting: Setting, progress: Progress) -> Outcome:
    """One training run: the held-out loss as it goes, at T tokens, and of attention at 2 T and 4 T."""
    from circuitsim.experiments.real_inputs.selection_nets import train

    return train(setting, progress)


def best(points: Sequence[Done]) -> Done:
    """The attention with the least held-out loss at T tokens at the end, the first of equals."""
    known = [point for point in points if point.setting["learner"] != "feed-forward"]
    return min(known, key=lambda point: losses(point)[0])


def losses(point: Done) -> list[float]:
    """Held-out losses at the end, at T tokens and more."""
    return [curve[-1] for curve in point.result["loss"].values()]


def circuits(points: Sequence[Done]) -> list[Circuit]:
    """The best attention on 8 vectors (or all that it has), and the zoo's two constructions on as many."""
    chosen = best(points)
    n, task = chosen.result["circuit_n"], f"sparse-token-selection:q={chosen.setting['q']}"
    return [
        Circuit("trained", "attention.json", n, task, chosen.outcome.files["attention.json"]),
        *(
            Circuit(f"constructed, {keys} keys", f"zoo:{task},keys={keys}", n, task)
            for keys in ("one-hot", "polytope")
        ),
    ]


def summary(points: Sequence[Done], circuits: Sequence[Done]) -> Summary:
    """Losses at the end, and what the paper says of them."""
    t = int(points[0].setting["T"] or 0)
    columns = ("net", "seed", "parameters", f"loss at {t}", f"at {2 * t}", f"at {4 * t}")
    rows = []
    for p in points:
        ends = [significant(loss) for loss in losses(p)]
        ends += [None] * (3 - len(ends))
        rows.append((_name(p), p.setting["seed"], p.result["parameters"], *ends))
    table = Table("Held-out loss", columns, tuple(rows))
    return Summary((table, circuit_table(circuits)), _panels(points), _verdicts(points))


def _name(point: Done) -> str:
    name = NAMES[str(point.setting["learner"])]
    width = point.setting.get("hidden")
    return name if width is None else f"{name} of width {width}"


def _panels(points: Sequence[Done]) -> tuple[Panel, ...]:
    first = {_name(p): p.result for p in reversed(points)}
    t = int(points[0].setting["T"] or 0)
    panels = []
    for times, where in ((1, "in distribution"), (4, "longer")):
        curves = [
            Curve(name, tuple(zip(found["at"], found["loss"][str(t * times)], strict=True)))
            for name, found in reversed(first.items())
            if str(t * times) in found["loss"]
        ]
        panels.append(
            Panel(
                f"{where}: {t * times} tokens", "steps", "held-out loss", tuple(curves), "y"
            )
        )
    return tuple(panels)


def trivial(points: Sequence[Done]) -> float:
    """The loss of the answer 0: d / 2q."""
    setting = points[0].setting
    return int(setting["d"] or 0) / (2 * int(setting["q"] or 1))


def _verdicts(points: Sequence[Done]) -> tuple[Verdict, ...]:
    ends: dict[str, list[list[float]]] = {name: [] for name in LEARNERS}
    setting = points[0].setting
    enough = int(setting["T"] or 0) * int(setting["d"] or 0)
    for p in points:
        if p.setting["learner"] != "feed-forward" or int(p.setting["hidden"] or 0) < enough:
            ends[str(p.setting["learner"])].append(losses(p))
    answer = trivial(points)
    fresh = [max(run[at] for run in ends["stochastic"]) for at in range(3)]
    longer = min(run[2] for run in ends["fixed"])
    connected = min(run[0] for run in ends["feed-forward"])
    return (
        Verdict(
            "one layer of attention learns the task with stochastic positions.",
            "every seed's loss at T tokens is below a tenth of that of the answer 0.",
            f"at most {fresh[0]:.3g} against {answer:.3g}.",
            fresh[0] < answer / 10,
        ),
        Verdict(
            "with stochastic positions it generalises to longer inputs.",
            "every seed's loss at 4 T tokens is below a fifth of that of the answer 0.",
            f"at most {fresh[1]:.3g} at 2 T and {fresh[2]:.3g} at 4 T.",
            fresh[2] < answer / 5,
        ),
        Verdict(
            "with fixed positions it generalises worse.",
            "every seed's loss at 4 T tokens is at least twice that of every seed with stochastic positions.",
            f"at least {longer:.3g} against at most {fresh[2]:.3g}.",
            longer >= 2 * fresh[2],
        ),
        Verdict(
            "a net whose first layer is fully connected needs width of the order of T d.",
            "below width T d every seed's loss at T tokens is at least five times that of stochastic positions.",
            f"at least {connected:.3g} below width {enough}, against at most {fresh[0]:.3g}.",
            connected >= 5 * fresh[0],
        ),
    )


_HERE = __name__

EXPERIMENTS = {
    "sparse-token-selection": Experiment(
        name="sparse-token-selection",
        source="Wang, Wei, Hsu and Lee 2024 (arXiv 2406.06893), experiments",
        question="Does one layer of attention learn to average q tokens that a query names, and longer inputs too?",
        protocol=(
            "T Gaussian vectors in dimension d, and a query that names q of them by the sum of their codes, random"
            " signs of length 1: drawn anew at every step (stochastic), or once (fixed; longer inputs then have codes"
            " that were never seen). V Z softmax(Z^T W z) with V and W from zero; batches of 256, a held-out set of"
            " 128. Beside it a net of one hidden layer, which sees the set as T bits. T, q, d, the width of codes and"
            " the learning rate are not public; ours are T = 16, q = 3, d = 4, codes of width 512, Adam with 0.003,"
            " 3,000 steps; the size called paper has T = 64, codes of width 1,024 and 10,000 steps."
        ),
        published=(
            "Attention converges with stochastic positions and generalises in length; with fixed ones longer inputs"
            " are worse; a net whose first layer is fully connected needs width of the order of T d."
        ),
        sizes=(
            Size("smallest", settings(1, (4,), T=8, q=2, codes=64, batch=32, steps=60, lr=0.05, circuit_n=5), 0.1),
            Size("default", settings(2, (16, 32, 256)), 4),
            Size("paper", settings(5, (32, 128, 1024), T=64, codes=1024, steps=10_000), 900),
        ),
        run=f"{_HERE}:trained",
        circuits=f"{_HERE}:circuits",
        summary=f"{_HERE}:summary",
    )
}  # fmt: skip
