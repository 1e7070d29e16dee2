"""The estimate of what tc0 is going to draw, against what it draws; and the refusal that follows from it."""

from dataclasses import replace
from pathlib import Path

import pytest
from circuitsim.compilers.family import Family
from circuitsim.compilers.lower import Lower
from circuitsim.compilers.thresholds import estimate

import circuitsim as cs
from circuitsim.errors import LimitError
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.measure import measure
from circuitsim.schematic.pencil import Pencil
from circuitsim.schematic.schematic import OPTIMIZE, Thresholds
from tests.blocks import with_rotary
from tests.cases import random_model
from tests.compilers.test_threshold_writing import deep_model
from tests.third_order import third_order_model

EXAMPLES = Path(__file__).parents[2] / "examples"


def work(family: Family, n: int) -> estimate.Work:
    drawing, positions = Drawing(family.basis, family.optimize), family.positions_at(n)
    fixed = family.fixed(n)
    spans = Lower(fixed, drawing, positions).spans
    return estimate.estimate(fixed, spans, drawing, positions)


def estimated(family: Family, n: int) -> int:
    return sum(work(family, n).effort)


def lines(family: Family, n: int) -> list[tuple[str, Thresholds]]:
    """Thresholds of the schematic, with their scopes."""
    each = [(str(line.scope), line.attributes) for line in family(n).instructions]
    return [(scope, how) for scope, how in each if isinstance(how, Thresholds)]


def drawn(family: Family, n: int) -> int:
    return sum(len(how.thresholds) for _, how in lines(family, n))


def pairs(how: Thresholds) -> int:
    """Wires of pencils: pairs of digits that a component of a norm adds up, and digits alone."""
    return sum(table.shape[1] for table in how.tables if isinstance(table, Pencil))


def few_families():
    for seed in range(30):
        model = third_order_model(seed) if seed % 5 == 0 else random_model(seed)
        optimize, positions = OPTIMIZE[seed % 3], ("folded", "wired")[seed % 2]
        yield pytest.param(
            Family(model, "tc0", optimize=optimize, positions=positions), 3, id=model.name
        )
    for seed in range(6):
        model = with_rotary(random_model(seed), seed)
        family = Family(model, "tc0", optimize=OPTIMIZE[seed % 3])
        yield pytest.param(family, 3, id=model.name)
    for optimize in OPTIMIZE:
        yield pytest.param(
            Family(deep_model(), "tc0", optimize=optimize), 2, id=f"deep-{optimize}"
        )


@pytest.mark.parametrize(("family", "n"), list(few_families()))
def test_what_is_drawn_is_estimated_within_a_factor(family, n):
    """Below by a third at most, because parts come together; above where what repeats is drawn once."""
    ratio = (estimated(family, n) + 8) / (drawn(family, n) + 8)
    assert 2 / 3 <= ratio <= 5


def test_what_is_many_gates_is_estimated_within_a_tenth():
    family = Family(cs.load(EXAMPLES / "dense-1.json"), "tc0", "12")
    assert drawn(family, 16) > 10_000
    assert abs(estimated(family, 16) / drawn(family, 16) - 1) < 0.1


@pytest.mark.parametrize("bits", ["2", "3"])
def test_norms_are_estimated_too(bits):
    """Of a trained model, rounded until it can be drawn soon: thresholds within a sixth, pairs within a factor of 2."""
    family = Family(replace(cs.load(EXAMPLES / "brackets"), bits=bits), "tc0")
    found, each = work(family, 2), lines(family, 2)
    thresholds = sum(len(how.thresholds) for _, how in each)
    assert thresholds > 5000
    assert abs(sum(found.thresholds) / thresholds - 1) < 1 / 6
    of_norms = sum(pairs(how) for scope, how in each if "norm" in scope)
    assert 1 / 2 < sum(found.pairs) / of_norms < 2


@pytest.mark.slow
def test_a_trained_model_is_drawn_with_all_its_bits():
    """The figures are those of docs/trained.md."""
    family = Family(cs.load(EXAMPLES / "brackets"), "tc0")
    schematic = family(2)
    thresholds = sum(
        len(line.attributes.thresholds)
        for line in schematic.instructions
        if isinstance(line.attributes, Thresholds)
    )
    cost = measure(schematic)
    page = (EXAMPLES.parent / "docs" / "trained.md").read_text()
    assert f"there are {cost.gates:,} gates in depth {cost.depth}." in page
    assert thresholds > 700_000
    assert abs(sum(work(family, 2).thresholds) / thresholds - 1) < 1 / 6


def test_pairs_of_norms_are_told_apart_in_the_refusal(monkeypatch):
    monkeypatch.setattr(estimate, "MOST_DRAWN", 1 << 16)
    with pytest.raises(LimitError) as error:
        Family(cs.load(EXAMPLES / "brackets"), "tc0")(8)
    assert str(error.value) == (
        "tc0 needs about 795,240 threshold gates to be drawn at n=8, 107,707 of them in final norm, and 174,832 pairs"
        " of digits in components of norms; at most 65,536 are, 8 pairs counted as one. Lower --bits, take --optimize"
        " balanced, or take --basis xag."
    )


def test_too_much_to_draw_is_refused_with_the_estimate_where_and_what_to_do():
    family = Family(cs.load(EXAMPLES / "dense-1.json"), "tc0", "20")
    with pytest.raises(
        LimitError, match=r"needs about [\d,]+ threshold gates .* at n=64"
    ) as error:
        family(64)
    message = str(error.value)
    assert "in layer 0, feed-forward; at most 4,194,304 are" in message
    assert "Lower --bits, take --optimize balanced, or take --basis xag." in message
    assert measure(family(4)).gates < 200  # where means take few values


@pytest.mark.slow
def test_the_limit_is_on_the_estimate_of_the_whole(monkeypatch):
    family = Family(deep_model(), "tc0")
    monkeypatch.setattr(estimate, "MOST_DRAWN", estimated(family, 2))
    family(2)
    monkeypatch.setattr(estimate, "MOST_DRAWN", estimated(family, 2) - 1)
    with pytest.raises(LimitError, match="threshold gates"):
        Family(deep_model(), "tc0")(2)
