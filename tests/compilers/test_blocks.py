"""Circuits of norms, activations, gates and rounded numbers: integer = schematic = circuit = file, measured = built."""

from dataclasses import replace
from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from circuitsim.compilers import residual
from circuitsim.compilers.bounded import norms as bounded_norms
from circuitsim.compilers.bounded.functions import changes_of, function_cell, reaches
from circuitsim.compilers.bounded.norms import root_cell
from circuitsim.compilers.family import Family
from circuitsim.compilers.thresholds import norms as threshold_norms

import circuitsim as cs
from circuitsim.analysis.claims.classes import tc0_bound
from circuitsim.analysis.ladder import climb
from circuitsim.models.blocks import ACTIVATIONS
from circuitsim.models.model import Norm
from circuitsim.networks import averages, values, written
from circuitsim.numbers.functions import rounded
from circuitsim.schematic.cells import Recorder
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import evaluate
from circuitsim.schematic.measure import measure
from circuitsim.schematic.schematic import OPTIMIZE
from tests.blocks import random_block_model
from tests.netlist.recount import assert_measured_exactly

BASES = ("xag", "aig", "tc0")
WIDE = (16, 30, 33)  # whose numbers are refused


@pytest.fixture
def unknown(monkeypatch):
    """Values are not looked for, so that circuits of few letters have to compute them."""
    forget_values(monkeypatch)


def forget_values(monkeypatch):
    monkeypatch.setattr(values, "MOST_VALUES", 1)
    monkeypatch.setattr(averages, "MOST_VALUES", 1)
    monkeypatch.setattr(written, "MOST_NORMED", 0)


def numbers_of(cell, given: np.ndarray, widths: tuple[int, ...]) -> np.ndarray:
    """What a cell makes of numbers (count, arguments)."""
    bits = [given[:, [a]] >> np.arange(width) & 1 for a, width in enumerate(widths)]
    drawing = Drawing("xag")
    wires, start, arguments = drawing.input((sum(widths),)), 0, []
    for width in widths:
        arguments.append(wires.slice(0, start, start + width))
        start += width
    schematic = drawing.finish([drawing.call(cell, *arguments)])
    found = evaluate(schematic, np.concatenate(bits, axis=1).astype(bool))
    return found.astype(np.int64) @ (1 << np.arange(found.shape[1]))


