"""Inputs of the papers' lower bounds: what Alice holds, what Bob asks, and where his answer is read.

A gadget splits the positions of an input between the two. `messages.py` counts what must cross.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.errors import InputError, LimitError
from circuitsim.tokens import Codes
from circuitsim.zoo.task import Digits, Task
from circuitsim.zoo.tasks.averaging import QSTR, QSparseAveraging, SparseTokenSelection
from circuitsim.zoo.tasks.brackets import BoundedDyck
from circuitsim.zoo.tasks.comparing import Disjointness, Equality, Inequality
from circuitsim.zoo.tasks.finding import AssociativeRecall, IndexLookup, NearestNeighbour
from circuitsim.zoo.tasks.matching import Match3

Bits: TypeAlias = tuple[int, ...]
Asks: TypeAlias = Literal["nothing", "index", "unit", "string"]

LARGEST = 2**17  # inputs that are gone through

SANFORD = "Sanford, Hsu and Telgarsky 2023 (2306.02896)"
BHATTAMISHRA = "Bhattamishra, Hahn, Blunsom and Kanade 2024 (2406.09347)"
MOUSAVI = "Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (2503.11272)"


@dataclass(frozen=True)
class Gadget:
    """Inputs of n tokens in two parts, a of Alice's and b of Bob's.

    Attributes:
        name, source: of the problem that it holds, and the paper. task, n: what it is an input of.
        bits: of Alice's part. full: how many she could have; the others are 0.
        alice: her positions; all others are Bob's.
        asks: Bob's parts: "nothing", the "index" of a bit, a "unit" vector, or any "string" of as many bits.
        read: which of the task's decisions are Bob's answer.
        make: digits (n, fields) of the parts.
    """

    name: str
    source: str
    task: Task
    n: int
    bits: int
    alice: tuple[int, ...]
    asks: Asks
    read: tuple[int, ...]
    make: Callable[[Bits, Bits], Digits]
    full: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "full", self.full or self.bits)

    @property
    def cut(self) -> int | None:
        """Where a recurrent net's state tells all that Bob learns: after Alice's prefix; None if hers is no prefix."""
        return len(self.alice) if self.alice == tuple(range(len(self.alice))) else None

    @property
    def parts(self) -> list[Bits]:
        """All of Alice's parts.

        Raises:
            LimitError: more than 2^17.
        """
        self._refuse_many(2**self.bits)
        return list(product((0, 1), repeat=self.bits))

    @property
    def size(self) -> int:
        """How many inputs `answers` goes through: parts times questions."""
        return int(
            2**self.bits * {"nothing": 1, "string": 2**self.bits}.get(self.asks, self.bits)
        )

    @property
    def questions(self) -> list[Bits]:
        """Bob's parts; of a gadget of disjointness only the sets of one element, which tell all of Alice's apart."""
        if self.asks == "nothing":
            return [()]
        if self.asks == "index":
            return [(index,) for index in range(self.bits)]
        if self.asks == "unit":
            return [
                tuple(int(i == index) for i in range(self.bits)) for index in range(self.bits)
            ]
        return self.parts

    def first(self, bits: int) -> "Gadget":
        """The same gadget with all but the first bits of Alice's part 0.

        Raises:
            InputError: it has fewer bits, or none is left.
        """
        if not 1 <= bits <= self.full:
            raise InputError(
                f"{self.task.name}, {self.name}: {bits} bits, expected 1 to {self.full} at n={self.n}."
            )
        return replace(self, bits=bits)

    def input(self, a: Bits, b: Bits) -> Codes:
        """Token codes (n,) of one input."""
        rest = (0,) * (self.full - self.bits)
        digits = self.make(a + rest, b + rest if self.asks in ("unit", "string") else b)
        return self.task.format(self.n).codes(digits[None])[0]

    def inputs(self, b: Bits) -> Codes:
        """Token codes (parts, n) of every part of Alice's with one of Bob's."""
        return np.array([self.input(a, b) for a in self.parts], np.int64)

    @cached_property
    def answers(self) -> npt.NDArray[np.int64]:
        """The task's answers that Bob gives: (parts, questions, read).

        Raises:
            LimitError: more than 2^17 inputs.
        """
        self._refuse_many(self.size)
        return np.stack(
            [self.task.decisions(self.inputs(b))[:, list(self.read)] for b in self.questions],
            axis=1,
        )

    def _refuse_many(self, inputs: int) -> None:
        if inputs > LARGEST:
            raise LimitError(
                f"{self.task.name}, {self.name}: {self.bits} bits are {inputs} inputs, and at most {LARGEST} are gone"
                " through; take fewer bits with `first`."
            )


def gadgets(task: Task, n: int) -> tuple[Gadget, ...]:
    """The gadgets of a task at n tokens, with as many bits as fit; none where the papers have none.

    Raises:
        InputError: the task has no inputs of this length.
    """
    task.check_length(n)
    return tuple(
        gadget for make in MAKERS.get(type(task), ()) if (gadget := make(task, n)).bits > 0
    )


def _averaging_disjointness(task: QSparseAveraging, n: int) -> Gadget:
    def make(a: Bits, b: Bits) -> Digits:
        return task.disjointness_gadget(n, a, b)

    bits, asker = task.q if n > 2 * task.q else 0, 2 * task.q
    return Gadget(
        "disjointness",
        f"{SANFORD}, Theorem 4",
        task,
        n,
        bits,
        (asker,),
        "unit",
        (asker,),
        make,
    )


def _averaging_index(task: QSparseAveraging, n: int) -> Gadget:
    def make(a: Bits, b: Bits) -> Digits:
        return task.index_gadget(n, a)

    bits = (n - task.q + 1) // 2
    own, asking = tuple(range(bits)), tuple(range(bits, 2 * bits))
    return Gadget(
        "index", f"{SANFORD}, Theorem 11", task, n, bits, own, "nothing", asking, make
    )


def _selection_disjointness(task: SparseTokenSelection, n: int) -> Gadget:
    def make(a: Bits, b: Bits) -> Digits:
        return task.disjointness_gadget(n, a, b)

    bits = task.q if n > 2 * task.q else 0
    return Gadget(
        "disjointness",
        f"as {SANFORD}, Theorem 4",
        task,
        n,
        bits,
        (n - 1,),
        "unit",
        (0,),
        make,
    )


def _selection_index(task: SparseTokenSelection, n: int) -> Gadget:
    bits = n - task.q  # and q - 1 positions that are -, for the other pointers

    def make(a: Bits, b: Bits) -> Digits:
        signs = np.array([*a, *[0] * (task.q - 1)], np.int64)
        return task.join(signs[None], np.array([[[*b, *range(bits, n - 1)]]], np.int64))[0]

    return Gadget(
        "index",
        f"as {SANFORD}, Theorem 11",
        task,
        n,
        bits,
        tuple(range(n - 1)),
        "index",
        (0,),
        make,
    )


def _qstr_index(task: QSTR, n: int) -> Gadget:
    bits = (n - 1) // 2

    def make(a: Bits, b: Bits) -> Digits:
        digits = np.full((n, task.q + 1), n - 1, np.int64)  # the last token is -
        digits[:, 0] = [*a, *[0] * (n - bits)]
        pointers = slice(1, None) if task.g == "majority" else slice(1, 2)
        digits[bits : 2 * bits, pointers] = np.arange(bits)[:, None]
        return digits

    own, asking = tuple(range(bits)), tuple(range(bits, 2 * bits))
    return Gadget(
        "index", f"{MOUSAVI}, Proposition 6", task, n, bits, own, "nothing", asking, make
    )


def _match3_disjointness(task: Match3, n: int) -> Gadget:
    bits = 0 if task.modulus % 4 else min((n - 1) // 2, task.modulus // 4 - 1)

    def make(a: Bits, b: Bits) -> Digits:
        return task.disjointness_gadget(n, a, b)

    return Gadget(
        "disjointness",
        f"{SANFORD}, Theorem 7",
        task,
        n,
        bits,
        tuple(range(bits + 1)),
        "unit",
        (0,),
        make,
    )


def _lookup_index(task: IndexLookup, n: int) -> Gadget:
    def make(a: Bits, b: Bits) -> Digits:
        digits = np.full((n, 2), -1, np.int64)
        digits[:-1, 0], digits[-1, 1] = a, b[0]
        return digits

    own = tuple(range(n - 1))
    return Gadget(
        "index", f"{BHATTAMISHRA}, Theorem 3", task, n, n - 1, own, "index", (0,), make
    )


def _neighbour_index(task: NearestNeighbour, n: int) -> Gadget:
    bits = min(n // 2, 2**task.dimension)

    def make(a: Bits, b: Bits) -> Digits:
        digits = np.full((n, 2), -1, np.int64)
        digits[::2, 0] = [
            *range(bits),
            *[0] * (n // 2 - bits),
            *b,
        ]  # repeated vectors come later, and do not count
        digits[1::2, 1] = [*a, *[0] * (n // 2 - bits)]
        return digits

    own = tuple(range(n - 1))
    return Gadget(
        "index", f"{BHATTAMISHRA}, Theorem 8", task, n, bits, own, "index", (0,), make
    )


def _recall_index(task: AssociativeRecall, n: int) -> Gadget:
    bits = n // 3

    def make(a: Bits, b: Bits) -> Digits:
        pairs = [symbol for pair in enumerate(a) for symbol in pair]
        return np.array([*pairs, *range(bits)], np.int64)[:, None]

    own, asking = tuple(range(2 * bits)), tuple(range(2 * bits, n))
    return Gadget(
        "index", f"{BHATTAMISHRA}, Proposition 9", task, n, bits, own, "nothing", asking, make
    )


def _halves(task: Task, n: int) -> Gadget:
    def make(a: Bits, b: Bits) -> Digits:
        return np.array([*a, *b], np.int64)[:, None]

    asks: Asks = "unit" if isinstance(task, Disjointness) else "string"
    source = f"{BHATTAMISHRA}, Theorems 11 and 12"
    return Gadget("halves", source, task, n, n // 2, tuple(range(n // 2)), asks, (0,), make)


def _dyck_odd_even(task: BoundedDyck, n: int) -> Gadget:
    def make(a: Bits, b: Bits) -> Digits:
        return np.where(np.arange(n) % 2 == 0, dyck_member(a), dyck_member(b))[:, None]

    bits = n - 1 if min(task.k, task.depth) > 1 and n % 2 == 0 else 0
    return Gadget(
        "odd-even",
        f"{BHATTAMISHRA}, Lemma 1",
        task,
        n,
        bits,
        tuple(range(0, n, 2)),
        "string",
        (0,),
        make,
    )


def dyck_member(bits: Bits) -> npt.NDArray[np.int64]:
    """The string (n,) of Dyck-(2,2) that n - 1 bits stand for, n even; letter 2t opens type t and 2t + 1 closes it.

    The first bit is the type of the first letter; every second letter from there has a bit for closing and one for its
    type. At these letters one bracket is open, or two that the letter closes one of; so they determine those between.
    """
    between, bottom = [], bits[0]
    odd = [2 * bits[0]]
    for closes, kind in zip(bits[1::2], bits[2::2], strict=True):
        odd.append(2 * kind + closes)
        between.append(2 * kind if closes else 2 * bottom + 1)
        bottom = bottom if closes else kind
    return np.stack([odd, [*between, 2 * bottom + 1]], axis=1).reshape(-1).astype(np.int64)


MAKERS: dict[type[Task], tuple[Callable[[Any, int], Gadget], ...]] = {
    QSparseAveraging: (_averaging_disjointness, _averaging_index),
    SparseTokenSelection: (_selection_disjointness, _selection_index),
    QSTR: (_qstr_index,),
    Match3: (_match3_disjointness,),
    IndexLookup: (_lookup_index,),
    NearestNeighbour: (_neighbour_index,),
    AssociativeRecall: (_recall_index,),
    Equality: (_halves,),
    Inequality: (_halves,),
    Disjointness: (_halves,),
    BoundedDyck: (_dyck_odd_even,),
}
