"""What a model takes, in the papers' letters: layers, heads H, width m, and numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from circuitsim.models.any_model import AnyModel
from circuitsim.models.blocks import MAPS
from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import (
    PROJECTIONS,
    FeedForward,
    Head,
    Layer,
    Model,
    Norm,
    Readout,
)
from circuitsim.models.positions import PositionTable
from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet


@dataclass(frozen=True)
class Resources:
    """The resources of a model.

    Attributes:
        layers: of attention; 1 of a recurrent net; of ReLU units of a fully connected one.
        heads: the most of a layer.
        width: m, the most components of a head's keys or values; of a recurrent net's states; units of a fully
            connected net's first layer.
        parameters: numbers in its matrices and tables.
    """

    layers: int
    heads: int
    width: int
    parameters: int


def resources(model: AnyModel) -> Resources:
    """The resources of a model of any architecture."""
    return Resources(*RESOURCES[type(model)](model), parameters(model))


def parameters(model: AnyModel) -> int:
    """Numbers in the matrices, tables and initial states, and in the biases that are not zero."""
    count = len(model.embedding) * model.width + sum(
        _entries(table.rows) for table in model.tables
    )
    if isinstance(model.positions, PositionTable):
        count += _entries(model.positions.rows)
    return count + PARAMETERS[type(model)](model)


def _transformer(model: Model) -> tuple[int, int, int]:
    heads = [len(layer.heads) for layer in model.layers if layer.heads]
    width = max((max(len(head.key), len(head.value)) for head in model.heads), default=0)
    return len(heads), max(heads, default=0), width


def _recurrent(model: RecurrentNet) -> tuple[int, int, int]:
    return 1, 0, sum(cell.size for cell in model.cells)


def _connected(model: FullyConnected) -> tuple[int, int, int]:
    return len(model.layers), 0, len(model.layers[0].hidden) if model.layers else 0


RESOURCES: dict[type, Callable[[Any], tuple[int, int, int]]] = {
    Model: _transformer,
    RecurrentNet: _recurrent,
    FullyConnected: _connected,
}


def _of_layer(layer: Layer) -> int:
    net = 0 if layer.feed_forward is None else _of_net(layer.feed_forward)
    norms = _of_norm(layer.attention_norm) + _of_norm(layer.net_norm)
    return sum(map(_of_head, layer.heads)) + _bias(layer.output_bias) + net + norms


def _of_norm(norm: Norm | None) -> int:
    return 0 if norm is None else len(norm.gain) + _bias(norm.bias)


def _of_head(head: Head) -> int:
    matrices = sum(_entries(getattr(head, name)) for name in (*PROJECTIONS, "output"))
    return matrices + sum(_bias(getattr(head, f"{name}_bias")) for name in PROJECTIONS)


def _of_net(net: FeedForward) -> int:
    maps = sum(_entries(getattr(net, name)) for name in MAPS)
    return maps + sum(_bias(getattr(net, f"{name}_bias")) for name in MAPS)


def _of_net_cell(cell: NetCell) -> int:
    return len(cell.initial) + sum(map(_of_net, cell.nets))


def _of_automaton(cell: Automaton) -> int:
    return _entries(cell.moves) + (0 if cell.one_hot else _entries(cell.rows))


def _of_readout(readout: Readout) -> int:
    return _entries(readout.weights) + _bias(readout.bias)


def _entries(rows: Iterable[Any]) -> int:
    return sum(len(row) for row in rows)


def _bias(values: Any) -> int:
    """Entries of a bias, none of a zero one."""
    return len(values) if any(values) else 0


def _all(*parts: Iterable[Any]) -> int:
    """The numbers of all parts, each counted as its kind is."""
    return sum(PARTS[type(part)](part) for some in parts for part in some)


PARTS: dict[type, Callable[[Any], int]] = {
    Layer: _of_layer,
    FeedForward: _of_net,
    NetCell: _of_net_cell,
    Automaton: _of_automaton,
    Readout: _of_readout,
}
# Of a model, beside the rows of its tokens and positions.
PARAMETERS: dict[type, Callable[[Any], int]] = {
    Model: lambda model: (
        _all(model.layers, [model.readout])
        + _of_norm(model.embedding_norm)
        + _of_norm(model.final_norm)
    ),
    RecurrentNet: lambda model: _all(model.cells, model.nets, [model.readout]),
    FullyConnected: lambda model: _all(model.layers, model.readouts),
}
