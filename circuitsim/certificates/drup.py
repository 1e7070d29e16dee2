"""A checker of DRUP proofs: each line is a clause that follows by unit propagation, or one that is deleted.

A clause follows where assuming all its literals false leads, by clauses with one literal left, to one with none. A
proof ends with the empty clause: then there is no input on which the question's output is true. To leave a clause out
is always sound, so deletions need no check. Two literals of every clause are watched.
"""

from typing import Any, NamedTuple

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.clauses import Clauses
from circuitsim.kernels import compiled

GIVEN, LEMMA, DELETION = range(3)  # kinds of lines
ENDS_EARLY, HOLDS, DOES_NOT_FOLLOW = range(3)


class State(NamedTuple):
    """Lines so far, and what unit propagation knows."""

    literals: Any  # of all lines
    starts: Any  # (lines + 1,)
    alive: Any  # (lines,)
    first: Any  # (literals,) a watch of it, 2 * line + which of its first two literals; -1 for none
    following: Any  # (2 * lines,) the next watch of the same literal
    value: Any  # (literals,) 1 true, -1 false, 0 unknown
    trail: Any  # literals that are true, in order
    known: Any  # (1,) how many


@compiled
def _assume(state: State, literal: int) -> None:
    state.value[literal], state.value[literal ^ 1] = 1, -1
    state.trail[state.known[0]] = literal
    state.known[0] += 1


@compiled
def _conflict(state: State, start: int) -> bool:
    """Follow what the trail forces from `start` on: whether a clause has no literal left."""
    literals, value = state.literals, state.value
    while start < state.known[0]:
        false = state.trail[start] ^ 1
        start += 1
        watch, kept = state.first[false], -1
        while watch >= 0:
            line, after = watch >> 1, state.following[watch]
            begin = state.starts[line]
            mine, other = begin + (watch & 1), begin + 1 - (watch & 1)
            gone = state.alive[line] == 0
            if not gone and value[literals[other]] != 1:
                for k in range(begin + 2, state.starts[line + 1]):
                    if value[literals[k]] >= 0:  # it is watched from now on
                        literals[mine], literals[k] = literals[k], literals[mine]
                        state.following[watch] = state.first[literals[mine]]
                        state.first[literals[mine]] = watch
                        gone = True
                        break
                if not gone:
                    if value[literals[other]] == -1:
                        return True
                    _assume(state, literals[other])
            if not gone:
                kept = watch
            elif kept < 0:
                state.first[false] = after
            else:
                state.following[kept] = after
            watch = after
    return False


@compiled
def _follows(state: State, line: int) -> bool:
    """Whether a line follows by unit propagation; what was assumed is taken back."""
    before, found = state.known[0], False
    for k in range(state.starts[line], state.starts[line + 1]):
        literal = state.literals[k]
        if state.value[literal] == 1:
            found = True
            break
        if state.value[literal] == 0:
            _assume(state, literal ^ 1)
    found = found or _conflict(state, before)
    for k in range(before, state.known[0]):
        literal = state.trail[k]
        state.value[literal], state.value[literal ^ 1] = 0, 0
    state.known[0] = before
    return found


@compiled
def _contradicts(state: State, line: int) -> bool:
    """Add a line; whether nothing is consistent with all lines any more."""
    begin, end, free = state.starts[line], state.starts[line + 1], 0
    for k in range(begin, end):
        if free < 2 and state.value[state.literals[k]] != -1:
            swapped = state.literals[begin + free]
            state.literals[begin + free] = state.literals[k]
            state.literals[k] = swapped
            free += 1
    if free == 0:
        return True
    if free == 1:
        before = state.known[0]
        if state.value[state.literals[begin]] == 0:
            _assume(state, state.literals[begin])
        return _conflict(state, before)
    for which in range(2):
        literal = state.literals[begin + which]
        state.following[2 * line + which] = state.first[literal]
        state.first[literal] = 2 * line + which
    return False


@compiled(work=lambda state, kinds, same, last, before: 200 * state.literals.size)
def _check(state: State, kinds: Any, same: Any, last: Any, before: Any) -> tuple[int, int]:
    """What became of the proof, and at which line.

    Args:
        same: (lines,) a number that lines with the same literals share. last: (numbers,) the last such line that is
            alive. before: (lines,) the one before it.
    """
    for line in range(len(kinds)):
        if kinds[line] == DELETION:
            found = last[same[line]]
            if found >= 0:
                state.alive[found] = 0
                last[same[line]] = before[found]
            continue
        if kinds[line] == LEMMA and not _follows(state, line):
            return DOES_NOT_FOLLOW, line
        if _contradicts(state, line):
            return HOLDS, line
        before[line] = last[same[line]]
        last[same[line]] = line
    return ENDS_EARLY, len(kinds)


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
    found, line = _check(state, kinds, same, empty.copy(), empty)
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
