"""Rule R3: every column of a heap down to one wire, greedily with a reserve; it beats rule S on some short columns."""

from circuitsim.array_types import Longs
from circuitsim.kernels import compiled

from .adders import FULL, HALF
from .columns import EARLY, OVERFLOW, Column, add, following, half, take, take_pair, total
from .compress import adders


@compiled
def rule_r3(column: Column, reserve: int, runs: Longs) -> int:
    """Reduce one column to one wire, if it has any, greedily: of three old wires some wait for later ones.

    Source: `R3(phi)` of the notes on reductions, phi = 3 / reserve.
    """
    row, box = column.row, column.log.box
    wires = total(row)
    if wires <= 1:
        return wires
    t = lo = following(row, 0)
    old = 0
    while wires > 1 and not box[OVERFLOW]:
        lo = following(row, lo)
        if wires == 2:
            half(column, HALF)
            return 1
        box[EARLY] = 0
        paired = min(old // 2, row[t])
        if paired > 0:
            row[t] -= paired
            runs[0, 0], runs[0, 1] = t, paired
            adders(column, runs, 1, lo, t - 1)
            wires -= 2 * paired
            old -= 2 * paired
        if old >= 3:
            triples = old // 3 if old <= 4 else max(1, old // reserve)
            wires -= 2 * triples
            old -= 3 * triples
            while triples > 0:
                lo = following(row, lo)
                if row[lo] >= 3:
                    many = min(triples, row[lo] // 3)
                    dx = dy = dz = lo
                    row[lo] -= 3 * many
                else:
                    many = 1
                    dx, dy = take_pair(row, lo)
                    dz = take(row, dy)
                triples -= many
                add(column, FULL, many, (dx, dy, dz), t - 1)
        old += box[EARLY] + row[t]
        t = t + 1 if old >= 3 or wires == 2 else following(row, t + 1)
    return wires
