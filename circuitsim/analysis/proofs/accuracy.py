"""On how many strings of a length a model is wrong: exactly, by counts, automata, words, diagrams, or all inputs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from circuitsim.analysis.proofs.automata import counting as automata
from circuitsim.analysis.proofs.automata.scope import outside
from circuitsim.analysis.proofs.counts import accuracy as counts
from circuitsim.analysis.proofs.lengths.diagrams import count_by_diagrams
from circuitsim.analysis.proofs.lengths.running import (
    FEW_INPUTS,
    MANY_INPUTS,
    MUCH,
    count_by_circuit,
    count_by_running,
    work,
)
from circuitsim.analysis.proofs.lengths.words import MOST_GATES, Drawn, counted, sides
from circuitsim.analysis.proofs.proving import UNLESS_TOLD, Limits
from circuitsim.analysis.proofs.rungs import format_at
from circuitsim.certificates.cases import refusal
from circuitsim.certificates.claim import Claim, Rejected
from circuitsim.certificates.question import check_accept, check_asked, check_letters
from circuitsim.certificates.theorem import Theorem
from circuitsim.compilers.family import Family
from circuitsim.errors import InputError, LimitError
from circuitsim.models.any_model import AnyModel
from circuitsim.netlist.circuit import Circuit
from circuitsim.specifications.automaton import Automaton

Codes = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """Strings of one length.

    Args:
        inputs: how many strings there are. wrong: on how many of them the model is wrong; None where nothing could
            count them. engine: what counted. example: one of the wrong ones, as people write it.
        reason: what gave out, where nothing counted.
    """

    n: int
    inputs: int
    wrong: int | None
    engine: str
    example: str | None
    seconds: float
    reason: str = ""


def accuracy(
    model: Any,
    theorem: Theorem,
    limits: Limits = UNLESS_TOLD,
    progress: Callable[[str], None] = lambda text: None,
) -> Row:
    """Count the strings of the theorem's length on which a model, or the circuit of a file, is wrong.

    Raises:
        InputError: letters of the specification are others than the model's.
        LimitError: the circuit is too large to be built.
    """
    started, model = perf_counter(), theorem.read(model)
    n = theorem.n
    assert n is not None
    form = format_at(model, n)
    if isinstance(model, Circuit):
        circuit = theorem.circuit(model, limits.max_gates)
        check_asked(circuit, theorem.asked, theorem.accept)
    else:
        _check_model(model.at(n), theorem)
    wrong, example, engine, reason = _count(model, theorem, limits, progress)
    text = None if example is None else form.text(np.array(example))
    return Row(n, form.strings(n), wrong, engine, text, perf_counter() - started, reason)


def _check_model(model: AnyModel, theorem: Theorem) -> None:
    """Refuse what the specification cannot be about.

    Raises:
        InputError: other letters, another length, several decisions or a number, or no such decision.
    """
    assert theorem.n is not None
    check_letters(model.format, theorem.asked, theorem.n)
    readout = model.readout
    several = readout.position == "each" or (
        readout.answer == "signs" and len(readout.weights) > 1
    )
    if several or readout.answer == "number":
        raise InputError(
            f"{theorem.named} is of one decision, and {model.name} answers otherwise."
        )
    check_accept(theorem.accept, max(2, len(readout.weights)))


def _count(
    model: Any, theorem: Theorem, limits: Limits, progress: Callable[[str], None]
) -> tuple[int | None, Codes | None, str, str]:
    """How many are wrong, one of them, the engine, and why none could."""
    assert theorem.n is not None
    n, fixed = theorem.n, None
    strings = theorem.asked.format(n).strings(n)
    reasons = []
    if not isinstance(model, Circuit):
        family = Family(model, theorem.basis, theorem.bits, theorem.optimize)
        claim = Claim(model.at(n), theorem.asked, family.bits(n), theorem.accept)
        if refusal(claim) is None:
            progress("counts")
            try:
                return *counts.count_wrong(claim, n), "counts", ""
            except InputError as error:
                reasons.append(f"counts: {error}")
        if outside(claim) is None:
            progress("automata")
            return *automata.count_wrong(claim, n), "automata", ""
        fixed = family.fixed(n)
        if strings <= FEW_INPUTS and theorem.asked.model is None:
            return *count_by_running(fixed, theorem, progress), "all inputs", ""
    for name, engine in _of_circuits(model, theorem, limits, progress):
        progress(name)
        found, reason = engine()
        if found is not None:
            return *found, name, ""
        reasons.append(f"{name}: {reason}")
    if fixed is not None and strings <= MANY_INPUTS and theorem.asked.model is None:
        return *count_by_running(fixed, theorem, progress), "all inputs", ""
    return None, None, "none", "; ".join(reasons)


Counted = tuple[tuple[int, Codes | None] | None, str]  # how many and one of them; or why not


def _of_circuits(
    model: Any, theorem: Theorem, limits: Limits, progress: Callable[[str], None]
) -> Iterator[tuple[str, Callable[[], Counted]]]:
    """Engines that count by the circuit of a length."""
    try:
        given, other = sides(model, theorem, min(limits.max_gates, MOST_GATES))
    except LimitError as error:
        reason = str(error)
        yield "its circuit", lambda: (None, reason)
        return
    asked = other or theorem.asked.reader
    question = theorem.question(given.circuit, other and other.circuit)
    few = question.form.strings(question.n) <= FEW_INPUTS
    if asked is not None and not few:
        yield "words", partial(_by_words, given, asked, theorem.accept)
    if few or work(question) <= MUCH:
        yield "all inputs", partial(count_by_circuit, question, progress)
    yield "decision diagrams", partial(count_by_diagrams, question, limits.seconds)


def _by_words(given: Drawn, asked: Automaton | Drawn, accept: int | None) -> Counted:
    try:
        found = counted(given, asked, accept)[0]
    except Rejected as error:
        return None, str(error)
    return (found.wrong, found.example), ""
