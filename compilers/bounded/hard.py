"""Hard attention: the rounded value travels as payload of the tournament of scores; ties keep the side asked for."""

from typing import Literal

from circuitsim.networks.known import HeadForms
from circuitsim.schematic.drawing import Wires

from ..bands import Band
from .head import HeadAtWork
from .maximum import winner


def choose(work: HeadAtWork) -> list[Wires]:
    """For each live component the rounded value of the key that every query selects: (queries, w)."""
    drawing = work.drawing
    joined = drawing.concat(work.rounded, 1)
    pieces = []
    for band in work.bands:
        if band.keys <= 0:
            pieces.append(
                drawing.concat([work.nothing(c, band.queries) for c in work.live], 1)
            )
        elif band.keys == 1:
            pieces.append(band.see(joined, 0).broadcast((band.queries, joined.shape[1])))
        elif work.scores is None:
            pieces.append(unscored(work.head, joined, band))
        else:
            with drawing.scope("maximum"):
                found = work.scores.at(band)
                if (
                    band.mask is not None
                ):  # a key that is not seen has the top bit clear and loses to any that is
                    found = found.broadcast((band.queries, *found.shape[1:]))
                    found = drawing.concat([found, band.mask.expand(2)], 2)
                chosen = winner(drawing, found, band.see(joined, 0).expand(0), _ties(work))
            pieces.append(chosen.squeeze(1).broadcast((band.queries, joined.shape[1])))
    whole = drawing.concat(pieces, 0)
    results, start = [], 0
    for wires in work.rounded:
        results.append(whole.slice(1, start, start + wires.shape[-1]))
        start += wires.shape[-1]
    return results


def _ties(work: HeadAtWork) -> Literal["left", "right"]:
    return "left" if work.head.attention == "hard-left" else "right"


def unscored(head: HeadForms, joined: Wires, band: Band) -> Wires:
    """All keys tie: the leftmost or rightmost key that each query sees, which is an end or next to the diagonal.

    The first of all pairs has the first position twice, and the last the last.
    """
    if band.length is not None:
        joined = joined.slice(0, 0, joined.shape[0], band.length + 1)
    mask, ties = head.mask, "left" if head.attention == "hard-left" else "right"
    anti = "anti" in mask
    if mask != "none" and (ties == "left") == anti:
        shift = (1 if anti else -1) if mask.startswith("strict") else 0
        return joined.slice(0, band.start + shift, band.stop + shift)
    key = band.first if ties == "left" else band.last - 1
    return joined.slice(0, key, key + 1).broadcast((band.queries, joined.shape[1]))
