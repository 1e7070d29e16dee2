"""One attention head in fan-in 2, exactly the integer model's: its outputs R(mean) as bits."""

from circuitsim.networks.known import HeadForms
from circuitsim.schematic.drawing import Drawing, Wires

from ..bands import Bands
from ..pairs import over_pairs
from ..residual import Bits, Residual
from . import average, hard
from .head import HeadAtWork
from .scores import scores


def attend(
    drawing: Drawing, head: HeadForms, residual: Residual, start: int, stop: int, bands: Bands
) -> list[Bits]:
    """The head's outputs R(mean) at positions start..stop-1, one number a component."""
    outputs = [Bits(None, number.low, number.low) for number in head.outputs]
    live = tuple(
        c
        for c, number in enumerate(head.outputs)
        if number.low < number.high and number.column.any()
    )
    if not live:
        return outputs
    asking, (shown, chosen) = residual.slice(start, stop), bands.of(head, start, stop)
    if head.third_order:
        with drawing.scope("pairs"):
            head, residual = over_pairs(head, residual)
    with drawing.scope("scores"):
        table = None if chosen else scores(head, asking, residual, start)
    with drawing.scope("values"):
        rounded = tuple(_rounded(head, residual, c) for c in live)
    work = HeadAtWork(drawing, head, residual, live, table, rounded, shown, chosen)
    wires = average.average(work) if head.averages else hard.choose(work)
    for c, w in zip(live, wires, strict=True):
        outputs[c] = Bits(w, head.outputs[c].low, head.outputs[c].high)
    return outputs


def _rounded(head: HeadForms, residual: Residual, component: int) -> Wires:
    """R(v) less the output's low end, at every key."""
    number, grain, drop = (
        head.outputs[component],
        head.value.grains[component],
        head.value_shifts[component],
    )
    less = ((1 << drop) >> 1) - (number.low << drop)
    offset = int(head.value.offsets[component]) + (less << grain)
    return residual.unsigned(
        head.value.rows[component], offset, number.high - number.low, grain + drop
    )
