"""Gates folded into one box for every layer or scope, wires between boxes bundled and counted."""

from collections import Counter
from typing import Literal, TypeAlias

import numpy as np

from circuitsim.array_types import Bools, Longs
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import levels
from circuitsim.netlist.graph import wires_of
from circuitsim.render.names import Names
from circuitsim.render.picture import Box, Wire

Fold: TypeAlias = Literal["layer", "scope"]


def folded(
    circuit: Circuit,
    names: Names,
    kept: Bools,
    by: Fold,
    ends: list[int],
    path: set[tuple[int, int]],
) -> tuple[list[Box], list[Wire]]:
    """Boxes of the gates `kept` (gates,), of the letters and opaque constants they read, and of the outputs `ends`."""
    first, level = 1 + circuit.inputs, levels(circuit)
    index, scopes = names.scope_index
    titles = [scope.partition("/")[0] if by == "layer" else scope for scope in scopes]
    known = {title: k for k, title in enumerate(dict.fromkeys(titles))}
    group = np.array([known[t] for t in titles], np.int64)[index] if circuit.gates else index
    groups = list(dict.fromkeys(group[kept].tolist()))  # in order of their first gates
    place = {k: at for at, k in enumerate(groups)}
    key_of = {k: f"s{at}" for k, at in place.items()}

    def box_of(node: int) -> str | None:
        if node >= first:
            return key_of.get(int(group[node - first])) if kept[node - first] else None
        return None if node == 0 else "letters" if node < first - names.wired else "wired"

    bundles = _bundles(circuit, group, kept, names.wired, key_of)
    crossing = {(box_of(a), box_of(b)) for a, b in path}
    on_path = {key for edge in crossing for key in edge}
    outputs: Counter[str] = Counter()
    for end in ends:
        source = box_of(int(circuit.outputs[end]) >> 1)
        if source is not None:
            outputs[source] += 1
    rank = _ranks(bundles, list(key_of.values()))
    sizes = {k: int((kept & (group == k)).sum()) for k in groups}
    boxes = [
        _source(which, circuit, names, which in on_path)
        for which in _sources_read(bundles, outputs)
    ]
    whole, words = max(1, circuit.gates), list(known)
    for k in groups:
        at = level[first:][kept & (group == k)]
        span = (
            f"levels {at.min()} to {at.max()}" if at.min() < at.max() else f"level {at.min()}"
        )
        lines = (words[k] or "no scope", f"{sizes[k]:,} gate{'s' * (sizes[k] != 1)}", span)
        title = f"{', '.join(lines)}; {100 * sizes[k] / whole:.1f}% of all gates"
        key = key_of[k]
        boxes.append(
            Box(
                key,
                "folded",
                lines,
                rank[key],
                "",
                title,
                critical=key in on_path,
                share=sizes[k] / whole,
            )
        )
    wires = [
        Wire(a, b, False, f"{n:,}", critical=(a, b) in crossing)
        for (a, b), n in bundles.items()
        if a != b
    ]
    if outputs:
        name = names.output(ends[0]) if len(ends) == 1 else f"{len(ends):,} outputs"
        boxes.append(
            Box(
                "outputs",
                "output",
                (name,),
                max(rank.values(), default=0) + 1,
                critical=bool(path),
            )
        )
        last = box_of(max((b for _, b in path), default=0))
        wires += [
            Wire(a, "outputs", False, f"{n:,}", critical=a == last)
            for a, n in outputs.items()
        ]
    return boxes, wires


def _bundles(
    circuit: Circuit,
    group: Longs,
    kept: Bools,
    wired: int,
    key_of: dict[int, str],
) -> dict[tuple[str, str], int]:
    """Wires between two boxes, in order of appearance."""
    literals, starts = wires_of(circuit)
    first = 1 + circuit.inputs
    code = np.full(
        circuit.nodes, -1, np.int64
    )  # of a node: its group, or -2 and -3 for letters and opaque constants
    code[1 : first - wired], code[first - wired : first] = -2, -3
    code[first:] = np.where(kept, group, -1)
    readers = code[first + np.repeat(np.arange(circuit.gates), np.diff(starts))]
    sources = code[literals >> 1]
    both = np.stack([sources, readers], axis=1)[(sources != -1) & (readers != -1)]
    pairs, seen, counts = np.unique(both, axis=0, return_index=True, return_counts=True)
    names = {**key_of, -2: "letters", -3: "wired"}
    return {
        (names[int(pairs[k, 0])], names[int(pairs[k, 1])]): int(counts[k])
        for k in np.argsort(seen)
    }


def _ranks(bundles: dict[tuple[str, str], int], keys: list[str]) -> dict[str, int]:
    """The longest way to every box over wires that go from an earlier to a later one; 1 at the least."""
    rank = dict.fromkeys(keys, 1)
    order = {key: at for at, key in enumerate(keys)}
    for key in keys:
        for a, b in bundles:
            if b == key and a in order and order[a] < order[b]:
                rank[key] = max(rank[key], rank[a] + 1)
    return rank


def _sources_read(bundles: dict[tuple[str, str], int], outputs: Counter[str]) -> list[str]:
    used = {a for a, _ in bundles} | set(outputs)
    return [which for which in ("letters", "wired") if which in used]


def _source(which: str, circuit: Circuit, names: Names, critical: bool) -> Box:
    letters = circuit.inputs - names.wired
    start, stop = (0, letters) if which == "letters" else (letters, circuit.inputs)
    name = (
        names.input(start)
        if stop - start == 1
        else f"{names.input(start)} to {names.input(stop - 1)}"
    )
    kind = "input" if which == "letters" else "wired"
    return Box(which, kind, (name,), 0, "", f"{stop - start:,} inputs", critical=critical)
