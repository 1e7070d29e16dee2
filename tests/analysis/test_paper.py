import pytest

import circuitsim as cs
from circuitsim.analysis.growth.paper import power_of_two, predict
from circuitsim.analysis.growth.paper_parts import PaperCost
from circuitsim.errors import LimitError
from circuitsim.models.model import Model
from circuitsim.networks.fixed_point import fix
from tests.cases import random_model


def model(
    attention: str = "saturated", layers: int = 1, heads: int = 1, letters: str = "01"
) -> Model:
    head = cs.Head(
        query=[[1, 0]], key=[[0, 1]], value=[[1, 0]], output=[[1], [0]], attention=attention
    )
    return Model(
        vocabulary=tuple(letters),
        embedding={letter: [code, 1] for code, letter in enumerate(letters)},
        layers=(cs.Layer((head,) * heads, residual=False),) * layers,
        readout=cs.Readout([1, 0]),
        bits="2",
    )


def of(costs: list[PaperCost], name: str) -> PaperCost:
    return next(cost for cost in costs if cost.construction.startswith(name))


@pytest.mark.parametrize("layers", [1, 2, 5])
@pytest.mark.parametrize("d_plus", [1, 2, 4])
def test_log_precision_has_depth_3_and_9_and_2_d_plus_a_layer(
    layers: int, d_plus: int
) -> None:
    found = of(predict(model(layers=layers), 6, d_plus=d_plus), "Merrill and Sabharwal")
    assert found.depth == 3 + (9 + 2 * d_plus) * layers
    assert sum(item.depth for item in found.items) == found.depth


@pytest.mark.parametrize("seed", range(30))
def test_the_depth_of_the_theorem_holds_for_any_model(seed: int) -> None:
    any_model = random_model(seed).with_attention("saturated")
    found = of(predict(any_model, 4, max_bits=500), "Merrill and Sabharwal")
    assert found.depth == 3 + 13 * len(any_model.layers)
    assert found.gates == sum(item.gates or 0 for item in found.items)


def test_theorem_5_of_a_small_model_by_hand() -> None:
    n = 4
    fixed = fix(model(), n)
    before, after = (sum(s.widths()) for s in fixed.streams())
    low, high = fixed.layers()[0][0].score
    score = max(high, -low - 1).bit_length() + 1
    found = of(predict(model(), n), "Merrill, Sabharwal and Smith")
    items = {item.name: item for item in found.items}
    table = {
        name: (items[name].count, items[name].inputs, items[name].gates) for name in items
    }
    assert table["embedding"] == (4, 2, 4 * before * (4 + 2 + 1))
    assert table["layer0/scores"] == (
        16,
        2 * before,
        16 * score * (2 ** (2 * before) + 2 * before + 1),
    )
    masked = 2 * score + before
    assert table["layer0/masked values"] == (
        16,
        masked,
        16 * before * (2**masked + masked + 1),
    )
    sums = sum(
        4 * (2**z - 1) + (4 * (2**z - 1)).bit_length() for z in fixed.streams()[0].widths()
    )
    assert table["layer0/sums"] == (8, 4 * max(fixed.streams()[0].widths()), 4 * sums)
    assert table["layer0/maximum"][2] == 4 * (4 * 3 * 2 * score + 4 + 4 * score + score)
    assert table["layer0/activation"] == (
        4,
        2 * before,
        4 * after * (2 ** (2 * before) + 2 * before + 1),
    )
    assert table["readout"] == (1, after, 2**after + after + 1)
    assert found.depth == 3 + 20 + 3
    assert all(
        "ours" in items[f"layer0/{name}"].source
        for name in ("maximum", "sums", "counts", "division")
    )


def test_a_head_more_makes_every_table_of_the_layer_more() -> None:
    one, two = (
        of(predict(model(heads=h), 4), "Merrill, Sabharwal and Smith") for h in (1, 2)
    )
    assert one.depth == two.depth
    gates = [{item.name: item.gates or 0 for item in cost.items} for cost in (one, two)]
    for part in ("scores", "maximum", "masked values", "sums", "counts", "division"):
        assert gates[1][f"layer0/{part}"] == 2 * gates[0][f"layer0/{part}"]
    assert gates[1]["layer0/activation"] > 2 * gates[0]["layer0/activation"]


def test_values_of_hard_attention_grow_by_a_factor_a_layer() -> None:
    """n = 16, three letters, one head: b = 12, 24, 48 bits; scores of the second layer have 2^48 rows."""
    (found,) = predict(model("hard-left", layers=2, letters="abc"), 16)
    items = {item.name: item for item in found.items}
    assert [items[name].outputs for name in ("layer0/value", "layer1/value")] == [24, 48]
    assert [items[name].inputs for name in ("layer0/scores", "layer1/scores")] == [24, 48]
    assert items["layer1/scores"].gates == 16 * 16 * 48 * (2**48 + 48 + 1)
    assert (found.basis, found.depth) == ("ac0", 9 * 2 + 3)


def test_constructions_cover_the_attention_they_are_for() -> None:
    assert [c.basis for c in predict(model(), 4)] == ["tc0", "tc0"]
    assert predict(model(), 4, basis="ac0") == []
    assert [c.basis for c in predict(model("hard-right"), 4, basis="tc0")] == ["ac0"]
    mixed = cs.Layer((*model().layers[0].heads, *model("hard-left").layers[0].heads))
    both = Model(("0", "1"), {"0": [0, 1], "1": [1, 1]}, (mixed,), cs.Readout([1, 0]))
    assert predict(both, 4) == []
    (soft,) = predict(model("softmax"), 4)
    assert soft.source.startswith("2207.00729, Theorem 1")
    with pytest.raises(LimitError, match="--max-bits is 5"):
        predict(model(), 4, max_bits=5)


def test_bits_make_tables_larger_by_powers() -> None:
    small, large = (predict(model(), 4, bits=b) for b in (1, "n"))
    for less, more in zip(small, large, strict=True):
        assert (more.gates or 0) > 2**6 * (less.gates or 0)


def test_depth_is_the_same_at_every_n() -> None:
    for attention in ("saturated", "hard-left"):
        costs = [predict(model(attention, layers=2), n, bits=3) for n in (1, 2, 7, 64, 1000)]
        assert len({tuple(c.depth for c in found) for found in costs}) == 1
        sizes = [[c.gates or 0 for c in found] for found in costs]
        assert sizes == sorted(sizes)


def test_sizes_beyond_any_computer_are_said_to_be() -> None:
    (found,) = predict(model("hard-left", layers=12, heads=8), 16)
    assert found.gates is None
    assert found.depth == 9 * 12 + 3
    assert power_of_two(found.gates) == "over 2^1,048,576"


def test_sizes_for_people() -> None:
    assert power_of_two(10**15) == "1,000,000,000,000,000"
    assert power_of_two(2**72) == "2^72.0"
    assert power_of_two(3 * 2**20_000) == "2^20,001.6"
