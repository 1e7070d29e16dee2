"""Models as JSON, for writing by hand: docs/model-format.md describes the file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from circuitsim.errors import ModelError
from circuitsim.models import json_records
from circuitsim.models.documents import (
    FORMAT,
    VERSION,
    at,
    check_format,
    flag,
    formula,
    items,
    key_problems,
    letters,
    numbers,
    parse_document,
    refuse_all,
    show,
    text,
    texts,
)
from circuitsim.models.model import (
    PROJECTIONS,
    FeedForward,
    Head,
    Layer,
    Model,
    PositionExpressions,
    PositionTable,
    Readout,
)
from circuitsim.numbers.rationals import Matrix, Vector, matrix, rational, vector

LARGEST = 16 * 2**20  # bytes of a file
WIDEST = 90  # characters of a list that is written on one line

HEAD_KEYS = ("query", "key", "value", "output")
HEAD_OPTIONS = ("key2", "value2", *(f"{name}_bias" for name in PROJECTIONS), "attention", "mask", "score_bits", "scale")
NET_OPTIONS = ("hidden_bias", "output_bias", "residual")
LAYER_OPTIONS = ("heads", "output_bias", "residual", "feed_forward")
MODEL_KEYS = ("format", "version", "layers", "readout")
TOKEN_KEYS = ("vocabulary", "embedding", "fields", "tables")
MODEL_OPTIONS = (*TOKEN_KEYS, "name", "comment", "prepend", "append", "positions", "bits")


def load_json(path: Path) -> Model:
    """Read a model from a JSON file.

    Raises:
        ModelError: anything that is not such a model, with the file and the place.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise ModelError(f"{path}: {size} bytes are more than a JSON model may have ({LARGEST}); save a .pt file.")
    return parse_json(path.read_bytes(), str(path))


def parse_json(data: bytes, where: str) -> Model:
    """Read a model from the bytes of a JSON file; `where` names it in errors."""
    document = check_format(parse_document(data, where), where)
    refuse_all(_all_key_problems(document), where)
    with at(where):
        rows = document.get("embedding", {})
        embedding = {token: vector(row, f"embedding[{show(token)}]") for token, row in rows.items()}
        fields, tables = json_records.read(document)
        model = Model(
            vocabulary=() if fields else letters(document["vocabulary"], "vocabulary"),
            embedding=embedding,
            layers=tuple(_layer(layer, f"layers[{i}]") for i, layer in enumerate(document["layers"])),
            readout=_readout(document["readout"]),
            positions=_positions(document.get("positions")),
            prepend=texts(document.get("prepend", []), "prepend"),
            append=texts(document.get("append", []), "append"),
            bits=formula(document.get("bits", "8"), "bits"),
            name=text(document.get("name", Path(where).stem), "name"),
            fields=fields,
            tables=tables,
        )
        if extra := [token for token in embedding if token not in model.tokens]:
            raise ModelError(f"embedding has tokens that are no letter and no constant: {', '.join(extra[:20])}.")
    return model


def save_json(model: Model, path: str | Path) -> None:
    """Write a model as JSON that reads back equal."""
    Path(path).write_text(json_text(model), encoding="utf-8")


def json_text(model: Model) -> str:
    """The JSON of a model: numbers as integers or "p/q", zero biases left out, one line a row."""
    positions: Any = None
    if isinstance(model.positions, PositionTable):
        positions = {"table": _rows(model.positions.rows)}
    elif isinstance(model.positions, PositionExpressions):
        positions = list(model.positions.components)
    readout = {
        "weights": _rows(model.readout.weights),
        **_bias("bias", model.readout.bias),
        "position": model.readout.position,
    }
    document = {
        "format": FORMAT,
        "version": VERSION,
        "name": model.name,
        **(json_records.document(model) if model.fields else {"vocabulary": list(model.vocabulary)}),
        **({"prepend": list(model.prepend)} if model.prepend else {}),
        **({"append": list(model.append)} if model.append else {}),
        **({"embedding": {t: numbers(model.embedding[t]) for t in model.tokens}} if model.tokens else {}),
        **({"positions": positions} if positions is not None else {}),
        "layers": [_layer_document(layer) for layer in model.layers],
        "readout": readout,
        "bits": model.bits,
    }
    return _layout(document, 0) + "\n"


