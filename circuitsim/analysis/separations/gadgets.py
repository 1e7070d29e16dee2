"""The gadgets of the papers' lower bounds, by task."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from circuitsim.analysis.separations.gadget import Asks, Bits, Gadget, Make
from circuitsim.array_types import Longs
from circuitsim.zoo.task import Digits, Task
from circuitsim.zoo.tasks.averaging import QSparseAveraging, SparseTokenSelection
from circuitsim.zoo.tasks.brackets import BoundedDyck
from circuitsim.zoo.tasks.comparing import Disjointness, Equality, Inequality
from circuitsim.zoo.tasks.finding import AssociativeRecall, IndexLookup, NearestNeighbour
from circuitsim.zoo.tasks.matching import Match3
from circuitsim.zoo.tasks.targets import QSTR

SANFORD = "Sanford, Hsu and Telgarsky 2023 (2306.02896)"
BHATTAMISHRA = "Bhattamishra, Hahn, Blunsom and Kanade 2024 (2406.09347)"
MOUSAVI = "Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (2503.11272)"


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
    source = f"{SANFORD}, Theorem 4"
    asker = (2 * task.q,)
    bits = task.q if n > 2 * task.q else 0
    make = partial(task.disjointness_gadget, n)
    return Gadget("disjointness", source, task, n, bits, asker, "unit", asker, make)


def _selection_disjointness(task: SparseTokenSelection, n: int) -> Gadget:
    source = f"as {SANFORD}, Theorem 4"
    bits = task.q if n > 2 * task.q else 0
    make = partial(task.disjointness_gadget, n)
    return Gadget("disjointness", source, task, n, bits, (n - 1,), "unit", (0,), make)


def _match3_disjointness(task: Match3, n: int) -> Gadget:
    source = f"{SANFORD}, Theorem 7"
    make = partial(task.disjointness_gadget, n)
    bits = 0 if task.modulus % 4 else min((n - 1) // 2, task.modulus // 4 - 1)
    own = tuple(range(bits + 1))
    return Gadget("disjointness", source, task, n, bits, own, "unit", (0,), make)


def _recalled(task: Task, n: int, source: str, bits: int, make: Make) -> Gadget:
    """Alice has the first positions; Bob asks nothing, and reads her bits at the next ones."""
    own = tuple(range(bits))
    asking = tuple(range(bits, 2 * bits))
    return Gadget("index", source, task, n, bits, own, "nothing", asking, make)


def _looked_up(task: Task, n: int, source: str, bits: int, make: Make) -> Gadget:
    """Bob has the last position, and asks for a bit by its index."""
    return Gadget("index", source, task, n, bits, tuple(range(n - 1)), "index", (0,), make)


def _averaging_index(task: QSparseAveraging, n: int) -> Gadget:
    bits = (n - task.q + 1) // 2
    source = f"{SANFORD}, Theorem 11"
    return _recalled(task, n, source, bits, lambda a, b: task.index_gadget(n, a))


def _qstr_index(task: QSTR, n: int) -> Gadget:
    bits = (n - 1) // 2

    def make(a: Bits, b: Bits) -> Digits:
        digits = np.full((n, task.q + 1), n - 1, np.int64)  # the last token is -
        digits[:, 0] = [*a, *[0] * (n - bits)]
        pointers = slice(1, None) if task.g == "majority" else slice(1, 2)
        digits[bits : 2 * bits, pointers] = np.arange(bits)[:, None]
        return digits

    return _recalled(task, n, f"{MOUSAVI}, Proposition 6", bits, make)


def _selection_index(task: SparseTokenSelection, n: int) -> Gadget:
    bits = n - task.q  # and q - 1 positions that are -, for the other pointers

    def make(a: Bits, b: Bits) -> Digits:
        signs = np.array([*a, *[0] * (task.q - 1)], np.int64)
        return task.join(signs[None], np.array([[[*b, *range(bits, n - 1)]]], np.int64))[0]

    return _looked_up(task, n, f"as {SANFORD}, Theorem 11", bits, make)


def _lookup_index(task: IndexLookup, n: int) -> Gadget:
    def make(a: Bits, b: Bits) -> Digits:
        digits = np.full((n, 2), -1, np.int64)
        digits[:-1, 0], digits[-1, 1] = a, b[0]
        return digits

    return _looked_up(task, n, f"{BHATTAMISHRA}, Theorem 3", n - 1, make)


def _neighbour_index(task: NearestNeighbour, n: int) -> Gadget:
    bits = min(n // 2, 2**task.dimension)
    rest = [0] * (n // 2 - bits)  # repeated vectors come later, and do not count

    def make(a: Bits, b: Bits) -> Digits:
        digits = np.full((n, 2), -1, np.int64)
        digits[::2, 0] = [*range(bits), *rest, *b]
        digits[1::2, 1] = [*a, *rest]
        return digits

    return _looked_up(task, n, f"{BHATTAMISHRA}, Theorem 8", bits, make)


def _recall_index(task: AssociativeRecall, n: int) -> Gadget:
    source = f"{BHATTAMISHRA}, Proposition 9"
    bits = n // 3

    def make(a: Bits, b: Bits) -> Digits:
        pairs = [symbol for pair in enumerate(a) for symbol in pair]
        return np.array([*pairs, *range(bits)], np.int64)[:, None]

    own = tuple(range(2 * bits))
    asking = tuple(range(2 * bits, n))
    return Gadget("index", source, task, n, bits, own, "nothing", asking, make)


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
    own = tuple(range(0, n, 2))
    source = f"{BHATTAMISHRA}, Lemma 1"
    return Gadget("odd-even", source, task, n, bits, own, "string", (0,), make)


def dyck_member(bits: Bits) -> Longs:
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
