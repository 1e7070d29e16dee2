"""The tournament: the largest score, the right winner of ties, and its depth."""

import itertools

import numpy as np
import pytest
from circuitsim.compilers.bounded.maximum import choose_node, maximum, winner

from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import evaluate
from circuitsim.schematic.measure import measure
from tests.netlist.recount import assert_measured_exactly

NODES = ("plain", "decided", "small")


def bits(values, width):
    return ((np.asarray(values)[..., None] >> np.arange(width)) & 1).astype(bool)


def numbers(wires):
    return (wires * (1 << np.arange(wires.shape[-1]))).sum(axis=-1)


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("basis", ["xag", "aig"])
@pytest.mark.parametrize(("keys", "width"), [(1, 3), (2, 3), (3, 2), (4, 2), (5, 2), (3, 1)])
def test_maximum_of_every_list_of_scores(node, basis, keys, width):
    drawing = Drawing(basis)
    schematic = drawing.finish([maximum(drawing, drawing.input((1, keys, width)), node)])
    lists = np.array(list(itertools.product(range(1 << width), repeat=keys)))
    seen = numbers(evaluate(schematic, bits(lists, width).reshape(len(lists), -1)))
    assert np.array_equal(seen, lists.max(axis=1))
    assert_measured_exactly(schematic)


@pytest.mark.parametrize("ties", ["left", "right"])
@pytest.mark.parametrize("optimize", ["depth", "size"])
@pytest.mark.parametrize("keys", [2, 3, 4, 5])
def test_the_winner_of_ties_is_the_one_asked_for(ties, optimize, keys):
    width, places = 2, np.arange(keys)
    drawing = Drawing("xag", optimize)
    scores = drawing.input((1, keys, width))
    payload = drawing.constant(bits(places, 3)).expand(0)
    schematic = drawing.finish([winner(drawing, scores, payload, ties)])
    lists = np.array(list(itertools.product(range(1 << width), repeat=keys)))
    seen = numbers(evaluate(schematic, bits(lists, width).reshape(len(lists), -1)))
    expected = (
        lists.argmax(axis=1) if ties == "left" else keys - 1 - lists[:, ::-1].argmax(axis=1)
    )
    assert np.array_equal(seen, expected)


@pytest.mark.parametrize(("log_n", "levels"), [(6, 34), (10, 58), (20, 118)])
def test_levels_of_the_maximum_of_scores_of_2_log_n_bits(log_n, levels):
    drawing = Drawing("xag")
    scores = drawing.input((1, 1 << log_n, 2 * log_n))
    depth = measure(drawing.finish([maximum(drawing, scores)])).depth
    assert depth == levels
    assert depth <= 7 * log_n


def test_few_bits_take_the_node_with_two_levels_a_bit():
    drawing = Drawing("xag")
    assert choose_node(drawing, 1024, 40) == "decided"
    assert choose_node(drawing, 1024, 5) == "plain"
    for keys, width in ((64, 3), (64, 20)):
        depths = {node: measure(_drawn(keys, width, node)).depth for node in NODES}
        assert depths[choose_node(drawing, keys, width)] == min(depths.values())


def test_the_small_node_has_the_fewest_gates():
    gates = {node: measure(_drawn(8, 6, node)).gates for node in NODES}
    assert gates["small"] < gates["plain"] < gates["decided"]


def _drawn(keys, width, node):
    drawing = Drawing("xag")
    return drawing.finish([maximum(drawing, drawing.input((1, keys, width)), node)])
