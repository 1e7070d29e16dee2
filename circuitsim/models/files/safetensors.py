"""Models in the safetensors format, with the config as JSON in the metadata under "circuitsim"."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from circuitsim.errors import LimitError, ModelError
from circuitsim.models.files.contents import Contents, Tensors
from circuitsim.models.files.documents import brief, parse_document
from circuitsim.models.files.folder import config_beside
from circuitsim.models.files.state_dict import MOST_WEIGHTS

LARGEST = 2**30  # bytes of a file

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


def safetensors_contents(path: Path) -> Contents:
    """What a .safetensors file holds; the config is its own, or the config.json beside it.

    Raises:
        ModelError: not such a file.
        LimitError: larger than a model may be.
    """
    metadata, tensors = tensors_of(path)
    where = str(path)
    if "circuitsim" not in metadata:
        return Contents(tensors, config_beside(path), where)
    config = parse_document(
        metadata["circuitsim"].encode("utf-8", "replace"), f"{where}, metadata"
    )
    return Contents(tensors, config, where, own=True)


def tensors_of(path: Path) -> tuple[dict[str, str], Tensors]:
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


def _aliases(metadata: dict[str, str], tensors: Tensors) -> Tensors:
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
