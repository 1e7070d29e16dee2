"""Names: which tensors of a stranger's checkpoint become the tensors of docs/model-format.md.

A dialect is little more than a table of names, and a names file is such a table in JSON. In both `*` stands for the
number of a layer, and `#`, on their side, for that of a head.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import ModelError
from circuitsim.models.files.documents import show

Tensors: TypeAlias = Mapping[str, NDArray[Any]]

BESIDE = "attention.output.weight"  # of ours, where the parts of heads lie side by side and not below each other
OPEN = {
    "embedding.weight",
    "positions.weight",
}  # which some modules keep with axes of length 1


@dataclass(frozen=True)
class Source:
    """Their tensor, and what has to be done with it.

    Args:
        tensor: its name.
        transpose: it is stored as (inputs, outputs); with heads, each of them is.
        part: (which, of how many) equal parts along its outputs, after transposing.
        heads: its first axis is that of heads.
        times: a factor.
    """

    tensor: str
    transpose: bool = False
    part: tuple[int, ...] = ()
    heads: bool = False
    times: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        whole = all(type(number) is int for number in self.part)
        if self.part and not (
            whole and len(self.part) == 2 and 0 <= self.part[0] < self.part[1]
        ):
            raise ModelError(
                f"part must be two whole numbers, [which, of how many], got {show(list(self.part))}."
            )

    def of(self, pieces: list[NDArray[Any]], ours: str) -> NDArray[Any]:
        """Our tensor of theirs, or of one for each head.

        Raises:
            ModelError: its shape does not allow what is said of it.
        """
        if self.heads and pieces[0].ndim < 2:
            raise ModelError(
                f"has shape {pieces[0].shape}, and its first axis should be that of heads"
            )
        if ours in OPEN and pieces[0].ndim > 2:
            pieces = [piece.reshape([s for s in piece.shape if s != 1]) for piece in pieces]
        pieces = [one for piece in pieces for one in (piece if self.heads else [piece])]
        if self.transpose:
            pieces = [piece.T for piece in pieces]
        if self.part:
            pieces = [self._part(piece) for piece in pieces]
        if not pieces:
            raise ModelError("has no heads")
        axis = 1 if ours.endswith(BESIDE) else 0
        if len({piece.shape for piece in pieces}) > 1:
            raise ModelError("differs in shape from that of another head")
        if pieces[0].ndim <= axis:
            raise ModelError(
                f"has shape {pieces[0].shape}, and that of a weight has two axes"
            )
        found = pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis)
        return found if self.times == 1 else found.astype(np.float64) * float(self.times)

    def _part(self, array: NDArray[Any]) -> NDArray[Any]:
        which, count = self.part
        if array.ndim == 0 or len(array) % count:
            raise ModelError(
                f"has shape {array.shape}, which does not fall into {count} equal parts"
            )
        size = len(array) // count
        return array[which * size : (which + 1) * size]


Names: TypeAlias = Mapping[str, Source]


def names_of(table: Mapping[str, str | Source]) -> dict[str, Source]:
    """A table in which a plain name may stand for a tensor as it is."""
    return {
        ours: Source(given) if isinstance(given, str) else given
        for ours, given in table.items()
    }


@dataclass
class Translated:
    """Our tensors by name, what theirs are called, how many heads they show, and what went wrong on the way."""

    tensors: dict[str, NDArray[Any]] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    heads: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def add(self, ours: str, source: Source, listed: list[str], tensors: Tensors) -> None:
        """Our tensor of theirs, or of one for each head."""
        pieces = [tensors[name] for name in listed]
        self.theirs[ours] = listed[0]
        if source.heads or "#" in source.tensor:
            self.heads.add(len(pieces[0]) if source.heads and pieces[0].ndim else len(pieces))
        try:
            self.tensors[ours] = source.of(pieces, ours)
        except ModelError as error:
            self.problems.append(f"tensor {listed[0][:100]} {error}")


def translated(tensors: Tensors, names: Names, unread: Iterable[str] = ()) -> Translated:
    """The tensors of a checkpoint under our names. What `*` stands for has to be there in every layer.

    Args:
        unread: names, with `*`, of tensors that say nothing of a model.
    """
    found, used = Translated(), set()
    hits = {ours: _hits(source.tensor, tensors) for ours, source in names.items()}
    layers = {layer for ours in names if "*" in ours for layer in hits[ours]}
    for ours, source in names.items():
        wanted = layers if "*" in ours else set(hits[ours]) or {0}
        for layer in sorted(wanted or {0}):
            listed = hits[ours].get(layer, [])
            used |= set(listed)
            if listed:
                found.add(ours.replace("*", str(layer)), source, listed, tensors)
            else:
                missing = source.tensor.replace("*", str(layer))
                found.problems.append(f"tensor {missing[:100]} is missing")
    used |= {
        name for one in unread for listed in _hits(one, tensors).values() for name in listed
    }
    found.problems += [f"unknown tensor {show(n, 100)}" for n in tensors if n not in used]
    return found


def _hits(theirs: str, tensors: Tensors) -> dict[int, list[str]]:
    """By layer, the tensors that a name with `*` and `#` stands for, in the order of heads; layer 0 without `*`."""
    if "*" not in theirs and "#" not in theirs:
        return {0: [theirs]} if theirs in tensors else {}
    spelled = re.escape(theirs)
    for sign, group in ((r"\*", "layer"), (r"\#", "head")):
        first, again = rf"(?P<{group}>\d{{1,6}})", rf"(?P={group})"
        spelled = spelled.replace(sign, first, 1).replace(sign, again)
    pattern = re.compile(spelled, re.ASCII)
    found: dict[int, dict[int, str]] = {}
    for name in tensors:
        if hit := pattern.fullmatch(name):
            groups = hit.groupdict()
            own = found.setdefault(int(groups.get("layer") or 0), {})
            own[int(groups.get("head") or 0)] = name
    return {layer: [heads[h] for h in sorted(heads)] for layer, heads in found.items()}
