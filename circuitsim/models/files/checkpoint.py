"""Checkpoints of torch (.pt, the zip format of torch 1.6 and later), read without torch.

The zip holds data.pkl, a pickle in which tensors are references, and one raw member for each storage. Sizes are
compared with the file's before anything is allocated: members are stored, not compressed, so what a file
unpacks to is never larger than the file.
"""

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import CircuitSimError, LimitError, ModelError
from circuitsim.models.files.contents import Contents, Tensors
from circuitsim.models.files.documents import brief, kind
from circuitsim.models.files.pickled_values import Storage, StoredTensor, Unread
from circuitsim.models.files.state_dict import MOST_WEIGHTS
from circuitsim.models.files.unpickling import unpickle

LARGEST = 2**30  # bytes of a file
LARGEST_PICKLE = 16 * 2**20
LARGEST_DIRECTORY = 4 * 2**20
LARGEST_TAIL = 2**16 + 98  # of a zip: a comment and both records that end it

# Where training scripts keep a state dict in what they save.
PLACES = ("state_dict", "model_state_dict", "model", "net", "network", "module", "weights")

# All that zipfile raises for damaged or exotic archives.
DAMAGE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
    struct.error,
)


def checkpoint_contents(path: Path) -> Contents:
    """What a file written by torch.save holds: a state dict, or a dictionary with one in it.

    What else the dictionary holds (an optimizer's state, an epoch, a loss) is plain data that dialects may look at.

    Raises:
        ModelError: not such a file; it names what is wrong. Nothing in the file is executed.
        LimitError: larger than a model may be.
    """
    where = str(path)
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError(
            f"{where}: {size} bytes are more than a checkpoint may have ({LARGEST})."
        )
    with path.open("rb") as file:
        directory = _directory_size(file, size)
        if directory > LARGEST_DIRECTORY:
            raise ModelError(
                f"{where}: a zip directory of {directory} bytes is not a checkpoint's."
            )
        try:
            with zipfile.ZipFile(file) as archive:
                return _Archive(archive, where, size).content()
        except CircuitSimError:
            raise
        except DAMAGE as error:
            raise ModelError(
                f"{where}: a damaged or truncated zip file ({brief(error)})."
            ) from None


def _directory_size(file: BinaryIO, size: int) -> int:
    """Bytes of the zip's directory, as its end says; zipfile would build an object for every 46 of them."""
    file.seek(max(0, size - LARGEST_TAIL))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        return 0  # not a zip: zipfile says so
    declared = int.from_bytes(tail[end + 12 : end + 16], "little")
    wide = tail.rfind(
        b"PK\x06\x06", 0, end
    )  # the record of large zips, which torch always writes
    if wide >= 0 and len(tail) >= wide + 48:
        declared = max(
            declared if declared != 0xFFFFFFFF else 0,
            int.from_bytes(tail[wide + 40 : wide + 48], "little"),
        )
    return declared


