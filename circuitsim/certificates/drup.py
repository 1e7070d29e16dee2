"""A checker of DRUP proofs: each line is a clause that follows by unit propagation, or one that is deleted.

A proof ends with the empty clause: then there is no input on which the question's output is true. Here a proof is
read; `propagation.py` says whether its lines follow.
"""

from typing import Any

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.clauses import Clauses
from circuitsim.certificates.propagation import (
    DELETION,
    DOES_NOT_FOLLOW,
    ENDS_EARLY,
    GIVEN,
    LEMMA,
    State,
    follow,
)


def check_drup(formula: Clauses, proof: str) -> int:
    """Check a proof, a clause a line in DIMACS literals, `d` before those that are deleted; how many lines it took.

    Raises:
        Rejected: it is no proof that the formula has no model.
    """
    literals, starts = formula
    nodes = int(literals.max(initial=1)) // 2 + 1
    lemmas, ends, deleted = _read(proof, nodes)
    literals = np.concatenate([literals, lemmas])
    starts = np.concatenate([starts, starts[-1] + ends])
    given, lines = len(formula[1]) - 1, len(starts) - 1
    kinds = np.concatenate([np.full(given, GIVEN), np.where(deleted, DELETION, LEMMA)])
    same = _same(literals, starts)
    empty = np.full(lines, -1, np.int64)
    state = State(
        literals, starts, np.ones(lines, np.uint8), np.full(2 * nodes, -1, np.int64),
        np.full(2 * lines, -1, np.int64), np.zeros(2 * nodes, np.int8),
        np.empty(nodes + 1, np.int64), np.zeros(1, np.int64),
    )  # fmt: skip
    found, line = follow(state, kinds, same, empty.copy(), empty)
    if found == DOES_NOT_FOLLOW:
        raise Rejected(
            f"line {line - given + 1} of the proof does not follow from those before it"
        )
    if found == ENDS_EARLY:
        raise Rejected("the proof ends before the empty clause")
    return int(line) - given + 1


def _read(proof: str, nodes: int) -> tuple[Longs, Longs, Any]:
    """Literals of all lines, where each ends, and which are deletions."""
    lines = [line.split() for line in proof.splitlines() if line.strip()]
    deleted = np.array([line[0] == "d" for line in lines], bool)
    try:
        words = [int(word) for line in lines for word in line if word != "d"]
    except ValueError:
        raise Rejected("the proof has words that are no literals") from None
    if not words:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), deleted
    if max(map(abs, words)) >= nodes:
        raise Rejected("the proof has literals that are not of the question")
    numbers = np.array(words, np.int64)
    ends = np.flatnonzero(numbers == 0)
    if len(ends) != len(lines) or ends[-1] != len(numbers) - 1:
        raise Rejected("a line of the proof does not end with 0")
    kept = numbers[numbers != 0]
    return 2 * np.abs(kept) + (kept < 0), ends - np.arange(len(ends)), deleted


def _same(literals: Longs, starts: Longs) -> Longs:
    """Numbers that lines with the same literals share; others may, which deletes more than was asked, and is sound."""
    mixed = (literals.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    sums = np.concatenate(
        [np.zeros(1, np.uint64), np.cumsum(mixed ^ (mixed >> np.uint64(32)))]
    )
    found: Longs = np.unique(sums[starts[1:]] - sums[starts[:-1]], return_inverse=True)[1]
    return found.astype(np.int64)
