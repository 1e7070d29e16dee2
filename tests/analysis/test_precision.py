import re
from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from circuitsim.compilers.precision import least, least_bits

import circuitsim as cs
from circuitsim.errors import LimitError, NoPrecisionError
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from tests.cases import random_model


@pytest.mark.parametrize("seed", range(12))
def test_the_least_bits_are_the_least_of_three_that_agree(seed: int) -> None:
    model, n = random_model(seed), 4
    codes = all_inputs(model, n)
    exact = run_exact(model, codes).decisions
    agrees = [
        (run_integer(fix(model, n, b, 500), codes).decisions == exact).all()
        for b in range(13)
    ]
    expected = [b for b in range(11) if all(agrees[b : b + 3])]
    found = 33
    with suppress(NoPrecisionError):
        found = least_bits(model, n, max_bits=500)
    assert found == expected[0] if expected else found > 10


def test_long_inputs_are_refused() -> None:
    with pytest.raises(LimitError, match="4,096"):
        least_bits(random_model(0), 4097)


def test_numbers_that_grow_too_wide_end_the_search():
    refused = (
        "at n=4 even 0 fraction bits cannot be tried: the model: the embedding needs 3 bits at n=4, and --max-bits"
        " is 1. Raise --max-bits.$"
    )
    with pytest.raises(NoPrecisionError, match=refused):
        least_bits(random_model(0), 4, max_bits=1)


@pytest.mark.slow
@pytest.mark.parametrize("more", [0, 1])
def test_fault_26_bits_that_decide_rightly_where_more_cannot_be_tried(more: int) -> None:
    model, n = random_model(12), 4  # 4 fraction bits are right, and 3 are not
    right = least_bits(model, n, max_bits=500)
    allowed = fix(model, n, right + more, 500).largest
    with pytest.raises(NoPrecisionError) as refusal:
        least_bits(model, n, max_bits=allowed)
    sentence = str(refusal.value)
    assert sentence.startswith(
        f"--bits auto: at n=4 {right} fraction bits decide as the exact model does, but"
    )
    assert f"{right + more + 1} cannot be tried: " in sentence
    assert re.search(
        rf"the [a-z -]+ needs \d+ bits at n=4, and --max-bits is {allowed}\. Raise", sentence
    )
    assert sentence.endswith(f"or give --bits {right}.")
    assert cs.check(model, n, bits=str(right), max_bits=allowed).holds


def almost_tied(
    gap: Fraction, bias: Fraction = Fraction(0), score_bits: int | None = None
) -> Model:
    """Whether a string has a's alone: two letters whose scores, 3 and a gap more, should tie or not."""
    rows = {"query": [[0, 1]], "key": [[1, 0]], "value": [[1, 0]], "output": [[0], [1]]}
    head = Head(**rows, attention="saturated", score_bits=score_bits)
    letters = {"a": [3, 1], "b": [3 + gap, 1]}
    return Model("ab", letters, [Layer([head])], Readout([[0, -1]], [4 + gap * 3 / 4 + bias]))


@pytest.mark.parametrize(
    ("gap", "max_bits", "up_to"), [(18, 30, 13), (40, 62, 29), (40, 300, 32)]
)
def test_fault_25_a_near_tie_is_named_and_may_be_rounded_away(
    gap: int, max_bits: int, up_to: int
) -> None:
    with pytest.raises(NoPrecisionError) as refusal:
        least_bits(almost_tied(Fraction(1, 2**gap)), 2, max_bits=max_bits)
    sentence = str(refusal.value)
    assert f"at n=2 no number of fraction bits up to {up_to} decides" in sentence
    assert (
        f"{up_to + 1} cannot be tried: layer 0: the residual stream needs" in sentence
    ) == (up_to < 32)
    assert (
        f"a near tie: layer 0, head 0 tells scores apart that differ by 2^-{gap}, which is 2^-"
        in sentence
    )
    assert sentence.endswith(f"give that head score_bits of at most {gap - 2}.")
    # Where scores are rounded so, the two tie; the read-out asks for a mean that is clear of both.
    model = almost_tied(Fraction(1, 2**gap), Fraction(1, 8), score_bits=gap - 2)
    assert least_bits(model, 2, max_bits=max_bits) <= up_to


def test_no_near_tie_is_named_where_scores_are_far_apart_or_rounded() -> None:
    tiny = Fraction(1, 2**50)
    for model in (
        almost_tied(Fraction(1), tiny + Fraction(1, 4)),
        almost_tied(tiny, score_bits=4),
    ):
        with pytest.raises(NoPrecisionError) as refusal:
            least_bits(model, 2, max_bits=300)
        assert "near tie" not in str(refusal.value)


def slowly(right: list[bool], start: int, most: int) -> int | None:
    """The definition of `least`, over all numbers at once; beyond the list nothing is right."""
    known = right + [False] * 99
    good = [
        bits for bits in range(start, max(start, most) + 1) if all(known[bits : bits + 3])
    ]
    if not good or good[0] > start:
        return good[0] if good else None
    return next(bits for bits in range(start + 1) if all(known[bits : start + 1]))


def test_the_search_finds_what_its_definition_says_and_asks_once_of_each_number() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(2000):
        right = (rng.random(12) < rng.choice([0.4, 0.7, 0.9])).tolist()
        start, most = (int(k) for k in rng.integers(0, 9, 2))
        asked = []

        def known(bits: int, right: list[bool] = right, asked: list[int] = asked) -> bool:
            asked.append(bits)
            return bits < len(right) and right[bits]

        found.append(least(known, start, most))
        assert found[-1] == slowly(right, start, most)
        assert len(asked) == len(set(asked))
    assert {None, 0, 5} <= set(found)
