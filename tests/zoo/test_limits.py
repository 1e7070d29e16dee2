"""No option and no length makes a command run for ever: what is too large is refused in a sentence, and fast."""

import re
from dataclasses import fields, is_dataclass
from fractions import Fraction
from time import process_time

import pytest

from circuitsim.errors import CircuitSimError, InputError, LimitError
from circuitsim.numbers.arrays import Matrix, Vector
from circuitsim.zoo.addresses import built
from circuitsim.zoo.catalogue import ENTRIES
from circuitsim.zoo.models import affording
from circuitsim.zoo.models.affording import listed
from circuitsim.zoo.models.coordinates import Coordinates

NUMERIC = [
    (name, option)
    for name, e in ENTRIES.items()
    for option, value in e.defaults.items()
    if value in range(100)
]
HUGE = (10**5, 999_999_999)
HARMLESS = {"seed", "b"}  # no size grows with them
SECONDS = 5.0  # far more than a refusal takes, far less than the model that is refused would


def refusal(address, n):
    """The sentence that refuses a model; None where it is made."""
    try:
        built(address).at(n)
    except CircuitSimError as error:
        return str(error)
    return None


def legal(entry, least):
    """The first length from `least` on that an entry has."""
    return next(n for n in range(least, least + 9) if entry.legal_length(n))


def numbers(part):
    """Rationals in a part of a model, every time that they occur."""
    if isinstance(part, Vector | Matrix):
        return part.scaled.numerators.size
    if isinstance(part, dict):
        return sum(map(numbers, part.values()))
    if is_dataclass(part):
        return sum(numbers(getattr(part, f.name)) for f in fields(part))
    return sum(map(numbers, part)) if isinstance(part, tuple) else 0


@pytest.mark.parametrize(("name", "option"), NUMERIC, ids=":".join)
@pytest.mark.parametrize("value", HUGE)
def test_every_option_is_refused_in_a_sentence_that_names_it_where_it_is_huge(
    name, option, value
):
    start = process_time()
    said = refusal(f"{name}:{option}={value}", legal(built(name), 8))
    assert process_time() - start < SECONDS
    if option in HARMLESS:
        assert said is None
    else:
        assert said is not None
        assert re.search(rf"{option} is {value}, expected (\d+ to )+\d+", said), said


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("least", [10**6, 10**9])
def test_every_length_is_answered_soon_or_refused_in_a_sentence_that_names_it(name, least):
    entry = built(name)
    n, start = legal(entry, least), process_time()
    said = refusal(name, n)
    assert process_time() - start < SECONDS
    assert said is None or re.search(
        rf"{n}\b.*at most|\b{n - 1}\b.*at most|n={n}.*fewer values than 2\^62; lower n", said
    ), said


@pytest.mark.parametrize(
    ("address", "n", "said"),
    [
        (
            "shuffle-dyck:k=1024",
            8,
            "zoo:shuffle-dyck at k=1024 would hold 16,809,984 numbers, at most 8,388,608;",
        ),
        (
            "q-sparse-averaging:keys=one-hot",
            5000,
            "at n=5000 and q=2 would hold 250,050,000 numbers",
        ),
        (
            "q-sparse-averaging:keys=signs,q=1,dimension=3",
            5000,
            "5000 positions, at most 2048; lower n",
        ),
        ("bounded-dyck-one-layer:k=8,depth=9", 500, "at n=500, k=8 and depth=9 would hold"),
        ("match3-local:modulus=64,window=1000", 8, "lower modulus or window."),
        (
            "bounded-dyck-rnn:k=45,depth=2",
            8,
            "at k=45 and depth=2 would have more than 2,048 states",
        ),
        (
            "bounded-dyck-rnn:depth=1024",
            8,
            "at k=2 and depth=1024 would have more than 2,048 states; lower k or depth.",
        ),
        (
            "q-sparse-averaging:q=60",
            10**6,
            "at n=1000000 and q=60 must have fewer values than 2^62; lower n or q.",
        ),
        (
            "index-lookup",
            10**6,
            "at n=1000000 a token has 999,999 values, at most 65,536; lower n.",
        ),
    ],
)
def test_models_too_large_are_refused_before_they_are_made(address, n, said):
    with pytest.raises(LimitError, match=re.escape(said)):
        built(address).at(n)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "n"),
    [
        ("k-hop:k=32", 256),
        ("k-hop-chain:k=32", 256),
        ("index-lookup", 256),
        ("index-lookup-rnn", 256),
        ("equality", 256),
        ("equality-rnn", 256),
        ("equality-fcn", 256),
        ("equality-one-layer", 256),
        ("bounded-dyck", 256),
        ("bounded-dyck-rnn", 256),
        ("match2:modulus=256", 256),
        ("match3:modulus=36", 16),
        ("match3-second-order:modulus=144", 8),
        ("match3-second-order:modulus=36", 16),
        ("q-sparse-averaging:keys=one-hot", 256),
    ],
)
def test_models_of_the_sizes_that_papers_are_compared_at_are_made(address, n):
    assert refusal(address, n) is None


