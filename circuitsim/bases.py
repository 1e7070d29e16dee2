"""The bases: which gates a circuit may have, and what follows from that. One record a basis.

Elsewhere a basis is a name, in files, options and circuits. What holds of it is asked of its record, `BASES[name]`,
and never of the name. In every basis NOT is free.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

BasisName: TypeAlias = Literal["xag", "aig", "ac0", "tc0"]


class Price(NamedTuple):
    """What one application of an operation costs: gates of one kind, and their depth."""

    kind: str
    gates: int
    depth: int


class Adders(NamedTuple):
    """The full adders of sums, by what is made small; `schematic/plans/adders.py` knows them by these names."""

    depth: str
    size: str


@dataclass(frozen=True)
class Basis:
    """What holds of the circuits of one basis.

    Args:
        gates, number, layer, takes: for people: its gates, what a number is in it, the depth of a layer, which models
            it takes.
        kinds: of its gates, in the order in which they are counted.
        unbounded: gates read any number of wires, else two.
        weighted: it has threshold gates, whose wires have weights.
        exact: circuits compute the exact model, as its gates cannot count; else the integer model, which is rounded.
        xor: what an XOR of two wires costs; None where none is drawn.
        adders: how sums are made; None where no sum is drawn.
        checked: `check` takes it unless told otherwise.
    """

    name: BasisName
    gates: str
    number: str
    layer: str
    takes: str
    kinds: tuple[str, ...]
    unbounded: bool = False
    weighted: bool = False
    exact: bool = False
    xor: Price | None = None
    adders: Adders | None = None
    checked: bool = False

    @property
    def has_xor(self) -> bool:
        """Whether XOR is a gate."""
        return "xor" in self.kinds


XAG = Basis(
    name="xag",
    gates="AND and XOR of two wires",
    number="bits",
    layer="O(log n)",
    takes="every model",
    kinds=("and", "xor"),
    xor=Price("xor", gates=1, depth=1),
    adders=Adders(depth="xor5", size="xor5"),
    checked=True,
)
AIG = Basis(
    name="aig",
    gates="AND of two wires",
    number="bits",
    layer="O(log n)",
    takes="every model",
    kinds=("and",),
    xor=Price("and", gates=3, depth=2),
    adders=Adders(depth="and8", size="and7"),
    checked=True,
)
AC0 = Basis(
    name="ac0",
    gates="AND and OR of any number of wires",
    number="not there: one wire for each vector that a position can hold",
    layer="at most 2, whatever n",
    takes="hard attention",
    kinds=("and", "or"),
    unbounded=True,
    exact=True,
)
TC0 = Basis(
    name="tc0",
    gates="AND, OR and weighted thresholds of any number of wires",
    number="a weighted sum of wires",
    layer="at most 5, whatever n",
    takes="every model",
    kinds=("and", "or", "threshold"),
    unbounded=True,
    weighted=True,
)
BASES: Mapping[str, Basis] = {basis.name: basis for basis in (XAG, AIG, AC0, TC0)}
DEFAULT: BasisName = XAG.name
ONE_A_CLASS: tuple[BasisName, ...] = (
    XAG.name,
    TC0.name,
    AC0.name,
)  # of gates of two wires, thresholds, and neither


def names(**facts: object) -> tuple[BasisName, ...]:
    """Names of the bases whose records have these values, such as `names(unbounded=True)`; without one, of all."""
    return tuple(
        basis.name
        for basis in BASES.values()
        if all(getattr(basis, field) == value for field, value in facts.items())
    )


def quoted(**facts: bool) -> str:
    """Those names for an error, each in quotation marks, with "or" between."""
    return " or ".join(map(repr, names(**facts)))
