"""Depth against log2 n and size against n of one and two layers in fan-in 2, fitted: n = 2^4 to 2^20.

The reference head (8-bit values, scores of 2 log2 n bits), saturated and hard; and a head of fixed precision, whose
scores do not widen with n, so that its slope is that of counting (published: 3.71 log2 n in xag; a tournament adds).
"""

import numpy as np
from circuitsim.compilers.bounded.division import quotient
from circuitsim.compilers.bounded.maximum import maximum, winner
from circuitsim.compilers.residual import powers
from reference_head import GUARD, VALUE, draw

from circuitsim.analysis.growth.fits import fit_log, fit_power
from circuitsim.bases import BasisName
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.schematic import Schematic

ASKED = {("saturated", "xag", 1): 12, ("saturated", "aig", 1): 14}


def hard(log_n: int, basis: BasisName, layers: int) -> Schematic:
    """The reference head with the leftmost maximum: its value travels with the tournament."""
    n = 1 << log_n
    drawing = Drawing(basis)
    value = drawing.input((n, VALUE))
    position = drawing.wired(
        (n, log_n), lambda: (np.arange(n)[:, None] >> np.arange(log_n)) & 1
    )
    number = position
    for _ in range(layers):
        score = _scores(drawing, number, number)
        value = winner(drawing, score, value.expand(0), "left").squeeze(1)
        number = drawing.sum([(position, powers(log_n)), (value, powers(VALUE))], 0, log_n)
    return drawing.finish([value])


def fixed(log_n: int, basis: BasisName, layers: int) -> Schematic:
    """Scores are products of two 4-bit parts of the values, whatever n; means of 8-bit values with 4 guard bits."""
    n = 1 << log_n
    drawing = Drawing(basis)
    value = drawing.input((n, VALUE))
    for _ in range(layers):
        score = _scores(drawing, value.slice(1, 0, 4), value.slice(1, 4, 8))
        selected = drawing.all([(~(score ^ maximum(drawing, score)), 1)])
        count = drawing.sum([(selected, [1])], 0, log_n + 1)
        terms = selected.expand(2) & value.expand(0)
        total = drawing.sum(
            [(terms, powers(VALUE).reshape(1, -1) << GUARD)], 0, VALUE + GUARD + log_n
        )
        value = quotient(drawing, total, count, VALUE + GUARD).slice(1, GUARD, GUARD + VALUE)
    return drawing.finish([value])


def _scores(drawing: Drawing, query: Wires, key: Wires) -> Wires:
    a, b = query.shape[1], key.shape[1]
    pairs = query.expand(1, 3) & key.expand(0, 2)
    return drawing.sum([(pairs, np.outer(powers(a), powers(b)))], 0, a + b)


HEADS = {
    "saturated": lambda log_n, basis, layers: draw(log_n, basis, layers)[0],
    "hard": hard,
    "fixed precision": fixed,
}


def main(smallest: bool = False) -> None:
    sizes, middle = (range(2, 6), 4) if smallest else (range(4, 21), 10)
    titles = ["head", "basis", "layers", f"depth at 2^{middle}", f"at 2^{sizes[-1]}", "a", "b", "residual",
              "asked a", "gates ~ n^e", "e at the end"]  # fmt: skip
    print("  ".join(f"{t:>13}" for t in titles))
    for name, make in HEADS.items():
        for basis in ("xag", "aig"):
            for layers in (1, 2):
                costs = {1 << k: make(k, basis, layers).measure() for k in sizes}
                depth = fit_log(list(costs), [c.depth for c in costs.values()], "depth")
                size = fit_power(list(costs), [c.gates for c in costs.values()], "gates")
                assert depth is not None
                assert size is not None
                asked = ASKED.get((name, basis, layers), "")
                cells = [name, basis, layers, costs[1 << middle].depth, costs[1 << sizes[-1]].depth, f"{depth.a:.2f}",
                         f"{depth.b:.1f}", f"{depth.residual:.1f}", asked and f"<= {asked}", f"{size.exponent:.3f}",
                         f"{size.local:.3f}"]  # fmt: skip
                print("  ".join(f"{c!s:>13}" for c in cells))


if __name__ == "__main__":
    main()
