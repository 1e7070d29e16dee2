"""Models in the safetensors format, with the config as JSON in the metadata under "circuitsim"."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from circuitsim.errors import LimitError, ModelError
from circuitsim.models.files.dialects import gpt2
from circuitsim.models.files.documents import brief, parse_document
from circuitsim.models.files.state_dict import MOST_WEIGHTS, model_from_state
from circuitsim.models.model import Model

LARGEST = 2**30  # bytes of a file
LARGEST_CONFIG = 2**20

KINDS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U8": "u1",
    "BOOL": "?",
}


def load_safetensors(path: Path) -> Model:
    """Read a model from a .safetensors file.

    Raises:
        ModelError: not such a file, or not a model.
        LimitError: larger than a model may be.
    """
    metadata, tensors = tensors_of(path)
    where = str(path)
    if "circuitsim" not in metadata:
        config = path.with_name("config.json")
        if config.is_file():
            return load_dialect(config, tensors, path)
        raise ModelError(
            f'{where}: no model config; put it as JSON into the metadata under "circuitsim", or keep beside it the'
            " config.json that was saved with it."
        )
    config = parse_document(
        metadata["circuitsim"].encode("utf-8", "replace"), f"{where}, metadata"
    )
    return model_from_state(config, tensors, where)


def load_folder(path: Path) -> Model:
    """Read a model from a folder with config.json and model.safetensors.

    Raises:
        ModelError: not such a folder, or no model that is known.
    """
    config, weights = path / "config.json", path / "model.safetensors"
    missing = [file.name for file in (config, weights) if not file.is_file()]
    if missing:
        raise ModelError(
            f"{path}: a folder is read that has config.json and model.safetensors in it; {' and '.join(missing)} is not"
            " there."
        )
    return load_dialect(config, tensors_of(weights)[1], path)


def load_dialect(config: Path, tensors: dict[str, NDArray[Any]], path: Path) -> Model:
    """The model of tensors and a config.json, for a checkpoint at `path`."""
    given = parse_document(config.read_bytes()[:LARGEST_CONFIG], str(config))
    if not gpt2.recognised(given):
        kind = given.get("model_type") if isinstance(given, dict) else None
        raise ModelError(f"{config}: model_type {repr(kind)[:40]} is not read; gpt2 is.")
    return gpt2.model(given, tensors, path)


def tensors_of(path: Path) -> tuple[dict[str, str], dict[str, NDArray[Any]]]:
    """Metadata and tensors of a .safetensors file, those with two names under both.

    Raises:
        ModelError: not such a file.
        LimitError: larger than a model may be.
    """
    where = str(path)
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError(f"{where}: {size} bytes are more than a model may have ({LARGEST}).")
    data = path.read_bytes()
    try:
        # The library checks the header, and every offset against the file.
        entries = deserialize(data)  # type: ignore[no-untyped-call]
    except (SafetensorError, ValueError, OverflowError) as error:
        raise ModelError(
            f"{where}: a damaged or truncated safetensors file ({brief(error)})."
        ) from None
    header = parse_document(data[8 : 8 + int.from_bytes(data[:8], "little")], where)
    metadata = header.get("__metadata__") or {}
    total = sum(int(np.prod(entry["shape"], dtype=object)) for _, entry in entries)
    if total > MOST_WEIGHTS:
        raise LimitError(f"{where}: {total} weights, and a model may have {MOST_WEIGHTS}.")
    tensors = {name: _array(name, entry, where) for name, entry in entries}
    return metadata, tensors | _aliases(metadata, tensors)


def _aliases(
    metadata: dict[str, str], tensors: dict[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Tensors that are others under a second name, as safetensors.torch.save_model writes tied weights.

    It keeps one of them, and writes a line "name of the other": "name of the one" into the metadata.
    """
    return {
        name: tensors[kept]
        for name, kept in metadata.items()
        if kept in tensors and name not in tensors
    }


def _array(name: str, entry: dict[str, Any], where: str) -> NDArray[Any]:
    kind, shape = entry["dtype"], tuple(entry["shape"])
    if kind == "BF16":  # the upper half of a float32
        wide = np.frombuffer(entry["data"], dtype="<u2").astype(np.uint32) << 16
        return wide.view(np.float32).reshape(shape)
    if kind not in KINDS:
        raise ModelError(
            f"{where}: tensor {name[:100]!r} holds {kind}, expected one of {', '.join(KINDS)}, BF16."
        )
    return np.frombuffer(entry["data"], dtype=KINDS[kind]).reshape(shape)
