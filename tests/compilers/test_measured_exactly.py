"""Every shipped model, basis, mode and mask: what is measured is what is built, to the last wire."""

from dataclasses import replace
from pathlib import Path

import pytest
from circuitsim.compilers.family import Family

import circuitsim as cs
from circuitsim.errors import LimitError
from circuitsim.models.model import MASKS, Model
from circuitsim.schematic.measure import measure
from tests.cases import random_model
from tests.netlist.recount import assert_measured_exactly

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
# Models that were written or trained for circuits; those with norms are too large to be counted gate by gate.
NAMES = sorted(
    path.name
    for path in EXAMPLES.iterdir()
    if path.name == "majority.pt" or (path.suffix == ".json" and path.name.count(".") == 1)
)
MODES = {
    "xag": ("depth", "size"),
    "aig": ("depth", "size"),
    "tc0": ("depth", "balanced", "size"),
}
LONGEST = {"xag": 9, "aig": 9, "tc0": 6}  # longer ones below, under masks
LARGE = 400_000  # wires beyond which a circuit is left to `measure`
CASES = [
    (name, basis)
    for name in NAMES
    for basis in MODES
    if (name, basis) != ("dense-3.json", "tc0")
]


def masked(model: Model, mask: str) -> Model:
    layers = tuple(
        replace(y, heads=tuple(replace(h, mask=mask) for h in y.heads)) for y in model.layers
    )
    return replace(model, layers=layers)


def assert_exact_up_to(family: Family, lengths: range | tuple[int, ...]) -> None:
    built = 0
    for n in lengths:
        schematic = family(n)
        cost = measure(schematic)
        if cost.wires <= LARGE:
            assert_measured_exactly(schematic, known=cost)
            built += 1
    assert built >= min(5, len(lengths) - 1)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["depth", "balanced", "size"])
@pytest.mark.parametrize(("name", "basis"), CASES)
def test_shipped_models_at_every_length(name, basis, mode):
    if mode in MODES[basis]:
        assert_exact_up_to(
            Family(cs.load(EXAMPLES / name), basis, optimize=mode),
            range(1, LONGEST[basis] + 1),
        )


@pytest.mark.slow
@pytest.mark.parametrize("mask", MASKS[1:])
@pytest.mark.parametrize(("name", "basis"), CASES)
def test_shipped_models_under_every_mask(name, basis, mask):
    model = masked(cs.load(EXAMPLES / name), mask)
    for mode, positions in zip(MODES[basis], ("folded", "wired", "wired"), strict=False):
        family = Family(model, basis, optimize=mode, positions=positions)
        assert_exact_up_to(family, (1, 2, 5, 12 if basis != "tc0" else 7))


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, 3])
def test_three_dense_layers_in_threshold_gates(n):
    assert_measured_exactly(Family(cs.load(EXAMPLES / "dense-3.json"), "tc0")(n))


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("name", NAMES)
def test_shipped_models_made_hard_in_ac0(name, mask):
    model = masked(cs.load(EXAMPLES / name).with_attention("hard-right"), mask)
    for mode in ("depth", "balanced", "size"):
        family = Family(model, "ac0", optimize=mode)
        for n in (1, 2, 3, 5, 8):
            try:
                schematic = family(n)
            except LimitError:
                assert n == 8  # the codes of three dense layers
                continue
            assert_measured_exactly(schematic)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 212))
def test_random_models_beyond_eight_letters(seed):
    for basis in ("xag", "aig"):
        for mode, positions in zip(MODES[basis], ("folded", "wired"), strict=True):
            family = Family(
                random_model(seed, 1 + seed % 2), basis, optimize=mode, positions=positions
            )
            for n in (9, 16):
                assert_measured_exactly(family(n))
