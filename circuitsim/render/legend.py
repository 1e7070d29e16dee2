"""Which signs a picture uses, each with a sample that its painter draws like any other box or wire."""

from dataclasses import dataclass

from circuitsim.render.colours import LOOKS, look
from circuitsim.render.picture import Box, Picture, Wire


@dataclass(frozen=True)
class Entry:
    """One line of a legend: what the sample means."""

    words: str
    sample: Box | Wire


def entries(picture: Picture) -> tuple[Entry, ...]:
    """Signs that occur; none if there is nothing to tell apart (one kind, no values, no critical path)."""
    kinds = _kinds(picture)
    signs = (*_of_boxes(picture), *_of_wires(picture))
    return (*kinds, *signs) if len(kinds) > 1 or signs else ()


def _kinds(picture: Picture) -> list[Entry]:
    present = {box.kind for box in picture.boxes}
    known = [kind for kind in LOOKS if kind in present]
    others = sorted(present - set(LOOKS))[:1]
    return [Entry(look(kind).words, _box(kind)) for kind in known + others]


def _of_boxes(picture: Picture) -> list[Entry]:
    boxes = picture.boxes
    kind = next((box.kind for box in boxes if box.value is not None), "and")
    result = []
    if any(box.value is True for box in boxes):
        result.append(Entry("value 1", _box(kind, value=True)))
    if any(box.value is False for box in boxes):
        result.append(Entry("value 0", _box(kind, value=False)))
    if any(box.share is not None for box in boxes):
        result.append(Entry("the darker, the larger its share", _box("part", share=0.6)))
    if any(box.critical for box in boxes) and not any(
        wire.critical for wire in picture.wires
    ):
        result.append(Entry("on the critical path", _box(kind, critical=True)))
    return result


def _of_wires(picture: Picture) -> list[Entry]:
    wires = picture.wires
    result = []
    if any(wire.complemented for wire in wires):
        result.append(Entry("complemented (NOT)", Wire("", "", complemented=True)))
    if any(wire.value is True for wire in wires):
        result.append(Entry("wire of value 1", Wire("", "", value=True)))
    if any(wire.value is False for wire in wires):
        result.append(Entry("wire of value 0", Wire("", "", value=False)))
    if any(wire.critical for wire in wires):
        value = next((wire.value for wire in wires if wire.critical), None)
        result.append(Entry("critical path", Wire("", "", critical=True, value=value)))
    return result


def _box(
    kind: str,
    *,
    value: bool | None = None,
    critical: bool = False,
    share: float | None = None,
) -> Box:
    return Box("legend", kind, (), 0, value=value, critical=critical, share=share)
