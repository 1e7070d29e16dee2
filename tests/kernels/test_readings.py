"""What Python interprets and what numba compiles are one function: each kernel gives the same answers in both."""

import pytest
from circuitsim.compilers.family import Family

from circuitsim.analysis.ladder import climb
from circuitsim.netlist.passes.share import Share
from circuitsim.schematic.measure import measure
from tests.cases import random_model

from .both import both_readings


@pytest.mark.parametrize("basis", ["xag", "aig", "tc0"])
@pytest.mark.parametrize("seed", range(4))
def test_random_models_climb_the_ladder_alike_in_both_readings(monkeypatch, basis, seed):
    with both_readings(monkeypatch) as seen:
        for mode in ("depth", "size"):
            family = Family(random_model(seed), basis, optimize=mode)
            n = 1 + seed % 4
            row = climb([family], n, exhaustive=False, samples=70, seed=seed)
            assert all(rung.holds for rung in row.rungs if rung.relation == "=")
            circuit = family(n).flatten()
            shared = Share()(circuit)
            assert shared.gates <= circuit.gates == measure(family(n)).gates
    assert len(seen) > 8
