"""What the values of a pickle become: plain data, descriptions of tensors, and objects that are named and not read.

A pickle makes an object by calling something. The few calls that are data here are written in `CALLS`; every other
is an `Unread`, which is harmless where nobody looks at it and an error where a weight or a config stands.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

STORAGES = {
    "torch.DoubleStorage": "f8",
    "torch.FloatStorage": "f4",
    "torch.HalfStorage": "f2",
    "torch.BFloat16Storage": "bfloat16",
    "torch.LongStorage": "i8",
    "torch.IntStorage": "i4",
    "torch.ShortStorage": "i2",
    "torch.CharStorage": "i1",
    "torch.ByteStorage": "u1",
    "torch.BoolStorage": "?",
}
SCALAR = re.compile(
    r"[fiu]\d|b1|U\d{1,6}", re.ASCII
)  # numbers, truth values and texts of numpy


@dataclass(frozen=True)
class Storage:
    """A run of `count` numbers of type `kind` (a numpy code or "bfloat16"), kept in the file under `key`."""

    kind: str
    key: str
    count: int


@dataclass(frozen=True)
class StoredTensor:
    """A view of a storage: `offset`, `shape` and `strides` in elements, not yet checked against its size."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True)
class Unread:
    """A class or function, by its whole name, or an object that it would make: nothing is imported or called."""

    name: str

    def __str__(self) -> str:
        return f"a pickled object of type {self.name[:100]}; nothing is executed on load. Save plain data instead"


class NegatedView(Unread):
    """A tensor whose numbers are still to be negated."""

    def __str__(self) -> str:
        return "a negated view of a tensor's numbers; call resolve_neg() before saving"


@dataclass(frozen=True, eq=False)
class OddKey:
    """A key of a dictionary that is not a text.

    It equals nothing but itself: whole numbers can be chosen so that a dictionary of them takes forever.
    """

    value: Any


@dataclass
class Scalar:
    """The type of a numpy scalar, which its pickle first makes and then gives a byte order."""

    code: str
    order: str = "="


def key(value: Any) -> str | OddKey:
    """What stands for a key in a dictionary."""
    return value if isinstance(value, str) else OddKey(value)


def called(function: Unread, arguments: tuple[Any, ...]) -> Any:
    """What a call gives. None: these arguments it does not take."""
    if function.name not in CALLS:
        return function
    return CALLS[function.name](arguments)


def _tensor(arguments: tuple[Any, ...]) -> StoredTensor | Unread | None:
    match arguments:
        case (Unread() as storage, *_):  # of numbers that no weight has, such as complex ones
            return storage
        case (
            Storage() as storage,
            int() as offset,
            tuple() as shape,
            tuple() as strides,
            *rest,
        ) if _whole(shape) and _whole(strides):
            negated = any(rest[2:])  # after requires_grad and hooks
            return (
                NegatedView("tensor")
                if negated
                else StoredTensor(storage, offset, shape, strides)
            )
    return None


def _parameter(arguments: tuple[Any, ...]) -> StoredTensor | Unread | None:
    match arguments:
        case (StoredTensor() | Unread() as tensor, *_):
            return tensor
    return None


def _size(arguments: tuple[Any, ...]) -> tuple[int, ...] | None:
    match arguments:
        case (tuple() as shape,) if _whole(shape):
            return shape
    return None


def _ordered(arguments: tuple[Any, ...]) -> OrderedDict[Any, Any] | None:
    return None if arguments else OrderedDict()


def _encoded(arguments: tuple[Any, ...]) -> bytes | Unread:
    """Bytes, as pickles of protocol 2 write them."""
    match arguments:
        case (str() as text, "latin1") if all(ord(character) < 256 for character in text):
            return text.encode("latin1")
    return Unread("_codecs.encode")


def _numpy_type(arguments: tuple[Any, ...]) -> Scalar | Unread:
    match arguments:
        case (str() as code, *_) if SCALAR.fullmatch(code):
            return Scalar(code)
    return Unread("numpy.dtype")


def _numpy_scalar(arguments: tuple[Any, ...]) -> Any:
    """The number, truth value or text itself."""
    match arguments:
        case (Scalar(code=code, order=order), bytes() as data):
            try:
                kind = np.dtype(f"{order}{code}")
            except (TypeError, ValueError):
                return None
            return (
                np.frombuffer(data, kind)[0].item()
                if 0 < kind.itemsize == len(data)
                else None
            )
    return Unread("numpy.scalar")


def _whole(values: tuple[Any, ...]) -> bool:
    return all(type(value) is int for value in values)


Call: TypeAlias = Callable[[tuple[Any, ...]], Any]

CALLS: dict[str, Call] = {
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch.Size": _size,
    "collections.OrderedDict": _ordered,
    "_codecs.encode": _encoded,
    "numpy.dtype": _numpy_type,
    "numpy.core.multiarray.scalar": _numpy_scalar,
    "numpy._core.multiarray.scalar": _numpy_scalar,
}
