"""Parts of a model's JSON that every kind of model has: tokens, positions, nets, read-outs, and the layout."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from circuitsim.models.embedded import Embedded
from circuitsim.models.files import json_records
from circuitsim.models.files.documents import (
    FORMAT,
    VERSION,
    at,
    flag,
    formula,
    items,
    key_problems,
    letters,
    numbers,
    show,
    text,
)
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.positions import PositionExpressions, PositionTable
from circuitsim.numbers.arrays import Matrix, Vector, matrix, vector

WIDEST = 90  # characters of a list that is written on one line

TOKEN_KEYS = (
    "vocabulary",
    "embedding",
    "fields",
    "tables",
    "positions",
    "bits",
    "name",
    "comment",
)
NET_KEYS, NET_OPTIONS = ("hidden", "output"), ("hidden_bias", "output_bias", "residual")
READOUT_KEYS, READOUT_OPTIONS = ("weights",), ("bias", "position")


def token_problems(document: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the keys of tokens and positions, one phrase each."""
    yield from json_records.problems(document)
    if not isinstance(document.get("embedding", {}), dict):
        yield "embedding must be an object, token by token"
    if isinstance(document.get("positions"), dict):
        yield from key_problems(document["positions"], "positions", ("table",), ())


def read_tokens(document: dict[str, Any], where: str) -> dict[str, Any]:
    """The arguments of a model that say what tokens are, its precision and its name."""
    rows = document.get("embedding", {})
    fields, tables = json_records.read(document)
    return {
        "vocabulary": () if fields else letters(document["vocabulary"], "vocabulary"),
        "embedding": {
            token: vector(row, f"embedding[{show(token)}]") for token, row in rows.items()
        },
        "positions": read_positions(document.get("positions")),
        "bits": formula(document.get("bits", "8"), "bits"),
        "name": text(document.get("name", Path(where).stem), "name"),
        "fields": fields,
        "tables": tables,
    }


def read_net(document: dict[str, Any], place: str) -> FeedForward:
    """A ReLU net."""
    with at(place):
        flag(document.get("residual", True), "residual")
        return FeedForward(**document)


def read_readout(document: dict[str, Any], place: str = "readout") -> Readout:
    """A read-out."""
    with at(place):
        weights = items(document["weights"], "weights")
        position = text(document.get("position", "last"), "position")
        return Readout(weights, document.get("bias", ()), position)  # type: ignore[arg-type]


def read_positions(document: object) -> PositionTable | PositionExpressions | None:
    """A table or expressions."""
    if document is None:
        return None
    if isinstance(document, dict):
        return PositionTable(matrix(document["table"], "positions.table"))
    components = items(document, "positions")
    return PositionExpressions(
        tuple(formula(c, f"positions[{i}]") for i, c in enumerate(components))
    )


def token_document(
    model: Embedded, positions: PositionTable | PositionExpressions | None
) -> dict[str, Any]:
    """What `read_tokens` reads, without name and bits."""
    written: Any = None
    if isinstance(positions, PositionTable):
        written = {"table": matrix_rows(positions.rows)}
    elif isinstance(positions, PositionExpressions):
        written = list(positions.components)
    return {
        **(
            json_records.document(model)
            if model.fields
            else {"vocabulary": list(model.vocabulary)}
        ),
        **({"prepend": list(model.prepend)} if model.prepend else {}),
        **({"append": list(model.append)} if model.append else {}),
        **(
            {"embedding": {t: numbers(model.embedding[t]) for t in model.tokens}}
            if model.tokens
            else {}
        ),
        **({"positions": written} if written is not None else {}),
    }


def net_document(net: FeedForward) -> dict[str, Any]:
    """What `read_net` reads."""
    return {
        "hidden": matrix_rows(net.hidden),
        **bias("hidden_bias", net.hidden_bias),
        "output": matrix_rows(net.output),
        **bias("output_bias", net.output_bias),
        **({} if net.residual else {"residual": False}),
    }


def readout_document(readout: Readout) -> dict[str, Any]:
    """What `read_readout` reads."""
    return {
        "weights": matrix_rows(readout.weights),
        **bias("bias", readout.bias),
        "position": readout.position,
    }


def matrix_rows(rows: Matrix) -> list[list[int | str]]:
    """A matrix as it is written."""
    return [numbers(row) for row in rows]


def bias(name: str, values: Vector) -> dict[str, Any]:
    """A bias, left out where it is zero."""
    return {name: numbers(values)} if any(values) else {}


def written(name: str, bits: str, body: dict[str, Any]) -> str:
    """The text of a model's file."""
    return (
        _layout({"format": FORMAT, "version": VERSION, "name": name, **body, "bits": bits}, 0)
        + "\n"
    )


def _layout(value: Any, depth: int) -> str:
    """JSON with an entry of an object or of a long list on every line, and rows of numbers on one."""
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict) and value:
        lines = [
            f"{json.dumps(k, ensure_ascii=False)}: {_layout(v, depth + 1)}"
            for k, v in value.items()
        ]
        return "{\n" + ",\n".join(inner + line for line in lines) + f"\n{outer}}}"
    single = json.dumps(value, ensure_ascii=False)
    if len(single) <= WIDEST and not isinstance(value, dict) and "{" not in single:
        return single
    if isinstance(value, list) and any(isinstance(x, dict | list) for x in value):
        return (
            "[\n" + ",\n".join(inner + _layout(x, depth + 1) for x in value) + f"\n{outer}]"
        )
    return single
