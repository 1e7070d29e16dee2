"""From input wires to the residual stream: letters, records of fields, tables of them, and positions.

What is linear in the wires is wiring. A table that is not is looked up: in bounded fan-in by a shared decision
diagram on the bits of its fields (`lookup`), with thresholds by one AND for every combination of values.
"""

import numpy as np
import numpy.typing as npt

from circuitsim.bases import BASES
from circuitsim.models.embedded import Embedded
from circuitsim.models.tables import fields_of
from circuitsim.networks.forms import Ints, Stream
from circuitsim.numbers.scaled import narrow, product
from circuitsim.schematic.drawing import Drawing, Wires

from .lookup import Found, Operand, decoded, looked_up
from .residual import Block, Positions, Residual, of_numbers


def embed(
    drawing: Drawing, model: Embedded, n: int, stream: Stream, positions: Positions
) -> Residual:
    """The stream before the first layer: letters are inputs, constant tokens and positions are constants."""
    with drawing.scope("embedding"):
        if model.fields:
            blocks, offset = _records(drawing, model, n, stream)
        else:
            wires, matrix, offset = _letters(drawing, model, n, stream.tables[0])
            blocks = [Block(wires, matrix)] if matrix.size else []
        if stream.positions is not None:
            rows = []
            for component in range(model.width):
                values = stream.positions[:, component]
                low, high = int(values.min()), int(values.max())
                offset[component] += low
                width = (high - low).bit_length()
                if width:
                    column = np.zeros(model.width, dtype=object)
                    column[component] = 1
                    rows.append((_feature(drawing, values, low, width, positions), column))
            blocks += of_numbers(drawing, rows)
    return Residual(drawing, tuple(blocks), offset, stream, model.length(n))


def _feature(
    drawing: Drawing, values: Ints, low: int, width: int, positions: Positions
) -> Wires:
    """Bits (length, width) of a position feature less its smallest value."""

    def table() -> npt.NDArray[np.bool_]:
        return np.array(
            [[(int(v) - low) >> k & 1 for k in range(width)] for v in values], bool
        )

    return (
        drawing.wired((len(values), width), table)
        if positions == "wired"
        else drawing.constant(table())
    )


def _letters(
    drawing: Drawing, model: Embedded, n: int, tokens: Ints
) -> tuple[Wires, Ints, Ints]:
    """Wires (length, w) that choose the token, their matrix (d, w) and the offset (d,)."""
    letters = len(model.vocabulary)
    binary = letters == 2
    own = 1 if binary else letters
    base = tokens[0] if binary else np.array([0] * model.width, dtype=object)
    rows = [tokens[1] - base] if binary else [tokens[a] for a in range(letters)]
    rows += [tokens[letters + k] - base for k in range(len(model.constants))]
    inputs = drawing.input((n, own))
    if model.constants:
        inputs = drawing.concat([inputs, drawing.fill((n, len(model.constants)), False)], 1)
    pieces = [inputs]
    for where, group in ((0, model.prepend), (1, model.append)):
        if group:
            table = drawing.constant([_code(model, t) for t in group])
            pieces.insert(0 if where == 0 else len(pieces), table)
    matrix = np.stack(rows, axis=1)
    return drawing.concat(pieces, 0), matrix, base.astype(object)


def _code(model: Embedded, token: str) -> list[bool]:
    """A constant token in the code of the letters' wires."""
    letters, index = len(model.vocabulary), model.tokens.index(token)
    own = [index == 1] if letters == 2 else [index == a for a in range(letters)]
    return own + [index == letters + k for k in range(len(model.constants))]


def _records(
    drawing: Drawing, model: Embedded, n: int, stream: Stream
) -> tuple[list[Block], Ints]:
    """The blocks of all tables of fields and of the constant tokens, and the offset (d,)."""
    inputs = {
        field.name: drawing.input((int(field.present(n).sum()), field.width))
        for field in model.fields
    }
    length = model.length(n)
    blocks: list[Block] = []
    offset = np.array([0] * model.width, dtype=object)
    for table, numbers in zip(model.tables, stream.tables, strict=False):
        fields = fields_of(model, table)
        present = np.all([field.present(n) for field in fields], axis=0)
        where = len(model.prepend) + np.flatnonzero(present)
        if not len(where):
            continue
        operands = [
            (field, _at(inputs[field.name], present[field.present(n)])) for field in fields
        ]
        with drawing.scope("table of " + ", ".join(table.fields)):
            base, found = _map(drawing, operands, numbers[: len(table.rows)])
        among = frozenset(where.tolist())
        blocks += [
            Block(_placed(drawing, wires, where, length), columns, among=among)
            for wires, columns in found
        ]
        if len(where) == length:
            offset = offset + base
        elif base.any():
            blocks.append(
                Block(
                    drawing.constant(np.isin(np.arange(length), where)[:, None]),
                    base[:, None],
                    among=among,
                )
            )
    if model.constants:
        whole = [*model.prepend, *[""] * n, *model.append]
        marks = [[token == name for name in model.constants] for token in whole]
        blocks.append(Block(drawing.constant(marks), stream.tables[-1][:-1].T))
    return blocks, offset


def _map(drawing: Drawing, operands: list[Operand], rows: Ints) -> Found:
    """The rows (values, d) that a token's values choose, as a base (d,) and wires with columns (d, w)."""
    operands = [(field, wires) for field, wires in operands if field.size > 1]
    if not operands:
        return rows[0], []
    if len(operands) == 1:
        (field, wires), base = operands[0], rows[0]
        if field.wires == "one-hot" and field.size > 2:
            return rows[0] * 0, [(wires, rows.T)]
        columns = [rows[1 << k] - base for k in range(field.width)]
        table = np.array(columns, dtype=object).reshape(field.width, -1)
        bits = np.arange(field.size)[:, None] >> np.arange(field.width) & 1
        if (product(bits, narrow(table)) == narrow(rows - base)).all():
            return base, [(wires, table.T)] if table.any() else []
    look_up = decoded if BASES[drawing.basis].unbounded else looked_up
    return look_up(drawing, operands, rows)


def _at(wires: Wires, chosen: npt.NDArray[np.bool_]) -> Wires:
    return (
        wires if chosen.all() else wires.take([int(at) for at in np.flatnonzero(chosen)], 0)
    )


def _placed(
    drawing: Drawing, wires: Wires, where: npt.NDArray[np.int64], length: int
) -> Wires:
    """Wires (m, w) at m positions of a sequence, and constant zeros elsewhere: (length, w)."""
    if len(where) == length:
        return wires
    order = np.full(length, len(where))
    order[where] = np.arange(len(where))
    padded = drawing.concat([wires, drawing.fill((1, wires.shape[1]), False)], 0)
    return padded.take([int(at) for at in order], 0)
