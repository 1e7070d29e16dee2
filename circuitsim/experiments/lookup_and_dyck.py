"""Index lookup and Dyck-(2,2) in practice: one layer against two, and recurrent nets beside them.

Source: Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347), section 6 and appendix H.
"""

from collections.abc import Sequence
from typing import Any

from circuitsim.experiments.circuits import Circuit
from circuitsim.experiments.experiment import Done, Experiment, Setting, Size
from circuitsim.experiments.report import (
    Curve,
    Panel,
    Summary,
    Table,
    Verdict,
    circuit_table,
)
from circuitsim.experiments.zoo_tasks import lengths_tested, middle, percent, share, those

ONE, TWO, LSTM = "transformer, one layer", "transformer, two layers", "LSTM"
NETS: dict[str, dict[str, Any]] = {
    ONE: {"architecture": "transformer", "layers": 1},
    TWO: {"architecture": "transformer", "layers": 2},
    LSTM: {"architecture": "lstm", "layers": 1, "positions": "none"},
}
LOOKUP, DYCK = "index-lookup", "bounded-dyck"
# Without a causal mask and longer strings one by one, Dyck is not learned in so few steps.
CAUSAL = {"mask": "causal", "rate": 2e-3}
SMALL = {**CAUSAL, "width": 32, "hidden": 64, "steps": 6000, "curriculum": 3000}
PAPER = {**CAUSAL, "steps": 250_000, "curriculum": 125_000}
LENGTHS = (20, 50, 100, 200, 400)  # the paper's N
CIRCUIT = {LOOKUP: 10, DYCK: 6}  # tokens of the circuits in the table, unless N is less


def settings(
    task: str, lengths: Sequence[int], nets: Sequence[str], seeds: int, **changed: Any
) -> tuple[Setting, ...]:
    """Every net at every largest length N with every seed: trained on lengths up to N, tested at N."""
    base: dict[str, Any] = {"width": 64, "hidden": 128, "heads": 1, "batch": 64, "rate": 3e-3}
    shortest = 10 if task.startswith(LOOKUP) else 2
    return tuple(
        {
            **base,
            **NETS[net],
            "task": task,
            "lengths": f"{min(shortest, n)}:{n}{'' if task.startswith(LOOKUP) else ':+2'}",
            "tested": str(n),
            "seed": seed,
            **changed,
        }
        for n in lengths
        for net in nets
        for seed in range(seeds)
    )


def net_of(point: Done) -> str:
    """The name of what a point trained."""
    return next(name for name, own in NETS.items() if point in those([point], **own))


def _n(point: Done) -> int:
    return lengths_tested(point.setting)[-1]


def _lengths(points: Sequence[Done]) -> list[int]:
    return sorted({_n(point) for point in points})


def _of(points: Sequence[Done], net: str, n: int) -> list[Done]:
    return [point for point in points if net_of(point) == net and _n(point) == n]


def lookup_circuits(points: Sequence[Done]) -> list[Circuit]:
    """The best one-layer transformer of the shortest length, and the zoo's."""
    n = _lengths(points)[0]
    return _circuits(_of(points, ONE, n), n, CIRCUIT[LOOKUP])


def dyck_circuits(points: Sequence[Done]) -> list[Circuit]:
    """The best transformer of two layers of the shortest length, and the zoo's of three."""
    n = _lengths(points)[0]
    return _circuits(_of(points, TWO, n), n, CIRCUIT[DYCK])


def _circuits(points: Sequence[Done], trained: int, most: int) -> list[Circuit]:
    chosen = max(points, key=lambda point: share(point, trained))
    task, n = str(chosen.setting["task"]), min(trained, most)
    return [
        Circuit("trained", "model.pt", n, task, chosen.outcome.files["model.pt"]),
        Circuit("constructed", f"zoo:{task}", n, task),
    ]


COLUMNS = ("net", "N", "seed", "parameters", "steps", "right at N")


def _summary(
    points: Sequence[Done], circuits: Sequence[Done], verdicts: tuple[Verdict, ...]
) -> Summary:
    rows = [
        (
            net_of(point),
            _n(point),
            point.setting["seed"],
            point.result["parameters"],
            point.result["steps"],
            percent(share(point, _n(point))),
        )
        for point in points
    ]
    nets = [net for net in NETS if any(net_of(point) == net for point in points)]
    curves = tuple(
        Curve(
            net, tuple((float(n), middle(_of(points, net, n), n)) for n in _lengths(points))
        )
        for net in nets
    )
    panel = Panel("right answers (median of seeds)", "N", "share right", curves)
    tables = (Table("Right answers", COLUMNS, tuple(rows)), circuit_table(circuits))
    return Summary(tables, (panel,), verdicts)


