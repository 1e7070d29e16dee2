"""What a model or a circuit is, as facts that can be printed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from circuitsim.analysis.resources import parameters
from circuitsim.errors import ModelError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.connected import FullyConnected
from circuitsim.models.expressions import expression
from circuitsim.models.model import FeedForward, Head, Model
from circuitsim.models.positions import PositionExpressions, PositionTable
from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import by_scope, depth, gates_by_kind, wires

TRIED = 16  # sequence lengths at which expressions are asked whether they are exact


@dataclass(frozen=True)
class ModelFacts:
    """A transformer in numbers and words.

    Args:
        kind: "model". heads: of each layer. feed_forward: hidden size of each layer, 0 where it has no net.
        parameters: numbers in all matrices and tables, and in the biases that are not zero.
        gap_bits, weight_bits: how softmax is rounded, where there is any.
        rotary: the bases of the angles by which queries and keys are turned.
        longest: positions of the longest sequence that it is for; None: any.
        norms, activations: each kind that occurs, once, with where it stands and whether there is a gate.
        inner: whether the integer model rounds more than it must.
        attention, masks, score_bits: each kind that occurs, once; kinds of third order say so.
        prepend, append: constant tokens.
        positions: None, ("table", rows), or the expressions.
        irrational: the expressions whose values are rounded to float64, as seen at lengths up to 16.
    """

    name: str
    vocabulary: list[str]
    fields: list[dict[str, Any]]
    layers: int
    heads: list[int]
    width: int
    feed_forward: list[int]
    parameters: int
    attention: list[str]
    masks: list[str]
    readout: dict[str, Any]
    bits: str
    prepend: list[str]
    append: list[str]
    positions: dict[str, Any] | None
    irrational: list[str]
    score_bits: list[int]
    gap_bits: str | None
    weight_bits: str | None
    rotary: list[str]
    longest: int | None
    norms: list[str]
    activations: list[str]
    inner: str
    kind: str = "model"


@dataclass(frozen=True)
class NetFacts:
    """A recurrent or fully connected net in numbers and words.

    Args:
        kind: "recurrent" or "fully-connected". n: the one length it is for, or None.
        width: of a token's row. cells: of a recurrent net, forward and backward.
        hidden: hidden size of each net before the read-out, or of each layer. activations: of all nets, each once.
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
    activations: list[str]
    parameters: int
    readout: dict[str, Any]
    bits: str
    positions: dict[str, Any] | None
    irrational: list[str]


@dataclass(frozen=True)
class CircuitFacts:
    """A flat circuit in numbers; what its file does not say is None.

    Attributes:
        number: where the outputs at a position are a number, its `offset` and the `scale` of its bits.
    """

    model: str | None
    vocabulary: list[str] | None
    basis: str
    n: int | None
    bits: int | None
    inputs: int
    outputs: int
    number: dict[str, str] | None
    gates: int
    depth: int
    wires: int
    gates_by_kind: dict[str, int]
    scopes: list[dict[str, Any]]


def describe_model(model: AnyModel) -> ModelFacts | NetFacts:
    """The facts of a model of any architecture."""
    return FACTS[type(model)](model)


def _transformer(model: Model) -> ModelFacts:
    heads = model.heads
    return ModelFacts(
        name=model.name,
        vocabulary=list(model.vocabulary),
        fields=_fields(model),
        layers=len(model.layers),
        heads=[len(layer.heads) for layer in model.layers],
        width=model.width,
        feed_forward=[
            len(layer.feed_forward.hidden) if layer.feed_forward else 0
            for layer in model.layers
        ],
        parameters=parameters(model),
        attention=list(dict.fromkeys(_kind(head) for head in heads)),
        masks=list(dict.fromkeys(head.mask for head in heads)),
        readout=_readout(model),
        bits=model.bits,
        prepend=list(model.prepend),
        append=list(model.append),
        positions=_positions(model.positions),
        irrational=_irrational(model),
        score_bits=sorted({head.score_bits for head in heads if head.score_bits is not None}),
        gap_bits=model.gap_bits if model.has_softmax else None,
        weight_bits=model.weight_bits if model.has_softmax else None,
        rotary=[str(base) for base in model.rotary],
        longest=model.longest,
        norms=_norms(model),
        activations=_activations(
            [layer.feed_forward for layer in model.layers if layer.feed_forward]
        ),
        inner=model.inner,
    )


def _recurrent(model: RecurrentNet) -> NetFacts:
    return _net(
        model,
        n=None,
        cells=[CELLS[type(cell)](cell) for cell in model.cells],
        nets=model.nets,
    )


def _connected(model: FullyConnected) -> NetFacts:
    return _net(model, n=model.n, cells=[], nets=model.layers)


