"""Every model of the zoo at its shortest length, where much of what circuits compute is constant."""

import pytest

import circuitsim as cs
from circuitsim.analysis.agreement import lengths_of
from circuitsim.zoo.addresses import built
from circuitsim.zoo.catalogue import addresses


@pytest.mark.parametrize("address", addresses())
def test_the_shortest_input_has_circuits(address):
    entry = built(address)
    n = min(length for length, _ in lengths_of(entry))
    model = entry.at(n)
    assert cs.check(model, n, bases=("xag", "aig", "tc0"), samples=50).holds
