"""Models as JSON, for writing by hand: docs/model-format.md describes the file, and the models' classes its keys."""

import json
from pathlib import Path
from typing import Any

from circuitsim.errors import LimitError, ModelError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.connected import FullyConnected
from circuitsim.models.files.annotations import Reader, document
from circuitsim.models.files.documents import (
    FORMAT,
    VERSION,
    check_format,
    parse_document,
    show,
)
from circuitsim.models.model import Model
from circuitsim.models.recurrent import RecurrentNet

LARGEST = 16 * 2**20  # bytes of a file
WIDEST = 90  # characters of a list that is written on one line

KINDS: dict[str, type[RecurrentNet | FullyConnected]] = {
    cls.architecture: cls for cls in (RecurrentNet, FullyConnected)
}
ABOUT = ("format", "version", "kind", "comment")  # keys that say nothing of the model itself


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
    return model_from_document(check_format(parse_document(data, where), where), where)


def model_from_document(given: dict[str, Any], where: str) -> AnyModel:
    """A model of what JSON holds, where matrices and vectors may be arrays.

    Raises:
        ModelError: as `load_json`.
    """
    cls = _class(given, where)
    content = {key: value for key, value in given.items() if key not in ABOUT}
    content.setdefault("name", Path(where).stem)
    if "fields" in content:
        content = {"vocabulary": [], "embedding": {}, **content}
    reader = Reader()
    model: Any = reader.record(cls, content)
    if cls is Model and model is not None:
        reader.problems += _strange_tokens(model)
    reader.refuse(where)
    return model


def save_json(model: AnyModel, path: str | Path) -> None:
    """Write a model as JSON that reads back equal."""
    Path(path).write_text(json_text(model), encoding="utf-8")


def json_text(model: AnyModel, comment: str = "") -> str:
    """The JSON of a model: numbers as integers or "p/q", zero biases left out, one line a row.

    Raises:
        LimitError: longer than what is read.
    """
    content = document(model)
    about = {"format": FORMAT, "version": VERSION, "name": content.pop("name")}
    if comment:
        about["comment"] = comment
    if model.architecture in KINDS:
        about["kind"] = model.architecture
    text = _layout(about | content, 0) + "\n"
    if len(text) > LARGEST:
        raise LimitError(
            f"{model.name} is too large for JSON: {len(text):,} characters, and {LARGEST:,} are read."
        )
    return text


def _class(given: dict[str, Any], where: str) -> type[AnyModel]:
    if "kind" not in given:
        return Model
    kind = given["kind"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise ModelError(f"{where}: kind is {show(kind)}, expected {' or '.join(KINDS)}.")
    return KINDS[kind]


def _strange_tokens(model: Model) -> list[str]:
    extra = [token for token in model.embedding if token not in model.tokens]
    listed = ", ".join(extra[:20])
    return (
        [f"embedding has tokens that are no letter and no constant: {listed}"]
        if extra
        else []
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
