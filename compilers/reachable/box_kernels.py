"""Unions of boxes as machine code: what `boxes.InputSets` does, over rows of 64-bit words.

A box is the words of one integer, lowest first, as `boxes.Fields` lays it out. Every kernel gets contiguous arrays
(boxes, words) and the frame (2, words) of the layout, its full box and its guard bits. Kernels call only one another,
so their cache on disk is true to this file; they are compiled when first called. What is done for every pair of boxes
stands in loops, not in functions, since a call with arrays takes longer than the work.
"""

from typing import Any

import numpy as np

from circuitsim.kernels import compiled

MOST_BOXES = 16  # that a set keeps before two of them are replaced by their hull

NO_BITS, ONE, HALF, MIX = (
    np.uint64(0),
    np.uint64(1),
    np.uint64(32),
    np.uint64(0x9E3779B97F4A7C15),
)


@compiled
def _bits(word: Any) -> Any:
    """How many bits of a word are set: sums of 2, 4 and 8 bits side by side. Compilers know it by this shape."""
    pairs = word - ((word >> ONE) & np.uint64(0x5555555555555555))
    low = np.uint64(0x3333333333333333)
    fours = (pairs & low) + ((pairs >> np.uint64(2)) & low)
    bytes_ = (fours + (fours >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((bytes_ * np.uint64(0x0101010101010101)) >> np.uint64(56))


def _pairs(x: Any, y: Any, frame: Any) -> int:
    return 5 * len(x) * len(y) * x.shape[1]


@compiled(work=lambda x, y, frame: MOST_BOXES * _pairs(x, y, frame))
def intersection(x: Any, y: Any, frame: Any) -> Any:
    """Strings in both, a union of their boxes' intersections."""
    if len(x) == 1 and _same(x, 0, frame, 0):
        return y
    if len(y) == 1 and _same(y, 0, frame, 0):
        return x
    parts, count = _parts(x, y, frame)
    return parts[:count].copy() if count < 2 else union(_distinct(parts, count), frame)


@compiled(work=_pairs)
def meet(x: Any, y: Any, frame: Any) -> bool:
    """Whether any string is in both."""
    return _parts(x, y, frame)[1] > 0


@compiled(work=lambda boxes, frame: MOST_BOXES * 5 * boxes.size)
def union(boxes: Any, frame: Any) -> Any:
    """The boxes, added one by one to those kept: (at most `MOST_BOXES`, words)."""
    kept = np.empty((MOST_BOXES, boxes.shape[1]), np.uint64)
    box = np.empty(boxes.shape[1], np.uint64)
    count = 0
    for index in range(len(boxes)):
        for w in range(len(box)):
            box[w] = boxes[index, w]
        count = _add(kept, count, box, frame)
    return kept[:count].copy()


@compiled
def _parts(x: Any, y: Any, frame: Any) -> Any:
    """Intersections of two boxes that are not empty, and how many; a box of x within one of y is its only part."""
    words = x.shape[1]
    parts = np.empty((len(x) * len(y), words), np.uint64)
    count = 0
    for i in range(len(x)):
        first = count
        for j in range(len(y)):
            within, possible, carry = True, True, NO_BITS
            for w in range(words):
                part = x[i, w] & y[j, w]
                parts[count, w] = part
                within = within and part == x[i, w]
                raised, carry = _sum(part, frame[0, w], carry)
                possible = possible and raised & frame[1, w] == frame[1, w]
                if not (within or possible):
                    break
            if within:
                for w in range(words):
                    parts[first, w] = x[i, w]
                count = first + 1
                break
            if possible:
                count += 1
    return parts, count


@compiled
def _distinct(boxes: Any, count: int) -> Any:
    """The different ones of the first boxes, in order of appearance."""
    words = boxes.shape[1]
    places = 4
    while places < 2 * count:
        places *= 2
    table = np.full(places, -1, np.int64)
    result = np.empty((count, words), np.uint64)
    found = 0
    for index in range(count):
        mixed = NO_BITS
        for w in range(words):
            mixed = (mixed ^ boxes[index, w]) * MIX
            mixed ^= mixed >> HALF
        place = np.int64(mixed >> ONE) & (places - 1)
        while table[place] >= 0 and not _same(result, table[place], boxes, index):
            place = (place + 1) & (places - 1)
        if table[place] < 0:
            table[place] = found
            for w in range(words):
                result[found, w] = boxes[index, w]
            found += 1
    return result[:found]


@compiled
def _add(kept: Any, count: int, box: Any, frame: Any) -> int:
    """Add a box to those kept: into one that holds it or differs from it at one position, else beside the others.

    `box` is overwritten. Returns how many are then kept.
    """
    index, holds_others = 0, False
    while index < count:
        inside, around, near = (
            True,
            True,
            True,
        )  # the box is in the other, holds it, differs at one position at most
        differ, carry = NO_BITS, NO_BITS
        for w in range(len(box)):
            other = kept[index, w]
            inside = inside and other | box[w] == other
            around = around and other | box[w] == box[w]
            raised, carry = _sum(other ^ box[w], frame[0, w], carry)
            here = raised & frame[1, w]  # a guard bit for every position where they differ
            near = (
                near
                and here & (here - ONE) == NO_BITS
                and (here == NO_BITS or differ == NO_BITS)
            )
            differ |= here
            if not (inside or around or near):
                break
        if inside:
            return count
        if near:  # then the two are one box, which is added in place of both
            count -= 1
            for w in range(len(box)):
                box[w] |= kept[index, w]
                kept[index, w] = kept[count, w]
            index, holds_others = 0, False
        else:
            holds_others = holds_others or around
            index += 1
    if holds_others:
        count = _without(kept, count, box)
    if count == MOST_BOXES:
        count = _absorb(kept, count, box)
    for w in range(len(box)):
        kept[count, w] = box[w]
    return count + 1


@compiled
def _without(kept: Any, count: int, box: Any) -> int:
    """Drop the boxes that are inside another one, and say how many are left."""
    left = 0
    for index in range(count):
        more = NO_BITS
        for w in range(len(box)):
            more |= kept[index, w] & ~box[w]
            kept[left, w] = kept[index, w]
        left += more != NO_BITS
    return left


@compiled
def _absorb(kept: Any, count: int, box: Any) -> int:
    """Make a box the hull of itself and the first of those kept to which it adds least bits, which goes."""
    nearest, least = 0, 64 * len(box) + 1
    for index in range(count):
        added = 0
        for w in range(len(box)):
            added += _bits(box[w] & ~kept[index, w])
        if added < least:
            nearest, least = index, added
    for w in range(len(box)):
        box[w] |= kept[nearest, w]
        for index in range(nearest, count - 1):
            kept[index, w] = kept[index + 1, w]
    return count - 1


@compiled
def _same(x: Any, i: int, y: Any, j: int) -> bool:
    """Whether two boxes are equal."""
    same = True
    for w in range(x.shape[1]):
        same = same and x[i, w] == y[j, w]
    return same


@compiled
def _sum(a: Any, b: Any, carry: Any) -> Any:
    """One word of a sum, and the carry into the next."""
    low = a + b
    total = low + carry
    return total, ONE if low < a or total < low else NO_BITS
