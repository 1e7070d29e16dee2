"""Prove that a model decides as specified: at every length by counts or automata, at one length by several engines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from circuitsim.analysis.proofs.automata.theorem import prove_by_automata
from circuitsim.analysis.proofs.counts.prove import prove_by_counts
from circuitsim.analysis.proofs.lengths.diagrams import ASKING_FIRST, by_diagrams, some_ask
from circuitsim.analysis.proofs.lengths.running import by_all_inputs, by_simulation, work
from circuitsim.analysis.proofs.lengths.satisfiability import Solving
from circuitsim.analysis.proofs.lengths.words import by_words, sides
from circuitsim.analysis.proofs.rungs import format_at, rungs
from circuitsim.analysis.proofs.verdict import Status, Verdict
from circuitsim.certificates.question import Question
from circuitsim.certificates.theorem import Theorem

FEW = 10**9  # gates times inputs that are run before anything else
MOST = 10**14  # that are run after everything else
# How many times shorter than its time an engine is tried:
BRIEFLY = 6  # satisfiability, before decision diagrams
VERY_BRIEFLY = 60  # the one order of decision diagrams that is the natural one, before all

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Limits:
    """What engines may take.

    Args:
        seconds: of each engine, about. max_gates: of a circuit that is built.
        certified: look on for a certificate where an engine has proved without one.
        seed: of simulated inputs.
    """

    seconds: float = 60
    max_gates: int = 200_000_000
    certified: bool = False
    seed: int = 0


UNLESS_TOLD = Limits()


@dataclass(frozen=True)
class Answer:
    """What came of an attempt to prove a theorem.

    Args:
        tried: engines that gave out before, each with its reason.
        counterexample: as people write it, and its length. wanted: the decision that was specified for it.
        replay: what float, exact and integer models and the circuit decide on it, as far as there are such.
        specified: the same of the model that is the specification, where one is.
        certificate: as `certificates.document.save` takes it.
    """

    theorem: Theorem
    status: Status
    engine: str
    reason: str
    seconds: float
    tried: tuple[tuple[str, str], ...] = ()
    counterexample: str | None = None
    length: int | None = None
    shortest: bool = False
    wanted: int | None = None
    replay: dict[str, int] = field(default_factory=dict)
    specified: dict[str, int] = field(default_factory=dict)
    certificate: dict[str, Any] | None = None


def prove(
    model: Any,
    theorem: Theorem,
    limits: Limits = UNLESS_TOLD,
    progress: Progress = lambda text: None,
) -> Answer:
    """Try the engines that fit, one after another, until one proves or refutes.

    Args:
        model: a model, at every length or one for each; or a circuit, for a theorem of its length.

    Raises:
        InputError: letters of the specification are others than the model's, or there is no circuit to ask.
        LimitError: the circuit is too large to be built.
    """
    started, model = perf_counter(), theorem.read(model)
    engines = (
        _every_length(model, theorem, limits, progress)
        if theorem.n is None
        else _one_length(model, theorem, limits, progress)
    )
    last, tried = first(engines, limits.certified)
    took = perf_counter() - started
    certificate = None
    if last.certificate is not None and theorem.certified:
        certificate = {**last.certificate, "theorem": theorem.document()}
    shown: dict[str, Any] = {}
    if last.counterexample is not None:
        shown = _replayed(model, theorem, last.counterexample)
    reason = (
        last.reason if last.status != "unknown" else "; ".join(f"{e}: {r}" for e, r in tried)
    )
    return Answer(
        theorem, last.status, last.engine, reason, took, tuple(tried),
        shortest=last.shortest, certificate=certificate, **shown,
    )  # fmt: skip


def first(
    engines: Iterator[Verdict], certified: bool
) -> tuple[Verdict, list[tuple[str, str]]]:
    """The first answer, or the first with a certificate where that is wanted and there is one; what gave out before."""
    found, tried = Verdict("unknown", "none", "no engine fits"), []
    for verdict in engines:
        if verdict.status == "unknown":
            tried.append((verdict.engine, verdict.reason))
            continue
        if found.status == "unknown" or verdict.certificate is not None:
            found = verdict
        if not certified or found.status == "refuted" or found.certificate is not None:
            break
    return found, tried


def _every_length(
    model: Any, theorem: Theorem, limits: Limits, progress: Progress
) -> Iterator[Verdict]:
    claim = theorem.claim(model)
    yield prove_by_counts(claim, theorem.up_to, progress, limits.seconds)
    if theorem.up_to is None:
        yield prove_by_automata(claim, progress=progress)


def _one_length(
    model: Any, theorem: Theorem, limits: Limits, progress: Progress
) -> Iterator[Verdict]:
    progress("building the circuit")
    given, other = sides(model, theorem, limits.max_gates)
    asked, words = other or theorem.asked.reader, None
    if asked is not None:
        words = partial(by_words, given, asked, theorem.accept)
    question = theorem.question(given.circuit, other and other.circuit)
    return answered(question, words, limits, progress)


def answered(
    question: Question,
    words: Callable[[], Verdict] | None,
    limits: Limits,
    progress: Progress,
) -> Iterator[Verdict]:
    """All inputs where they are few, diagrams where some fields ask, simulation, words, and then what takes long."""
    size, seconds = work(question), limits.seconds
    if size <= FEW:
        yield by_all_inputs(question, seconds, progress)
        return
    with Solving(question) as solver:  # beside all that follows
        if some_ask(question):
            progress("decision diagrams, briefly")
            yield by_diagrams(question, seconds / VERY_BRIEFLY, ASKING_FIRST)
        progress("simulation")
        yield by_simulation(question, limits.seed)
        if words is not None:
            progress("words")
            yield words()
        progress("satisfiability, briefly")
        yield solver.within(seconds / BRIEFLY)
        progress("decision diagrams")
        yield by_diagrams(question, seconds)
        progress("satisfiability")
        yield solver.within(seconds)
    if size <= MOST:
        yield by_all_inputs(question, seconds, progress)


def _replayed(model: Any, theorem: Theorem, codes: tuple[int, ...]) -> dict[str, Any]:
    """A counterexample as people write it, and what every rung decides on it."""
    n, asked = len(codes), theorem.asked
    text = format_at(model, n).text(np.array(codes))
    shown = {"counterexample": text, "length": n, "replay": rungs(model, theorem, codes)}
    if asked.model is None:
        return {**shown, "wanted": asked.decide(asked.format(n).parse([text])[0])}
    own = asked.format(n).parse([text])[0].tolist()
    specified = rungs(asked.model, theorem.of_other, own)
    rung = "exact" if theorem.exact else "integer" if "integer" in specified else "circuit"
    return {**shown, "wanted": specified[rung], "specified": specified}
