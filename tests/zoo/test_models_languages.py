"""The zoo's models of languages, comparisons and pointers decide as their tasks are defined, on every rung."""

from fractions import Fraction

import numpy as np
import pytest

from circuitsim.api import check
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from circuitsim.zoo.addresses import built
from circuitsim.zoo.models import brackets, comparing, hops, languages
from circuitsim.zoo.models.coordinates import Coordinates, lookup, tent

MOST = 2**12  # inputs of a length that are all tried

MODELS = [  # address, layers, heads, width
    ("first", 1, 1, 2),
    ("majority", 1, 1, 2),
    ("parity", 2, 2, 8),
    ("anbn", 2, 2, 8),
    ("anbn-hard", 1, 2, 5),
    ("star-free", 2, 1, 6),
    ("star-free:language=a-star-b-star", 2, 1, 6),
    ("star-free:language=contains-ab", 2, 1, 6),
    ("star-free:language=no-two-a", 2, 1, 6),
    ("dyck-1", 2, 1, 6),
    ("shuffle-dyck:k=1", 2, 1, 6),
    ("shuffle-dyck", 2, 1, 8),
    ("shuffle-dyck:k=3", 2, 1, 10),
    ("bounded-dyck:k=1,depth=1", 2, 2, 6),
    ("bounded-dyck", 3, 2, 6),
    ("bounded-dyck:k=3,depth=3", 4, 2, 6),
    ("equality", 2, 1, 7),
    ("inequality", 2, 1, 7),
    ("disjointness", 2, 1, 7),
    ("palindrome", 2, 1, 7),
    ("threshold:k=1,b=5", 2, 1, 8),
    ("threshold", 2, 2, 9),
    ("threshold:k=3,b=2", 2, 3, 10),
    ("k-hop:k=1", 2, 1, 7),
    ("k-hop", 3, 1, 7),
    ("k-hop:k=3,letters=2", 3, 1, 8),
    ("k-hop:k=5", 4, 1, 8),
    ("k-hop:k=8,letters=4", 5, 1, 7),
    ("function-composition", 2, 1, 5),
]
HARD = (
    "first",
    "anbn-hard",
    "star-free",
    "bounded-dyck",
    "equality",
    "disjointness",
    "palindrome",
    "k-hop:letters=2",
)
ADDRESSES = [address for address, *_ in MODELS]


def assert_both_rungs_decide_as_the_task(models, n, codes):
    model, expected = models.at(n), models.task.decisions(codes)
    assert np.array_equal(run_exact(model, codes).decisions, expected)
    assert np.array_equal(run_integer(fix(model, n), codes).decisions, expected)


@pytest.mark.slow
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_model_decides_every_short_input_as_its_task_does(address):
    models = built(address)
    lengths = [
        n for n in range(1, 13) if models.legal_length(n) and models.task.count(n) <= MOST
    ]
    assert lengths
    for n in lengths:
        assert_both_rungs_decide_as_the_task(models, n, models.task.inputs(n))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("n", [16, 17])
def test_a_model_decides_long_samples_and_hard_inputs_as_its_task_does(address, n):
    models, rng = built(address), np.random.default_rng(n)
    if models.legal_length(n):
        for draw in (models.task.sample, models.task.adversarial):
            assert_both_rungs_decide_as_the_task(models, n, draw(n, 300, rng))


@pytest.mark.parametrize(("address", "layers", "heads", "width"), MODELS)
def test_layers_heads_and_width_are_as_the_zoo_lists_them(address, layers, heads, width):
    models = built(address)
    model = models.at(next(n for n in range(4, 9) if models.legal_length(n)))
    assert len(model.layers) == layers
    assert max(len(layer.heads) for layer in model.layers) == heads
    assert model.width == width
    kinds = {head.attention for layer in model.layers for head in layer.heads}
    hard = models.entry.architecture == "hard-attention transformer"
    assert kinds <= ({"hard-left", "hard-right"} if hard else {"saturated", "hard-left"})


