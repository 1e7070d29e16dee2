"""Schematic -> Picture: instructions as boxes with their shapes, wiring left out or dimmed, probes not drawn."""

from circuitsim.render import axes
from circuitsim.render.filters import in_scope, unknown_scope
from circuitsim.render.names import operation_name
from circuitsim.render.picture import Box, Picture, Wire
from circuitsim.schematic.cost import Cost
from circuitsim.schematic.operations import OPERATIONS
from circuitsim.schematic.schematic import Instruction, Schematic, Thresholds


def schematic_view(
    schematic: Schematic,
    *,
    scope: str | None = None,
    wiring: bool = False,
    cost: Cost | None = None,
    title: str = "",
) -> Picture:
    """The instructions that some output reads; with wires that no output needs, or only constants, dimmed as wiring.

    Args:
        cost: what measuring the schematic gave, if the caller has it.
        scope: only those of this scope and below; what they read and what reads them is drawn as stubs.
        wiring: draw instructions that only rearrange wires as boxes of their own; else wires run through them.

    Raises:
        InputError: no instruction has this scope.
    """
    needed = reachable(schematic)
    drawn = [i for i in needed if wiring or not _is_wiring(schematic.instructions[i])]
    kept = [
        i for i in drawn if scope is None or in_scope(schematic.instructions[i].scope, scope)
    ]
    if not kept:
        known = dict.fromkeys(schematic.instructions[i].scope for i in drawn)
        raise unknown_scope(scope or "", tuple(known))
    sources = _sources(schematic, needed, set(drawn))
    level = _levels(drawn, sources)
    values = (schematic.measure() if cost is None else cost).values
    depths = {i: int(values[i].codes.max(initial=-1)) for i in kept}
    meaning = {i: axes.words(schematic, schematic.instructions[i]) for i in kept}
    boxes = [
        _box(schematic.instructions[i], i, level[i], meaning[i], depths[i]) for i in kept
    ]
    inside, wires, border = set(kept), [], []
    for i in drawn:
        for source in sources[i]:
            if i in inside and source in inside:
                wires.append(Wire(f"n{source}", f"n{i}"))
            elif i in inside or source in inside:
                border.append((source, i))
    stubs, ends = _stubs(schematic, border, inside, level)
    boxes, wires = boxes + stubs, wires + ends
    outputs, ends_at = _outputs(schematic, sources, level, inside)
    notes = (
        ()
        if scope is None
        else (f"{len(drawn) - len(kept)} instructions are not shown: only scope {scope}.",)
    )
    return Picture(
        title or "schematic", "schematic", (*boxes, *outputs), (*wires, *ends_at), True, notes
    )


def _stubs(
    schematic: Schematic,
    border: list[tuple[int, int]],
    inside: set[int],
    level: dict[int, int],
) -> tuple[list[Box], list[Wire]]:
    """A box for every scope on either side of the border that is crossed by these wires."""
    found: dict[
        tuple[str, str], dict[int, int]
    ] = {}  # of "from" or "to" and a scope: instructions here, and a level
    for source, reader in border:
        side, here, there = (
            ("from", reader, source) if reader in inside else ("to", source, reader)
        )
        found.setdefault((side, schematic.instructions[there].scope), {})[here] = level[there]
    boxes, wires = [], []
    for number, ((side, scope), ends) in enumerate(found.items()):
        key, at = (
            f"stub{number}",
            max(ends.values()) if side == "from" else min(ends.values()),
        )
        boxes.append(
            Box(key, "border", (f"{side} {scope or 'outside'}",), at, "", "not shown")
        )
        wires += [
            Wire(key, f"n{here}") if side == "from" else Wire(f"n{here}", key)
            for here in ends
        ]
    return boxes, wires


def reachable(schematic: Schematic) -> list[int]:
    """Instructions that some output reads, in order."""
    wanted = set(schematic.outputs)
    for index in range(len(schematic) - 1, -1, -1):
        if index in wanted:
            wanted.update(schematic.instructions[index].args)
    return sorted(wanted)


def size(schematic: Schematic) -> int:
    """Boxes of `schematic_view` without wiring."""
    return sum(not _is_wiring(schematic.instructions[i]) for i in reachable(schematic))


def _is_wiring(line: Instruction) -> bool:
    """Whether an instruction takes no gate and makes no wire; a complement is free."""
    return OPERATIONS[line.operation].role == "wiring" or line.operation == "not"


def _sources(
    schematic: Schematic, needed: list[int], drawn: set[int]
) -> dict[int, list[int]]:
    """For every instruction that is needed the drawn ones behind its operands, through wiring that is not drawn."""
    behind: dict[int, list[int]] = {}
    found: dict[int, list[int]] = {}
    for i in needed:
        read = [s for arg in schematic.instructions[i].args for s in behind[arg]]
        found[i] = list(dict.fromkeys(read))
        behind[i] = [i] if i in drawn else found[i]
    return found


def _levels(drawn: list[int], sources: dict[int, list[int]]) -> dict[int, int]:
    level: dict[int, int] = {}
    for i in drawn:
        level[i] = 1 + max((level[s] for s in sources[i]), default=-1)
    return level


def _outputs(
    schematic: Schematic,
    sources: dict[int, list[int]],
    level: dict[int, int],
    inside: set[int],
) -> tuple[list[Box], list[Wire]]:
    boxes, wires = [], []
    for number, value in enumerate(schematic.outputs):
        ends = [value] if value in level else sources[value]
        ends = [end for end in ends if end in inside]
        if ends:
            shape = _shape(schematic.instructions[value].shape)
            name = "output" if len(schematic.outputs) == 1 else f"output {number}"
            boxes.append(
                Box(
                    f"o{number}", "output", (name, shape), 1 + max(level[end] for end in ends)
                )
            )
            wires += [Wire(f"n{end}", f"o{number}") for end in ends]
    return boxes, wires


def _box(
    line: Instruction, index: int, level: int, meaning: tuple[str, ...], depth: int
) -> Box:
    """The box of an instruction whose deepest wire is at level `depth` in gates, -1 where there is none."""
    record = OPERATIONS[line.operation]
    kind = {"source": "source", "wiring": "wiring", "gate": "operation"}[record.role]
    shown = [
        word or "..." for word, length in zip(meaning, line.shape, strict=True) if length > 1
    ]
    said = [" by ".join(shown)] if kind == "operation" and set(shown) - {"..."} else []
    if kind == "operation":
        said.append(f"to level {depth}" if depth >= 0 else "folds away")
        kind = kind if depth >= 0 else "wiring"
    lines = (_name(line), _shape(line.shape), *said)
    title = f"%{index}: {record.help} Costs {record.cost}."
    return Box(f"n{index}", kind, lines, level, line.scope, title)


def _name(line: Instruction) -> str:
    if isinstance(line.attributes, Thresholds) and len(line.attributes.thresholds) > 1:
        return f"at least, {len(line.attributes.thresholds)} thresholds"
    if line.operation == "input":
        return "letters"
    if line.operation == "fill":
        return f"constant {int(line.attributes)}"
    return (
        "positions, wired"
        if line.operation == "wired"
        else operation_name(line.operation, line.attributes)
    )


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) if shape else "1 wire"
