"""Whether a model of the zoo solves its task: every rung's decisions against the definition, on legal inputs.

Unlike the ladder, which compares rungs with each other on all strings, this compares each with the task itself, on
the inputs that the task has: all of them where they are few.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from circuitsim.array_types import Bools, Longs
from circuitsim.bases import BASES, ONE_A_CLASS, BasisName
from circuitsim.compilers.family import Family
from circuitsim.compilers.precision import least
from circuitsim.errors import LimitError
from circuitsim.models.expressions import bits_at
from circuitsim.netlist.evaluator.simulate import Evaluator
from circuitsim.netlist.interface import answers, with_wired
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from circuitsim.tokens import Codes
from circuitsim.zoo.entry import Built

MOST = 2**16  # inputs up to which all are tried
LONG = (32, 64)  # lengths at which inputs are drawn
LONGEST_EXHAUSTIVE = 64
MOST_BITS = 40
FEW = 512  # inputs that a precision must pass first
ENTRIES_AT_ONCE = (
    2**22
)  # of the streams, and of the scores, of the inputs that are run together


@dataclass(frozen=True)
class Agreement:
    """What was compared at one length.

    Attributes:
        name: the model, with its options. inputs: how many, of which `disagreements` are answered wrongly somewhere.
        bits: the least fraction bits at which the integer model is right; None without an integer model.
        rungs: which were compared. skipped: circuits that were not built, and why.
        wrong: the first rung that is wrong and the first input on which it is.
    """

    name: str
    n: int
    inputs: int
    exhaustive: bool
    disagreements: int
    bits: int | None
    rungs: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    wrong: tuple[str, str] | None = None


def few(built: Built, n: int) -> bool:
    """Whether a task's inputs at n are few enough to try them all."""
    return n <= LONGEST_EXHAUSTIVE and built.task.count(n) <= MOST


def lengths_of(built: Built) -> list[tuple[int, bool]]:
    """The lengths at which a model is tried, and whether on all inputs: of at most 2^16, and near 32 and 64."""
    found = [
        (n, True)
        for n in range(1, LONGEST_EXHAUSTIVE + 1)
        if built.legal_length(n) and few(built, n)
    ]
    known = {n for n, _ in found}
    for n in LONG:
        near = [
            m
            for m in (n, n - 1, n + 1, n - 2, n + 2)
            if built.legal_length(m) and m not in known
        ]
        if near:
            found.append((near[0], False))
    return found


def inputs(built: Built, n: int, everything: bool, samples: int, seed: int) -> Codes:
    """All legal inputs (inputs, n), or `samples`, half drawn as the paper draws them and half adversarial."""
    if everything:
        return built.task.inputs(n)
    rng = np.random.default_rng((seed, n))
    half = samples // 2
    drawn = [built.task.sample(n, half, rng), built.task.adversarial(n, samples - half, rng)]
    return np.concatenate(drawn)


def agree(
    built: Built,
    n: int,
    everything: bool,
    *,
    bases: tuple[BasisName, ...] = ONE_A_CLASS,
    samples: int = 2000,
    seed: int = 0,
    max_gates: int = 40_000_000,
    progress: Callable[[str], None] = lambda text: None,
) -> Agreement:
    """Compare the exact model, the integer model at its least bits and the circuits with the task at length n.

    Args:
        bases: whose circuits are compared; exact ones only of hard attention on letters.
        max_gates: larger circuits are skipped, and named.
    """
    name = f"zoo:{built.name}"
    progress(f"{name}, n = {n}: inputs")
    codes = inputs(built, n, everything, samples, seed)
    truth = built.task.decisions(codes)
    model = built.at(n)
    found: dict[str, Bools] = {}
    progress(f"{name}, n = {n}: exact, {len(codes):,} inputs")
    found["exact"] = _wrong(
        lambda part: run_exact(model, part).decisions, codes, truth, model
    )
    progress(f"{name}, n = {n}: least bits")
    bits = least_bits(model, codes, truth)
    given = (
        None if bits is None else str(bits)
    )  # None is the model's own, where no number is right
    circuits = Family(model, bits_expression=given)
    if bits is None:
        fixed = fix(model, n)
        found["integer"] = _wrong(
            lambda part: run_integer(fixed, part).decisions, codes, truth, model
        )
    else:  # found by running it on all of them
        found["integer"] = np.zeros(len(codes), bool)
    skipped = []
    for basis in bases:
        if BASES[basis].exact and not (
            model.format.plain and built.entry.architecture == "hard-attention transformer"
        ):
            continue
        progress(f"{name}, n = {n}: {basis}")
        try:
            schematic = circuits.in_basis(basis)(n)
            evaluator, wired = (
                Evaluator(schematic.flatten(max_gates)),
                {"wired": schematic.wired_bits()},
            )
        except LimitError as error:
            skipped.append(f"{basis}: {error}")
            continue
        outputs = evaluator(with_wired(wired, model.format.bits(codes)))
        found[basis] = (answers(schematic.interface, outputs) != truth).any(axis=1)
    return _row(built, n, codes, everything, found, bits, tuple(skipped))


def least_bits(model: Any, codes: Codes, truth: Longs) -> int | None:
    """The least fraction bits from which on the integer model decides rightly, up to two more than the model's own.

    Where it does not with its own, the first higher ones that do with two more; None where none up to 40 do.
    """
    n = codes.shape[1]
    own = bits_at(model.bits, n)
    return least(lambda bits: _right(model, n, bits, codes, truth), own, MOST_BITS)


def _right(model: Any, n: int, bits: int, codes: Codes, truth: Longs) -> bool:
    try:
        fixed = fix(model, n, str(bits))
    except LimitError:
        return False
    few = np.arange(len(codes)) % max(1, len(codes) // FEW) == 0
    for some in (few, ~few):  # a few of them tell most that are wrong
        if any(
            (run_integer(fixed, c).decisions != t).any()
            for c, t in _parts(codes[some], truth[some], model)
        ):
            return False
    return True


def _wrong(run: Callable[[Codes], Any], codes: Codes, truth: Longs, model: Any) -> Bools:
    return np.concatenate([(run(c) != t).any(axis=1) for c, t in _parts(codes, truth, model)])


def _parts(codes: Codes, truth: Longs, model: Any) -> Iterator[tuple[Codes, Longs]]:
    length = model.length(codes.shape[1])
    step = max(
        1,
        ENTRIES_AT_ONCE
        // (length * max([model.width, *(head.keys(length) for head in model.heads)])),
    )
    for start in range(0, len(codes), step):
        yield codes[start : start + step], truth[start : start + step]


def _row(
    built: Built,
    n: int,
    codes: Codes,
    everything: bool,
    found: dict[str, Bools],
    bits: int | None,
    skipped: tuple[str, ...],
) -> Agreement:
    wrong = np.any(list(found.values()), axis=0)
    first = None
    for rung, flags in found.items():
        if flags.any():
            first = (rung, built.task.format(n).text(codes[int(np.argmax(flags))]))
            break
    total = int(wrong.sum())
    return Agreement(
        f"zoo:{built.name}",
        n,
        len(codes),
        everything,
        total,
        bits,
        tuple(found),
        skipped,
        first,
    )
