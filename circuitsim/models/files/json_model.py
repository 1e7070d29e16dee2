"""Models as JSON, for writing by hand: docs/model-format.md describes the file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from circuitsim.errors import ModelError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.connected import FullyConnected
from circuitsim.models.files import json_nets
from circuitsim.models.files.documents import (
    at,
    check_format,
    flag,
    key_problems,
    numbers,
    parse_document,
    refuse_all,
    texts,
)
from circuitsim.models.files.json_parts import (
    NET_KEYS,
    NET_OPTIONS,
    READOUT_KEYS,
    READOUT_OPTIONS,
    TOKEN_KEYS,
    bias,
    matrix_rows,
    net_document,
    read_net,
    read_readout,
    read_tokens,
    readout_document,
    token_document,
    token_problems,
    written,
)
from circuitsim.models.model import PROJECTIONS, Head, Layer, Model
from circuitsim.models.recurrent import RecurrentNet
from circuitsim.numbers.arrays import matrix, vector
from circuitsim.numbers.rationals import rational

LARGEST = 16 * 2**20  # bytes of a file

HEAD_KEYS = ("query", "key", "value", "output")
HEAD_OPTIONS = (
    "key2",
    "value2",
    *(f"{name}_bias" for name in PROJECTIONS),
    "attention",
    "mask",
    "score_bits",
    "scale",
)
LAYER_OPTIONS = ("heads", "output_bias", "residual", "feed_forward")
MODEL_KEYS = ("format", "version", "layers", "readout")
MODEL_OPTIONS = (*TOKEN_KEYS, "prepend", "append")


def load_json(path: Path) -> AnyModel:
    """Read a model from a JSON file.

    Raises:
        ModelError: anything that is not such a model, with the file and the place.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise ModelError(
            f"{path}: {size} bytes are more than a JSON model may have ({LARGEST}); save a .pt file."
        )
    return parse_json(path.read_bytes(), str(path))


def parse_json(data: bytes, where: str) -> AnyModel:
    """Read a model from the bytes of a JSON file; `where` names it in errors."""
    document = check_format(parse_document(data, where), where)
    if "kind" in document:
        return json_nets.read(document, where)
    refuse_all(_all_key_problems(document), where)
    with at(where):
        model = Model(
            **read_tokens(document, where),
            layers=tuple(
                _layer(layer, f"layers[{i}]") for i, layer in enumerate(document["layers"])
            ),
            readout=read_readout(document["readout"]),
            prepend=texts(document.get("prepend", []), "prepend"),
            append=texts(document.get("append", []), "append"),
        )
        if extra := [token for token in model.embedding if token not in model.tokens]:
            raise ModelError(
                f"embedding has tokens that are no letter and no constant: {', '.join(extra[:20])}."
            )
    return model


def save_json(model: AnyModel, path: str | Path) -> None:
    """Write a model as JSON that reads back equal."""
    Path(path).write_text(json_text(model), encoding="utf-8")


def json_text(model: AnyModel) -> str:
    """The JSON of a model: numbers as integers or "p/q", zero biases left out, one line a row."""
    return written(model.name, model.bits, DOCUMENTS[type(model)](model))


def _document(model: Model) -> dict[str, Any]:
    return {
        **token_document(model, model.positions),
        "layers": [_layer_document(layer) for layer in model.layers],
        "readout": readout_document(model.readout),
    }


def _all_key_problems(document: dict[str, Any]) -> Iterator[str]:
    yield from key_problems(document, "the model", MODEL_KEYS, MODEL_OPTIONS)
    yield from key_problems(
        document.get("readout", {"weights": 0}), "readout", READOUT_KEYS, READOUT_OPTIONS
    )
    yield from token_problems(document)
    layers = document.get("layers", [])
    if not isinstance(layers, list):
        yield "layers must be a list"
        return
    for index, layer in enumerate(layers):
        place = f"layers[{index}]"
        yield from key_problems(layer, place, (), LAYER_OPTIONS)
        if not isinstance(layer, dict):
            continue
        heads = layer.get("heads", [])
        if not isinstance(heads, list):
            yield f"{place}.heads must be a list"
            heads = []
        for number, head in enumerate(heads):
            yield from key_problems(head, f"{place}.heads[{number}]", HEAD_KEYS, HEAD_OPTIONS)
        if layer.get("feed_forward") is not None:
            yield from key_problems(
                layer["feed_forward"], f"{place}.feed_forward", NET_KEYS, NET_OPTIONS
            )


def _layer(document: dict[str, Any], place: str) -> Layer:
    heads = tuple(
        _head(head, f"{place}.heads[{i}]") for i, head in enumerate(document.get("heads", []))
    )
    net = document.get("feed_forward")
    with at(place):
        return Layer(
            heads=heads,
            output_bias=vector(document.get("output_bias", []), "output_bias"),
            residual=flag(document.get("residual", True), "residual"),
            feed_forward=None if net is None else read_net(net, "feed_forward"),
        )


def _head(document: dict[str, Any], place: str) -> Head:
    with at(place):
        given = {key: value for key, value in document.items() if key != "scale"}
        scale = rational(document.get("scale", 1), "scale")
        given["query"] = [[scale * x for x in row] for row in matrix(given["query"], "query")]
        given["query_bias"] = [
            scale * x for x in vector(given.get("query_bias", []), "query_bias")
        ]
        return Head(**given)


def _layer_document(layer: Layer) -> dict[str, Any]:
    net = layer.feed_forward
    document: dict[str, Any] = {"heads": [_head_document(head) for head in layer.heads]}
    if layer.output_bias:
        document["output_bias"] = numbers(layer.output_bias)
    if not layer.residual:
        document["residual"] = False
    if net is not None:
        document["feed_forward"] = net_document(net)
    return document


def _head_document(head: Head) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name in PROJECTIONS if head.third_order else ("query", "key", "value"):
        document[name] = matrix_rows(getattr(head, name))
        document.update(bias(f"{name}_bias", getattr(head, f"{name}_bias")))
    document["output"] = matrix_rows(head.output)
    document["attention"], document["mask"] = head.attention, head.mask
    if head.score_bits is not None:
        document["score_bits"] = head.score_bits
    return document


DOCUMENTS: dict[type, Callable[[Any], dict[str, Any]]] = {
    Model: _document,
    RecurrentNet: json_nets.recurrent_document,
    FullyConnected: json_nets.connected_document,
}