class _Archive:
    """An open checkpoint."""

    def __init__(self, archive: zipfile.ZipFile, where: str, size: int) -> None:
        self.archive, self.where = archive, where
        self.members = {info.filename: info for info in archive.infolist()}
        if len(self.members) < len(archive.infolist()):
            raise ModelError(f"{where}: two members of the zip have one name.")
        if self.members and all(name.endswith(".npy") for name in self.members):
            raise ModelError(
                f"{where}: arrays of numpy (.npz), and neither a circuit nor a model."
            )
        if packed := [
            name
            for name, info in self.members.items()
            if info.compress_type != zipfile.ZIP_STORED
        ]:
            raise ModelError(
                f"{where}: member {packed[0][:100]!r} is compressed, which torch.save never does."
            )
        total = sum(info.file_size for info in self.members.values())
        if total > size:
            raise ModelError(
                f"{where}: the zip claims to hold {total} bytes, and the file has {size}."
            )
        pickles = [
            name for name in self.members if name == "data.pkl" or name.endswith("/data.pkl")
        ]
        if len(pickles) != 1:
            raise ModelError(
                f"{where}: a zip without exactly one data.pkl; expected a file written by torch.save."
            )
        self.root = pickles[0].removesuffix("data.pkl")
        self.raw: dict[str, bytes] = {}  # storages by key: many tensors may be views of one

    def content(self) -> Contents:
        """The tensors by name, and what is saved beside them."""
        saved = unpickle(self.read("data.pkl", LARGEST_PICKLE), self.where)
        own = isinstance(saved, Mapping) and {"config", "state_dict"} <= set(saved)
        states = saved["state_dict"] if own else _states(saved)
        if states is None:
            keys = (
                [name for name in saved if isinstance(name, str)]
                if isinstance(saved, Mapping)
                else []
            )
            listed = f" with the keys {', '.join(sorted(keys))[:100]}" if keys else ""
            raise ModelError(
                f"{self.where} holds {kind(saved)}{listed}; expected a state dict, or a dictionary with one under"
                f" {', '.join(PLACES[:3])} or another key; our own files have config and state_dict."
            )
        beside = (
            {} if states is saved else {k: v for k, v in saved.items() if v is not states}
        )
        if own and states and isinstance(saved["config"], Mapping):
            own = "format" in saved["config"]
        config = saved["config"] if own else beside
        return Contents(self.tensors(states), config, self.where, own)

    def tensors(self, states: Any) -> Tensors:
        """The tensors of a state dict, all checked before one is read."""
        if not isinstance(states, Mapping):
            raise ModelError(
                f"{self.where}: state_dict must hold tensors by name, and it is {kind(states)}."
            )
        for name, tensor in states.items():
            if not isinstance(name, str):
                raise ModelError(
                    f"{self.where}: state_dict must hold tensors by name, and a key is {kind(name)}."
                )
            if not isinstance(tensor, StoredTensor):
                raise ModelError(
                    f"{self.where}: state_dict must hold tensors by name, and {name[:100]!r} is {kind(tensor)}."
                )
        order = self.byte_order()
        total = 0
        for name, tensor in states.items():
            total += self.check(name, tensor)
            if total > MOST_WEIGHTS:
                raise LimitError(
                    f"{self.where}: more than {MOST_WEIGHTS} weights, the most a model may have."
                )
        return {name: self.array(tensor, order) for name, tensor in states.items()}

    def byte_order(self) -> Literal["<", ">"]:
        if f"{self.root}byteorder" not in self.members:
            return "<"
        order = self.read("byteorder", 16).strip()
        if order not in (b"little", b"big"):
            raise ModelError(f"{self.where}: byteorder is {order!r}, expected little or big.")
        return "<" if order == b"little" else ">"

    def check(self, name: str, tensor: StoredTensor) -> int:
        """The number of elements of a tensor that lies inside its storage, and the storage inside the file."""
        place = f"{self.where}: tensor {name[:100]!r}"
        storage, member = tensor.storage, f"{self.root}data/{tensor.storage.key}"
        if member not in self.members:
            raise ModelError(
                f"{place} refers to {member[:100]!r}, which the zip does not hold."
            )
        present = self.members[member].file_size
        if not 0 <= storage.count * _width(storage) <= present:
            raise ModelError(
                f"{place} needs {storage.count} numbers, and {member!r} has {present} bytes."
            )
        if len(tensor.shape) != len(tensor.strides) or len(tensor.shape) > 8:
            raise ModelError(
                f"{place} has {len(tensor.shape)} dimensions and {len(tensor.strides)} strides."
            )
        if tensor.offset < 0 or min((*tensor.shape, *tensor.strides), default=0) < 0:
            raise ModelError(f"{place} has a negative size, stride or offset.")
        count = 1
        for size in tensor.shape:
            count *= size
        last = tensor.offset + sum(
            max(s - 1, 0) * t for s, t in zip(tensor.shape, tensor.strides, strict=True)
        )
        if count > storage.count or (count and last >= storage.count):
            raise ModelError(
                f"{place} has shape {tensor.shape} and reaches past its storage of {storage.count} numbers"
                " (a tensor made by expand must be copied before saving)."
            )
        return count

    def array(self, tensor: StoredTensor, order: Literal["<", ">"]) -> NDArray[Any]:
        storage = tensor.storage
        if storage.key not in self.raw:
            self.raw[storage.key] = self.read(f"data/{storage.key}", LARGEST)
        data = memoryview(self.raw[storage.key])[: storage.count * _width(storage)]
        if storage.kind == "bfloat16":  # the upper half of a float32
            wide = np.frombuffer(data, dtype=f"{order}u2").astype(np.uint32) << 16
            flat: NDArray[Any] = wide.view(np.float32)
        else:
            flat = np.frombuffer(data, dtype=np.dtype(storage.kind).newbyteorder(order))
        if 0 in tensor.shape:
            return np.zeros(tensor.shape)
        strides = tuple(stride * flat.itemsize for stride in tensor.strides)
        view = np.lib.stride_tricks.as_strided(
            flat[tensor.offset :], tensor.shape, strides, writeable=False
        )
        return view.copy()

    def read(self, name: str, most: int) -> bytes:
        member = self.members[self.root + name]
        if member.file_size > most:
            raise ModelError(
                f"{self.where}: {member.filename[:100]!r} has {member.file_size} bytes, at most {most}."
            )
        return self.archive.read(member)


def _states(saved: Any) -> Mapping[Any, Any] | None:
    """The state dict in what a file holds: itself, what stands under a usual key, or the only one there is."""
    if not isinstance(saved, Mapping):
        return None
    if _named_tensors(saved):
        return saved
    found = [saved[key] for key in PLACES if key in saved and _named_tensors(saved[key])]
    found = found or [value for value in saved.values() if _named_tensors(value)]
    return found[0] if found else None


def _named_tensors(value: Any) -> bool:
    """Whether a value looks like a state dict: texts and tensors, and one of two axes at least."""
    return (
        isinstance(value, Mapping)
        and all(isinstance(name, str) for name in value)
        and any(
            isinstance(one, StoredTensor) and len(one.shape) > 1 for one in value.values()
        )
        and all(isinstance(one, StoredTensor | Unread) for one in value.values())
    )


def _width(storage: Storage) -> int:
    """Bytes of one number."""
    return 2 if storage.kind == "bfloat16" else np.dtype(storage.kind).itemsize