@pytest.mark.parametrize(
    ("address", "n"),
    [
        *((address, 3 if address == "bounded-dyck" else 4) for address in HARD),
        ("majority", 5),
        ("parity", 3),
        ("anbn", 4),
        ("dyck-1", 4),
        ("shuffle-dyck", 3),
        ("threshold", 4),
        ("k-hop:k=3", 3),
        ("function-composition", 5),
    ],
)
def test_circuits_equal_the_model_on_every_string(address, n):
    """Bit for bit, on all strings of the format; hard attention over letters in ac0 too."""
    bases = ("xag", "tc0", "ac0") if address in HARD else ("xag", "tc0")
    row = check(built(address).at(n), n, bases=bases)
    assert row.exhaustive
    assert [rung for rung in row.rungs if rung.relation == "=" and rung.disagreements] == []


@pytest.mark.parametrize(
    ("address", "n"), [("majority", 7), ("anbn", 6), ("dyck-1", 6), ("threshold:b=3", 5)]
)
def test_one_fraction_bit_less_decides_wrongly_somewhere(address, n):
    """The bits that these models state are needed: at lengths where no number happens to fall on a coarser grid."""
    models = built(address)
    least = fix(models.at(n), n).bits
    assert least > 0
    codes = models.task.inputs(n)
    fewer = run_integer(fix(models.at(n), n, least - 1), codes).decisions
    assert (fewer != models.task.decisions(codes)).any()


def test_one_layer_less_misses_the_deepest_pairs():
    """D + 1 layers made for depth D reject what is nested deeper: the depth of a string is what the layers count."""
    deep = built("bounded-dyck:depth=2").task.format(6).parse(["((()))", "(())()", "([[]])"])
    shallow, enough = (built(f"bounded-dyck:depth={depth}").at(6) for depth in (2, 3))
    assert run_exact(shallow, deep).decisions[:, 0].tolist() == [0, 1, 0]
    assert run_exact(enough, deep).decisions[:, 0].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("k", "layers"), [(1, 2), (2, 3), (3, 3), (4, 4), (7, 4), (8, 5), (16, 6), (31, 6)]
)
def test_hops_take_a_layer_for_every_doubling(k, layers):
    models = built(f"k-hop:k={k},letters=2")
    assert len(models.at(9).layers) == layers
    assert_both_rungs_decide_as_the_task(models, 9, models.task.inputs(9))


def test_every_entry_of_these_modules_is_listed():
    names = {
        entry.name
        for module in (brackets, comparing, hops, languages)
        for entry in module.ENTRIES
    }
    assert names == {address.partition(":")[0] for address in ADDRESSES}


def test_a_look_up_scores_highest_at_its_index_alone():
    s = Coordinates("at", "i", "i2")
    head = s.head(lookup({"at": 2, "": -1}), to={"at": "i"}, attention="saturated")
    for index in range(-3, 9):
        at = [
            sum((w * x for w, x in zip(row, (index, 0, 0), strict=True)), Fraction(0))
            for row in head.query
        ]
        query = [a + b for a, b in zip(at, head.query_bias, strict=True)]
        scores = [query[0] * i + query[1] * i * i for i in range(6)]
        wanted = min(max(2 * index - 1, 0), 5)
        assert [i for i in range(6) if scores[i] == max(scores)] == [wanted]


@pytest.mark.parametrize("scale", [1, 4])
def test_a_tent_is_one_at_zero_and_nothing_elsewhere(scale):
    for number in range(-9, 10):
        x = Fraction(number, scale)
        total = sum(
            max(Fraction(form["x"]) * x + Fraction(form[""]), Fraction(0)) * Fraction(to["y"])
            for form, to in tent("x", {"y": 1}, scale)
        )
        assert total == (number == 0)


def test_a_form_of_an_unknown_coordinate_is_an_error():
    with pytest.raises(KeyError, match="z"):
        Coordinates("x", "y").row({"x": 1, "z": 2})
