"""One length by satisfiability: CaDiCaL on the clauses of a question, with a proof that a checker here accepts."""

from contextlib import ExitStack
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.certificates.clauses import clauses
from circuitsim.certificates.question import Question

from .child import Child, Failed, OutOfTime

ENGINE = "satisfiability"
SOLVER = "cadical195"
MOST_GATES = 2_000_000


class Solving(ExitStack):
    """A solver at work on a question, from here to its end."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question, self.child = question, None
        if find_spec("pysat") is not None and question.circuit.gates <= MOST_GATES:
            self.child = self.enter_context(Child(lambda: _solve(question)))

    def within(self, seconds: float) -> Verdict:
        """Proved with a DRUP proof, refuted with an input, or unknown after waiting for so many seconds."""
        gates, answer = self.question.circuit.gates, None
        if find_spec("pysat") is None:
            why = "python-sat is missing: pip install 'circuitsim[prove]'"
        elif self.child is None:
            why = f"{gates:,} gates are more than {MOST_GATES:,}"
        else:
            try:
                found, answer = self.child.answer(seconds)
            except OutOfTime:
                why = f"no answer in {seconds:.0f} s on {gates:,} gates"
            except Failed as error:
                why = f"the solver failed: {error}"
        if answer is None:
            return Verdict("unknown", ENGINE, why)
        if found:
            return Verdict("refuted", ENGINE, counterexample=self.question.codes(answer))
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
