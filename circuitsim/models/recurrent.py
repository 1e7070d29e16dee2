"""Recurrent nets: a state that one token after the other changes, in one direction or in both.

The state after a token is a function of the state before and of that token. The function is a stack of ReLU nets on
the state joined with the token's row, or the table of a finite automaton. At a position the read-out sees the
forward state, which has read this position and all before, the backward state, which has read it and all after, and
the token's row. Conventions in docs/model-format.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Annotated, ClassVar, TypeAlias

from circuitsim.errors import ModelError
from circuitsim.models.embedded import Embedded, Embedding
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.positions import Formula, Positions
from circuitsim.models.shapes import (
    letter_problems,
    net_problems,
    readout_problems,
    refuse,
    token_problems,
    width_after,
)
from circuitsim.models.tables import Table
from circuitsim.numbers.arrays import NO_ROWS, Matrix, Vector, matrix, vector
from circuitsim.tokens import Field, Letters

MOST_STATES = 2**16

State: TypeAlias = Annotated[int, "or its name"]
StateRows: TypeAlias = Annotated[Matrix, "one-hot where they are left out"]


@dataclass(frozen=True)
class NetCell:
    """The state (s,) after a token is nets([state; row]), added to the state before where `residual`.

    Args:
        initial: (s,), the state before any token.
        nets: the first reads s + d numbers, the last gives s; a net with `residual` adds to what it reads.
    """

    initial: Vector
    nets: tuple[FeedForward, ...]
    residual: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "initial", vector(self.initial, "initial"))
        object.__setattr__(self, "nets", tuple(self.nets))

    @property
    def size(self) -> int:
        """s, the numbers of the state."""
        return len(self.initial)

    @property
    def reads_state(self) -> bool:
        """Whether a net reads the state; if none does, the state is a sum over tokens, each by itself."""
        for net in self.nets:
            rows = [*net.hidden, *net.gate]
            if any(weight for row in rows for weight in row[: self.size]):
                return True
            if not net.residual:
                return False
        return True

    def problems(self, where: str, fields: Sequence[Field], width: int) -> Iterator[str]:
        """What does not fit where tokens have these fields, and rows of so many numbers."""
        if not self.initial:
            yield f"{where}: initial is empty; a state has one number at least"
        if not self.nets or self.nets[-1].residual or len(self.nets[-1].output) != self.size:
            yield f"{where}: the last net must give {self.size} numbers, without residual"
        yield from net_problems(self.nets, self.size + width, where)


@dataclass(frozen=True)
class Automaton:
    """A finite automaton: a table of the next state for every state and token.

    Args:
        states: their names.
        moves: (states, tokens) names or numbers of states; tokens in the order of their codes.
        initial: the name or number of the state before any token.
        rows: (states, s), what the read-out sees of a state; left out, one-hot.
    """

    states: tuple[str, ...]
    moves: tuple[tuple[State, ...], ...]
    initial: State = field(default=0, metadata={"after": "states"})
    rows: StateRows = NO_ROWS

    def __post_init__(self) -> None:
        states = tuple(str(state) for state in self.states)
        number = {name: index for index, name in enumerate(states)}
        if not states or len(number) < len(states) or len(states) > MOST_STATES:
            raise ModelError(
                f"an automaton has 1 to {MOST_STATES} states with different names, got {len(states)}."
            )
        moves = tuple(tuple(_state(move, number) for move in row) for row in self.moves)
        if len(moves) != len(states) or len({len(row) for row in moves}) != 1:
            raise ModelError(
                f"moves must have {len(states)} rows of one length, got {len(moves)} rows."
            )
        rows = matrix(self.rows, "rows") or _one_hot(len(states))
        if len(rows) != len(states) or not rows[0]:
            raise ModelError(
                f"rows has {len(rows)} rows, expected one for each of {len(states)} states."
            )
        for name, value in {"states": states, "moves": moves, "rows": rows}.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "initial", _state(self.initial, number))

    @property
    def one_hot(self) -> bool:
        """Whether the read-out sees which state it is, and no other numbers."""
        return self.rows == _one_hot(len(self.states))

    @property
    def size(self) -> int:
        """s, the numbers that the read-out sees of a state."""
        return len(self.rows[0])

    @property
    def code_bits(self) -> int:
        """Bits that tell the states apart."""
        return (len(self.states) - 1).bit_length()

    def problems(self, where: str, fields: Sequence[Field], width: int) -> Iterator[str]:
        """What does not fit where tokens have these fields, whatever their rows."""
        tokens = prod(f.size for f in fields)
        if any(f.where != "each" for f in fields):
            yield f"{where}: an automaton reads tokens that all have the same fields"
        elif len(self.moves[0]) != tokens:
            yield f"{where}: moves has rows of {len(self.moves[0])} entries, expected one for each of {tokens} tokens"


Cell: TypeAlias = NetCell | Automaton


@dataclass(frozen=True, repr=False)
class RecurrentNet(Embedded):
    """A recurrent net with its tokens, cells and read-out.

    Args:
        vocabulary, embedding, positions, bits, name, fields, tables: as a transformer's.
        forward: reads tokens from the first on. backward: from the last on, or None.
        readout: of [forward state; backward state; row] at a position, after `nets`.
        nets: on that vector, before the read-out.

    Raises:
        ModelError: shapes that do not fit.
    """

    architecture: ClassVar[str] = "recurrent"

    name: str = field(default="recurrent", kw_only=True)
    fields: tuple[Field, ...] = field(default=(), kw_only=True)
    tables: tuple[Table, ...] = field(default=(), kw_only=True)
    vocabulary: Letters
    embedding: Embedding = field(hash=False)
    forward: Cell
    readout: Readout
    backward: Cell | None = field(default=None, metadata={"after": "forward"})
    nets: tuple[FeedForward, ...] = field(default=(), metadata={"after": "forward"})
    positions: Positions | None = field(default=None, metadata={"after": "embedding"})
    bits: Formula = field(default="8", kw_only=True)

    most_steps: ClassVar[int] = 4096  # of a circuit, which is drawn step by step

    def __post_init__(self) -> None:
        self._normalise()
        object.__setattr__(self, "nets", tuple(self.nets))
        refuse(self.name, self._problems())

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The forward cell, and the backward one if there is one."""
        return (self.forward,) if self.backward is None else (self.forward, self.backward)

    def spans(self, n: int) -> tuple[range, ...]:
        """For every cell the positions it reads, in its order: as many as the read-out needs."""
        where = self.readout_positions(n)
        return (range(where[-1] + 1), range(n - 1, where[0] - 1, -1))[: len(self.cells)]

    def _problems(self) -> Iterator[str]:
        yield from letter_problems(self)
        if not (yield from token_problems(self)):
            return
        for where, cell in zip(("forward", "backward"), self.cells, strict=False):
            yield from cell.problems(where, self.format.fields, self.width)
        width = sum(cell.size for cell in self.cells) + self.width
        yield from net_problems(self.nets, width, "before the read-out")
        yield from readout_problems(self.readout, width_after(self.nets, width))


def _one_hot(states: int) -> Matrix:
    return matrix([[int(a == b) for a in range(states)] for b in range(states)])


def _state(given: int | str, number: Mapping[str, int]) -> int:
    if isinstance(given, str) and given in number:
        return number[given]
    if type(given) is int and 0 <= given < len(number):
        return given
    raise ModelError(f"{str(given)[:40]!r} is not one of the {len(number)} states.")


def state_indices(cell: Automaton, tokens: Sequence[int]) -> list[int]:
    """The states after each token of one string."""
    state, found = cell.initial, []
    for token in tokens:
        state = cell.moves[state][token]
        found.append(state)
    return found


def reachable(cell: Automaton, steps: int) -> list[tuple[int, ...]]:
    """The states that the automaton can be in after 1, 2, ..., `steps` tokens."""
    now, found = {cell.initial}, []
    for _ in range(steps):
        now = {after for state in now for after in cell.moves[state]}
        found.append(tuple(sorted(now)))
    return found
