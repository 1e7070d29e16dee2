"""The words and a specification's state that strings of n letters lead to, letter by letter, each once."""

from typing import Any, NamedTuple

from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.word_letters import Letters
from circuitsim.specifications.automaton import Automaton

MOST_STATES = 1 << 20


class Reached(NamedTuple):
    """Strings that lead to one state: how many, and the last letter of one of them with what stands before it."""

    strings: int
    one: Any


def states_after(
    specification: Automaton, letters: Letters, added: Any, fixed: dict[int, int]
) -> dict[Any, Reached]:
    """(sums, state) that strings lead to.

    Args:
        added: of every sum what letters add to it, as `weights` says, and its modulus.

    Raises:
        Rejected: they are too many.
    """
    names, moduli = letters.form.fields[0].values, [modulus for _, modulus in added]
    now = {((0,) * len(added), specification.start): Reached(1, None)}
    sums: dict[Any, Any] = {}  # by what is added, to each of the sums before
    moves: dict[Any, Any] = {}  # by the letter, to each of the specification's states before
    for place in range(letters.n):
        after: dict[Any, Reached] = {}
        steps = [
            (a, adds, sums.setdefault(adds, {}), moves.setdefault(a, {}))
            for a in ([fixed[place]] if place in fixed else range(letters.size))
            for adds in [tuple(weights[place][a] for weights, _ in added)]
        ]
        for (totals, state), reached in now.items():
            for a, adds, summed, moved in steps:
                if totals not in summed:
                    summed[totals] = _modulo(totals, adds, moduli)
                if state not in moved:
                    moved[state] = specification.step(state, names[a])
                key = summed[totals], moved[state]
                before = after.get(key)
                strings = reached.strings + (before.strings if before else 0)
                after[key] = Reached(strings, before.one if before else (a, reached.one))
        if len(after) > MOST_STATES:
            raise Rejected(f"strings lead to more than {MOST_STATES:,} states")
        now = after
        for kept in (sums, moves):
            if sum(map(len, kept.values())) > MOST_STATES:
                kept.clear()
    return now


def _modulo(totals: Any, adds: Any, moduli: list[int | None]) -> tuple[int, ...]:
    """Sums with what is added to them, each modulo its modulus if it has one."""
    return tuple(
        total + add if modulus is None else (total + add) % modulus
        for total, add, modulus in zip(totals, adds, moduli, strict=True)
    )


def spelled(one: Any) -> tuple[int, ...]:
    """The letters of a string that is kept from its end."""
    found = []
    while one is not None:
        letter, one = one
        found.append(letter)
    return tuple(reversed(found))