@pytest.mark.parametrize(
    ("address", "n"),
    [
        ("q-sparse-averaging:keys=one-hot", 30),
        ("q-sparse-averaging:keys=polytope", 12),
        ("q-sparse-averaging:dimension=40", 12),
        ("sparse-token-selection:q=1,keys=one-hot", 40),
        ("shuffle-dyck:k=20", 8),
        ("threshold:k=30", 40),
        ("equality-fcn", 40),
        ("q-sparse-averaging-fcn:q=3", 10),
        ("q-sparse-averaging-fcn:width=9", 10),
        ("simple-qstr-fcn:q=3", 20),
        ("equality-one-layer", 40),
        ("equality-one-layer:width=9", 80),
        ("bounded-dyck-one-layer", 12),
        ("bounded-dyck-one-layer:k=9,depth=4", 6),
        ("match3-second-order:modulus=20", 8),
        ("match3-second-order:modulus=20,width=5", 8),
        ("match3-local:modulus=11,window=6", 8),
        ("index-lookup-rnn", 40),
        ("index-lookup-rnn:letters=9", 20),
        ("equality-rnn", 40),
        ("q-sparse-averaging-rnn", 30),
        ("q-sparse-averaging-rnn:cells=5", 30),
    ],
)
def test_what_a_model_would_hold_is_foretold_within_a_factor_of_two(monkeypatch, address, n):
    holds = numbers(built(address).at(n))
    monkeypatch.setattr(affording, "MOST_NUMBERS", -1)
    foretold = int(
        re.search(r"hold ([\d,]+) numbers", refusal(address, n))[1].replace(",", "")
    )
    assert foretold / 2 <= holds <= 2 * foretold


def test_a_model_of_exactly_the_most_numbers_is_afforded():
    affording.affordable("k-hop", 2**23, n=8)
    with pytest.raises(
        LimitError, match=re.escape("zoo:k-hop at n=8 would hold 8,388,609 numbers")
    ):
        affording.affordable("k-hop", 2**23 + 1, n=8)


def test_an_automaton_of_exactly_the_most_stacks_is_made():
    assert len(built("bounded-dyck-rnn:depth=10").at(8).forward.states) == 2**11
    with pytest.raises(LimitError, match="more than 2,048 states"):
        built("bounded-dyck-rnn:depth=11").at(8)


def test_words_are_listed_as_in_a_sentence():
    assert [listed(list(words), "or") for words in ("a", "ab", "abc")] == [
        "a",
        "a or b",
        "a, b or c",
    ]


def test_a_row_of_a_stream_has_each_weight_in_its_place():
    names = [f"x{i}" for i in range(7)]
    for form in (
        {},
        {"x3": "1/2", "x0": 0, "": 5},
        {name: i for i, name in enumerate(names)},
    ):
        assert Coordinates(*names).row(form) == tuple(
            Fraction(form.get(name, 0)) for name in names
        )
    assert Coordinates(*names).row("x6") == (*[Fraction(0)] * 6, Fraction(1))


def test_options_of_a_construction_have_limits_too():
    for option, most in (("dimension", 1024), ("layers", 3)):
        name = "k-hop-chain" if option == "layers" else "q-sparse-averaging"
        with pytest.raises(InputError, match=f"{option} is {most + 1}, expected"):
            built(f"{name}:{option}={most + 1}").at(8)
