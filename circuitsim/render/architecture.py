"""Size and depth by scope -> Picture of the model's parts: layers, heads, feed-forward nets, read-out.

It takes what measuring or counting gives, so no circuit is built, whatever n.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import ScopeCost, by_scope, depth
from circuitsim.render.picture import Box, Picture, Wire
from circuitsim.schematic.cost import Cost

LAYER = re.compile(r"layer(\d+)(?:/(head\d+|feed_forward))?(?:/(.*))?", re.S)
UNPRICED = (
    "probes",
    "masks",
    "embedding",
    "",
)  # scopes without parts of their own: they hold no gates
MOST_LINES = 6  # of scopes within a part


@dataclass
class Part:
    """A head, a net, the read-out, or whatever else the scopes name; `inner` are the scopes within."""

    name: str
    stage: int
    scope: str
    gates: int = 0
    depth: int = 0
    inner: list[ScopeCost] = field(default_factory=list)


def of_circuit(circuit: Circuit) -> tuple[list[ScopeCost], int]:
    """Scopes and depth of a circuit that is built."""
    return by_scope(circuit), depth(circuit)


def of_cost(cost: Cost) -> tuple[list[ScopeCost], int]:
    """Scopes and depth of a circuit that is measured."""
    return [
        ScopeCost(name, scope.gates, scope.depth) for name, scope in cost.scopes.items()
    ], cost.depth


def architecture(
    scopes: Sequence[ScopeCost],
    depth: int,
    *,
    inputs: str = "inputs",
    outputs: str = "output",
    drawn: Iterable[str] = (),
    critical: bool = True,
    title: str = "",
) -> Picture:
    """The parts of a model from first to last, with their shares of the gates and the levels they add.

    Args:
        scopes: gates of every scope and the level of its deepest gate. depth: of the whole circuit.
        inputs, outputs: what is written in the first and the last box.
        drawn: scopes that were drawn, also those that hold no gates.
        critical: mark of every stage the first part that is deepest.
    """
    parts = _parts(scopes, drawn)
    whole = sum(part.gates for part in parts)
    stages = sorted({part.stage for part in parts})
    boxes = [Box("inputs", "source", (inputs,), 0)]
    wires: list[Wire] = []
    ends, reached, spine = (
        ["inputs"],
        0,
        {"inputs", "outputs"} if critical and whole else set(),
    )
    for number, stage in enumerate(stages):
        members = [(k, part) for k, part in enumerate(parts) if part.stage == stage]
        if len(ends) > 1 and len(members) > 1:
            stream = f"stream{number}"
            boxes.append(
                Box(
                    stream,
                    "wiring",
                    ("residual stream",),
                    2 * number,
                    "",
                    "the sum of all that came before",
                )
            )
            wires += [Wire(end, stream) for end in ends]
            ends = [stream]
            spine |= {stream} if spine else set()
        deepest = max(part.depth for _, part in members)
        if spine and deepest > reached:
            spine.add(next(f"part{k}" for k, part in members if part.depth == deepest))
        for k, part in members:
            boxes.append(_box(f"part{k}", part, 2 * number + 1, whole, depth, reached))
            wires += [Wire(end, f"part{k}") for end in ends]
        ends, reached = [f"part{k}" for k, _ in members], max(reached, deepest)
    boxes.append(Box("outputs", "output", (outputs,), 2 * len(stages) + 1))
    wires += [Wire(end, "outputs") for end in ends]
    marked = tuple(replace(box, critical=box.key in spine) for box in boxes)
    joined = tuple(
        replace(wire, critical={wire.source, wire.target} <= spine) for wire in wires
    )
    return Picture(title or "architecture", "architecture", marked, joined, True)


def _parts(scopes: Sequence[ScopeCost], drawn: Iterable[str]) -> list[Part]:
    """Parts in order of their stages: the heads of a layer, its net, and what is no layer last."""
    found: dict[str, Part] = {}
    known = {cost.scope: cost for cost in scopes}
    extra = [ScopeCost(name, 0, 0) for name in dict.fromkeys(drawn) if name not in known]
    for cost in [*scopes, *(e for e in extra if e.scope.partition("/")[0] not in UNPRICED)]:
        match = LAYER.fullmatch(cost.scope)
        if match is None:
            name = cost.scope.partition("/")[0]
            key, stage, scope = name, 1 << 40, ""
            inner, title = cost.scope.partition("/")[2], name.replace("_", " ") or "gates"
        else:
            layer, what = int(match[1][:12]), match[2]
            key, scope, inner = f"layer{match[1]}/{what}", f"layer{match[1]}", match[3] or ""
            stage = 2 * layer + (what == "feed_forward")
            title = (
                "attention"
                if what is None
                else what.replace("head", "head ").replace("_", " ")
            )
            if what is None and not cost.gates:
                continue  # wiring between the parts of a layer
        part = found.setdefault(key, Part(title, stage, scope))
        part.gates, part.depth = part.gates + cost.gates, max(part.depth, cost.depth)
        if cost.gates and inner:
            part.inner.append(ScopeCost(inner, cost.gates, cost.depth))
    return sorted(found.values(), key=lambda part: part.stage)


def _box(key: str, part: Part, level: int, whole: int, depth: int, reached: int) -> Box:
    share = part.gates / whole if whole else 0.0
    if not part.gates:
        lines = [part.name, "no gates, only wiring"]
    else:
        lines = [
            part.name,
            f"{part.gates:,} gate{'s' * (part.gates != 1)}, {_percent(share)}",
        ]
        lines.append(_levels(reached, part.depth, depth))
    for inner in part.inner[:MOST_LINES] if len(part.inner) > 1 else ():
        lines.append(f"{inner.scope}: {inner.gates:,}, to level {inner.depth}")
    if len(part.inner) > MOST_LINES:
        lines.append(f"and {len(part.inner) - MOST_LINES} more")
    title = f"{part.scope + ' ' if part.scope else ''}{part.name}: {part.gates:,} of {whole:,} gates"
    return Box(key, "part", tuple(lines), level, part.scope, title, share=share)


def _levels(reached: int, own: int, depth: int) -> str:
    """Where the levels go: what a part adds to those of the parts before it."""
    if own > reached:
        return (
            f"levels {reached + 1} to {own} of {depth}"
            if own > reached + 1
            else f"level {own} of {depth}"
        )
    return f"done by level {own} of {depth}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share >= 0.1 else f"{100 * share:.1f}%"
