"""Languages as formulas of counts and as automata, written from their definitions and not from any model."""

from collections.abc import Sequence

from circuitsim.specifications.automaton import Automaton
from circuitsim.specifications.formulas import AtLeast, Congruent, Formula

DEAD = "dead"  # no continuation is a member


def more(letter: str, other: str) -> Formula:
    """More of one letter than of another."""
    return AtLeast(((letter, 1), (other, -1)), 1)


def odd(letter: str) -> Formula:
    """An odd number of a letter."""
    return Congruent(((letter, 1),), 1, 2)


def first_is(letter: str) -> Automaton:
    """The first letter is this one."""
    return Automaton(
        None, lambda state, read: state or read, lambda state: int(state == letter)
    )


def nested(letters: Sequence[str], depth: int) -> Automaton:
    """Well-nested brackets, never more than `depth` open; letter 2t opens type t and letter 2t + 1 closes it."""
    number = {letter: index for index, letter in enumerate(letters)}

    def step(state: tuple[int, ...] | str, letter: str) -> tuple[int, ...] | str:
        kind, closes = divmod(number[letter], 2)
        if isinstance(state, str):
            return DEAD
        if not closes:
            return (*state, kind) if len(state) < depth else DEAD
        return state[:-1] if state and state[-1] == kind else DEAD

    return Automaton((), step, lambda state: int(state == ()))


def shuffled(letters: Sequence[str]) -> Automaton:
    """Each type of brackets, taken alone, is well nested; letter 2t opens type t and letter 2t + 1 closes it."""
    number = {letter: index for index, letter in enumerate(letters)}

    def step(state: tuple[int, ...] | str, letter: str) -> tuple[int, ...] | str:
        kind, closes = divmod(number[letter], 2)
        if isinstance(state, str) or (closes and not state[kind]):
            return DEAD
        return tuple(h + (1 - 2 * closes) * (k == kind) for k, h in enumerate(state))

    start = (0,) * (len(letters) // 2)
    return Automaton(start, step, lambda state: int(state == start), finite=False)


def _a_then_b(state: tuple[int, int] | str, letter: str) -> tuple[int, int] | str:
    """How many a's and b's so far, dead where an a follows a b or b's outnumber a's."""
    if isinstance(state, str):
        return DEAD
    a, b = state
    if letter == "a":
        return DEAD if b else (a + 1, 0)
    return DEAD if b == a else (a, b + 1)


A_THEN_B = Automaton(
    (0, 0),
    _a_then_b,
    lambda state: int(not isinstance(state, str) and state[0] == state[1] > 0),
    finite=False,
)


def listed(table: dict[str, dict[str, str]], start: str, members: Sequence[str]) -> Automaton:
    """An automaton by its table: state to letter to state; what is not listed is dead."""
    return Automaton(
        start,
        lambda state, letter: table.get(state, {}).get(letter, DEAD),
        lambda state: int(state in members),
    )


STAR_FREE = {
    "ab-star": listed({"even": {"a": "open"}, "open": {"b": "even"}}, "even", ["even"]),
    "a-star-b-star": listed(
        {"as": {"a": "as", "b": "bs"}, "bs": {"b": "bs"}}, "as", ["as", "bs"]
    ),
    "contains-ab": listed(
        {
            "none": {"b": "none", "a": "after a"},
            "after a": {"a": "after a", "b": "found"},
            "found": {"a": "found", "b": "found"},
        },
        "none",
        ["found"],
    ),
    "no-two-a": listed(
        {"free": {"b": "free", "a": "after a"}, "after a": {"b": "free"}},
        "free",
        ["free", "after a"],
    ),
}

LOCK = listed(
    {"free": {".": "free", "a": "held"}, "held": {".": "held", "r": "free"}}, "free", ["free"]
)
