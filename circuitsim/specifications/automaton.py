"""Deterministic automata whose states are made as they are met: any hashable value may be one."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Automaton:
    """A decision on strings, one letter after another.

    Args:
        start: the state before the first letter.
        step: (state, letter) to the state after it.
        decides: a state to the decision where the string ends there.
        finite: whether there are finitely many states, whatever the length.
    """

    start: Hashable
    step: Callable[[Any, str], Hashable]
    decides: Callable[[Any], int]
    finite: bool = True

    def run(self, letters: Sequence[str]) -> int:
        """The decision on a string."""
        state = self.start
        for letter in letters:
            state = self.step(state, letter)
        return self.decides(state)

    def states(self, letters: Sequence[str]) -> list[Any]:
        """All states that strings of these letters lead to, breadth first; without end unless it is finite."""
        found: dict[Any, None] = {self.start: None}
        for state in (queue := [self.start]):  # grows while it is gone through
            for letter in letters:
                after = self.step(state, letter)
                if after not in found:
                    found[after] = None
                    queue.append(after)
        return queue
