"""Circuits of recurrent and fully connected nets: every rung bit for bit, and measured exactly."""

import pytest
from circuitsim.compilers.family import Family

from circuitsim.analysis.ladder import climb
from tests.circuits.recount import assert_measured_exactly
from tests.models.random_rivals import random_connected, random_recurrent

CASES = [(kind, seed) for kind in ("recurrent", "connected") for seed in range(20)]


def net_of(kind, seed, n):
    return random_recurrent(seed) if kind == "recurrent" else random_connected(seed, n)


@pytest.mark.parametrize("basis", ["xag", "aig", "tc0"])
@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_every_rung_agrees_bit_for_bit(kind, seed, basis):
    n = 1 + seed % 4
    family = Family(net_of(kind, seed, n), basis, positions=("folded", "wired")[seed % 2])
    row = climb([family], n, exhaustive=True)
    assert [r for r in row.rungs if r.relation == "=" and not r.holds] == []
    assert len([r for r in row.rungs if r.relation == "="]) == 3
    assert row.rungs[0].disagreements == 0
    assert_measured_exactly(family(n))
