"""Deterministic automata whose states are made as they are met: any hashable value may be one."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from circuitsim.specifications.formulas import Congruent, Formula, atoms, joined


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
