"""Look-up tables as circuits of depth 3: their sizes by the papers' lemmas, and the circuits themselves, where tiny.

Two conventions. In the papers NOT is a gate: a level of NOTs, a level of ANDs (one a row of the table), a level of
ORs. In circuitsim NOT is free, so that the same circuit has depth 2 and fewer gates, by one NOT an input.
"""

import numpy as np
import numpy.typing as npt

from circuitsim.array_types import Array, Bools
from circuitsim.bases import AC0
from circuitsim.errors import InputError, LimitError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, OR
from circuitsim.netlist.unbounded_builder import UnboundedBuilder

MOST_INPUTS = 1 << 20  # bits of a table whose size is still written down
MOST_BUILT = 12  # bits of a table that is built


def lemma_2(inputs: int, outputs: int) -> int | None:
    """Gates of a table, each output on its own, NOTs included; None beyond 2^20 inputs.

    Source: 2106.16213, Lemma 2 (after Hao, Angluin and Frank): depth 3 and size at most d(2^c + c + 1).
    """
    return None if inputs > MOST_INPUTS else outputs * (2**inputs + inputs + 1)


def lemma_1(inputs: int, outputs: int) -> int | None:
    """Gates of a table whose outputs share their terms, NOTs included; None beyond 2^20 inputs.

    Source: 2207.00729, Lemma 1: depth 3 and size at most n^c + c log n + m, for c log n inputs and m outputs.
    """
    return None if inputs > MOST_INPUTS else 2**inputs + inputs + outputs


def lookup_circuit(table: npt.ArrayLike, shared: bool = False) -> Circuit:
    """The circuit of a table in ac0: an OR, for each output, of an AND for each row where it is 1.

    Args:
        table: (2^c, d) of 0 and 1, c from 1 to 12. Bit k of a row's number is input k.
        shared: outputs share the ANDs, as in Lemma 1 of 2207.00729; else each has its own, as in Lemma 2 of
            2106.16213, and one NOT of each input is counted for each output.

    Returns:
        A circuit of depth 2 where NOT is free. An output that is never 1 is the constant, without gates.

    Raises:
        InputError: not such a table.
        LimitError: more than 12 inputs.
    """
    rows = _checked(table)
    inputs = len(rows).bit_length() - 1
    builder = UnboundedBuilder(AC0.name, inputs)
    literals = np.asarray(builder.input_literals(), np.int32)
    unset = 1 - (np.arange(len(rows))[:, None] >> np.arange(inputs) & 1)
    minterms = (literals[None, :] ^ unset).astype(np.int32)
    if shared:
        ands = np.zeros(len(rows), np.int32)
        used = rows.any(axis=1)
        ands[used] = builder.gate(AND, minterms[used])
        terms = [ands[column] for column in rows.T]
    else:
        terms = [builder.gate(AND, minterms[column]) for column in rows.T]
    return builder.finish([_or(builder, wires) for wires in terms])


def _or(builder: UnboundedBuilder, wires: Array) -> int:
    return int(builder.gate(OR, wires[None, :])[0]) if len(wires) else 0


def _checked(table: npt.ArrayLike) -> Bools:
    values = np.asarray(table)
    rows = len(values) if values.ndim == 2 else 0
    if rows < 2 or rows & (rows - 1) or not np.isin(values, (0, 1)).all():
        raise InputError(
            f"a table is (2^c, d) of 0 and 1 with c at least 1, got an array of shape {values.shape}."
        )
    if rows > 1 << MOST_BUILT:
        raise LimitError(
            f"a table of {rows.bit_length() - 1} inputs is too large to build; up to {MOST_BUILT} are."
        )
    return values.astype(bool)