def _net(
    model: RecurrentNet | FullyConnected,
    n: int | None,
    cells: list[dict[str, Any]],
    nets: Sequence[FeedForward],
) -> NetFacts:
    return NetFacts(
        name=model.name,
        kind=model.architecture,
        n=n,
        vocabulary=list(model.vocabulary),
        fields=_fields(model),
        width=model.width,
        cells=cells,
        hidden=[len(net.hidden) for net in nets],
        activations=_activations(
            [*nets, *(net for cell in getattr(model, "cells", ()) for net in _nets(cell))]
        ),
        parameters=parameters(model),
        readout=_readout(model),
        bits=model.bits,
        positions=_positions(model.positions),
        irrational=_irrational(model),
    )


def _nets(cell: NetCell | Automaton) -> Sequence[FeedForward]:
    return cell.nets if isinstance(cell, NetCell) else ()


def _activations(nets: Sequence[FeedForward]) -> list[str]:
    return list(
        dict.fromkeys(f"{net.activation}{' with a gate' * bool(net.gate)}" for net in nets)
    )


def _norms(model: Model) -> list[str]:
    """Such as "layer norm before, eps 1e-05"."""
    placed = [(model.embedding_norm, "of the embedding")]
    for layer in model.layers:
        placed += [(norm, layer.norms) for norm in (layer.attention_norm, layer.net_norm)]
    placed.append((model.final_norm, "before the read-out"))
    words = [
        f"{norm.kind} norm {where}, eps {float(norm.eps):g}" for norm, where in placed if norm
    ]
    return list(dict.fromkeys(words))


def _net_cell(cell: NetCell) -> dict[str, Any]:
    hidden = [len(net.hidden) for net in cell.nets]
    return {
        "kind": "nets",
        "state": cell.size,
        "hidden": hidden,
        "reads_state": cell.reads_state,
    }


def _automaton(cell: Automaton) -> dict[str, Any]:
    return {"kind": "automaton", "states": len(cell.states), "code_bits": cell.code_bits}


def _fields(model: AnyModel) -> list[dict[str, Any]]:
    return [
        {"name": f.name, "values": f.size, "wires": f.width, "where": f.where}
        for f in model.fields
    ]


def _readout(model: AnyModel) -> dict[str, Any]:
    readout = model.readout
    return {
        "position": readout.position,
        "rows": len(readout.weights),
        "answer": readout.answer,
    }


def _positions(
    positions: PositionTable | PositionExpressions | None,
) -> dict[str, Any] | None:
    """None, ("table", rows), or the expressions."""
    if isinstance(positions, PositionTable):
        return {"table": len(positions.rows)}
    return None if positions is None else {"expressions": list(positions.components)}


def describe_circuit(circuit: Circuit) -> CircuitFacts:
    """The facts of a flat circuit."""

    def said(key: str, kind: type) -> Any:
        value = circuit.interface.get(key)
        return value if type(value) is kind else None

    vocabulary = said("vocabulary", list)
    return CircuitFacts(
        model=said("model", str),
        vocabulary=None if vocabulary is None else [str(token) for token in vocabulary],
        basis=circuit.basis,
        n=said("n", int),
        bits=said("bits", int),
        inputs=circuit.inputs - len(said("wired", list) or []),
        outputs=len(circuit.outputs),
        number=_number(circuit),
        gates=circuit.gates,
        depth=depth(circuit),
        wires=wires(circuit),
        gates_by_kind={
            kind: count for kind, count in gates_by_kind(circuit).items() if count
        },
        scopes=[row._asdict() for row in by_scope(circuit)],
    )


def _number(circuit: Circuit) -> dict[str, str] | None:
    said = circuit.interface
    if said.get("decision") != "number":
        return None
    return {name: str(said.get(name))[:40] for name in ("offset", "scale")}


def _kind(head: Head) -> str:
    return f"third-order {head.attention}" if head.third_order else head.attention


def _irrational(model: AnyModel) -> list[str]:
    """Position expressions with a value, at some short length, that float64 stands in for."""
    if not isinstance(model.positions, PositionExpressions):
        return []
    return [text for text in dict.fromkeys(model.positions.components) if not _exact(text)]


def _exact(text: str) -> bool:
    for length in range(1, TRIED + 1):
        try:
            if not expression(text).exact(length):
                return False
        except ModelError:  # no value at this length; running the model says so
            continue
    return True


FACTS: dict[type, Callable[[Any], ModelFacts | NetFacts]] = {
    Model: _transformer,
    RecurrentNet: _recurrent,
    FullyConnected: _connected,
}
CELLS: dict[type, Callable[[Any], dict[str, Any]]] = {
    NetCell: _net_cell,
    Automaton: _automaton,
}
