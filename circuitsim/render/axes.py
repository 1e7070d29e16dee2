"""What the axes of an instruction's value mean, and where they begin: from `[0, 3, 1]` to "query 4, key 3, bit 1".

Compilers draw queries, keys and rivals in this order (`compilers/bounded/`, `compilers/thresholds/`), and cut them
into bands by slices. The slices are followed, so that a position is that of the sequence and not of its band. Pairs of
positions, the keys of third-order heads, are laid out by `take`: "key 2,0" is the pair of position 2 and position 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from circuitsim.schematic.schematic import Instruction, Schematic

BY_RANK = {
    1: ("position",),
    2: ("position", "bit"),
    3: ("query", "key", "bit"),
    4: ("query", "key", "rival", ""),
}
SPECIAL = {  # by the last part of the scope, the operation and the number of axes
    ("maximum", "call", 3): ("query", "match", "bit"),
    ("maximum", "any", 2): ("query", "threshold"),
    ("maximum", "at_least", 3): ("query", "key", "threshold"),
    ("scores", "at_least", 3): ("query", "key", ""),
    ("selection", "at_least", 3): ("query", "key", "digit"),
    ("selection", "all", 2): ("query", "key"),
    ("selection", "and", 2): ("query", "key"),
    ("selection", "all", 3): ("query", "key", "wire"),
    ("selection", "any", 2): ("query", "wire"),
    ("sums", "sum", 2): ("query", "bit"),
    ("division", "call", 2): ("query", "bit"),
    ("mean", "at_least", 2): ("query", "threshold"),
}
PLACES = ("position", "query", "key")  # axes that are positions of the sequence


@dataclass(frozen=True)
class Origin:
    """Element k of an axis is `start + k * step` of the sequence; None where all are alike.

    With `length`, that of the sequence, elements are pairs of positions, in the order of the first, then the second;
    with `chosen`, only these pairs.
    """

    start: int = 0
    step: int = 1
    length: int | None = None
    chosen: tuple[int, ...] | None = None

    def place(self, k: int) -> str:
        """The position, or both of a pair."""
        number = self.start + k * self.step
        if self.length is None:
            return str(number)
        number = number if self.chosen is None else self.chosen[number]
        return f"{number // self.length},{number % self.length}"


Origins = tuple[Origin | None, ...]


def words(schematic: Schematic, line: Instruction) -> tuple[str, ...]:
    """A word for every axis of the instruction's value, "" where none is known."""
    rank, last = len(line.shape), line.scope.rpartition("/")[2]
    if line.operation in ("all_of", "any_of"):
        return ("",) * rank
    if line.operation == "and" and rank == 4:
        return ("query", "key", "query bit", "key bit")
    if line.operation == "all" and rank == 3 and last == "selection":
        condition = schematic.instructions[line.args[0]].shape
        if condition[1] == 1 and line.shape[1] > 1:
            return ("query", "wire", "key")
    found = SPECIAL.get((last, line.operation, rank)) or BY_RANK.get(rank, ("",) * rank)
    return (
        (*found[:-1], "threshold")
        if line.operation == "at_least" and found[-1] == "bit"
        else found
    )


def element(
    shape: Sequence[int], meaning: Sequence[str], origins: Origins, index: int
) -> str:
    """Where the wire with this index in the flat array stands; axes of length 1 that say nothing are left out."""
    places: list[int] = []
    for length in reversed(shape):
        index, place = divmod(index, length)
        places.insert(0, place)
    parts = []
    for axis, (place, word, origin) in enumerate(zip(places, meaning, origins, strict=True)):
        if shape[axis] == 1 and (word not in PLACES or origin is None):
            continue
        said = str(place)
        if word in PLACES and origin is not None:
            said = origin.place(place)
        elif word == "rival":
            place += place >= places[axis - 1]  # rivals are numbered without the key itself
            key = origins[axis - 1]
            said = str(place) if key is None else key.place(place)
        parts.append(f"{word} {said}".lstrip())
    return ", ".join(parts)


def origins(schematic: Schematic) -> list[Origins]:
    """Where the axes of every value begin, by following slices."""
    found: list[Origins] = []
    for line in schematic.instructions:
        found.append(
            _origins(line, [(schematic.instructions[a].shape, found[a]) for a in line.args])
        )
    return found


def _origins(line: Instruction, args: list[tuple[tuple[int, ...], Origins]]) -> Origins:
    how, rank = line.attributes, len(line.shape)
    fresh = tuple(Origin() for _ in range(rank))
    if not args:
        return fresh
    first = args[0][1]
    match line.operation:
        case "slice":
            axis, start, _, step = how
            old = first[axis]
            new = (
                None
                if old is None
                else replace(old, start=old.start + start * old.step, step=old.step * step)
            )
            return (*first[:axis], new, *first[axis + 1 :])
        case "expand":
            return (*first[:how], None, *first[how:])
        case "squeeze":
            return (*first[:how], *first[how + 1 :])
        case "transpose":
            return tuple(first[axis] for axis in how)
        case "take":
            return (
                *first[: how[0]],
                _taken(first[how[0]], args[0][0][how[0]], how[1]),
                *first[how[0] + 1 :],
            )
        case "others":
            return (*first[: how + 1], None, *first[how + 1 :])
        case "broadcast":
            return tuple(
                None if was != now else o
                for was, now, o in zip(args[0][0], line.shape, first, strict=True)
            )
        case "concat":
            return (
                *first[:how],
                _joined([(shape[how], o[how]) for shape, o in args]),
                *first[how + 1 :],
            )
    lead = rank if line.operation in ("all", "any", "and", "xor", "not") else rank - 1
    return (*(_common(axis, line.shape[axis], args) for axis in range(lead)), *fresh[lead:])


def _taken(old: Origin | None, length: int, indices: tuple[int, ...]) -> Origin:
    """Of the first or the second positions of all pairs these pairs, of some pairs those, else a new axis."""
    if old is not None and old.length is not None:
        return replace(old, chosen=indices) if old == Origin(length=old.length) else Origin()
    if length < 2 or len(indices) != length**2:
        return Origin()
    first = tuple(j for j in range(length) for _ in range(length))
    return (
        Origin(length=length) if indices in (first, (*range(length),) * length) else Origin()
    )


def _joined(parts: list[tuple[int, Origin | None]]) -> Origin:
    """Of parts that follow each other in the sequence the first one's, else a new axis."""
    start = parts[0][1]
    if start is None:
        return Origin()
    at = start.start
    for length, origin in parts:
        if origin is not None and origin != replace(start, start=at):
            return Origin()
        at += length * start.step
    return start


def _common(
    axis: int, length: int, args: list[tuple[tuple[int, ...], Origins]]
) -> Origin | None:
    """What all operands that have this axis say of it; a new axis where they differ."""
    said = {o[axis] for shape, o in args if axis < len(shape) and shape[axis] == length} - {
        None
    }
    if not said:
        return None if length == 1 else Origin()
    return said.pop() if len(said) == 1 else Origin()
