"""What a circuit costs, as `measure` adds it up; totals are Python integers, for n^3 at n = 2^20 is 2^60."""

from dataclasses import dataclass, field
from typing import NamedTuple

from circuitsim.netlist.program import KINDS
from circuitsim.schematic.profile import Profile


@dataclass
class ScopeCost:
    """Gates of one scope by kind, and the depth of its deepest gate."""

    kinds: dict[str, int] = field(default_factory=dict)
    depth: int = 0

    @property
    def gates(self) -> int:
        """All gates."""
        return sum(self.kinds.values())


class Gates(NamedTuple):
    """Gates to charge."""

    many: int
    depth: int  # of the deepest
    wires: int  # of all
    weighted: int  # wires of all, each as often as its weight is large
    fan_in: int  # largest of one gate
    weight: int  # largest of one wire
    heaviest: int  # largest fan-in of one gate with wires so counted


def alike(many: int, depth: int, fan_in: int = 2) -> Gates:
    """Gates of one fan-in, without weights."""
    return Gates(many, depth, many * fan_in, many * fan_in, fan_in, 1, fan_in)


@dataclass(repr=False)
class Cost:
    """What a circuit costs: gates by kind and scope, depth over the outputs, and the depth of every output.

    Args:
        wires: total fan-in. wires_weighted: the same with every wire counted as often as its weight is large.
        max_fan_in, max_weight: of a single gate; gates without weights have weight 1.
        max_fan_in_weighted: the largest fan-in with every wire counted as often as its weight is large.
    """

    scopes: dict[str, ScopeCost] = field(default_factory=dict)
    outputs: list[Profile] = field(default_factory=list)
    values: list[Profile] = field(default_factory=list)
    wires: int = 0
    wires_weighted: int = 0
    max_fan_in: int = 0
    max_weight: int = 0
    max_fan_in_weighted: int = 0

    def __repr__(self) -> str:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in self.gates_by_kind.items())
        return f"<Cost: {self.gates:,} gates ({kinds}), depth {self.depth:,}, {self.wires:,} wires>"

    @property
    def gates_by_kind(self) -> dict[str, int]:
        """Gates of each kind that occurs."""
        scopes = self.scopes.values()
        kinds = {kind: sum(s.kinds.get(kind, 0) for s in scopes) for kind in KINDS}
        return {kind: count for kind, count in kinds.items() if count}

    @property
    def gates(self) -> int:
        """Size: the number of gates."""
        return sum(s.gates for s in self.scopes.values())

    @property
    def depth(self) -> int:
        """The longest path from an input to an output, in gates; 0 if every output is a constant or an input."""
        return max([0, *(int(p.codes.max(initial=0)) for p in self.outputs)])

    def exceeds(self, max_gates: int) -> bool:
        """Whether it has more gates, or more wires than so many gates of two inputs have."""
        return self.gates > max_gates or self.wires > 2 * max_gates

    def against(self, max_gates: int) -> str:
        """The words of a refusal: the gates, the wires where they are what is too many, and the limit."""
        many = self.wires > 2 * self.gates
        wires = f" and {self.wires:,} wires" if many else ""
        twice = ", for twice as many wires" if many else ""
        return f"{self.gates:,} gates{wires}, and --max-gates is {max_gates:,}{twice}"

    def charge(self, scope: str, kind: str, gates: Gates) -> None:
        """Add gates of one kind to a scope."""
        if gates.many:
            cost = self.scopes.setdefault(scope, ScopeCost())
            cost.kinds[kind] = cost.kinds.get(kind, 0) + gates.many
            cost.depth = max(cost.depth, gates.depth)
            self.wires += gates.wires
            self.wires_weighted += gates.weighted
            self.max_fan_in = max(self.max_fan_in, gates.fan_in)
            self.max_weight = max(self.max_weight, gates.weight)
            self.max_fan_in_weighted = max(self.max_fan_in_weighted, gates.heaviest)
