"""Look-up cells: any function of the values of a few fields, as wires.

In bounded fan-in every component of the result is an offset plus bits, all bits of all components in one shared
decision diagram over the bits of the address: one mux a node, a level pair a bit. With threshold gates each
combination of values has one AND of literals, and the rest is weights.
"""

from functools import lru_cache
from typing import TypeAlias

import numpy as np

from circuitsim.errors import LimitError
from circuitsim.networks.forms import Ints
from circuitsim.numbers.scaled import narrow
from circuitsim.schematic.cells import FALSE, Cell, Literal, Recorder
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.tokens import Field

from .diagrams import draw_tables, words

Operand: TypeAlias = tuple[Field, Wires]  # wires (positions, w)
Found: TypeAlias = tuple[
    Ints, list[tuple[Wires, Ints]]
]  # a base (d,), and wires (positions, w) with columns (d, w)

MOST_ADDRESS_BITS = 20


def looked_up(drawing: Drawing, operands: list[Operand], rows: Ints) -> Found:
    """The rows (values, d) as bits, by a decision diagram.

    Raises:
        LimitError: more than 2^20 addresses.
    """
    widths = [(field.size - 1).bit_length() for field, _ in operands]
    if sum(widths) > MOST_ADDRESS_BITS:
        raise LimitError(
            f"a table of {sum(widths)} address bits is too large to look up; at most {MOST_ADDRESS_BITS}."
        )
    order = np.zeros(1, np.int64)
    for (field, _), width in zip(operands, widths, strict=True):
        index = np.minimum(np.arange(1 << width), field.size - 1)
        order = (order[:, None] * field.size + index).ravel()
    base = rows.min(axis=0)
    tables, columns = [], []
    for component, values in enumerate(narrow(rows.T - base[:, None])):
        for k in range(int(values.max()).bit_length()):
            chosen = (values >> k & 1).astype(bool)[order]
            if chosen.any():
                tables.append(np.packbits(chosen, bitorder="little").tobytes())
                column = np.array([0] * len(base), dtype=object)
                column[component] = 1 << k
                columns.append(column)
    if not tables:
        return base, []
    kinds = tuple(
        (field.wires == "one-hot" and field.size > 2, field.size) for field, _ in operands
    )
    cell = _diagram(kinds, tuple(tables))
    wires = drawing.call(cell, *(w for _, w in operands))
    return base, [(wires, np.stack(columns, axis=1))]


@lru_cache(maxsize=64)
def _diagram(kinds: tuple[tuple[bool, int], ...], tables: tuple[bytes, ...]) -> Cell:
    """The cell of functions given as truth tables (bit a of its bytes: the value at address a) of fields' values.

    Args:
        kinds: for each field whether it comes one-hot, and its size; else it comes as the bits of its index.
    """
    r = Recorder(*(size if hot else (size - 1).bit_length() for hot, size in kinds))
    address: list[Literal] = []  # most significant first
    for number, (hot, size) in enumerate(kinds):
        wires = r.argument(number)
        bits = [
            _either(r, [w for v, w in enumerate(wires) if v >> k & 1])
            for k in range((size - 1).bit_length())
        ]
        address += reversed(bits if hot else wires)
    outputs = draw_tables(r, address, words(tables))
    return r.cell(f"table of {len(tables)} bits", outputs)


def _either(r: Recorder, wires: list[Literal]) -> Literal:
    """OR as a balanced tree."""
    while len(wires) > 1:
        pairs = [r.or_(a, b) for a, b in zip(wires[::2], wires[1::2], strict=False)]
        wires = pairs + wires[2 * len(pairs) :]
    return wires[0] if wires else FALSE


def decoded(drawing: Drawing, operands: list[Operand], rows: Ints) -> Found:
    """The rows (values, d) as sums of columns over one AND gate for each combination of values."""
    base, marks = rows[0], combinations(drawing, operands)
    different = [row for row in range(len(rows)) if (rows[row] != base).any()]
    if not different:
        return base, []
    return base, [
        (marks.take(different, 1), np.stack([rows[row] - base for row in different], axis=1))
    ]


def combinations(drawing: Drawing, operands: list[Operand]) -> Wires:
    """One AND gate for each combination of values, the first field slowest: (positions, combinations)."""
    parts = []
    for axis, (field, wires) in enumerate(operands):
        literals = _literals(drawing, field, wires)
        parts.append(
            (literals.expand(*(1 + a for a in range(len(operands)) if a != axis)), 1)
        )
    marks = drawing.all(parts)
    while len(marks.shape) > 2:
        marks = drawing.concat(
            [marks.slice(1, v, v + 1).squeeze(1) for v in range(marks.shape[1])], 1
        )
    return marks


def _literals(drawing: Drawing, field: Field, wires: Wires) -> Wires:
    """For each value the wires whose AND says that the field has it: (positions, values, w)."""
    if field.wires == "one-hot" and field.size > 2:
        return wires.expand(2)
    both = drawing.concat([wires, ~wires], 1)
    width = field.width
    return drawing.concat(
        [
            both.take([k if v >> k & 1 else k + width for k in range(width)], 1).expand(1)
            for v in range(field.size)
        ],
        1,
    )
