"""Gates of any fan-in as plain tables, stage by stage, before they are drawn.

A literal is 2 * wire + complement. Wire 0 is the constant false, the wires that a table starts from follow, then the
gates of every stage in order. While stages grow, a gate is known by its stage and its index there (`GATE`); `tables`
gives the final numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import LimitError

Ints = NDArray[np.int64]
Kind: TypeAlias = Literal["all", "any"]
FALSE, TRUE = 0, 1
GATE = 1 << 40  # wires of stage s, from 1, are s * GATE + index


@dataclass(frozen=True)
class Gates:
    """One stage: gate g is the AND ("all") or OR ("any") of the literals from starts[g] to starts[g + 1]."""

    kind: Kind
    name: str
    literals: Ints
    starts: Ints


@dataclass
class Budget:
    """Wires into gates that have been planned, against --max-wires."""

    most: int
    what: str
    used: int = 0

    def spend(self, wires: int) -> None:
        """Count some wires before they are stored.

        Raises:
            LimitError: there are too many.
        """
        self.used += wires
        if self.used > self.most:
            raise LimitError(
                f"{self.what} takes more than {self.most} wires into gates, which is the limit; take a smaller n,"
                " --optimize size or --basis tc0."
            )


@dataclass
class Stage:
    """Gates of one kind that read earlier stages; equal gates are one."""

    number: int
    kind: Kind
    name: str
    budget: Budget
    gates: list[Ints] = field(default_factory=list)
    _known: dict[bytes, int] = field(default_factory=dict)

    def gate(self, literals: Ints) -> int:
        """The literal of a gate over distinct literals; one literal passes through, none is a constant."""
        neutral = TRUE if self.kind == "all" else FALSE
        literals = literals[literals != neutral]
        if (literals == 1 - neutral).any():
            return 1 - neutral
        if len(literals) < 2:
            return int(literals[0]) if len(literals) else neutral
        literals = np.sort(literals)
        key = literals.tobytes()
        if key not in self._known:
            self.budget.spend(len(literals))
            self._known[key] = len(self.gates)
            self.gates.append(literals)
        return 2 * (self.number * GATE + self._known[key])


def tables(wires: int, stages: Sequence[Stage]) -> tuple[list[Gates], Ints]:
    """The stages that have gates, with final wire numbers, and the first wire of every stage, `wires` those before."""
    firsts = np.cumsum([0, wires] + [len(stage.gates) for stage in stages])[:-1]
    firsts[0] = 0
    result = []
    for stage in stages:
        if stage.gates:
            starts = np.cumsum([0, *map(len, stage.gates)])
            result.append(
                Gates(
                    stage.kind,
                    stage.name,
                    renumber(np.concatenate(stage.gates), firsts),
                    starts,
                )
            )
    return result, firsts


def renumber(literals: Ints, firsts: Ints) -> Ints:
    """Final literals, given the first wire of every stage (the wires before all stages are number 0)."""
    wires = literals >> 1
    return 2 * (firsts[wires // GATE] + wires % GATE) + (literals & 1)


def wires_in_use(made: Sequence[Gates], wires: int, targets: Ints) -> int:
    """Wires into those gates that some target needs; `wires` are those before all tables."""
    end = wires + sum(len(table.starts) - 1 for table in made)
    needed = np.zeros(end, bool)
    needed[targets >> 1] = True
    used = 0
    for table in reversed(made):
        start = end - (len(table.starts) - 1)
        kept = np.repeat(needed[start:end], np.diff(table.starts))
        needed[table.literals[kept] >> 1] = True
        used, end = used + int(kept.sum()), start
    return used
