"""Circuits of specifications, written from their formulas and automata: gates after those of another circuit."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from circuitsim.errors import InputError
from circuitsim.netlist.extending import FALSE, TRUE, MoreGates
from circuitsim.specifications.automaton import Automaton
from circuitsim.specifications.counter import reaches
from circuitsim.specifications.formulas import (
    AtLeast,
    Both,
    Congruent,
    Either,
    Formula,
    Not,
    Weights,
)
from circuitsim.specifications.specification import Specification
from circuitsim.tokens import Format

Wires: TypeAlias = list[Any]  # a field each: literals (places, width) of its positions


def field_wires(form: Format, n: int) -> Wires:
    """The input literals of every field of a string, in the order of `Format.bits`."""
    found, first = [], 1
    for field in form.fields:
        places, width = int(field.present(n).sum()), field.width
        found.append(2 * (first + np.arange(places * width).reshape(places, width)))
        first += places * width
    return found


def value_wires(gates: MoreGates, wires: Any, wiring: str, size: int) -> Any:
    """Literals (places, size): whether a field has each of its values.

    Args:
        wires: (places, width) its input literals.
        wiring: "one-hot" or "binary"; a field of two values has one wire in both.
    """
    if size == 2:
        return np.concatenate([wires ^ 1, wires], axis=1)
    if wiring == "one-hot":
        return wires
    columns = []
    for value in range(size):
        found = wires[:, 0] ^ (1 - (value & 1))
        for bit in range(1, wires.shape[1]):
            found = gates.both(found, wires[:, bit] ^ (1 - (value >> bit & 1)))
        columns.append(found)
    return np.stack(columns, axis=1)


class Drawn(NamedTuple):
    """A specification's circuit: literals of the bits of its decision, the least first, and whether it asks."""

    bits: list[int]
    asked: int = TRUE


def draw(specification: Specification, gates: MoreGates, form: Format, n: int) -> Drawn:
    """The circuit of a specification.

    Args:
        form: how the circuit's letters are wired; its letters may be in another order than the specification's.

    Raises:
        InputError: the specification has no circuit.
    """
    wires = field_wires(form, n)
    if specification.draw is not None:
        return Drawn([int(bit) for bit in specification.draw(gates, wires, n)])
    if not form.plain:
        raise InputError(f"{specification.name} has no circuit for tokens that are records.")
    field = form.fields[0]
    values = value_wires(gates, wires[0], field.wires, field.size)
    letters = dict(zip(field.values, values.T, strict=True))
    if specification.automaton is not None:
        drawn = _automaton(specification.automaton, gates, letters, n)
    elif specification.formula is not None:
        drawn = Drawn([draw_formula(specification.formula, gates, letters)])
    else:
        raise InputError(f"{specification.name} has no circuit of its own to compare with.")
    if specification.where is None:
        return drawn
    asked = draw_formula(specification.where, gates, letters)
    return Drawn(drawn.bits, gates.all(np.array([drawn.asked, asked])))


def draw_formula(formula: Formula, gates: MoreGates, letters: Mapping[str, Any]) -> int:
    """A literal: whether a formula is true of the counts of letters, whose literals (n,) are given."""
    match formula:
        case AtLeast(weights, bound):
            return _at_least(weights, bound, gates, letters)
        case Congruent(weights, rest, modulus):
            return _congruent(weights, rest, modulus, gates, letters)
        case Both(parts):
            return gates.all(np.array([draw_formula(p, gates, letters) for p in parts], int))
        case Either(parts):
            return gates.any([draw_formula(p, gates, letters) for p in parts])
        case Not(part):
            return draw_formula(part, gates, letters) ^ 1


def _at_least(
    weights: Weights, bound: int, gates: MoreGates, letters: Mapping[str, Any]
) -> int:
    none = np.zeros(0, np.int64)
    wires = [letters[letter] for letter, _ in weights]
    each = [np.full(len(letters[letter]), weight) for letter, weight in weights]
    return reaches(
        gates, np.concatenate([none, *wires]), np.concatenate([none, *each]), bound
    )


def _congruent(
    weights: Weights, rest: int, modulus: int, gates: MoreGates, letters: Mapping[str, Any]
) -> int:
    if modulus == 2:
        odd = [letters[letter] for letter, weight in weights if weight % 2]
        return gates.parity(np.concatenate([np.zeros(0, np.int64), *odd])) ^ int(
            rest % 2 == 0
        )
    by_letter = dict(weights)
    counter = Automaton(
        0,
        lambda state, letter: (state + by_letter.get(letter, 0)) % modulus,
        lambda state: int(state == rest % modulus),
    )
    n = len(next(iter(letters.values())))
    return _automaton(counter, gates, letters, n).bits[0]


def _automaton(
    automaton: Automaton, gates: MoreGates, letters: Mapping[str, Any], n: int
) -> Drawn:
    """One wire for each state that n letters can reach, after every letter."""
    now: dict[Hashable, int] = {automaton.start: TRUE}
    for place in range(n):
        arrivals: dict[Hashable, list[int]] = {}
        for state, reached in now.items():
            ways: dict[Hashable, list[int]] = {}
            for letter, wires in letters.items():
                ways.setdefault(automaton.step(state, letter), []).append(int(wires[place]))
            for after, by in ways.items():
                every = len(by) == len(letters)
                way = TRUE if every else gates.any(by)
                both = way if reached == TRUE else reached
                if way != TRUE and reached != TRUE:
                    both = int(gates.both(reached, way))
                arrivals.setdefault(after, []).append(both)
        now = {state: gates.any(ways) for state, ways in arrivals.items()}
    decided = {state: automaton.decides(state) for state in now}

    def whether(wanted: Callable[[int | None], bool]) -> int:
        chosen = [wire for state, wire in now.items() if wanted(decided[state])]
        return gates.any(chosen) if chosen else FALSE

    width = max(1, *((decision or 0).bit_length() for decision in decided.values()))
    bits = [whether(lambda d, bit=bit: bool((d or 0) >> bit & 1)) for bit in range(width)]  # type: ignore[misc]
    silent = None in decided.values()
    return Drawn(bits, whether(lambda d: d is None) ^ 1 if silent else TRUE)
