"""One length by satisfiability: CaDiCaL on the clauses of a question, with a proof that a checker here accepts."""

from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.certificates.clauses import clauses
from circuitsim.certificates.question import Question

from .child import Failed, OutOfTime, in_child

ENGINE = "satisfiability"
SOLVER = "cadical195"
MOST_GATES = 2_000_000


def by_satisfiability(question: Question, seconds: float) -> Verdict:
    """Proved with a DRUP proof, refuted with an input, or unknown after so many seconds."""
    if find_spec("pysat") is None:
        return Verdict(
            "unknown", ENGINE, "python-sat is missing: pip install 'circuitsim[prove]'"
        )
    gates = question.circuit.gates
    if gates > MOST_GATES:
        return Verdict("unknown", ENGINE, f"{gates:,} gates are more than {MOST_GATES:,}")
    try:
        found, answer = in_child(lambda: _solve(question), seconds)
    except OutOfTime:
        return Verdict("unknown", ENGINE, f"no answer in {seconds:.0f} s on {gates:,} gates")
    except Failed as error:
        return Verdict("unknown", ENGINE, f"the solver failed: {error}")
    if found:
        return Verdict("refuted", ENGINE, counterexample=question.codes(answer))
    return Verdict(
        "proved",
        ENGINE,
        f"no input satisfies its {gates:,} gates; {answer.count(chr(10)) + 1:,} lines of proof",
        certificate={"kind": "drup", "proof": answer},
    )


def _solve(question: Question) -> tuple[bool, Any]:
    """Whether there is an input, and its bits; or else the proof that there is none."""
    from pysat.solvers import Solver  # type: ignore[import-untyped]

    literals, starts = clauses(question)
    signed = ((literals >> 1) * (1 - 2 * (literals & 1))).tolist()
    ends = starts.tolist()
    formula = [signed[a:b] for a, b in pairwise(ends)]
    if [] in formula:
        return False, "0"
    with Solver(name=SOLVER, bootstrap_with=formula, with_proof=True) as solver:
        if not solver.solve():
            return False, "\n".join(solver.get_proof())
        true = {literal for literal in solver.get_model() if literal > 0}
    inputs = question.circuit.inputs
    return True, np.array([node in true for node in range(1, 1 + inputs)], bool)
