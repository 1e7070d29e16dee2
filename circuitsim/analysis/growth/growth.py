"""Size and depth against n: one row a length, measured without building."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from circuitsim.bases import BASES, BasisName
from circuitsim.compilers.family import Family
from circuitsim.kernels.telling import clock
from circuitsim.schematic.cost import Cost
from circuitsim.schematic.measure import measure
from circuitsim.schematic.schematic import Schematic


@dataclass(frozen=True)
class ScopeRow:
    """Gates of one scope and the depth of its deepest gate."""

    scope: str
    gates: int
    depth: int


@dataclass(frozen=True)
class Row:
    """The circuit on n letters; `bits` is None where it computes with exact values.

    `ands` are the gates that cost something in garbled circuits and in encrypted evaluation, where XOR is nearly free;
    None where gates are not of two inputs. Gates without weights have weight 1. `wires_weighted` and
    `max_fan_in_weighted` count a wire as often as its weight is large: they are the wires and the largest fan-in of
    the circuit without weights. `gap_bits` and `weight_bits` say how softmax is rounded, where there is any.
    """

    n: int
    basis: BasisName
    bits: int | None
    positions: str
    depth: int
    gates: int
    ands: int | None
    wires: int
    wires_weighted: int
    gates_by_kind: dict[str, int]
    max_fan_in: int
    max_weight: int
    max_fan_in_weighted: int
    state_bits: int
    seconds: float
    gap_bits: int | None = None
    weight_bits: int | None = None


def row(
    family: Family, n: int, schematic: Schematic | None = None
) -> tuple[Row, list[ScopeRow]]:
    """Measure C_n, and where its gates are; `schematic` is family(n), if the caller has it."""
    started = clock()
    cost = measure(family(n) if schematic is None else schematic)
    seconds = clock() - started
    none = (None, None)
    gap_bits, weight_bits = none if family.exact else family.fixed(n).network.softmax_bits
    return Row(
        n=n,
        basis=family.basis,
        bits=family.bits(n),
        positions=family.positions_at(n),
        depth=cost.depth,
        gates=cost.gates,
        ands=ands(family.basis, cost.gates_by_kind),
        wires=cost.wires,
        wires_weighted=cost.wires_weighted,
        gates_by_kind=cost.gates_by_kind,
        max_fan_in=cost.max_fan_in,
        max_weight=cost.max_weight,
        max_fan_in_weighted=cost.max_fan_in_weighted,
        state_bits=family.state_bits(n),
        seconds=seconds,
        gap_bits=gap_bits,
        weight_bits=weight_bits,
    ), scopes(cost)


def ands(basis: BasisName, gates_by_kind: dict[str, int]) -> int | None:
    """AND gates of a circuit of gates of two inputs; None in other bases."""
    return None if BASES[basis].unbounded else gates_by_kind.get("and", 0)


def rows(
    family: Family, ns: Iterable[int], progress: Callable[[int], None] = lambda n: None
) -> Iterator[Row]:
    """Measure C_n for each n, as they come."""
    for n in ns:
        progress(n)
        yield row(family, n)[0]


def scopes(cost: Cost) -> list[ScopeRow]:
    """Gates and depth by scope, in the order in which the scopes were drawn."""
    return [ScopeRow(name, scope.gates, scope.depth) for name, scope in cost.scopes.items()]