@pytest.mark.parametrize("ripple", [False, True])
@pytest.mark.parametrize(
    ("above", "below", "size"), [(6, 3, 3), (7, 2, 4), (4, 5, 2), (3, 1, 2)]
)
def test_a_root_over_a_number_is_found_bit_by_bit(above, below, size, ripple):
    cell = root_cell(above, below, size, ripple)
    given = np.array([(a, v) for v in range(1, 1 << below) for a in range(1 << above)])
    expected = np.array([isqrt(a // v) for a, v in given.tolist()])
    fits = expected < 1 << size
    found = numbers_of(cell, given[fits], (above, below))
    assert (found == expected[fits]).all()


@pytest.mark.parametrize("width", [1, 2, 3, 6, 7])
def test_numbers_are_compared_with_many_constants_at_once(width):
    r = Recorder(width)
    constants = [*range(-1, (1 << width) + 2)]
    found = reaches(r, r.argument(0), constants)
    cell = r.cell("comparisons", [found[c] for c in constants])
    given = np.arange(1 << width)[:, None]
    drawing = Drawing("xag")
    schematic = drawing.finish([drawing.call(cell, drawing.input((width,)))])
    shown = evaluate(schematic, (given >> np.arange(width) & 1).astype(bool))
    assert (shown == (given >= np.array(constants))).all()


@pytest.mark.parametrize("bits", [0, 1, 3, 6])
@pytest.mark.parametrize("function", [name for name in ACTIVATIONS if name != "relu"])
def test_a_cell_gives_every_value_of_a_function(function, bits):
    width, unit = 8 if bits < 6 else 10, 1 << bits
    changes = changes_of(function, bits, (1 << width) - 1)
    x = np.arange(1 << width)
    found = numbers_of(function_cell(width, changes), x[:, None], (width,))
    expected = [rounded(function, Fraction(int(a), unit), bits) * unit for a in x]
    if function != "tanh":
        expected = [int(a) - value for a, value in zip(x, expected, strict=True)]
    assert found.tolist() == expected


def assert_circuits_are_the_integer_model(model, n, bases, seed=0, positions=None) -> None:
    families = [
        Family(
            model,
            basis,
            optimize=OPTIMIZE[seed % 3],
            positions=positions or ("folded", "wired")[seed // 3 % 2],
        )
        for basis in bases
    ]
    row = climb(families, n, exhaustive=len(model.vocabulary) ** n <= 64)
    assert [r for r in row.rungs if r.relation == "=" and not r.holds] == []
    for family in families:
        assert_measured_exactly(family(n))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [seed for seed in range(40) if seed not in WIDE])
def test_random_models_agree_residual_by_residual(seed):
    assert_circuits_are_the_integer_model(
        random_block_model(seed), 2, BASES[seed % 2 :: 2], seed
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 3, 8, 13, 17, 18, 22])
def test_random_models_agree_where_no_value_is_known(seed, unknown):
    model = replace(random_block_model(seed), name=f"unknown{seed}")
    assert_circuits_are_the_integer_model(model, 1 + seed % 2, ("xag", "aig"), seed)


@pytest.mark.parametrize("seed", [1, 3, 8, 17])
def test_thresholds_agree_where_no_value_is_known(seed, unknown):
    model = replace(random_block_model(seed), name=f"thresholds{seed}", bits="2")
    assert_circuits_are_the_integer_model(model, 1, ("tc0",), 0)


def block(
    layers: int, norms: bool = True, inner: str = "exact", kind: str = "rms"
) -> cs.Model:
    """Softmax and GELU, perhaps with norms before each part and a last one; nothing is zero."""
    head = cs.Head(
        [[1, 2], [3, 1]],
        [[2, 1], [1, 2]],
        [[1, 3], [2, 1]],
        [[1, 2], [2, 1]],
        attention="softmax",
    )
    net = cs.FeedForward([[1, -1], [2, 1]], [[1, 2], [-1, 1]], ["1/2", 1], activation="gelu")
    norm = Norm([1, 2], [0, 1], "1/2", kind) if norms else None
    layer = cs.Layer([head], feed_forward=net, attention_norm=norm, net_norm=norm)
    return cs.Model(
        "01",
        {"0": [1, -1], "1": [-1, 2]},
        [layer] * layers,
        cs.Readout([1, -1], [0], "last"),
        positions=["i", "1"],
        final_norm=norm,
        inner=inner,
        bits="1",
        gap_bits="1",
        weight_bits="2",
    )


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(
    ("norms", "inner", "each", "more"),
    [
        (False, "exact", 5, 1),
        (False, "rounded", 6, 1),
        (True, "exact", 9, 3),
        (True, "rounded", 12, 4),
    ],
)
def test_tc0_has_constant_depth(layers, norms, inner, each, more, unknown):
    """L layers take at most 5 L + 1 levels, 9 L + 3 with norms, and more with inner rounding, whatever n."""
    model = replace(block(layers, norms, inner), name=f"depth {layers} {norms} {inner}")
    least = 5 * layers if norms or layers > 1 else -1
    assert_constant_depth(model, each * layers + more, least)


def assert_constant_depth(model, most, least):
    """In tc0, as deep as `most` at most, which is what claims say, and deeper than `least`."""
    family = Family(model, "tc0")
    depths = {n: measure(family(n)).depth for n in (5, 6, 8)}
    assert max(depths.values()) <= most == tc0_bound(model)
    assert depths[6] > least
    assert depths[6] == depths[8]


@pytest.mark.parametrize("letters", ["01", "012"])
@pytest.mark.parametrize("inner", ["exact", "rounded"])
def test_a_first_norm_is_a_table_of_the_letter(letters, inner):
    rows = {"0": [1, -1], "1": [-1, 2], "2": [3, 1], "<s>": [1, 1]}
    model = replace(
        block(1, True, inner),
        vocabulary=tuple(letters),
        embedding={token: rows[token] for token in (*letters, "<s>")},
        prepend=("<s>",),
        bits="4",
        name=f"letters {letters} {inner}",
    )
    scopes = measure(Family(model, "xag")(3)).scopes
    names = ("layer0/attention_norm", "layer0/attention_norm/components")
    spent = sum(scopes[name].gates for name in names if name in scopes)
    assert spent <= (0 if letters == "01" else 100)
    wired = measure(Family(model, "xag", positions="wired")(3)).scopes
    assert wired["layer0/attention_norm/components"].gates > 1000
    assert_circuits_are_the_integer_model(model, 2, ("xag", "tc0"), 0)


@pytest.fixture
def wide(monkeypatch):
    """As for a model of many components: numbers are one array, and a mean is written once."""
    monkeypatch.setattr(residual, "MANY_NUMBERS", 1)
    monkeypatch.setattr(bounded_norms, "MANY", 1)


@pytest.mark.parametrize("inner", ["exact", "rounded"])
@pytest.mark.parametrize("kind", ["layer", "rms"])
def test_a_wide_block_agrees(kind, inner, unknown, wide):
    model = replace(block(1, True, inner, kind), name=f"wide {kind} {inner}")
    assert_circuits_are_the_integer_model(model, 3, ("xag", "aig"), 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 3, 8, 13, 17, 18, 22])
def test_wide_models_agree(seed, unknown, wide):
    model = replace(random_block_model(seed), name=f"wide{seed}")
    assert_circuits_are_the_integer_model(model, 2, ("xag",), seed)


@pytest.mark.parametrize("seed", range(8))
def test_numbers_in_one_array_cost_what_they_cost_by_themselves(seed, monkeypatch):
    model = random_block_model(seed)
    apart = measure(Family(model, "xag")(2))
    monkeypatch.setattr(residual, "MANY_NUMBERS", 1)
    joined = measure(Family(model, "xag")(2))
    assert (joined.gates_by_kind, joined.depth) == (apart.gates_by_kind, apart.depth)


@pytest.mark.parametrize("kind", ["layer", "rms"])
def test_a_whole_block_agrees(kind, unknown):
    model = replace(block(1, True, "rounded", kind), name=f"whole {kind}")
    assert_circuits_are_the_integer_model(model, 3, ("xag", "tc0"), 0)


@pytest.mark.parametrize("room", [bounded_norms, threshold_norms])
def test_a_factor_that_is_wrong_is_noticed(room, monkeypatch, unknown):
    right = room.Terms.of

    def wrong(how, exponent):
        terms = right(how, exponent)
        return replace(terms, product=terms.product + 1)

    monkeypatch.setattr(room.Terms, "of", wrong)
    basis = "xag" if room is bounded_norms else "tc0"
    row = climb([Family(replace(block(1), name=f"wrong {basis}"), basis)], 3, exhaustive=True)
    assert not all(r.holds for r in row.rungs if r.relation == "=")