def _all_key_problems(document: dict[str, Any]) -> Iterator[str]:
    yield from key_problems(document, "the model", MODEL_KEYS, MODEL_OPTIONS)
    yield from key_problems(document.get("readout", {"weights": 0}), "readout", ("weights",), ("bias", "position"))
    yield from json_records.problems(document)
    if not isinstance(document.get("embedding", {}), dict):
        yield "embedding must be an object, token by token"
    if isinstance(document.get("positions"), dict):
        yield from key_problems(document["positions"], "positions", ("table",), ())
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
            yield from key_problems(layer["feed_forward"], f"{place}.feed_forward", ("hidden", "output"), NET_OPTIONS)


def _layer(document: dict[str, Any], place: str) -> Layer:
    heads = tuple(_head(head, f"{place}.heads[{i}]") for i, head in enumerate(document.get("heads", [])))
    net = document.get("feed_forward")
    with at(place):
        return Layer(
            heads=heads,
            output_bias=vector(document.get("output_bias", []), "output_bias"),
            residual=flag(document.get("residual", True), "residual"),
            feed_forward=None if net is None else _net(net),
        )


def _head(document: dict[str, Any], place: str) -> Head:
    with at(place):
        given = {key: value for key, value in document.items() if key != "scale"}
        scale = rational(document.get("scale", 1), "scale")
        given["query"] = [[scale * x for x in row] for row in matrix(given["query"], "query")]
        given["query_bias"] = [scale * x for x in vector(given.get("query_bias", []), "query_bias")]
        return Head(**given)


def _net(document: dict[str, Any]) -> FeedForward:
    with at("feed_forward"):
        flag(document.get("residual", True), "residual")
        return FeedForward(**document)


def _readout(document: dict[str, Any]) -> Readout:
    with at("readout"):
        weights = items(document["weights"], "weights")
        position = text(document.get("position", "last"), "position")
        return Readout(weights, document.get("bias", ()), position)  # type: ignore[arg-type]


def _positions(document: object) -> PositionTable | PositionExpressions | None:
    if document is None:
        return None
    if isinstance(document, dict):
        return PositionTable(matrix(document["table"], "positions.table"))
    components = items(document, "positions")
    return PositionExpressions(tuple(formula(c, f"positions[{i}]") for i, c in enumerate(components)))


def _layer_document(layer: Layer) -> dict[str, Any]:
    net = layer.feed_forward
    document: dict[str, Any] = {"heads": [_head_document(head) for head in layer.heads]}
    if layer.output_bias:
        document["output_bias"] = numbers(layer.output_bias)
    if not layer.residual:
        document["residual"] = False
    if net is not None:
        document["feed_forward"] = {
            "hidden": _rows(net.hidden),
            **_bias("hidden_bias", net.hidden_bias),
            "output": _rows(net.output),
            **_bias("output_bias", net.output_bias),
            **({} if net.residual else {"residual": False}),
        }
    return document


def _head_document(head: Head) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name in PROJECTIONS if head.third_order else ("query", "key", "value"):
        document[name] = _rows(getattr(head, name))
        document.update(_bias(f"{name}_bias", getattr(head, f"{name}_bias")))
    document["output"] = _rows(head.output)
    document["attention"], document["mask"] = head.attention, head.mask
    if head.score_bits is not None:
        document["score_bits"] = head.score_bits
    return document


def _rows(rows: Matrix) -> list[list[int | str]]:
    return [numbers(row) for row in rows]


def _bias(name: str, values: Vector) -> dict[str, Any]:
    return {name: numbers(values)} if any(values) else {}


def _layout(value: Any, depth: int) -> str:
    """JSON with an entry of an object or of a long list on every line, and rows of numbers on one."""
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict) and value:
        lines = [f"{json.dumps(k, ensure_ascii=False)}: {_layout(v, depth + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(inner + line for line in lines) + f"\n{outer}}}"
    single = json.dumps(value, ensure_ascii=False)
    if len(single) <= WIDEST and not isinstance(value, dict) and "{" not in single:
        return single
    if isinstance(value, list) and any(isinstance(x, dict | list) for x in value):
        return "[\n" + ",\n".join(inner + _layout(x, depth + 1) for x in value) + f"\n{outer}]"
    return single
