"""Which of several rows of the stream is the largest, by a comparison of every pair of them."""

from collections.abc import Callable, Sequence

from circuitsim.networks.forms import Ints, Range
from circuitsim.schematic.drawing import Wires

from .residual import Residual

Sign = Callable[[Residual, Ints, int, Range], Wires]


def pairwise(
    residual: Residual, rows: Sequence[Ints], offsets: Sequence[int], sign: Sign
) -> Wires:
    """One-hot which row . x + offset is the largest, the lowest of equal ones: (positions, rows).

    Args:
        sign: [row . x + offset >= 0] at every position, for values in a known interval.
    """
    drawing, stream, classes = residual.drawing, residual.stream, len(rows)
    ahead: dict[tuple[int, int], Wires] = {}
    for a in range(classes):
        for b in range(a + 1, classes):
            row, offset = rows[a] - rows[b], offsets[a] - offsets[b]
            ahead[a, b] = sign(residual, row, offset, stream.range(row, offset))
            ahead[b, a] = ~ahead[a, b]
    wins = []
    for a in range(classes):
        others = [ahead[a, b].expand(1) for b in range(classes) if b != a]
        wins.append(drawing.all([(drawing.concat(others, 1), 1)]).expand(1))
    return drawing.concat(wins, 1)