def lookup_summary(points: Sequence[Done], circuits: Sequence[Done]) -> Summary:
    """One layer of attention against an LSTM, at the largest length."""
    n = _lengths(points)[-1]
    one, cells = (middle(_of(points, net, n), n) for net in (ONE, LSTM))
    return _summary(
        points,
        circuits,
        (
            Verdict(
                "One layer of width 64 looks indices up nearly perfectly; an LSTM of as many numbers falls behind as N"
                " grows.",
                f"at N = {n} the median of one layer is at least 99% right and that of the LSTM at most 90%.",
                f"one layer {percent(one)}, LSTM {percent(cells)}.",
                one >= 0.99 and cells <= 0.9,
            ),
        ),
    )


def dyck_summary(points: Sequence[Done], circuits: Sequence[Done]) -> Summary:
    """One layer against two and an LSTM, at the largest length."""
    n = _lengths(points)[-1]
    one, two, cells = (middle(_of(points, net, n), n) for net in (ONE, TWO, LSTM))
    said = f"one layer {percent(one)}, two layers {percent(two)}, LSTM {percent(cells)}."
    return _summary(
        points,
        circuits,
        (
            Verdict(
                "Two layers and an LSTM decide Dyck-(2,2); one layer falls behind.",
                f"at N = {n} the medians of two layers and of the LSTM are at least 98% right, and that of one layer is"
                " lower than both.",
                said,
                min(two, cells) >= 0.98 and one < min(two, cells),
            ),
        ),
    )


_HERE = __name__
_SOURCE = (
    "Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347), section 6 and appendix H"
)
_PROTOCOL = (
    "Trained on fresh batches of 64, all strings of a batch of one length up to N, cross-entropy, learned positions for"
    " transformers; tested on 512 strings of exactly N. Width 64, one head, a net of 128 ReLUs; one layer of LSTM of 64"
    " cells. The paper has up to 250,000 steps, the best of seven rates, and widths to 512; here AdamW at one rate, and"
    " training ends when 512 strings each of three lengths are right."
)

EXPERIMENTS = {
    LOOKUP: Experiment(
        name=LOOKUP,
        source=_SOURCE,
        question="Which net learns to find the letter at an index, as the string grows?",
        protocol=(
            f"{_PROTOCOL} Rate 0.003. Index lookup with 64 letters, training lengths 10 to N; 16 letters at the default"
            " size."
        ),
        published=(
            "Curves only: one layer of width 64 is nearly perfect after some thousand steps, at N to 400; LSTMs and"
            " others with fixed states fall past N = 100."
        ),
        sizes=(
            Size("smallest", settings(f"{LOOKUP}:letters=2", (4,), (ONE, LSTM), 1, steps=20, width=2, hidden=2), 0.1),
            Size("default", settings(f"{LOOKUP}:letters=16", (20, 50, 100), (ONE, LSTM), 1, steps=6000), 8),
            Size("paper", settings(f"{LOOKUP}:letters=64", LENGTHS, (ONE, LSTM), 3, steps=250_000), 9000),
        ),
        run="circuitsim.experiments.zoo_tasks:run",
        circuits=f"{_HERE}:lookup_circuits",
        summary=f"{_HERE}:lookup_summary",
    ),
    "dyck": Experiment(
        name="dyck",
        source=_SOURCE,
        question="Does one layer decide Dyck-(2,2), or does it take two?",
        protocol=(
            f"{_PROTOCOL} Rate 0.002. Strings as in appendix H.1: half members, half corrupted ones, of even lengths;"
            " the longest grow from 2 letters to N in the first half of the steps. Transformers have a causal mask, as"
            " the paper's, and no norms; at the default size width 32 and a net of 64 ReLUs."
        ),
        published=(
            "Curves only: one layer of width 256 is nearly perfect to N = 100 and then fails; two layers of width 64"
            " and an LSTM are nearly perfect to N = 400."
        ),
        sizes=(
            Size("smallest", settings(DYCK, (2,), (ONE, TWO, LSTM), 1, steps=20, width=2, hidden=2), 0.1),
            Size("default", settings(DYCK, (20, 50, 100), (ONE, TWO, LSTM), 1, **SMALL), 9),
            Size("paper", settings(DYCK, LENGTHS, (ONE, TWO, LSTM), 3, **PAPER), 12000),
        ),
        run="circuitsim.experiments.zoo_tasks:run",
        circuits=f"{_HERE}:dyck_circuits",
        summary=f"{_HERE}:dyck_summary",
    ),
}  # fmt: skip
