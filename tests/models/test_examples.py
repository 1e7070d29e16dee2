"""The example models: right on every string, and the fraction bits that PARITY needs."""

import json
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from circuitsim import compile
from circuitsim.models.expressions import bits_at
from circuitsim.models.files.json_model import parse_json
from circuitsim.models.files.reading import load
from circuitsim.models.sequence import all_inputs, encode
from circuitsim.networks.rungs import run_definition, run_exact, run_float

ROOT = Path(__file__).parents[2]
ANSWERS = {"first": lambda codes: codes[:, 0], "parity": lambda codes: codes.sum(axis=1) % 2}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("n", range(1, 13))
def test_examples_are_right_on_every_string(name, n):
    model = load(ROOT / "examples" / f"{name}.json")
    codes = all_inputs(model, n)
    assert (run_exact(model, codes).decisions[:, 0] == ANSWERS[name](codes)).all()
    floats = run_float(model, codes)
    assert floats.trusted.all()
    assert (floats.decisions[:, 0] == ANSWERS[name](codes)).all()
    if n <= 3:
        assert [run_definition(model, c).decisions[0, 0] for c in codes] == ANSWERS[name](
            codes
        ).tolist()


def integer_parity(n, bits):
    """Decisions of the integer model of PARITY by the number k of ones, which is all they depend on.

    An independent, closed form of DESIGN's rounding: R once on k/n, 1/n and i/n, and on both means.
    """
    length, unit = n + 1, 2**bits
    k, i = np.arange(n + 1)[:, None], np.arange(length)[None, :]

    def rounded(numerator, denominator):
        return (2 * numerator + denominator) // (2 * denominator)

    share, one, position = (
        rounded(k * unit, length),
        rounded(unit, length),
        rounded(i * unit, length),
    )
    hidden = [np.maximum(share - position + shift, 0) for shift in (-one, 0, one)]
    mark = hidden[0] - 2 * hidden[1] + hidden[2]
    odd, even = mark[:, 1::2], mark[:, 0::2]
    return rounded(odd.sum(axis=1), odd.shape[1]) > rounded(even.sum(axis=1), even.shape[1])


def right(n, bits):
    return bool((integer_parity(n, bits) == (np.arange(n + 1) % 2 == 1)).all())


def test_the_least_bits_for_parity():
    least = [next(b for b in range(20) if right(n, b)) for n in (*range(1, 11), 64, 128)]
    assert least == [0, 2, 2, 3, 4, 4, 4, 4, 5, 5, 10, 12]


def test_the_bits_stored_with_parity_suffice():
    bits = load(ROOT / "examples" / "parity.json").bits
    for n in range(1, 257):
        assert all(right(n, bits_at(bits, n) + more) for more in range(3))


def test_the_model_in_the_documentation_runs():
    text = (ROOT / "docs" / "model-format.md").read_text(encoding="utf-8")
    documents = [
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    ]
    model = parse_json(json.dumps(documents[0]).encode(), "docs/model-format.md")
    assert run_definition(model, encode(model, ["aab"])[0]).outputs[0, 0, 0] == Fraction(1, 3)
    strings = ["aab", "abb", "ab", "a", "b"]
    answers = [run_definition(model, encode(model, [s])[0]).decisions[0, 0] for s in strings]
    assert answers == [1, 0, 0, 1, 0]


def locked_in_turn(word):
    """Whether a lock is acquired and released in turn, and free at the end; dots are other actions."""
    held = False
    for letter in word:
        if letter != "." and held == (letter == "a"):
            return False
        held = letter == "a" or (held and letter != "r")
    return not held


@pytest.mark.parametrize("n", range(1, 11))
def test_lookup_is_right_on_every_string(n):
    model = load(ROOT / "examples" / "lookup.json")
    codes = all_inputs(model, n)
    words = ["".join(model.vocabulary[c] for c in row) for row in codes]
    answers = [locked_in_turn(word) for word in words]
    assert answers == [re.fullmatch(r"(\.*a\.*r)*\.*", word) is not None for word in words]
    for start in range(0, len(codes), 4096):
        some = codes[start : start + 4096]
        assert (
            run_exact(model, some).decisions[:, 0].tolist() == answers[start : start + 4096]
        )


@pytest.mark.slow
def test_lookup_takes_four_levels_of_and_and_or():
    family = compile(load(ROOT / "examples" / "lookup.json"), "ac0")
    assert [family(n).measure().depth for n in (1, *range(2, 13), 32)] == [1] + [4] * 12
