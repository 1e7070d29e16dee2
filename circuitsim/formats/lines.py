"""Text of many lines at once: patterns with places for numbers and for the names of wires, filled in by a kernel.

A pattern is bytes in which `{0}` is the name of the wire in column 0, and `{#0}` the number in column 0.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from circuitsim.array_types import Bytes, Longs
from circuitsim.kernels import compiled

AT_ONCE = 2**14  # lines that are written together
LONGEST_NUMBER = 20
FIELD = re.compile(r"\{(#?)(\d)\}")
NAME, NUMBER = (
    1,
    17,
)  # in patterns: this and the column is the place of a name, or of a number


@dataclass(frozen=True)
class WireNames:
    """Names of nodes: those of a list, then a letter and how many there were before.

    Args:
        first: of the constant and the inputs, in the order of nodes. letter: of gates.
    """

    first: tuple[str, ...]
    letter: str = "g"

    def of(self, node: int) -> str:
        """The name of one node."""
        known = len(self.first)
        return self.first[node] if node < known else f"{self.letter}{node - known}"

    def table(self) -> "_Table":
        """For the kernel."""
        encoded = [name.encode() for name in self.first]
        ends = np.cumsum([0, *map(len, encoded)]).astype(np.int64)
        joined = np.frombuffer(b"".join(encoded) or b"\0", np.uint8)
        return _Table(joined, ends, ord(self.letter))

    @property
    def longest(self) -> int:
        """Bytes that any name may have."""
        return max([LONGEST_NUMBER, *(len(name.encode()) for name in self.first)])


class _Table(NamedTuple):
    bytes: Bytes
    ends: Longs
    letter: int


class _Patterns(NamedTuple):
    bytes: Bytes
    ends: Longs


def write_lines(
    file: BinaryIO, patterns: Sequence[str], which: Any, columns: Any, names: WireNames
) -> None:
    """Write lines (their ends belong to the patterns).

    Args:
        which: (lines,) the pattern of each. columns: (lines, k) nodes and numbers.
    """
    if not len(which):
        return
    known = [_encoded(pattern) for pattern in patterns]
    ends = np.cumsum([0, *map(len, known)]).astype(np.int64)
    table = _Patterns(np.frombuffer(b"".join(known) or b"\0", np.uint8), ends)
    longest = max(map(len, known), default=0) * max(LONGEST_NUMBER, names.longest)
    chosen = np.ascontiguousarray(which, np.uint8)
    filled = np.ascontiguousarray(columns, np.int64).reshape(len(chosen), -1)
    rows = max(1, min(AT_ONCE, 2**26 // max(1, longest)))
    out, of_wires = np.empty(rows * longest, np.uint8), names.table()
    for start in range(0, len(chosen), rows):
        part = slice(start, start + rows)
        end = _fill(out, table, chosen[part], filled[part], of_wires)
        file.write(out[:end].data)


def _encoded(pattern: str) -> bytes:
    """A pattern with one byte for each place."""

    def place(found: re.Match[str]) -> str:
        return chr((NUMBER if found[1] else NAME) + int(found[2]))

    return FIELD.sub(place, pattern).encode("latin-1")


@compiled
def _digits(out: Bytes, at: int, number: int) -> int:
    """Write a number, and say where it ends."""
    if number < 0:
        out[at] = 45
        at += 1
        number = -number
    size, rest = 1, number // 10
    while rest > 0:
        size, rest = size + 1, rest // 10
    for place in range(at + size - 1, at - 1, -1):
        out[place] = 48 + number % 10
        number //= 10
    return at + size


@compiled(work=lambda out, patterns, which, columns, names: 64 * columns.size)
def _fill(
    out: Bytes, patterns: _Patterns, which: Bytes, columns: Longs, names: _Table
) -> int:
    """Write lines, and say where the last one ends."""
    at, known = 0, len(names.ends) - 1
    for line in range(len(which)):
        for k in range(patterns.ends[which[line]], patterns.ends[which[line] + 1]):
            sign = int(patterns.bytes[k])
            if NUMBER <= sign < NUMBER + 10:
                at = _digits(out, at, columns[line, sign - NUMBER])
            elif sign < 9 and sign >= NAME:
                node = columns[line, sign - NAME]
                if node < known:
                    for c in range(names.ends[node], names.ends[node + 1]):
                        out[at] = names.bytes[c]
                        at += 1
                else:
                    out[at] = names.letter
                    at = _digits(out, at + 1, node - known)
            else:
                out[at] = patterns.bytes[k]
                at += 1
    return at
