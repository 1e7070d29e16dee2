"""One length by running the circuit: on all inputs where they are few enough, else on many that may be wrong."""

from collections.abc import Callable, Iterable
from time import perf_counter

import numpy as np

from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.array_types import Bools, Longs, Rng
from circuitsim.certificates.inputs import MOST_CHECKED, strings
from circuitsim.certificates.question import Question
from circuitsim.certificates.theorem import Theorem
from circuitsim.netlist.evaluator.simulate import Evaluator
from circuitsim.networks.fixed_point import FixedPoint
from circuitsim.networks.integer import run_integer

ALL, SOME = "all inputs", "simulation"
SAMPLES = 1 << 16
AT_ONCE = 1 << 12
RUN_AT_ONCE = 1 << 10  # strings that a model runs together
FEW_INPUTS = 1 << 16  # that a model is run on before anything else
MANY_INPUTS = 1 << 24  # that it is run on after everything else
MUCH = 10**13  # gates times inputs that are run to count

Progress = Callable[[str], None]


def work(question: Question) -> int:
    """Gates times inputs."""
    return (1 + question.circuit.gates) * question.form.strings(question.n)


def by_all_inputs(question: Question, seconds: float, progress: Progress) -> Verdict:
    """Proved or refuted by every input; unknown after so many seconds."""
    evaluator, started = Evaluator(question.circuit), perf_counter()
    total, done = question.form.strings(question.n), 0
    for codes in strings(question.form, question.n):
        wrong = np.flatnonzero(evaluator(question.form.bits(codes))[:, 0])
        if len(wrong):
            return Verdict("refuted", ALL, counterexample=tuple(codes[wrong[0]].tolist()))
        done += len(codes)
        if perf_counter() - started > seconds and done < total:
            return Verdict(
                "unknown",
                ALL,
                f"{done:,} of {total:,} inputs in {seconds:.0f} s, none of them wrong",
            )
        progress(f"{done:,} of {total:,} inputs")
    easy = work(question) <= MOST_CHECKED
    return Verdict(
        "proved",
        ALL,
        f"the circuit is right on each of {total:,} inputs",
        certificate={"kind": "inputs"} if easy else None,
    )


def by_simulation(question: Question, seed: int) -> Verdict:
    """Refuted by one of 65,536 inputs, half of them with equally many strings of every number of a letter."""
    evaluator, rng = Evaluator(question.circuit), np.random.default_rng(seed)
    for _ in range(0, SAMPLES, AT_ONCE):
        codes = some(question, AT_ONCE, rng)
        wrong = np.flatnonzero(evaluator(question.form.bits(codes))[:, 0])
        if len(wrong):
            return Verdict("refuted", SOME, counterexample=tuple(codes[wrong[0]].tolist()))
    return Verdict("unknown", SOME, f"none of {SAMPLES:,} inputs is wrong")


def some(question: Question, count: int, rng: Rng) -> Longs:
    """Strings (count, n): half uniform; half, where all positions have the same letters, of uniform numbers of each."""
    sizes, n = np.array(question.form.sizes(question.n)), question.n
    codes = rng.integers(0, sizes, (count, n))
    if question.form.plain:
        half = count // 2
        cuts = np.sort(rng.integers(0, n + 1, (half, int(sizes[0]) - 1)), axis=1)
        sorted_ = (np.arange(n) >= cuts[:, :, None]).sum(axis=1)
        codes[:half] = rng.permuted(sorted_, axis=1)
    return codes


def count_by_running(
    fixed: FixedPoint, theorem: Theorem, progress: Progress
) -> tuple[int, tuple[int, ...] | None]:
    """On how many strings an integer model is wrong, which is run on each, and the first of them."""
    form, asked = fixed.model.format, theorem.asked

    def wrong(codes: Longs) -> Bools:
        decisions = run_integer(fixed, codes).decisions[:, 0]
        own = decisions if theorem.accept is None else decisions == theorem.accept
        wanted = asked.answers(form, codes)
        return np.asarray((wanted >= 0) & (wanted != own), bool)

    some_at_once = (
        part
        for codes in strings(form, fixed.n)
        for part in np.split(codes, range(RUN_AT_ONCE, len(codes), RUN_AT_ONCE))
    )
    return _counted(some_at_once, form.strings(fixed.n), wrong, progress)


def count_by_circuit(
    question: Question, progress: Progress
) -> tuple[tuple[int, tuple[int, ...] | None], str]:
    """On how many strings the output of a question is true, which is run on each, and the first of them."""
    evaluator, form = Evaluator(question.circuit), question.form

    def wrong(codes: Longs) -> Bools:
        return evaluator(form.bits(codes))[:, 0]

    total = form.strings(question.n)
    return _counted(strings(form, question.n), total, wrong, progress), ""


def _counted(
    batches: Iterable[Longs], total: int, wrong: Callable[[Longs], Bools], progress: Progress
) -> tuple[int, tuple[int, ...] | None]:
    """How many strings of all batches, `total` together, are wrong, and the first of them."""
    found, example, done = 0, None, 0
    for codes in batches:
        bad = np.flatnonzero(wrong(codes))
        found += len(bad)
        if len(bad) and example is None:
            example = tuple(codes[bad[0]].tolist())
        done += len(codes)
        progress(f"{done:,} of {total:,} inputs")
    return found, example
