"""The maximum of many scores in fan-in 2: the skewed tournament, most significant bit first.

A node hands its winner's bit k on before bit k - 1 arrives, so a tournament of n scores of s bits takes
O(log n + s) levels, where a tree of prefix comparators takes O(log n log s). Three nodes, by levels and gates a
bit: "plain" (3 log2 n + 2 s, 9), "decided" (4 log2 n + s, 11), "small" (deeper, 7).
"""

from functools import lru_cache
from typing import Literal, TypeAlias

from circuitsim.schematic.cells import FALSE, Cell, Recorder
from circuitsim.schematic.drawing import Drawing, Wires

Node: TypeAlias = Literal["plain", "decided", "small"]


def choose_node(drawing: Drawing, keys: int, bits: int) -> Node:
    """The node with the fewest levels for `keys` scores of so many bits, or the fewest gates."""
    if drawing.optimize == "size":
        return "small"
    return "decided" if bits > (keys - 1).bit_length() else "plain"


def maximum(drawing: Drawing, scores: Wires, node: Node | None = None) -> Wires:
    """The largest of unsigned scores: (queries, keys, bits) -> (queries, 1, bits)."""
    keys, bits = scores.shape[-2:]
    cell = node_cell(bits, 0, node or choose_node(drawing, keys, bits), "left", True)
    while scores.shape[-2] > 1:
        scores = _round(drawing, cell, scores, None)[0]
    return scores


def winner(
    drawing: Drawing, scores: Wires, payload: Wires, ties: Literal["left", "right"]
) -> Wires:
    """The payload of the largest score, of equal ones the leftmost or rightmost: (queries, keys, p) -> (queries, 1, p).

    Args:
        scores: (queries, keys, bits) unsigned. payload: the same shape before the last axis, or one that broadcasts.
    """
    keys, bits = scores.shape[-2:]
    node = choose_node(drawing, keys, bits)
    carried: Wires | None = payload
    while scores.shape[-2] > 1:
        last = scores.shape[-2] == 2
        cell = node_cell(bits, payload.shape[-1], node, ties, not last)
        scores, carried = _round(drawing, cell, scores, carried)
    assert carried is not None
    return carried


def _round(
    drawing: Drawing, cell: Cell, scores: Wires, payload: Wires | None
) -> tuple[Wires, Wires | None]:
    """One round: neighbours meet, an odd last one passes."""
    axis, keys, bits = len(scores.shape) - 2, scores.shape[-2], scores.shape[-1]
    pairs = keys // 2
    arrays = [scores] if payload is None else [scores, payload]
    evens = [a.slice(axis, 0, 2 * pairs, 2) for a in arrays]
    odds = [a.slice(axis, 1, 2 * pairs, 2) for a in arrays]
    made = drawing.call(cell, *evens, *odds)
    kept = made.shape[-1] - (0 if payload is None else payload.shape[-1])
    results = [made.slice(-1, 0, kept)] + (
        [] if payload is None else [made.slice(-1, kept, made.shape[-1])]
    )
    if kept == 0:
        results[0] = scores.slice(axis, 0, pairs).slice(-1, 0, bits)
    if keys % 2:
        lead = made.shape[:-2]
        rests = [a.slice(axis, keys - 1, keys) for a in arrays]
        results = [
            drawing.concat([r, rest.broadcast((*lead, 1, rest.shape[-1]))], axis)
            for r, rest in zip(results, rests, strict=True)
        ]
    return results[0], results[1] if payload is not None else None


@lru_cache(maxsize=1024)
def node_cell(bits: int, payload: int, node: Node, ties: str, with_maximum: bool) -> Cell:
    """One match: a, a's payload, b, b's payload, bits least first, to the maximum and its payload."""
    widths = (bits, payload, bits, payload) if payload else (bits, bits)
    r = Recorder(*widths)
    a, b = r.argument(0), r.argument(2 if payload else 1)
    won_a, won_b, decided = FALSE, FALSE, FALSE
    best = [FALSE] * bits
    for k in range(bits - 1, -1, -1):
        from_a, from_b = r.and_(a[k], won_b ^ 1), r.and_(b[k], won_a ^ 1)
        best[k] = r.or_(from_a, from_b)
        if node == "small":
            up_a, up_b = r.and_(from_a, b[k] ^ 1), r.and_(from_b, a[k] ^ 1)
        else:
            up_a, up_b = r.and_(a[k], b[k] ^ 1), r.and_(b[k], a[k] ^ 1)
            differ = r.xor(a[k], b[k]) if node == "decided" else FALSE
            if node == "decided":
                up_a, up_b = r.and_(up_a, decided ^ 1), r.and_(up_b, decided ^ 1)
                decided = r.or_(decided, differ)
            else:
                up_a, up_b = r.and_(up_a, won_b ^ 1), r.and_(up_b, won_a ^ 1)
        won_a, won_b = r.or_(won_a, up_a), r.or_(won_b, up_b)
    outputs = list(best) if with_maximum else []
    if payload:
        take_b = won_b if ties == "left" else won_a ^ 1
        outputs += [
            r.mux(take_b, y, x) for x, y in zip(r.argument(1), r.argument(3), strict=True)
        ]
    return r.cell(f"maximum of {bits} bits", outputs)
