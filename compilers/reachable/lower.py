"""The schematic of a hard-attention model in circuits of AND and OR, exact without rounding.

Probes: "residual0" to "residualL" are the stream before the first layer and after every layer, as integers over the
denominators in `schematic.interface["denominators"]`, at the positions that the answer depends on, which are the
ranges in `schematic.interface["probe_positions"]`; after the last layer those from the first to the last read-out.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import LimitError
from circuitsim.models.model import Model
from circuitsim.netlist.interface import Digits
from circuitsim.networks.trace import decide
from circuitsim.numbers.scaled import Array, Scaled, affine
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.schematic import Schematic

from ..interface import interface
from .codes import Codes, letter_literals
from .gates import Budget
from .plan import Plan, plan
from .reach import MAX_TIES, MAX_WIRES, Query, Reached, reach
from .terms import Writer

Ints = NDArray[np.int64]
LONGEST = 1 << 13  # letters


def draw_reachable(
    model: Model,
    n: int,
    drawing: Drawing,
    max_ties: int = MAX_TIES,
    max_wires: int = MAX_WIRES,
) -> Schematic:
    """The circuit of `model` on n letters, equal to the exact model; `drawing.optimize` picks the form (`plan`).

    Raises:
        LimitError: a saturated head may average more than `max_ties` keys, or the gates read more than `max_wires`
            wires.
        ModelError: a head is softmax.
    """
    if model.fields:
        raise LimitError(
            f"{model.name}: tokens are records of fields, and ac0 is built for letters only; take --basis xag, aig or"
            " tc0."
        )
    if n > LONGEST:
        raise LimitError(
            f"--basis ac0 looks at every position's values, for n up to {LONGEST:,}; n is {n:,}."
        )
    return _Lowering(reach(model, n, max_ties, max_wires), drawing, max_wires).run()


class _Lowering:
    """The layers drawn so far: `wires` (w,) start with the constant false, `literals` are those of `codes`."""

    def __init__(self, reached: Reached, drawing: Drawing, max_wires: int) -> None:
        model, n = reached.model, reached.n
        self.reached, self.drawing = reached, drawing
        self.budget = Budget(max_wires, f"{model.name} at n={n}")
        letters = len(model.vocabulary)
        letter_wires = drawing.input((n * (1 if letters == 2 else letters),))
        self.wires = drawing.concat([drawing.fill((1,), False), letter_wires], 0)
        self.literals = letter_literals(model, n, reached.codes[0])
        self.digits: Digits | None = None  # of an answer that is a number

    def run(self) -> Schematic:
        """Draw everything."""
        reached, last = self.reached, len(self.reached.layers) - 1
        self._probe(0)
        outputs = None
        for index, queries in enumerate(reached.layers):
            if index == last:
                outputs = self._decide(index, queries)
            self._layer(index, queries)
            self._probe(index + 1)
        if outputs is None:
            outputs = self._decide(0, _standing(reached.codes[0]))
        said = interface(reached.model, reached.n, None, self.digits)
        return self.drawing.finish([outputs], said | _shown(reached))

    def _layer(self, index: int, queries: Sequence[Query]) -> None:
        """From the codes before a layer to those after it."""
        after = self.reached.codes[index + 1]
        made = self._plan(index, queries, [query.results for query in queries], len(after))
        wires, used = self._draw(index, made), made.targets >> 1
        kept = np.unique(np.concatenate([[0], used]))
        self.wires = wires.take(kept.tolist(), 0)
        self.literals = 2 * np.searchsorted(kept, used) + (made.targets & 1)

    def _decide(self, index: int, queries: Sequence[Query]) -> Wires:
        """The decisions, (positions, classes), straight from the last layer's terms."""
        readout, after = self.reached.model.readout, self.reached.codes[-1]
        outputs = affine(readout.weights, after.values[after.vectors], readout.bias)
        if readout.answer == "number":
            return self._number(index, queries, outputs[:, 0])
        classes = max(2, len(readout.weights))
        wires, literals = self._chosen(index, queries, decide(outputs.numerators), classes)
        kept = slice(None) if len(readout.weights) > 1 else slice(1, None, 2)
        with self.drawing.scope("readout"):
            found = _literals(self.drawing, wires, literals[kept])
            return rows(self.drawing, found, len(readout.weights))

    def _number(self, index: int, queries: Sequence[Query], outputs: Scaled) -> Wires:
        """Bits of the numbers, (positions, w): each an OR of the values that have it, which are one-hot."""
        values, which = np.unique(outputs.numerators.astype(object), return_inverse=True)
        unit = gcd(*(values - values[0])) or 1
        width = max(1, int((values[-1] - values[0]) // unit).bit_length())
        self.digits = Digits(
            Fraction(int(values[0]), outputs.denominator),
            Fraction(unit, outputs.denominator),
            width,
        )
        bits = self.digits.bits(Scaled(values, outputs.denominator).fractions())
        wires, literals = self._chosen(index, queries, which, len(values))
        hot = literals.reshape(-1, len(values))
        with self.drawing.scope("readout"):
            ors = [row[chosen] for row in hot for chosen in bits.T]
            starts = np.cumsum([0, *map(len, ors)])
            joined = np.concatenate(ors)
            found = self.drawing.ragged("any", wires, joined >> 1, joined & 1, starts)
            return rows(self.drawing, found, width)

    def _chosen(
        self, index: int, queries: Sequence[Query], choices: Ints, classes: int
    ) -> tuple[Wires, Ints]:
        """One-hot which of some classes the last codes choose: literals (positions * classes,) of wires."""
        after = self.reached.codes[-1]
        targets = (after.positions - after.span[0]) * classes + choices
        count = (after.span[1] - after.span[0]) * classes
        made = self._plan(
            index, queries, [targets[query.results] for query in queries], count
        )
        return self._draw(index, made, "readout"), made.targets

    def _plan(
        self, index: int, queries: Sequence[Query], targets: Sequence[Ints], count: int
    ) -> Plan:
        writer = Writer(
            self.reached.codes[index], self.literals, self.reached.sets if index else None
        )
        return plan(
            writer,
            self.wires.shape[0],
            queries,
            targets,
            count,
            self.drawing.optimize,
            self.budget,
        )

    def _draw(self, index: int, made: Plan, last: str = "") -> Wires:
        """All wires so far and the gates of a plan, those that unite terms under the scope `last` if given."""
        wires, drawing, layers = self.wires, self.drawing, self.reached.model.layers
        place = (
            f"layer{index}/head0"
            if layers and len(layers[index].heads) == 1
            else f"layer{index}"
        )
        for table in made.tables:
            with drawing.scope(
                last if last and table.name == "codes" else f"{place}/{table.name}"
            ):
                gates = drawing.ragged(
                    table.kind, wires, table.literals >> 1, table.literals & 1, table.starts
                )
            wires = drawing.concat([wires, gates], 0)
        return wires

    def _probe(self, boundary: int) -> None:
        """The stream at a layer boundary: bits of every component's distance from its least value."""
        codes = self.reached.codes[boundary]
        low, weights, bits = _in_bits(codes.values)
        code, column = np.nonzero(bits[codes.vectors])
        columns, count = bits.shape[1], codes.span[1] - codes.span[0]
        where = (codes.positions[code] - codes.span[0]) * columns + column
        order = np.argsort(where, kind="stable")
        literals = self.literals[code[order]]
        starts = np.searchsorted(where[order], np.arange(columns * count + 1))
        with self.drawing.scope("probes"):
            found = self.drawing.ragged(
                "any", self.wires, literals >> 1, literals & 1, starts
            )
            parts = [(rows(self.drawing, found, columns), weights)] if columns else []
        self.drawing.probe(f"residual{boundary}", parts, low)


def _in_bits(values: Scaled) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Numerators (vectors, d) as low (d,) + weights (d, b) @ bits (vectors, b), in Python integers."""
    numerators = values.numerators.astype(object)
    low = numerators.min(axis=0)
    above = numerators - low
    widths = [int(most).bit_length() for most in above.max(axis=0)]
    weights = np.zeros((len(widths), sum(widths)), dtype=object)
    columns: list[Array] = []
    for component, width in enumerate(widths):
        for bit in range(width):
            weights[component, len(columns)] = 1 << bit
            columns.append(above[:, component] >> bit & 1)
    bits = np.array(columns, dtype=bool).reshape(len(columns), len(numerators)).T
    return low, weights, bits


def _shown(reached: Reached) -> dict[str, Any]:
    """What each probe shows: integers over a denominator, at some positions of a residual of the trace."""
    return {
        "denominators": [int(codes.values.denominator) for codes in reached.codes],
        "probe_residuals": list(range(len(reached.codes))),
        "probe_positions": [list(codes.span) for codes in reached.codes],
    }


def rows(drawing: Drawing, wires: Wires, columns: int) -> Wires:
    """A row of wires (r * columns,) as (r, columns)."""
    count = wires.shape[0] // columns
    return drawing.concat(
        [wires.slice(0, k * columns, (k + 1) * columns).expand(0) for k in range(count)], 0
    )


def _literals(drawing: Drawing, wires: Wires, literals: Ints) -> Wires:
    """The wires of some literals (literals,)."""
    return drawing.ragged(
        "any", wires, literals >> 1, literals & 1, np.arange(len(literals) + 1)
    )


def _standing(codes: Codes) -> list[Query]:
    """The queries of a model without layers: every code stays what it is."""
    nothing = np.zeros((1, 0), np.int64)
    return [
        Query(code, (), nothing, nothing, np.array([code], np.int64))
        for code in range(len(codes))
    ]
