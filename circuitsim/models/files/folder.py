"""Folders of checkpoints: config.json, and weights in one file or in several that an index names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from circuitsim.errors import LimitError, ModelError
from circuitsim.models.files.contents import Contents, Tensors
from circuitsim.models.files.documents import kind, parse_document, show

CONFIG = "config.json"
LARGEST_CONFIG = 2**20
LARGEST_INDEX = 2**24
MOST_SHARDS = 1000
ONE_FILE = ("model.safetensors", "pytorch_model.bin")
SEVERAL = tuple(f"{name}.index.json" for name in ONE_FILE)


def config_beside(path: Path) -> dict[str, Any]:
    """The config.json in a folder, or beside a file; empty where there is none.

    Raises:
        ModelError: it is no JSON object, or too large.
    """
    file = path / CONFIG if path.is_dir() else path.with_name(CONFIG)
    return _document(file, LARGEST_CONFIG) if file.is_file() else {}


def folder_contents(path: Path, read: Callable[[Path], Contents]) -> Contents:
    """What a folder holds.

    Args:
        read: what one file of weights holds.

    Raises:
        ModelError: no such folder, or shards that are missing or hold a tensor twice.
        LimitError: too many shards.
    """
    for name in ONE_FILE:
        if (path / name).is_file():
            found = read(path / name)
            config = found.config if found.own else config_beside(path)
            return Contents(found.tensors, config, str(path), found.own)
    for name in SEVERAL:
        if (path / name).is_file():
            return index_contents(path / name, read)
    listed = ", ".join((*ONE_FILE, *SEVERAL))
    raise ModelError(
        f"{path}: a folder is read that has weights in it, as one of {listed}; none is there."
    )


def index_contents(index: Path, read: Callable[[Path], Contents]) -> Contents:
    """What the files hold that an index names, as `save_pretrained` splits large models."""
    given = _document(index, LARGEST_INDEX).get("weight_map")
    if not isinstance(given, dict) or not all(
        isinstance(name, str) for name in given.values()
    ):
        raise ModelError(
            f"{index}: weight_map must name a file for each tensor, got {show(given)}."
        )
    names = sorted(set(given.values()))
    if len(names) > MOST_SHARDS:
        raise LimitError(f"{index}: {len(names)} files, and at most {MOST_SHARDS} are read.")
    if strange := [name for name in names if Path(name).name != name or name.startswith(".")]:
        raise ModelError(f"{index}: {show(strange[0])} is not the name of a file beside it.")
    if missing := [name for name in names if not (index.parent / name).is_file()]:
        raise ModelError(
            f"{index}: it names {', '.join(missing)[:200]}, and that is not there."
        )
    tensors: Tensors = {}
    for name in names:
        for tensor, array in read(index.parent / name).tensors.items():
            if tensor in tensors:
                raise ModelError(f"{index}: tensor {tensor[:100]!r} is in two of its files.")
            tensors[tensor] = array
    if lost := [tensor for tensor in given if tensor not in tensors]:
        raise ModelError(f"{index}: no file has tensor {lost[0][:100]!r}, which it names.")
    return Contents(tensors, config_beside(index), str(index))


def _document(file: Path, largest: int) -> dict[str, Any]:
    if file.stat().st_size > largest:
        raise ModelError(f"{file}: more than {largest >> 20} MiB.")
    found = parse_document(file.read_bytes(), str(file))
    if not isinstance(found, dict):
        raise ModelError(f"{file}: expected an object, got {kind(found)}.")
    return found
