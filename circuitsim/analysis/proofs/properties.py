"""Properties of a circuit of one length, without a specification: symmetric, monotone, ignoring a letter, robust.

Each is a few questions about pairs of strings; it holds where none of them has an answer. That neighbours may be
exchanged anywhere follows from two permutations, which generate all: the first two letters exchanged, and all
letters moved on by one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from circuitsim.analysis.proofs.lengths.words import Drawn, alike_by_words
from circuitsim.analysis.proofs.proving import UNLESS_TOLD, Limits, answered, first
from circuitsim.analysis.proofs.verdict import Status, Verdict
from circuitsim.certificates.question import (
    Question,
    about_circuit,
    about_pair,
    holding,
    prepared,
    without_wired,
)
from circuitsim.errors import InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.extending import MoreGates
from circuitsim.netlist.interface import answers
from circuitsim.specifications.counter import reaches
from circuitsim.tokens import Format

KINDS = "symmetric, monotone, ignores:TOKEN, robust:K (with --at INPUT)"
Codes = tuple[int, ...]


class Case(NamedTuple):
    """A question, an engine for it that knows the sums, and the string that a counterexample is compared with."""

    question: Question
    words: Callable[[], Verdict] | None
    other: Callable[[Codes], Codes]


@dataclass(frozen=True)
class Found:
    """What came of a property.

    Args:
        status: "proved" where it holds. questions: how many there were.
        pair: two strings that should be decided alike (or the second at least as the first), as people write them.
        decisions: of the two.
    """

    status: Status
    engine: str
    reason: str
    seconds: float
    questions: int
    pair: tuple[str, str] | None = None
    decisions: tuple[int, int] | None = None


def prove_property(
    given: Drawn,
    text: str,
    at: str | None = None,
    limits: Limits = UNLESS_TOLD,
    progress: Callable[[str], None] = lambda text: None,
) -> Found:
    """Whether a circuit has a property.

    Args:
        text: its name. at: the string that `robust` is about.

    Raises:
        InputError: there is no such property, or it does not fit the circuit's letters.
    """
    started, done, engines = perf_counter(), 0, dict[str, None]()
    if given.circuit.interface.get("wired"):
        given = Drawn(without_wired(given.circuit), [])
    for case in _cases(given, text, at):
        done += 1
        progress(f"question {done}")
        last, tried = first(answered(case.question, case.words, limits, progress), False)
        if last.status == "unknown":
            reason = "; ".join(f"{engine}: {why}" for engine, why in tried)
            return Found("unknown", "none", reason, perf_counter() - started, done)
        engines[last.engine] = None
        if last.counterexample is not None:
            one, other = last.counterexample, case.other(last.counterexample)
            pair, decisions = _shown(given.circuit, case.question.form, (one, other))
            took = perf_counter() - started
            return Found("refuted", last.engine, last.reason, took, done, pair, decisions)
    reason = f"{done} question{'s' * (done != 1)}, none of which has an answer"
    return Found("proved", ", ".join(engines), reason, perf_counter() - started, done)


def _cases(given: Drawn, text: str, at: str | None) -> Iterator[Case]:
    name, _, rest = text.partition(":")
    _, form, n = prepared(given.circuit)
    if not form.plain or len(given.circuit.outputs) != int(
        given.circuit.interface["classes"]
    ):
        raise InputError("properties are of one decision on strings of letters.")
    if name == "symmetric" and not rest:
        return _symmetric(given, n)
    if name == "monotone" and not rest:
        return _monotone(given.circuit, form, n)
    if name == "ignores" and rest:
        return _ignores(given.circuit, form, n, rest)
    if name == "robust" and rest.isdecimal() and at is not None:
        return _robust(given.circuit, form, n, int(rest), at)
    raise InputError(f"there is no property {text[:60]!r}; there are {KINDS}.")


def _symmetric(given: Drawn, n: int) -> Iterator[Case]:
    if n == 1:
        return
    orders = [[1, 0, *range(2, n)], [*range(1, n), 0]]
    for order in orders[: 1 if n == 2 else 2]:
        moved = _moved(given, order)
        question = about_circuit(given.circuit, moved.circuit)
        yield Case(question, partial(alike_by_words, given, moved), partial(_permuted, order))


def _monotone(circuit: Circuit, form: Format, n: int) -> Iterator[Case]:
    if form.fields[0].size != 2 or len(circuit.outputs) != 1:
        raise InputError("monotone is of strings of two letters and a decision of yes or no.")
    for place in range(n):
        low, high = (holding(circuit, 1 + place, [bit]) for bit in (0, 1))
        question = about_pair(low, high, lambda gates, a, b: gates.both(a[0], b[0] ^ 1))
        yield Case(question, None, partial(_with, place, 1))


def _ignores(circuit: Circuit, form: Format, n: int, token: str) -> Iterator[Case]:
    letters = form.fields[0].values
    if token not in letters:
        raise InputError(
            f"{token[:20]!r} is no letter of the circuit: {' '.join(letters[:8])}."
        )
    code, width = letters.index(token), form.fields[0].width
    bits = form.bits(np.full((1, n), code))[0, :width]
    for place in range(n - 1):
        order = [*range(n)]
        order[place], order[place + 1] = place + 1, place
        wires = 2 * (1 + place * width + np.arange(width)) ^ (1 - bits.astype(int))

        def wrong(gates: MoreGates, a: Any, b: Any, wires: Any = wires) -> int:
            return int(gates.both(gates.all(wires), gates.any(gates.differ(a, b))))

        question = about_pair(circuit, _moved(Drawn(circuit, []), order).circuit, wrong)
        yield Case(question, None, partial(_permuted, order))


def _robust(circuit: Circuit, form: Format, n: int, most: int, at: str) -> Iterator[Case]:
    codes = form.parse([at])
    if codes.shape[1] != n:
        raise InputError(f"--at has {codes.shape[1]} letters, and the circuit reads {n}.")
    bits = form.bits(codes)[0].astype(int)
    decided = circuit.evaluate(bits[None])[0].astype(int)
    same = (2 * (1 + np.arange(len(bits))) ^ (1 - bits)).reshape(n, -1)

    def wrong(gates: MoreGates, a: Any, b: Any) -> int:
        kept = np.array([gates.all(row) for row in same])
        near = reaches(gates, kept, np.ones(n, np.int64), n - most)
        return int(gates.both(near, gates.any(np.asarray(a) ^ decided)))

    yield Case(
        about_pair(circuit, circuit, wrong), None, lambda one: tuple(codes[0].tolist())
    )


def _moved(given: Drawn, order: list[int]) -> Drawn:
    """The circuit that reads, at position i, the letter of position order[i]."""
    circuit = given.circuit
    width = circuit.inputs // len(order)
    node = np.arange(circuit.nodes)
    places = np.repeat(np.array(order) * width, width) + np.tile(np.arange(width), len(order))
    node[1 : 1 + circuit.inputs] = 1 + places

    def move(literals: Any) -> Any:
        return (2 * node[literals >> 1] + (literals & 1)).astype(np.int32)

    sums = [
        made._replace(
            wires=move(made.wires),
            outputs=move(made.outputs),
            adders=made.adders
            if made.adders is None
            else np.concatenate(
                [
                    made.adders[:, :2],
                    np.where(
                        made.adders[:, 2:] < 0, -1, move(np.maximum(made.adders[:, 2:], 0))
                    ),
                ],
                axis=1,
            ),
        )
        for made in given.sums
    ]
    return Drawn(
        replace(circuit, fan_in=move(circuit.fan_in), outputs=move(circuit.outputs)), sums
    )


def _permuted(order: list[int], codes: Codes) -> Codes:
    return tuple(codes[place] for place in order)


def _with(place: int, letter: int, codes: Codes) -> Codes:
    return (*codes[:place], letter, *codes[place + 1 :])


def _shown(circuit: Circuit, form: Format, pair: tuple[Codes, Codes]) -> Any:
    batch = np.array(pair)
    found = answers(circuit.interface, circuit.evaluate(form.bits(batch)))[:, 0].tolist()
    return tuple(form.text(row) for row in batch), tuple(int(value) for value in found)
