"""What a recurrent or fully connected net is, as facts that can be printed."""

from dataclasses import dataclass
from typing import Any

from circuitsim.analysis.description import bias_size, irrational, matrix_size, net_parameters, position_facts
from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import FeedForward, PositionTable, Readout
from circuitsim.models.nets import Rival
from circuitsim.models.recurrent import Automaton, Cell, RecurrentNet


@dataclass(frozen=True)
class RivalFacts:
    """A net in numbers and words.

    Args:
        kind: "recurrent" or "fully-connected". n: the one length it is for, or None.
        width: of a token's row. cells: of a recurrent net, forward and backward.
        hidden: hidden size of each net before the read-out, or of each layer.
        parameters: numbers in all matrices and tables, and in the biases that are not zero; of an automaton the
            entries of its table.
    """

    name: str
    kind: str
    n: int | None
    vocabulary: list[str]
    fields: list[dict[str, Any]]
    width: int
    cells: list[dict[str, Any]]
    hidden: list[int]
    parameters: int
    readout: dict[str, Any]
    bits: str
    positions: dict[str, Any] | None
    irrational: list[str]


def describe_rival(model: RecurrentNet | FullyConnected) -> RivalFacts:
    """The facts of a net."""
    recurrent = isinstance(model, RecurrentNet)
    nets = model.nets if isinstance(model, RecurrentNet) else model.layers
    return RivalFacts(
        name=model.name,
        kind="recurrent" if recurrent else "fully-connected",
        n=None if isinstance(model, RecurrentNet) else model.n,
        vocabulary=list(model.vocabulary),
        fields=[{"name": f.name, "values": f.size, "wires": f.width, "where": f.where} for f in model.fields],
        width=model.width,
        cells=[_cell_facts(cell) for cell in model.cells] if isinstance(model, RecurrentNet) else [],
        hidden=[len(net.hidden) for net in nets],
        parameters=rival_parameters(model),
        readout={"position": model.readout.position, "rows": len(model.readout.weights)},
        bits=model.bits,
        positions=position_facts(model.positions),
        irrational=irrational(model),
    )


def rival_parameters(model: RecurrentNet | FullyConnected) -> int:
    """Numbers in the matrices, tables and initial states, and in the biases that are not zero."""
    readouts: tuple[Readout, ...]
    if isinstance(model, RecurrentNet):
        readouts, nets = (model.readout,), model.nets
        inner = sum(_cell_parameters(cell) for cell in model.cells)
    else:
        readouts, nets, inner = model.readouts, model.layers, 0
    read = sum(matrix_size(readout.weights) + bias_size(readout.bias) for readout in readouts)
    return _token_parameters(model) + inner + _stack_parameters(nets) + read


def _token_parameters(model: Rival) -> int:
    count = len(model.embedding) * model.width + sum(matrix_size(table.rows) for table in model.tables)
    return count + (matrix_size(model.positions.rows) if isinstance(model.positions, PositionTable) else 0)


def _stack_parameters(nets: tuple[FeedForward, ...]) -> int:
    return sum(net_parameters(net) for net in nets)


def _cell_parameters(cell: Cell) -> int:
    if isinstance(cell, Automaton):
        return matrix_size(cell.moves) + (0 if cell.one_hot else matrix_size(cell.rows))
    return len(cell.initial) + _stack_parameters(cell.nets)


def _cell_facts(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, Automaton):
        return {"kind": "automaton", "states": len(cell.states), "code_bits": cell.code_bits}
    hidden = [len(net.hidden) for net in cell.nets]
    return {"kind": "nets", "state": cell.size, "hidden": hidden, "reads_state": cell.reads_state}
