"""Deterministic automata whose states are made as they are met: any hashable value may be one."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from circuitsim.errors import LimitError
from circuitsim.specifications.formulas import Congruent, Formula, atoms, joined

MOST_STATES = 2**18


@dataclass(frozen=True)
class Automaton:
    """A decision on strings, one letter after another.

    Args:
        start: the state before the first letter.
        step: (state, letter) to the state after it.
        decides: a state to the decision where the string ends there; None where nothing is asked of it.
        finite: whether there are finitely many states, whatever the length.
    """

    start: Hashable
    step: Callable[[Any, str], Hashable]
    decides: Callable[[Any], int | None]
    finite: bool = True

    def run(self, letters: Sequence[str]) -> int | None:
        """The decision on a string."""
        state = self.start
        for letter in letters:
            state = self.step(state, letter)
        return self.decides(state)

    def states(self, letters: Sequence[str]) -> list[Any]:
        """All states that strings of these letters lead to, breadth first.

        Raises:
            LimitError: they are too many, as those of one that is not finite.
        """
        found: dict[Any, None] = {self.start: None}
        for state in (queue := [self.start]):  # grows while it is gone through
            for letter in letters:
                after = self.step(state, letter)
                if after not in found:
                    found[after] = None
                    queue.append(after)
            if len(queue) > MOST_STATES:
                raise LimitError(
                    f"a specification has more than {MOST_STATES:,} states, which is too many to go through."
                )
        return queue


def counting(formula: Formula) -> Automaton:
    """A formula read letter by letter; its states are the weighted numbers of its conditions so far."""
    parts = atoms(formula)
    tables = [dict(part.weights) for part in parts]
    moduli = [part.modulus if isinstance(part, Congruent) else None for part in parts]

    def step(state: tuple[int, ...], letter: str) -> tuple[int, ...]:
        sums = (
            total + table.get(letter, 0) for total, table in zip(state, tables, strict=True)
        )
        return tuple(s if m is None else s % m for s, m in zip(sums, moduli, strict=True))

    def decides(state: tuple[int, ...]) -> int:
        totals = dict(zip(parts, state, strict=True))
        return int(joined(formula, lambda atom: atom.of(totals[atom])))

    return Automaton((0,) * len(parts), step, decides, finite=None not in moduli)


def asking(automaton: Automaton, where: Formula) -> Automaton:
    """An automaton that decides only where a formula of counts holds."""
    counter = counting(where)

    def step(state: tuple[Any, Any], letter: str) -> tuple[Any, Any]:
        return automaton.step(state[0], letter), counter.step(state[1], letter)

    def decides(state: tuple[Any, Any]) -> int | None:
        return automaton.decides(state[0]) if counter.decides(state[1]) else None

    start = automaton.start, counter.start
    return Automaton(start, step, decides, automaton.finite and counter.finite)
