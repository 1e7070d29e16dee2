"""Rule R3: every column of a heap down to one wire, greedily with a reserve; it beats rule S on some short columns."""

import numpy as np
import numpy.typing as npt

from circuitsim.kernels import compiled

from .adders import FULL, HALF, delays
from .compress import EARLY, OVERFLOW, adders, following, half, place, take_pair, total, write

Longs = npt.NDArray[np.int64]


@compiled
def rule_r3(
    row: Longs,
    above: Longs,
    log: Longs,
    box: Longs,
    column: int,
    style: int,
    reserve: int,
    runs: Longs,
) -> int:
    """Reduce one column to one wire, if it has any, greedily: of three old wires some wait for later ones.

    Source: `R3(phi)` of the notes on reductions, phi = 3 / reserve.
    """
    wires = total(row)
    if wires <= 1:
        return wires
    t = lo = following(row, 0)
    old = 0
    while wires > 1 and not box[OVERFLOW]:
        lo = following(row, lo)
        if wires == 2:
            half(row, above, log, box, column, style, HALF)
            return 1
        box[EARLY] = 0
        paired = min(old // 2, row[t])
        if paired > 0:
            row[t] -= paired
            runs[0, 0], runs[0, 1] = t, paired
            adders(row, above, log, box, column, style, runs, 1, lo, t - 1)
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
                    dz = following(row, dy)
                    row[dz] -= 1
                triples -= many
                ds, dc = delays(FULL, style, dx, dy, dz)
                write(log, box, column, FULL, many, dx, dy, dz)
                place(row, box, ds, many, t - 1)
                place(above, box, dc, many, -1)
        old += box[EARLY] + row[t]
        t = t + 1 if old >= 3 or wires == 2 else following(row, t + 1)
    return wires
