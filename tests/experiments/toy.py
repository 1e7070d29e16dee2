"""An experiment without torch: drawn numbers, and no circuits. As a program it runs in the folder it is given.

The program stops for ever at the point of a seed that WAITS names in the environment.
"""

import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from circuitsim.execution import Place
from circuitsim.experiments.circuits import Circuit
from circuitsim.experiments.experiment import (
    Done,
    Experiment,
    Outcome,
    Progress,
    Setting,
    Size,
)
from circuitsim.experiments.report import Curve, Panel, Summary, Table, Verdict
from circuitsim.experiments.running import Results, run
from circuitsim.experiments.store import opened

WAITS = "CIRCUITSIM_TOY_WAITS"
SIZE = Size("smallest", tuple({"seed": seed} for seed in range(5)), 0.01)


def summed(setting: Setting, progress: Progress) -> Outcome:
    while os.environ.get(WAITS) == str(setting["seed"]):
        time.sleep(1)
    total = random.Random(setting["seed"]).random()
    return Outcome({"sum": total, "pair": (1, 2)}, {"sum.txt": str(total).encode()})


def none(points: Sequence[Done]) -> list[Circuit]:
    return []


def summary(points: Sequence[Done], circuits: Sequence[Done]) -> Summary:
    rows = tuple((p.setting["seed"], p.result["sum"], str(p.result["pair"])) for p in points)
    curve = Curve("sums", tuple((float(r[0] or 0), float(r[1] or 0)) for r in rows))
    verdict = Verdict("sums grow.", "the last is the largest.", "see the table.", False)
    panel = Panel("sums", "seed", "sum", (curve,))
    return Summary((Table("Sums", ("seed", "sum", "pair"), rows),), (panel,), (verdict,))


TOY = Experiment(
    name="toy", source="ours", question="?", protocol="", published="", sizes=(SIZE,),
    run=f"{__name__}:summed", circuits=f"{__name__}:none", summary=f"{__name__}:summary",
)  # fmt: skip


ALONE = Place()


def run_in(folder: Path, size: Size = SIZE, where: Place = ALONE) -> Results:
    with opened(folder) as store:
        return run(TOY, size, store, where, lambda text: None)


if __name__ == "__main__":
    run_in(Path(sys.argv[1]))
