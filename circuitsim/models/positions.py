"""What a model adds at each position of a sequence: a table's rows, or expressions in the position and the length."""

from dataclasses import dataclass, field
from typing import Annotated, TypeAlias

from circuitsim.numbers.arrays import Matrix, matrix

Formula: TypeAlias = Annotated[str, "or a number"]  # an expression in i and n
SoftmaxBits: TypeAlias = Annotated[str, "or a number; files may leave it out"]


@dataclass(frozen=True)
class PositionTable:
    """Learned positions: row i (d entries) is added at position i; longer sequences are refused."""

    rows: Matrix = field(metadata={"file": "table"})

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", matrix(self.rows, "positions.table"))


@dataclass(frozen=True)
class PositionExpressions:
    """One expression in i (from 0 over the whole sequence) and n (its whole length) per component."""

    components: tuple[Formula, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "components", tuple(str(c) for c in self.components))


Positions: TypeAlias = PositionExpressions | PositionTable
