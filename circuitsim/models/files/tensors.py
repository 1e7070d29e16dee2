"""The named tensors that training code saves, and the fields of the models' classes that they become.

A matrix `query` of a head is the tensor `layers.L.attention.query.weight`, and what is added to it, `query_bias`, is
`layers.L.attention.query.bias`. So a matrix that is added to a class is read from then on, and so is a norm.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.files.annotations import keys_of
from circuitsim.models.files.documents import show
from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout
from circuitsim.numbers.arrays import Bias, Matrix, matrix, vector

Tensors: TypeAlias = Mapping[str, NDArray[Any]]

MOST_LISTED = 1000  # layers without a tensor
LONGEST_NAME = 100  # of a tensor, in a message
SHARED = ("k", "v")  # sizes of a head; the heads of a layer lie side by side in its tensors


@dataclass(frozen=True)
class Slot:
    """A tensor, and the field that it becomes.

    Args:
        tensor: its name, or the end of it, such as "query.weight".
        field: of the class.
        sizes: its shape, in the letters of docs/model-format.md.
        required: whether the class needs it.
    """

    tensor: str
    field: str
    sizes: tuple[str, ...]
    required: bool = False

    def share(self, array: Any, number: int, count: int) -> Any:
        """What one of so many heads has of a layer's tensor."""
        if self.sizes[0] in SHARED:
            size = len(array) // count
            return array[number * size : (number + 1) * size]
        if self.sizes[-1] in SHARED:
            size = array.scaled.shape[1] // count
            return array.columns(number * size, (number + 1) * size)
        return array


def _slots(cls: type) -> list[Slot]:
    """The tensors of a class."""
    found = []
    rows: dict[str, tuple[str, ...]] = {}
    for name, key in keys_of(cls).items():
        if key.base is Matrix:
            sizes = get_args(key.field.type)[1:]
            rows[f"{name}_bias"] = rows["bias"] = sizes[:1]
            found.append(Slot(f"{name}.weight", name, sizes, key.required))
        elif key.annotation is Bias:
            found.append(Slot(f"{name.removesuffix('_bias')}.bias", name, rows[name]))
    return found


def _norms(cls: type) -> tuple[str, ...]:
    """The fields of a class that are norms."""
    return tuple(name for name, key in keys_of(cls).items() if Norm in get_args(key.base))


HEAD, NET = _slots(Head), _slots(FeedForward)
OUTPUT_BIAS = Slot("output.bias", "output_bias", ("d",))  # of a layer
NORM = [Slot("weight", "gain", ("d",), required=True), Slot("bias", "bias", ("d",))]
LAYER_NORMS, MODEL_NORMS = _norms(Layer), _norms(Model)
PARTS = {
    "attention": [*HEAD, OUTPUT_BIAS],
    "feed_forward": NET,
    **dict.fromkeys(LAYER_NORMS, NORM),
}
WEIGHTS, BIASES = _slots(Readout)
READOUT = [
    Slot("readout.weight", WEIGHTS.field, WEIGHTS.sizes, required=True),
    Slot("readout.bias", BIASES.field, BIASES.sizes),
]
ROWS = [
    Slot("embedding.weight", "embedding", ("tokens", "d"), required=True),
    Slot("positions.weight", "positions", ("N", "d")),
]
OF_LAYERS = {f"{part}.{slot.tensor}" for part, listed in PARTS.items() for slot in listed}
OF_MODELS = {slot.tensor for slot in (*ROWS, *READOUT)}
OF_MODELS |= {f"{name}.{slot.tensor}" for name in MODEL_NORMS for slot in NORM}
LAYER = re.compile(r"layers\.(\d{1,6})\.(.+)", re.ASCII | re.DOTALL)
EMBEDDING = re.compile(r"((?:.*\.)?)embedding(?:\.weight)?", re.DOTALL)


def prefix_of(names: Tensors) -> str:
    """What wrappers such as DataParallel (`module.`) and torch.compile (`_orig_mod.`) put before all names.

    Empty where the names have nothing in common, or do not become a model's without it.
    """
    if not names:
        return ""
    first, last = min(names), max(names)  # what begins both begins all names between them
    before = (found[1] for name in names if (found := EMBEDDING.fullmatch(name)))
    return next(
        (prefix for prefix in before if first.startswith(prefix) and last.startswith(prefix)),
        "",
    )


def _layer(name: str) -> int | None:
    """The layer of a tensor, if layers have such tensors."""
    found = LAYER.fullmatch(name)
    return int(found[1]) if found and found[2] in OF_LAYERS else None


