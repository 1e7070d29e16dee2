"""Unit propagation: whether lines of a proof, which are clauses, follow one after another.

A clause follows where assuming all its literals false leads, by clauses with one literal left, to one with none. To
leave a clause out is always sound, so deletions need no check. Two literals of every clause are watched.
"""

from typing import Any, NamedTuple

from circuitsim.kernels import compiled

GIVEN, LEMMA, DELETION = range(3)  # kinds of lines
ENDS_EARLY, HOLDS, DOES_NOT_FOLLOW = range(3)  # what becomes of a proof


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
def follow(state: State, kinds: Any, same: Any, last: Any, before: Any) -> tuple[int, int]:
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
