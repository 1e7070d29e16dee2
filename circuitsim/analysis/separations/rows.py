"""The rows of the table of separations: what every side takes at each length, beside the papers' lower bounds."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from circuitsim.analysis.agreement import few, inputs, least_bits
from circuitsim.analysis.resources import resources
from circuitsim.analysis.separations.crossing import crossing
from circuitsim.analysis.separations.separations import (
    SEPARATIONS,
    Resource,
    Separation,
    Side,
)
from circuitsim.analysis.separations.store import remembered
from circuitsim.bases import DEFAULT, TC0, BasisName
from circuitsim.compilers.family import Family
from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.networks.fixed_point import fix
from circuitsim.schematic.measure import measure
from circuitsim.zoo.entry import Built

MEASURED: tuple[BasisName, ...] = (DEFAULT, TC0.name)
SAMPLES = 400  # inputs on which a precision is tried where they are many


@dataclass(frozen=True)
class Row:
    """What one side takes at one length.

    Attributes:
        task, model, architecture: what it is. variant: of the separation's option, such as q=2; "" without.
        layers, heads, width, parameters: of the model; width is m, the largest dimension of keys and values (of a
            state, of a first layer).
        bits: the least fraction bits at which the integer model is right; exhaustive: whether on all inputs.
        cut_bits: bits across the papers' cut, with `cut_items`; None where the argument does not apply.
        precision: p, bits of the widest number that crosses.
        size, depth: of the circuit, by basis; missing where it is too large to draw.
        resource: what the bound is about, measured by `taken`. lower_bound: its number at this n; None without one.
        constant: "paper" or "recalled". note: on what conditions the bound holds, and where a constant comes from.
    """

    task: str
    variant: str
    model: str
    architecture: str
    n: int
    layers: int
    heads: int
    width: int
    bits: int | None
    exhaustive: bool
    cut_bits: int | None
    cut_items: dict[str, int]
    precision: int
    parameters: int
    size: dict[str, int]
    depth: dict[str, int]
    resource: Resource
    taken: int | None
    lower_bound: float | None
    formula: str | None
    theorem: str | None
    source: str | None
    constant: str | None
    note: str | None

    @property
    def holds(self) -> bool:
        """Whether what is taken lies on or above the bound; True without a bound."""
        return (
            self.lower_bound is None or self.taken is None or self.taken >= self.lower_bound
        )


@dataclass(frozen=True)
class Missing:
    """A row that is not there, and why."""

    task: str
    model: str
    n: int
    why: str


@dataclass(frozen=True)
class Asked:
    """A row of the table before it is measured.

    Attributes:
        task: the separation's name. side: number of the side in it. variant: of its option.
    """

    task: str
    variant: int
    side: int
    n: int

    def __str__(self) -> str:
        one = SEPARATIONS[self.task]
        return f"{one.name}, {one.sides[self.side].label}{_shown(one, self.variant, ', ')}, n = {self.n}"


def rows_asked(separation: Separation, ns: tuple[int, ...]) -> list[Asked]:
    """The rows of a separation at lengths `ns`, in the order of the table."""
    sides = range(len(separation.sides))
    return [
        Asked(separation.name, variant, side, n)
        for variant in separation.variants
        for side in sides
        for n in ns
    ]


def rows(
    separation: Separation, ns: tuple[int, ...], *, seed: int = 0, fresh: bool = False
) -> Iterator[Row | Missing]:
    """The rows of a separation at lengths `ns`, each as soon as it is there, as `row_at` says."""
    return (row_at(asked, seed=seed, fresh=fresh) for asked in rows_asked(separation, ns))


def row_at(asked: Asked, *, seed: int = 0, fresh: bool = False) -> Row | Missing:
    """One row, from disk if it was asked before.

    Args:
        fresh: compute everything anew.
    """
    separation, n, variant = SEPARATIONS[asked.task], asked.n, asked.variant
    side = separation.sides[asked.side]
    name = f"zoo:{side.name(n, variant)}"
    if n > side.longest:
        return Missing(separation.name, name, n, f"measured for n up to {side.longest:,}")
    bound = (
        None
        if side.bound is None
        else [side.bound.formula, side.bound.theorem, side.bound.constant]
    )
    question = {
        "row": name,
        "n": n,
        "seed": seed,
        "samples": SAMPLES,
        "resource": side.resource,
        "bound": bound,
    }

    def answer() -> dict[str, Any]:
        try:
            return asdict(_row(separation, side, n, variant, seed))
        except CircuitSimError as error:
            return asdict(Missing(separation.name, name, n, str(error)))

    found = remembered(question, answer, not fresh)
    kind = Row if len(found) == len(fields(Row)) else Missing
    return kind(**found)


def _row(separation: Separation, side: Side, n: int, variant: int, seed: int) -> Row:
    entry = side.built(n, variant)
    model = entry.at(n)
    bits, everything = _bits(side, entry, model, n, seed)
    fixed = fix(model, n, None if bits is None else str(bits))
    cut, has = crossing(model, fixed, side.single_query), resources(model)
    size, depth = _circuits(model, n, bits)
    measured = {
        "cut_bits": cut.total,
        "width": has.width,
        "heads": has.heads,
        "layers": has.layers,
        "bits": bits,
    }
    bound = side.bound
    return Row(
        task=separation.name,
        variant=_shown(separation, variant),
        model=f"zoo:{side.name(n, variant)}",
        architecture=side.label,
        n=n,
        layers=has.layers,
        heads=has.heads,
        width=has.width,
        bits=bits,
        exhaustive=everything,
        cut_bits=cut.total,
        cut_items=cut.items,
        precision=cut.precision,
        parameters=has.parameters,
        size=size,
        depth=depth,
        resource=side.resource,
        taken=measured[side.resource],
        lower_bound=None
        if bound is None
        else float(bound.value(n, **_facts(entry), p=cut.precision, d=1)),
        formula=None if bound is None else bound.formula,
        theorem=None if bound is None else bound.theorem,
        source=None if bound is None else bound.source,
        constant=None if bound is None else bound.constant,
        note=None if bound is None else bound.note,
    )


def _bits(side: Side, entry: Built, model: Any, n: int, seed: int) -> tuple[int | None, bool]:
    """The least fraction bits, and whether they are for all inputs."""
    if side.proved is not None:
        return side.proved(entry.task), True
    everything = few(entry, n)
    codes = inputs(entry, n, everything, SAMPLES, seed)
    return least_bits(model, codes, entry.task.decisions(codes)), everything


def _circuits(model: Any, n: int, bits: int | None) -> tuple[dict[str, int], dict[str, int]]:
    size: dict[str, int] = {}
    depth: dict[str, int] = {}
    circuits = Family(model, bits_expression=None if bits is None else str(bits))
    for basis in MEASURED:
        try:
            cost = measure(circuits.in_basis(basis)(n))
        except LimitError:
            continue
        size[basis], depth[basis] = cost.gates, cost.depth
    return size, depth


def _facts(entry: Built) -> dict[str, Any]:
    return {f.name: getattr(entry.task, f.name) for f in fields(entry.task)}


def _shown(separation: Separation, variant: int, before: str = "") -> str:
    return f"{before}{separation.option}={variant}" if separation.option else ""
