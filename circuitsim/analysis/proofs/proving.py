"""Prove that a model decides as specified: at every length by counts or automata, at one length by several engines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from circuitsim.analysis.proofs.automata.theorem import prove_by_automata
from circuitsim.analysis.proofs.counts.prove import prove_by_counts
from circuitsim.analysis.proofs.lengths.diagrams import by_diagrams
from circuitsim.analysis.proofs.lengths.running import by_all_inputs, by_simulation, work
from circuitsim.analysis.proofs.lengths.satisfiability import by_satisfiability
from circuitsim.analysis.proofs.lengths.words import by_words, circuit_of
from circuitsim.analysis.proofs.verdict import Status, Verdict
from circuitsim.certificates.question import Question
from circuitsim.certificates.theorem import Theorem
from circuitsim.compilers.family import Family
from circuitsim.errors import CircuitSimError, InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.interface import answers, with_wired
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact, run_float
from circuitsim.tokens import format_of

FEW = 10**9  # gates times inputs that are run before anything else
MOST = 10**14  # that are run after everything else
BRIEFLY = 6  # times shorter than its time is the first try of satisfiability
MOST_REPLAYED = 5_000_000  # gates of the circuit that a counterexample is run on

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Limits:
    """What engines may take.

    Args:
        seconds: of each engine at one length, about. max_gates: of a circuit that is built.
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
    replay: dict[str, int | None] = field(default_factory=dict)
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
        _every_length(model, theorem, progress)
        if theorem.n is None
        else _one_length(model, theorem, limits, progress)
    )
    last, tried = first(engines, limits.certified)
    took = perf_counter() - started
    certificate = None
    if last.certificate is not None and isinstance(theorem.specification, str):
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


def _every_length(model: Any, theorem: Theorem, progress: Progress) -> Iterator[Verdict]:
    if isinstance(model, Circuit):
        raise InputError(
            "a circuit has one length; give a model for a theorem of every length."
        )
    claim = theorem.claim(model)
    yield prove_by_counts(claim, theorem.up_to, progress)
    if theorem.up_to is None:
        yield prove_by_automata(claim, progress=progress)


def _one_length(
    model: Any, theorem: Theorem, limits: Limits, progress: Progress
) -> Iterator[Verdict]:
    progress("building the circuit")
    given = circuit_of(model, theorem, limits.max_gates)
    reader = theorem.asked.reader
    words = None
    if reader is not None:
        words = partial(by_words, given, reader, theorem.accept)
    return answered(theorem.question(given.circuit), words, limits, progress)


def answered(
    question: Question,
    words: Callable[[], Verdict] | None,
    limits: Limits,
    progress: Progress,
) -> Iterator[Verdict]:
    """All inputs where they are few, simulation, words, a brief try at satisfiability, and then what takes long."""
    size, seconds = work(question), limits.seconds
    if size <= FEW:
        yield by_all_inputs(question, seconds, progress)
        return
    progress("simulation")
    yield by_simulation(question, limits.seed)
    if words is not None:
        progress("words")
        yield words()
    progress("satisfiability, briefly")
    yield by_satisfiability(question, seconds / BRIEFLY)
    progress("decision diagrams")
    yield by_diagrams(question, seconds)
    progress("satisfiability")
    yield by_satisfiability(question, seconds)
    if size <= MOST:
        yield by_all_inputs(question, seconds, progress)


def _replayed(model: Any, theorem: Theorem, codes: tuple[int, ...]) -> dict[str, Any]:
    """A counterexample as people write it, and what every rung decides on it."""
    batch, n = np.array([codes]), len(codes)
    replay: dict[str, int | None] = {}
    if isinstance(model, Circuit):
        form: Any = format_of(model.interface)
        circuit: Circuit | None = model
    else:
        own = model.at(n)
        form, family = (
            own.format,
            Family(model, theorem.basis, theorem.bits, theorem.optimize),
        )
        replay["float"] = _decided(run_float(own, batch).decisions)
        replay["exact"] = _decided(run_exact(own, batch).decisions)
        replay["integer"] = _decided(run_integer(family.fixed(n), batch).decisions)
        circuit = _small(family, n)
    if circuit is not None:
        bits = with_wired(circuit.interface, form.bits(batch))
        replay["circuit"] = _decided(answers(circuit.interface, circuit.evaluate(bits)))
    text = form.text(batch[0])
    specification = theorem.asked
    wanted = specification.decide(specification.format(n).parse([text])[0])
    return {"counterexample": text, "length": n, "wanted": wanted, "replay": replay}


def _small(family: Family, n: int) -> Circuit | None:
    try:
        return family(n).flatten(MOST_REPLAYED)
    except CircuitSimError:
        return None


def _decided(decisions: Any) -> int:
    return int(np.asarray(decisions).reshape(-1)[0])
