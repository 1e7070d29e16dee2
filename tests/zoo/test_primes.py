"""The prime encoding: every language by one head, at n log n bits."""

import itertools
from fractions import Fraction
from math import log2

import numpy as np
import pytest

from circuitsim.errors import InputError, ModelError
from circuitsim.models.model import Head
from circuitsim.numbers.rationals import size
from circuitsim.tokens import letters
from circuitsim.zoo.primes import PrimeEncoding, decode, first_primes
from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.counting import Majority, Parity
from circuitsim.zoo.tasks.mirrors import Palindrome
from tests.networks.plain import run_head

LANGUAGES: list[Task] = [Majority(), Parity(), Palindrome()]

UNIFORM = Head(query=[[0]], key=[[0]], value=[[1]], output=[[1]])  # saturated, all scores equal


def strings(n):
    return np.array(list(itertools.product((0, 1), repeat=n)), np.int64)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda task: task.name)
@pytest.mark.parametrize("n", range(1, 11))
def test_every_string_is_decided(language, n):
    plain = {
        "majority": lambda w: sum(w) > n - sum(w),
        "parity": lambda w: sum(w) % 2 == 1,
        "palindrome": lambda w: w == w[::-1],
    }[language.name]
    codes = strings(n)
    assert PrimeEncoding(language).exact(codes)[:, 0].tolist() == [int(plain(row)) for row in codes.tolist()]


@pytest.mark.parametrize("n", range(1, 11))
def test_the_output_holds_the_string(n):
    """2^n strings have 2^n outputs, and each decodes to its own."""
    model = PrimeEncoding(Parity())
    outputs = {model.output(row): row for row in strings(n).tolist()}
    assert len(outputs) == 2**n
    assert all(decode(output, n) == row for output, row in outputs.items())


@pytest.mark.parametrize("seed", range(5))
def test_long_strings_decode(seed):
    row = np.random.default_rng(seed).integers(2, size=150).tolist()
    assert decode(PrimeEncoding(Parity()).output(row), 150) == row


def test_the_output_is_that_of_the_tools_own_saturated_head():
    """At every position the head of the definition gives the same mean."""
    model = PrimeEncoding(Parity())
    for row in strings(5).tolist():
        stream = [(x,) for x in model.embedding(row)]
        assert run_head(UNIFORM, stream) == [(model.output(row),)] * 5
        assert model.output(row) == sum((Fraction(w, p) for w, p in zip(row, (2, 3, 5, 7, 11), strict=True))) / 5


def test_state_bits_are_those_of_the_notes_and_of_the_state_bits_analysis():
    """49 ... 4585: circuits-theory.md, section 10. They are of n times the output; the output has a few more."""
    model, ns = PrimeEncoding(Parity()), (8, 16, 32, 64, 128, 256)
    assert [model.state_bits(n) for n in ns] == [49, 133, 341, 837, 1985, 4585]
    assert [model.output_bits(n) for n in ns] == [55, 139, 349, 847, 1995, 4597]
    assert all(model.output_bits(n) == size(model.output([1] * n)) for n in ns)
    assert all(0.5 < model.state_bits(n) / (2 * n * log2(n)) < 1.2 for n in ns)


def test_the_sieve():
    naive = [p for p in range(2, 2000) if all(p % q for q in range(2, p))]
    assert all(first_primes(n) == naive[:n] for n in range(len(naive) + 1))


@pytest.mark.parametrize(
    "number", [Fraction(1, 4) / 3, Fraction(2, 3) / 3, Fraction(1, 7) / 3, Fraction(1), Fraction(-1, 2)]
)
def test_other_numbers_are_the_mean_of_no_string(number):
    with pytest.raises(InputError, match="is not the mean of reciprocals"):
        decode(number, 3)


def test_there_is_only_the_exact_rung():
    error = PrimeEncoding(Majority()).refusal("circuit")
    assert str(error) == (
        "zoo:majority-primes has no circuit: its numbers are rationals with unbounded denominators and its read-out is"
        " an oracle, so there is only the exact rung."
    )


def test_other_alphabets_are_refused():
    class Three(Parity):
        name = "three-letters"

        def format(self, n):
            return letters("abc")

    with pytest.raises(ModelError, match="two letters, and the tokens of three-letters"):
        PrimeEncoding(Three())
