"""Circuit -> Picture of its gates: all of them or those that filters leave, with what crosses the border as stubs."""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Bools, Ints, Longs
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import levels as levels_of
from circuitsim.netlist.graph import wires_of
from circuitsim.netlist.program import KINDS
from circuitsim.render.filters import Filters, shown
from circuitsim.render.folded import Fold, folded
from circuitsim.render.names import Names
from circuitsim.render.node_values import longest_path, node_values
from circuitsim.render.picture import Box, Picture, Wire

PLACED = 60  # gates up to which a gate says where it stands, beside what it does


def gates(
    circuit: Circuit,
    names: Names | None = None,
    *,
    output: int | None = None,
    scope: str | None = None,
    levels: tuple[int, int] | None = None,
    fold: Fold | None = None,
    values: Bools | None = None,
    critical: bool = True,
    title: str = "",
) -> Picture:
    """The gates of a circuit.

    Args:
        output, scope, levels: show only the cone of this output, this scope, levels from the first to the last.
        fold: draw every layer or scope as one box.
        values: bits (inputs,) of one input to colour wires by; constants of wired inputs may be left out.
        critical: mark one longest path.

    Raises:
        InputError: there is no such output, scope or level, or the input has another length.
    """
    names = Names(circuit) if names is None else names
    filters = Filters(output, scope, levels)
    kept, universe = shown(circuit, names, filters)
    ends = list(range(len(circuit.outputs))) if output is None else [output]
    path = set(longest_path(circuit, ends)) if critical else set()
    found = None if values is None else node_values(circuit, np.asarray(values, bool))
    notes = []
    if (hidden := circuit.gates - int(kept.sum())) and filters:
        notes.append(f"{hidden:,} of {circuit.gates:,} gates are not shown: only {filters}.")
    name = title or str(circuit)
    if fold is not None:
        boxes, wires = folded(circuit, names, kept, fold, ends, path)
        return Picture(name, "gates", tuple(boxes), tuple(wires), False, tuple(notes))
    making = _Making(circuit, names, kept, universe, levels_of(circuit), path, found)
    boxes, wires = making.picture(ends, not filters)
    return Picture(
        name, "gates", tuple(boxes), tuple(wires), any(circuit.scopes), tuple(notes)
    )


