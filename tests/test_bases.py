"""The records of bases: what they say is what circuits do, and what the documentation says."""

import re
from pathlib import Path

import numpy as np
import pytest
from circuitsim.compilers.bases import LOWERINGS

from circuitsim.bases import AC0, BASES, DEFAULT, ONE_A_CLASS, Basis, names, quoted
from circuitsim.netlist import counting
from circuitsim.netlist.program import KINDS
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.operations import OPERATIONS
from circuitsim.schematic.plans.adders import STYLES
from circuitsim.schematic.schematic import OPTIMIZE

every_basis = pytest.mark.parametrize("basis", BASES.values(), ids=names())
PAGE = (Path(__file__).parent.parent / "docs" / "bases.md").read_text()


@every_basis
def test_a_record_fits_itself(basis: Basis) -> None:
    assert set(basis.kinds) <= set(KINDS)
    assert basis.weighted == ("threshold" in basis.kinds)
    assert basis.xor is None or basis.xor.kind in basis.kinds
    assert basis.unbounded == (basis.adders is None) == (basis.xor is None)
    assert basis.adders is None or set(basis.adders) <= set(STYLES)


@every_basis
def test_an_xor_costs_what_the_record_says(basis: Basis) -> None:
    if basis.xor is None:
        assert basis.name not in OPERATIONS["xor"].bases
        return
    drawing = Drawing(basis.name, "depth")
    a, b = drawing.input((1,)), drawing.input((1,))
    schematic = drawing.finish([a ^ b])
    circuit, cost = schematic.flatten(), schematic.measure()
    made = {kind: count for kind, count in counting.gates_by_kind(circuit).items() if count}
    assert (
        made
        == {basis.xor.kind: basis.xor.gates}
        == {k: v for k, v in cost.gates_by_kind.items() if v}
    )
    assert counting.depth(circuit) == cost.depth == basis.xor.depth


@every_basis
@pytest.mark.parametrize("optimize", OPTIMIZE)
def test_sums_have_the_gates_of_their_basis(basis: Basis, optimize: str) -> None:
    if basis.adders is None:
        assert basis.name not in OPERATIONS["sum"].bases
        return
    drawing = Drawing(basis.name, optimize)
    wires = drawing.input((9,))
    circuit = drawing.finish([drawing.sum([(wires, [1] * 9)], 0, 4)]).flatten()
    assert {KINDS[op] for op in np.unique(circuit.ops)} <= set(basis.kinds)


def test_every_rounded_basis_is_drawn_by_the_compilers() -> None:
    assert set(LOWERINGS) == set(names(exact=False))
    assert names(exact=True) == (AC0.name,), (
        "circuits of exact values are drawn by compilers/reachable"
    )
    assert set(names(checked=True)) <= set(names(exact=False)), (
        "check compares with the integer model by default"
    )
    assert {DEFAULT, *ONE_A_CLASS} <= set(BASES)


@every_basis
def test_the_page_of_bases_says_what_the_record_says(basis: Basis) -> None:
    cells = (f"`{basis.name}`", basis.gates, basis.number, basis.layer, basis.takes)
    assert "| " + " | ".join(cells) + " |" in PAGE


def test_the_page_has_a_row_for_each_basis() -> None:
    table = PAGE.partition("| `--basis` |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(BASES)


def test_names_are_chosen_by_what_holds_of_them() -> None:
    assert names() == tuple(BASES)
    assert quoted(unbounded=False) == "'xag' or 'aig'"
    assert quoted(weighted=True) == "'tc0'"