class State:
    """Tensors by name: what is wrong with them, and the fields that they become.

    Args:
        theirs: what a file calls them, where it has other names.
    """

    def __init__(self, tensors: Tensors, theirs: Mapping[str, str]) -> None:
        self.theirs = theirs
        long = {name.removesuffix(".weight"): name for name in (slot.tensor for slot in ROWS)}
        self.twice = [name for name in long if name in tensors and long[name] in tensors]
        self.tensors = {long.get(name, name): array for name, array in tensors.items()}
        for name, array in self.tensors.items():
            if array.ndim == 0 or (array.ndim == 1 and name == "readout.weight"):
                self.tensors[name] = array[
                    None
                ]  # one number of a bias, one row of a read-out
        self.layers = {index for name in tensors if (index := _layer(name)) is not None}
        self.exact: dict[str, Any] = {}  # every head takes a share of the same few arrays

    def has(self, place: str, part: list[Slot]) -> bool:
        """Whether there is any tensor of a part; the names of its tensors begin with `place`."""
        return any(f"{place}{slot.tensor}" in self.tensors for slot in part)

    def fields(
        self, place: str, part: list[Slot], number: int = 0, count: int = 1
    ) -> dict[str, Any]:
        """The fields that there are tensors of; of one of so many heads, its share."""
        return {
            slot.field: slot.share(self.array(f"{place}{slot.tensor}"), number, count)
            for slot in part
            if f"{place}{slot.tensor}" in self.tensors
        }

    def array(self, name: str) -> Any:
        """A tensor in exact numbers; truth values are 0 and 1."""
        if name not in self.exact:
            given = self.tensors[name]
            numbers = given.astype(np.int64) if given.dtype.kind == "b" else given
            self.exact[name] = (matrix if given.ndim == 2 else vector)(numbers, name)
        return self.exact[name]

    def called(self, name: str) -> str:
        """A tensor as messages call it: by the file's name, and what it should be."""
        return (
            f"{self.theirs[name][:LONGEST_NAME]} (as {name})" if name in self.theirs else name
        )

    def strange_names(self) -> Iterator[str]:
        """Tensors that no model has, two of one thing, and layers without a tensor."""
        for name in self.tensors:
            if name not in OF_MODELS and _layer(name) is None:
                yield f"unused tensor {show(name, LONGEST_NAME)}"
        yield from (f"both {name} and {name}.weight" for name in self.twice)
        for index in range(min(len(self.layers), MOST_LISTED)):
            if index not in self.layers:
                yield f"no tensor of layers.{index}"

    def problems(
        self, place: str, part: list[Slot], sizes: dict[str, int], heads: int = 1
    ) -> Iterator[str]:
        """What is wrong with the tensors of a part, where these sizes are known; adds those that become known."""
        there = [slot for slot in part if f"{place}{slot.tensor}" in self.tensors]
        given = {slot.field.removesuffix("_bias") for slot in there}
        rare = {slot.field for slot in part if len(slot.sizes) == 2 and not slot.required}
        for slot in part:
            name = f"{place}{slot.tensor}"
            if slot in there:
                yield from self._misfit(name, slot, sizes, heads)
            elif slot.required or (slot.field in rare and rare & given):  # all or none
                yield f"missing tensor {self.called(name)}"

    def _misfit(
        self, name: str, slot: Slot, sizes: dict[str, int], heads: int
    ) -> Iterator[str]:
        array, weight = self.tensors[name], len(slot.sizes) == 2
        name = self.called(name)
        if array.dtype.kind not in "fiub":
            yield f"tensor {name} holds {array.dtype}, expected real numbers"
        elif array.dtype.kind == "f" and not np.isfinite(array).all():
            at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            yield f"tensor {name} holds {array[at]} at {list(at)}; weights must be finite"
        if array.ndim != len(slot.sizes) or (weight and 0 in array.shape):
            words = "two dimensions, none of them 0" if weight else "one dimension"
            yield f"tensor {name} has shape {array.shape}, expected {words}"
            return
        for letter, size in zip(slot.sizes, array.shape, strict=True):
            if letter in SHARED and letter not in sizes and size % heads:
                yield f"tensor {name} has {size} entries, which {heads} heads cannot share equally"
            sizes.setdefault(letter, size)
        expected = tuple(sizes[letter] for letter in slot.sizes)
        if array.shape != expected:
            yield f"tensor {name} has shape {array.shape}, expected {expected}"
