"""Look-up tables as circuits, where they are tiny: what the papers' lemmas count."""

import numpy as np

from circuitsim.bases import AC0
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, OR
from circuitsim.netlist.unbounded_builder import UnboundedBuilder


def lookup_circuit(table: np.ndarray, shared: bool = False) -> Circuit:
    """The circuit of a table (2^c, d) of 0 and 1 in ac0: for each output an OR of an AND for each row where it is 1.

    Bit k of a row's number is input k. With `shared`, outputs share the ANDs, as in Lemma 1 of 2207.00729; else each
    has its own, as in Lemma 2 of 2106.16213. An output that is never 1 is the constant, without gates.
    """
    rows = np.asarray(table, bool)
    inputs = len(rows).bit_length() - 1
    builder = UnboundedBuilder(AC0.name, inputs)
    unset = 1 - (np.arange(len(rows))[:, None] >> np.arange(inputs) & 1)
    minterms = (builder.input_literals()[None, :] ^ unset).astype(np.int32)
    ands = np.zeros(len(rows), np.int32)
    if shared:
        used = rows.any(axis=1)
        ands[used] = builder.gate(AND, minterms[used])
    outputs = []
    for column in rows.T:
        terms = ands[column] if shared else builder.gate(AND, minterms[column])
        outputs.append(int(builder.gate(OR, terms[None, :])[0]) if len(terms) else 0)
    return builder.finish(outputs)