@dataclass
class _Making:
    """One picture being made; `kept` and `universe` are the gates shown and those they are taken from, (gates,)."""

    circuit: Circuit
    names: Names
    kept: Bools
    universe: Bools
    level: Ints
    path: set[tuple[int, int]]
    values: Bools | None

    def __post_init__(self) -> None:
        self.first = 1 + self.circuit.inputs  # node of gate 0
        self.on_path = {node for edge in self.path for node in edge}

    def picture(self, ends: list[int], everything: bool) -> tuple[list[Box], list[Wire]]:
        """Boxes and wires; with `everything` also letters that nothing reads."""
        circuit, first = self.circuit, self.first
        literals, starts = wires_of(circuit)
        readers = np.repeat(np.arange(circuit.gates), np.diff(starts))
        sources = literals >> 1
        inside = np.concatenate([np.ones(first, bool), self.kept])[sources]
        drawn = np.flatnonzero(self.kept[readers] & inside)
        ends = [k for k in ends if everything or self._is_drawn(int(circuit.outputs[k]) >> 1)]
        read = np.concatenate([literals[drawn], circuit.outputs[ends]])
        places = int(self.kept.sum()) <= PLACED
        boxes = [
            *self._sources(read, everything),
            *(self._gate(int(g), places) for g in np.flatnonzero(self.kept)),
        ]
        wires = self._wires(literals, readers, drawn)
        below = np.flatnonzero(
            self.kept[readers]
            & ~inside
            & np.append(np.ones(first, bool), self.universe)[sources]
        )
        above = np.flatnonzero(
            (self.universe & ~self.kept)[readers] & inside & (sources >= first)
        )
        for stubs in (
            self._stubs("below", sources[below] - first, readers[below]),
            self._stubs("above", readers[above], sources[above] - first),
        ):
            boxes += stubs[0]
            wires += stubs[1]
        for k in ends:
            box, wire = self._output(k)
            boxes.append(box)
            wires.append(wire)
        return boxes, wires

    def _is_drawn(self, node: int) -> bool:
        return node >= self.first and bool(self.kept[node - self.first])

    def _value(self, node: int) -> bool | None:
        return None if self.values is None else bool(self.values[node])

    def _key(self, literal: int) -> str:
        node = literal >> 1
        if node == 0:
            return f"c{literal}"
        return f"i{node - 1}" if node < self.first else f"g{node - self.first}"

    def _sources(self, read: Ints, everything: bool) -> list[Box]:
        """Boxes of the constants and inputs that these literals name; with `everything`, of all letters."""
        names, letters = self.names, self.circuit.inputs - self.names.wired
        boxes = [
            Box(
                f"c{bit}",
                "constant",
                (str(bit),),
                0,
                title=f"constant {bit}",
                value=None if no else bool(bit),
            )
            for bit, no in ((0, self.values is None), (1, self.values is None))
            if (read == bit).any()
        ]
        used = set((read >> 1).tolist())
        for index in range(self.circuit.inputs):
            if 1 + index in used or (everything and index < letters):
                name, value = names.input(index), self._value(1 + index)
                kind = "input" if index < letters else "wired"
                title = (
                    f"input {name}"
                    if kind == "input"
                    else f"{name}, a constant the gates may not know"
                )
                boxes.append(
                    Box(
                        f"i{index}",
                        kind,
                        (name,),
                        0,
                        "",
                        title,
                        value,
                        1 + index in self.on_path,
                    )
                )
        return boxes

    def _gate(self, gate: int, places: bool) -> Box:
        circuit, node = self.circuit, self.first + gate
        kind, level = KINDS[circuit.ops[gate]], int(self.level[node])
        what = f">= {int(circuit.thresholds[gate])}" if kind == "threshold" else kind.upper()
        fan_in = (
            2
            if circuit.starts is None
            else int(circuit.starts[gate + 1] - circuit.starts[gate])
        )
        place = self.names.place(gate) if places else ""
        title = f"{self.names.gate(gate)}; level {level}, {fan_in} wire{'s' * (fan_in != 1)}"
        lines = (
            (what, place) if re.search("[a-z]", place) else (what,)
        )  # a bare index says nothing
        on_path = node in self.on_path
        return Box(
            f"g{gate}",
            kind,
            lines,
            level,
            self.names.scope(gate),
            title,
            self._value(node),
            on_path,
        )

    def _wires(
        self,
        literals: Ints,
        readers: Longs,
        drawn: Longs,
    ) -> list[Wire]:
        """Wires between boxes; weights are said where a gate has any but 1."""
        weights = self.circuit.weights
        weighted: set[int] = set() if weights is None else set(readers[weights != 1].tolist())
        found, path = [], set(self.path)
        for k, literal, gate in zip(
            drawn.tolist(), literals[drawn].tolist(), readers[drawn].tolist(), strict=True
        ):
            label = str(int(weights[k])) if gate in weighted else ""
            edge = (literal >> 1, self.first + gate)
            flipped = bool(literal & 1) and literal > 1
            source, value = (
                self._key(literal),
                self._value(literal >> 1) if literal > 1 else None,
            )
            found.append(Wire(source, f"g{gate}", flipped, label, value, edge in path))
            path.discard(edge)  # a gate may read a node twice
        return found

    def _stubs(self, side: str, hidden: Longs, here: Longs) -> tuple[list[Box], list[Wire]]:
        """One box for all hidden gates of a scope on one side of the border, and its wires, those of a gate bundled."""
        bundles = Counter(
            (self.names.scope(h), g)
            for h, g in zip(hidden.tolist(), here.tolist(), strict=True)
        )
        totals: Counter[str] = Counter()
        edge_level: dict[str, int] = {}
        for (scope, gate), count in bundles.items():
            totals[scope] += count
            level = int(self.level[self.first + gate])
            edge_level[scope] = (
                min(edge_level.get(scope, level), level)
                if side == "below"
                else (max(edge_level.get(scope, level), level))
            )
        keys = {scope: f"{side}{k}" for k, scope in enumerate(totals)}
        word = "from" if side == "below" else "to"
        boxes = []
        for scope, count in totals.items():
            text = f"{count:,} wire{'s' * (count != 1)} {word}"
            level = (
                max(0, edge_level[scope] - 1) if side == "below" else edge_level[scope] + 1
            )
            where = scope or "other gates"
            boxes.append(
                Box(
                    keys[scope],
                    "border",
                    (text, where),
                    level,
                    "",
                    f"not shown: {text} {where}",
                )
            )
        wires = []
        for (scope, gate), count in bundles.items():
            label = str(count) if count > 1 else ""
            ends = (keys[scope], f"g{gate}") if side == "below" else (f"g{gate}", keys[scope])
            wires.append(Wire(*ends, False, label))
        return boxes, wires

    def _output(self, index: int) -> tuple[Box, Wire]:
        literal = int(self.circuit.outputs[index])
        node, level, name = (
            literal >> 1,
            int(self.level[literal >> 1]) + 1,
            self.names.output(index),
        )
        value = self._value(node)
        end = (
            bool(self.path)
            and node in self.on_path
            and all(source != node for source, _ in self.path)
        )
        own = None if value is None else value ^ bool(literal & 1)
        box = Box(
            f"o{index}",
            "output",
            (name,),
            level,
            "",
            f"output {name}, of depth {level - 1}",
            own,
            end,
        )
        return box, Wire(
            self._key(literal), box.key, literal > 1 and bool(literal & 1), "", value, end
        )
