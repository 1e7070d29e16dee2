"""Circuits of rotary positions: integer = schematic = circuit, measured = built, in constant depth; and refusals."""

from dataclasses import replace
from functools import partial

import pytest
from circuitsim.compilers.family import Family
from circuitsim.compilers.letters import Letters

import circuitsim as cs
from circuitsim.analysis.ladder import climb
from circuitsim.errors import CircuitSimError
from circuitsim.networks import rotation
from circuitsim.schematic.measure import measure
from tests.blocks import random_block_model, with_rotary
from tests.compilers.test_blocks import (
    assert_circuits_are_the_integer_model as assert_circuits,
)
from tests.compilers.test_blocks import assert_constant_depth, forget_values

BASES = ("xag", "aig", "tc0")


@pytest.fixture
def unknown(monkeypatch):
    """Values are not looked for, and letters are no tables, so that circuits have to compute them."""
    forget_values(monkeypatch)
    monkeypatch.setattr(Letters, "of", lambda *given: None)


assert_circuits_are_the_integer_model = partial(assert_circuits, positions="folded")


def random_rotary(seed, **given):
    return replace(with_rotary(random_block_model(seed), seed), **given)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_models_agree_residual_by_residual(seed):
    model = random_rotary(seed)
    assert_circuits_are_the_integer_model(model, 2 + seed % 2, BASES[seed % 2 :: 2], seed)


@pytest.mark.parametrize("seed", [1, 3, 8, 17, 22])
def test_random_models_agree_where_no_value_is_known(seed, unknown):
    model = random_rotary(seed, name=f"unknown{seed}", bits="2")
    assert_circuits_are_the_integer_model(model, 2, ("xag",), seed)


def block(layers: int, norms: bool, inner: str) -> cs.Model:
    """Softmax of turned queries and keys, and a gated net, perhaps with norms; nothing is zero."""
    head = cs.Head(
        [[1, 2], [3, 1]],
        [[2, 1], [1, 2]],
        value=[[1, 3], [2, 1]],
        output=[[1, 2], [2, 1]],
        attention="softmax",
        mask="causal",
        rotary=100,
    )
    net = cs.FeedForward([[1, -1], [2, 1]], [[1, 2], [-1, 1]], activation="silu")
    norm = cs.Norm([1, 2], (), "1/2", "rms") if norms else None
    layer = cs.Layer([head], feed_forward=net, attention_norm=norm, net_norm=norm)
    return cs.Model(
        "01",
        {"0": [1, -1], "1": [-1, 2]},
        [layer] * layers,
        cs.Readout([1, -1]),
        final_norm=norm,
        inner=inner,
        bits="1",
        gap_bits="1",
        weight_bits="2",
        name=f"turned {layers} {norms} {inner}",
    )


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(
    ("norms", "inner", "each", "more"),
    [
        (False, "exact", 6, 1),
        (False, "rounded", 6, 1),
        (True, "exact", 10, 3),
        (True, "rounded", 12, 4),
    ],
)
def test_tc0_has_constant_depth(layers, norms, inner, each, more, unknown):
    """One level a layer more than without rotary positions, and none where queries and keys are rounded anyway."""
    least = each * (layers - 1) if norms or layers > 1 else -1
    assert_constant_depth(block(layers, norms, inner), each * layers + more, least)


@pytest.mark.parametrize("basis", ["xag", "tc0"])
@pytest.mark.parametrize("inner", ["exact", "rounded"])
def test_a_whole_block_agrees(basis, inner, unknown):
    assert_circuits_are_the_integer_model(block(1, True, inner), 3, (basis,))


def test_a_first_layer_is_a_table_of_the_letters():
    model = replace(block(1, False, "exact"), bits="6")
    scopes = measure(Family(model, "xag")(4)).scopes
    assert "layer0/head0" not in scopes  # queries, keys and values are wires


def test_wired_positions_are_refused():
    model = block(1, True, "rounded")
    with pytest.raises(
        CircuitSimError, match=r"layer 0, head 0: rotary .* --positions folded"
    ):
        Family(model, "xag", positions="wired")(3)


def test_angles_of_another_position_are_noticed(monkeypatch, unknown):
    right = rotation.Turned.at
    monkeypatch.setattr(
        rotation.Turned, "at", lambda self, place: right(self, max(0, place - 1))
    )
    model = replace(block(1, False, "rounded"), name="late", bits="4")
    row = climb([Family(model, "xag")], 3, exhaustive=True)
    assert not all(r.holds for r in row.rungs if r.relation == "=")
