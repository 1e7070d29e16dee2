"""What is always zero, or one of few values, costs nothing, or as little as they do (faults 21 to 24)."""

from dataclasses import replace

import pytest

import circuitsim as cs
from circuitsim.errors import LimitError
from circuitsim.networks.fixed_point import fix
from tests.cases import random_model

ROUNDING = ("xag", "aig", "tc0")


def one_head(query, key, bits="8", **head):
    head = cs.Head(query=query, key=key, value=[[1]], output=[[1]], **head)
    return cs.Model(
        "ab", {"a": [0], "b": [1]}, [cs.Layer([head])], cs.Readout([1]), bits=bits
    )


def cost(model, n, basis, bits=None):
    (row,) = cs.measure(cs.compile(model, basis=basis, bits=bits), [n])
    return row.gates, row.depth


@pytest.mark.parametrize("basis", ROUNDING)
def test_a_key_component_that_is_always_zero_costs_nothing(basis):
    """Fault 21: it was refused for the width of a score that nothing is added to."""
    plain, padded = one_head([[1]], [[1]]), one_head([[1], [0]], [[1], [0]])
    for bits in (2, 8, 16, 20) if basis != "tc0" else (2,):
        assert cost(padded, 2, basis, bits) == cost(plain, 2, basis, bits)
    assert cs.check(padded, 3, bases=(basis,), bits=2).holds


def test_a_key_that_is_not_zero_still_has_its_width():
    with pytest.raises(LimitError, match=r"layer 0, head 0: the score needs \d+ bits"):
        cost(one_head([[3**26]], [[3**26]]), 2, "xag", 2)


@pytest.mark.parametrize("basis", ROUNDING)
def test_a_head_that_nobody_reads_is_not_measured(basis):
    dead = cs.Head(query=[[2**40]], key=[[2**40]], value=[[2**50]], output=[[0]])
    model = one_head([[1]], [[1]])
    layer = model.layers[0]
    more = replace(model, layers=[replace(layer, heads=(dead, *layer.heads))])
    assert cost(more, 3, basis, 2) == cost(model, 3, basis, 2)
    assert cs.check(more, 3, bases=(basis,), bits=2).holds


def hat():
    """Three nets in a row, each a function of the letter alone (fault 22)."""
    first = cs.FeedForward([[100, -49], [100, -50]], [[0, 0], [1, -1]])
    later = cs.FeedForward([[0, 100], [100, 100]], [[0, 0], [1, 1]])
    layers = [cs.Layer([], feed_forward=net) for net in (first, later, later)]
    readout = cs.Readout([0, 1], [-1000])
    return cs.Model("ab", {"a": [0, 1], "b": [1, 1]}, layers, readout, bits="3")


@pytest.mark.parametrize("basis", ROUNDING)
def test_units_of_two_values_cost_a_wire(basis):
    """Fault 22: a unit of two values took 8,442,401 thresholds, and was refused."""
    assert cost(hat(), 1, basis)[0] <= 4
    for n in (1, 2):
        assert cs.check(hat(), n, bases=(basis,)).holds


@pytest.mark.parametrize("basis", ROUNDING)
def test_units_of_three_letters_take_their_values(basis):
    net = cs.FeedForward([[5, -7]], [[0], [3]])
    embedding = {"a": [0, 1], "b": [2, 1], "c": [9, 1]}
    model = cs.Model(
        "abc",
        embedding,
        [cs.Layer([], feed_forward=net)] * 2,
        cs.Readout([1, -1], [-2], "each"),
        bits="2",
    )
    assert cs.check(model, 2, bases=(basis,)).holds


def test_a_head_of_ac0_that_adds_nothing_is_no_head():
    """Fault 24: a head whose value is zero was refused with the theorem on counting."""
    dead = cs.Head(query=[[0]], key=[[0]], value=[[0]], output=[[1]])
    model = cs.Model("ab", {"a": [0], "b": [1]}, [cs.Layer([dead])], cs.Readout([1]))
    assert cost(model, 2, "ac0") == (0, 0)
    assert cs.check(model, 3, bases=("ac0",)).holds
    live = replace(dead, value=[[1]])
    counting = replace(model, layers=[cs.Layer([dead, live])])
    with pytest.raises(LimitError, match="layer 0, head 1 is saturated"):
        cost(counting, 4, "ac0")


@pytest.mark.parametrize("basis", ROUNDING)
def test_a_score_that_is_the_same_for_every_letter_costs_nothing(basis):
    """Fault 23: components of a letter and of its complement were added up, 698 gates for a constant."""
    head = cs.Head(
        query=[[1, 1, 0], [1, 1, 0], [1, 1, 1]],
        key=[[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        value=[[0, 0, 1]],
        output=[[0], [0], [1]],
    )
    model = cs.Model(
        "ab",
        {"^": [0, 0, 1], "a": [1, 0, 0], "b": [0, 1, 0]},
        [cs.Layer([head])],
        cs.Readout([0, 0, 1], ["-1/4"]),
        prepend=["^"],
        bits="4",
    )
    assert cost(model, 8, basis) == (0, 0)
    assert cs.check(model, 4, bases=(basis,)).holds


def mirror(n, attention):
    """Every position looks at the one across, by one-hot positions: the string read backwards."""
    one_hot = [[int(i == j) for j in range(n)] for i in range(n)]
    letter = [0] * n
    head = cs.Head(
        query=[[0, *row] for row in reversed(one_hot)],
        key=[[0, *row] for row in one_hot],
        value=[[1, *letter]],
        output=[[1], *([[0]] * n)],
        attention=attention,
    )
    rows = cs.PositionTable([[0, *row] for row in one_hot])
    letters = {"a": [0] * (n + 1), "b": [1, *letter]}
    layer = cs.Layer([head], residual=False)
    readout = cs.Readout([1, *letter], ["-1/2"], "each")
    return cs.Model("ab", letters, [layer], readout, positions=rows, bits="2")


@pytest.mark.parametrize("attention", ["saturated", "hard-left", "hard-right"])
@pytest.mark.parametrize("basis", ROUNDING)
def test_looking_at_a_known_position_is_wiring(basis, attention):
    """Fault 23: a model that reverses strings took 91,230 gates."""
    model = mirror(5, attention)
    assert cost(model, 5, basis) == (0, 0)
    circuit = cs.compile(model, basis=basis)(5).flatten()
    assert cs.check(model, 5, bases=(basis,)).holds
    assert len(circuit.outputs) == 5


@pytest.mark.slow
@pytest.mark.parametrize("basis", ROUNDING)
def test_random_heads_whose_keys_are_known_are_right(basis):
    tried = 0
    for seed in range(120):
        model, n = random_model(seed), 2 + seed % 2
        heads = [head for _, head in fix(model, n).heads() if head.kept]
        if any(head.chosen is not None and None not in head.chosen for head in heads):
            try:
                rungs = cs.check(model, n, bases=(basis,)).rungs
            except LimitError:  # too large in tc0, perhaps
                continue
            tried += 1
            assert not any(rung.disagreements for rung in rungs if rung.relation == "="), seed
    assert tried > 15
