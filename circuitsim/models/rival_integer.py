"""Integer runs of recurrent and fully connected nets on many strings; the intervals say that nothing overflows."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.models.integer import IntegerTrace
from circuitsim.models.rival_fixed import FixedAutomaton, FixedCell, FixedConnected, FixedRival, FixedStage
from circuitsim.models.tables import table_rows
from circuitsim.models.trace import decide
from circuitsim.numbers.rounding import drop_bits_each
from circuitsim.numbers.scaled import same_type_product
from circuitsim.tokens import Codes

Array: TypeAlias = npt.NDArray[Any]


def run_integer_rival(fixed: FixedRival, codes: Codes) -> IntegerTrace:
    """Run the integer model on token codes (batch, n)."""
    kind = np.dtype(np.int64 if fixed.largest <= 62 else object)
    chosen = zip(fixed.embedded.tables, table_rows(fixed.model, codes), strict=True)
    x: Array = sum((table.astype(kind)[rows] for table, rows in chosen), np.zeros((), kind))
    if fixed.embedded.positions is not None:
        x = x + fixed.embedded.positions.astype(kind)
    residuals, exponents, b = [x], [fixed.bits], fixed.bits
    fine = x * (1 << b)
    if isinstance(fixed, FixedConnected):
        y = fine.reshape(len(codes), -1)
        for stage in fixed.stages:
            y = _after(stage, y)
            residuals.append(y[:, None])
        outputs = np.stack([readout.apply(y) for readout in fixed.readouts], axis=1)
    else:
        states = [_states(cell, fine, codes) for cell in fixed.cells]
        residuals += [np.stack([found[place] for place in sorted(found)], axis=1) for found in states]
        read = []
        for place, how in zip(fixed.model.readout_positions(fixed.n), fixed.reads, strict=True):
            y = np.concatenate([*(found[place] for found in states), fine[:, place]], axis=1)
            for stage in how.stages:
                y = _after(stage, y)
            read.append(how.affine.apply(y))
        outputs = np.stack(read, axis=1)
    exponents += [2 * b] * (len(residuals) - 1)
    return IntegerTrace(tuple(residuals), tuple(exponents), outputs, fixed.output_exponent, decide(outputs))


def _states(cell: FixedCell, fine: Array, codes: Codes) -> dict[int, Array]:
    """The states (batch, s) after each position, by position."""
    found = {}
    if isinstance(cell, FixedAutomaton):
        moves, state = np.array(cell.cell.moves, np.int64), np.full(len(codes), cell.cell.initial)
        rows = cell.rows.astype(fine.dtype)
        for place in cell.span:
            state = moves[state, codes[:, place]]
            found[place] = rows[state]
        return found
    h = np.tile(cell.initial.constant.astype(fine.dtype), (len(codes), 1))
    for place, step in zip(cell.span, cell.steps, strict=True):
        y = np.concatenate([h, fine[:, place]], axis=1)
        for stage in step.stages:
            y = _after(stage, y)
        h = h + y if cell.cell.residual else y
        found[place] = h
    return found


def _after(stage: FixedStage, x: Array) -> Array:
    net = stage.net
    relu = np.maximum(drop_bits_each(net.hidden.apply(x), net.shifts), 0)
    added = same_type_product(relu, net.columns.astype(x.dtype, copy=False)) + net.bias.astype(x.dtype)
    return np.asarray(x + added if stage.residual else added)
