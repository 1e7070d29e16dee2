"""Whether two circuits are one function on all inputs that are codes of letters."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from circuitsim.analysis.proofs.lengths.words import Drawn, alike_by_words
from circuitsim.analysis.proofs.proving import UNLESS_TOLD, Limits, answered, first
from circuitsim.analysis.proofs.verdict import Status
from circuitsim.certificates.question import about_circuit
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.interface import answers


@dataclass(frozen=True)
class Comparison:
    """What came of comparing two circuits.

    Args:
        status: "proved" where they are one function.
        tried: engines that gave out before, each with its reason.
        counterexample: a string on which they differ, as people write it; replay: what each answers.
        certificate: without its theorem.
    """

    status: Status
    engine: str
    reason: str
    seconds: float
    tried: tuple[tuple[str, str], ...] = ()
    counterexample: str | None = None
    replay: tuple[Any, Any] | None = None
    certificate: dict[str, Any] | None = None


def equivalent(
    left: Drawn,
    right: Drawn,
    limits: Limits = UNLESS_TOLD,
    progress: Callable[[str], None] = lambda text: None,
) -> Comparison:
    """Compare two circuits with the same inputs, output by output; `Drawn(circuit, [])` is one without known sums.

    Raises:
        InputError: they have other inputs or outputs.
    """
    started = perf_counter()
    progress("building the question")
    question = about_circuit(left.circuit, right.circuit)
    words = partial(alike_by_words, left, right)
    last, tried = first(answered(question, words, limits, progress), limits.certified)
    text, replay = None, None
    if last.counterexample is not None:
        codes = np.array([last.counterexample])
        text, bits = question.form.text(codes[0]), question.form.bits(codes)
        replay = _answer(left.circuit, bits), _answer(right.circuit, bits)
    reason = last.reason if last.status != "unknown" else "; ".join(r for _, r in tried)
    took = perf_counter() - started
    return Comparison(
        last.status, last.engine, reason, took, tuple(tried), text, replay, last.certificate
    )


def _answer(circuit: Circuit, bits: Any) -> Any:
    found = answers(circuit.interface, circuit.evaluate(bits))[0].tolist()
    return found[0] if len(found) == 1 else found
