"""What a model or a circuit is, as facts that can be printed."""

from dataclasses import dataclass
from typing import Any

from circuitsim.errors import ModelError
from circuitsim.models.expressions import expression
from circuitsim.models.model import PROJECTIONS, FeedForward, Head, Layer, Model, PositionExpressions, PositionTable
from circuitsim.models.nets import Rival
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import by_scope, depth, gates_by_kind, wires

TRIED = 16  # sequence lengths at which expressions are asked whether they are exact


@dataclass(frozen=True)
class ModelFacts:
    """A model in numbers and words.

    Args:
        heads: of each layer. feed_forward: hidden size of each layer, 0 where it has no net.
        parameters: numbers in all matrices and tables, and in the biases that are not zero.
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


@dataclass(frozen=True)
class CircuitFacts:
    """A flat circuit in numbers; what its file does not say is None."""

    model: str | None
    vocabulary: list[str] | None
    basis: str
    n: int | None
    bits: int | None
    inputs: int
    outputs: int
    gates: int
    depth: int
    wires: int
    gates_by_kind: dict[str, int]
    scopes: list[dict[str, Any]]


def describe_model(model: Model) -> ModelFacts:
    """The facts of a model."""
    heads = [head for layer in model.layers for head in layer.heads]
    return ModelFacts(
        name=model.name,
        vocabulary=list(model.vocabulary),
        fields=[{"name": f.name, "values": f.size, "wires": f.width, "where": f.where} for f in model.fields],
        layers=len(model.layers),
        heads=[len(layer.heads) for layer in model.layers],
        width=model.width,
        feed_forward=[len(layer.feed_forward.hidden) if layer.feed_forward else 0 for layer in model.layers],
        parameters=parameters(model),
        attention=list(dict.fromkeys(_kind(head) for head in heads)),
        masks=list(dict.fromkeys(head.mask for head in heads)),
        readout={"position": model.readout.position, "rows": len(model.readout.weights)},
        bits=model.bits,
        prepend=list(model.prepend),
        append=list(model.append),
        positions=position_facts(model.positions),
        irrational=irrational(model),
        score_bits=sorted({head.score_bits for head in heads if head.score_bits is not None}),
    )


def position_facts(positions: PositionTable | PositionExpressions | None) -> dict[str, Any] | None:
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
        gates=circuit.gates,
        depth=depth(circuit),
        wires=wires(circuit),
        gates_by_kind={kind: count for kind, count in gates_by_kind(circuit).items() if count},
        scopes=[row._asdict() for row in by_scope(circuit)],
    )


def parameters(model: Model) -> int:
    """Numbers in the matrices, the position table and the biases that are not zero."""
    count = len(model.embedding) * model.width + sum(matrix_size(table.rows) for table in model.tables)
    count += matrix_size(model.readout.weights) + bias_size(model.readout.bias)
    if isinstance(model.positions, PositionTable):
        count += matrix_size(model.positions.rows)
    return count + sum(_layer_parameters(layer) for layer in model.layers)


def _layer_parameters(layer: Layer) -> int:
    net = 0 if layer.feed_forward is None else net_parameters(layer.feed_forward)
    return sum(_head_parameters(head) for head in layer.heads) + bias_size(layer.output_bias) + net


def _head_parameters(head: Head) -> int:
    matrices = sum(matrix_size(getattr(head, name)) for name in (*PROJECTIONS, "output"))
    return matrices + sum(bias_size(getattr(head, f"{name}_bias")) for name in PROJECTIONS)


def _kind(head: Head) -> str:
    return f"third-order {head.attention}" if head.third_order else head.attention


def net_parameters(net: FeedForward) -> int:
    """Numbers in the matrices, and in the biases that are not zero."""
    return matrix_size(net.hidden) + matrix_size(net.output) + bias_size(net.hidden_bias) + bias_size(net.output_bias)


def matrix_size(rows: Any) -> int:
    """Entries of all rows."""
    return sum(len(row) for row in rows)


def bias_size(values: Any) -> int:
    """Entries of a bias, none of a zero one."""
    return len(values) if any(values) else 0


def irrational(model: Model | Rival) -> list[str]:
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
