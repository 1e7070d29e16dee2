"""Fields and tables of a model whose tokens are records, in its JSON: docs/model-format.md describes them."""

from collections.abc import Iterator
from typing import Any

from circuitsim.errors import ModelError
from circuitsim.models.embedded import Embedded
from circuitsim.models.files.documents import (
    at,
    items,
    key_problems,
    numbers,
    show,
    text,
    texts,
)
from circuitsim.models.tables import Table
from circuitsim.tokens import WHERES, WIRINGS, Field


def problems(document: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the keys, one phrase each."""
    if "fields" not in document:
        yield from (
            f"the model: {key} is missing"
            for key in ("vocabulary", "embedding")
            if key not in document
        )
        return
    for name, required, optional in (
        ("fields", ("name", "values"), ("wires", "where")),
        ("tables", ("fields", "rows"), ()),
    ):
        entries = document.get(name)
        if not isinstance(entries, list) or not entries:
            yield f"{name} must be a list of objects, at least one"
            continue
        for index, entry in enumerate(entries):
            yield from key_problems(entry, f"{name}[{index}]", required, optional)


def read(document: dict[str, Any]) -> tuple[tuple[Field, ...], tuple[Table, ...]]:
    """Fields and tables of a model's document; none of a model of letters."""
    fields = tuple(
        _field(entry, f"fields[{i}]") for i, entry in enumerate(document.get("fields", []))
    )
    tables = []
    for index, entry in enumerate(document.get("tables", [])):
        with at(f"tables[{index}]"):
            rows = items(entry["rows"], "rows")
            tables.append(Table(texts(entry["fields"], "fields"), rows))  # type: ignore[arg-type]
    return fields, tuple(tables)


def document(model: Embedded) -> dict[str, Any]:
    """What `read` reads."""
    return {
        "fields": model.format.document(),
        "tables": [
            {"fields": list(t.fields), "rows": [numbers(row) for row in t.rows]}
            for t in model.tables
        ],
    }


def _field(entry: dict[str, Any], place: str) -> Field:
    """A field, whose values are a list of texts, or a whole number N for the indices 0 to N - 1."""
    values = entry["values"]
    if type(values) is int:
        if not 1 <= values <= 2**20:
            raise ModelError(
                f"{place}: values is {values}, expected 1 to 2^20, or a list of texts."
            )
        values = [str(index) for index in range(values)]
    wires, where = entry.get("wires", "one-hot"), entry.get("where", "each")
    for name, value, known in (("wires", wires, WIRINGS), ("where", where, WHERES)):
        if value not in known:
            raise ModelError(
                f"{place}: {name} is {show(value)}, expected {', '.join(known)}."
            )
    return Field(
        text(entry["name"], f"{place}.name"), texts(values, f"{place}.values"), wires, where
    )
