"""Finite automata and a counter as recurrent nets: bounded depth in a few bits, parity, and majority."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from circuitsim.errors import LimitError
from circuitsim.models.recurrent import MOST_STATES, Automaton, NetCell, RecurrentNet
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.coordinates import Coordinates
from circuitsim.zoo.tasks.brackets import BoundedDyck, bracket_letters
from circuitsim.zoo.tasks.letter_counts import Majority, Parity

State = TypeVar("State", bound=Hashable)

MOST_STACKS = (
    2**11
)  # with the sink; files compare the read-out's rows with as many one-hot rows


def automaton(
    name: str,
    letters: int,
    initial: State,
    step: Callable[[State, int], State],
    show: Callable[[State], str] = str,
) -> Automaton:
    """The automaton of all states that `step`, from a state and a letter's number to a state, reaches from `initial`.

    The read-out sees the number of a state in binary, least bit first; the initial state has number 0.

    Raises:
        LimitError: more than 2^16 states.
    """
    states, moves = [initial], []
    number = {initial: 0}
    for state in states:  # grows while it is gone through
        row = []
        for letter in range(letters):
            after = step(state, letter)
            if number.setdefault(after, len(states)) == len(states):
                states.append(after)
            row.append(number[after])
        moves.append(tuple(row))
        if len(states) > MOST_STATES:
            raise LimitError(
                f"{name}: an automaton has at most {MOST_STATES} states; lower the options of the task."
            )
    bits = max(1, (len(states) - 1).bit_length())
    codes = tuple(
        tuple(index >> bit & 1 for bit in range(bits)) for index in range(len(states))
    )
    return Automaton(tuple(show(state) for state in states), tuple(moves), 0, codes)  # type: ignore[arg-type]


def bounded_dyck(task: BoundedDyck, n: int) -> RecurrentNet:
    """The state is the stack of open types, of at most D, or a sink: for k = D = 2 that is 8 states in 3 bits.

    The empty stack has number 0 and is the one that accepts.
    """
    _require_few(task)

    def step(stack: tuple[int, ...] | None, letter: int) -> tuple[int, ...] | None:
        kind, closes = divmod(letter, 2)
        if (
            stack is None
            or (closes and stack[-1:] != (kind,))
            or (not closes and len(stack) == task.depth)
        ):
            return None
        return stack[:-1] if closes else (*stack, kind)

    def show(stack: tuple[int, ...] | None) -> str:
        return (
            "sink"
            if stack is None
            else "".join(brackets[2 * kind] for kind in stack) or "empty"
        )

    brackets = bracket_letters(task.k)
    start: tuple[int, ...] | None = ()
    cell = automaton("zoo:bounded-dyck-rnn", len(brackets), start, step, show)
    row, seen = _letter_alone(cell)
    return RecurrentNet(
        **row.tokens(task.format(n), {"letter": lambda letter: {"letter": letter}}),
        forward=cell,
        readout=seen.readout({"": 1, **dict.fromkeys(seen.names[: cell.size], -1)}),
        bits="0",
        name="bounded-dyck-rnn",
    )


def _require_few(task: BoundedDyck) -> None:
    """Raise a LimitError before too many stacks are made."""
    states = 2  # the empty stack and the sink
    for depth in range(1, task.depth + 1):
        states += task.k**depth
        if states > MOST_STACKS:
            raise LimitError(
                f"zoo:bounded-dyck-rnn at k={task.k} and depth={task.depth} would have more than {MOST_STACKS:,}"
                " states; lower k or depth."
            )


def parity(task: Parity, n: int) -> RecurrentNet:
    """Two states, of which the second accepts."""
    cell = automaton("zoo:parity-rnn", 2, 0, lambda odd, bit: odd ^ bit)
    row, seen = _letter_alone(cell)
    return RecurrentNet(
        **row.tokens(task.format(n), {"letter": lambda bit: {"letter": bit}}),
        forward=cell,
        readout=seen.readout("state0"),
        bits="0",
        name="parity-rnn",
    )


def majority(task: Majority, n: int) -> RecurrentNet:
    """The state counts the ones less the zeros; no net reads it, so that it is a sum of signs."""
    row, state = Coordinates("sign"), Coordinates("count")
    seen = Coordinates(*state.names, *row.names)
    step = seen.net([("sign", {"count": 1}), ({"sign": -1}, {"count": -1})], state)
    return RecurrentNet(
        **row.tokens(task.format(n), {"letter": lambda bit: {"sign": 2 * bit - 1}}),
        forward=NetCell(initial=state.row({}), nets=(step,), residual=True),
        readout=seen.readout("count"),
        bits="0",
        name="majority-rnn",
    )


def _letter_alone(cell: Automaton) -> tuple[Coordinates, Coordinates]:
    """The row of a token, and what the read-out sees: the bits of the state, and the row."""
    row = Coordinates("letter")
    return row, Coordinates(*(f"state{bit}" for bit in range(cell.size)), *row.names)


ENTRIES = (
    Entry(
        "bounded-dyck-rnn",
        BoundedDyck,
        "recurrent net",
        bounded_dyck,
        "Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347), on Dyck-(2,2): a finite automaton",
        "1",
        "0",
        "log2 of the number of stacks and a sink, rounded up; 3 bits for Dyck-(2,2)",
    ),
    Entry(
        "parity-rnn",
        Parity,
        "recurrent net",
        parity,
        "folklore: the automaton of two states",
        "1",
        "0",
        "1 bit",
    ),
    Entry(
        "majority-rnn",
        Majority,
        "recurrent net",
        majority,
        "folklore: a counter",
        "1",
        "0",
        "1 number of log2 n + 2 bits",
    ),
)
