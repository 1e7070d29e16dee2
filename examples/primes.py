"""One saturated head over unbounded rationals decides every language, by reciprocals of primes.

The i-th letter is embedded as 1/p_i where it is 1 and as 0 where it is 0, p_i the i-th prime. One head with equal
scores gives the mean. Its product with n is the sum of the 1/p_i over the 1s. The denominator of that sum, in lowest
terms, is the product of exactly these primes: the head's output holds the whole string, and an oracle on it decides any
language. The price is the size of that number, which grows like n log n. Floats would keep O(log n) bits and decide
only TC0.

Source: Merrill, Sabharwal and Smith 2022 (arXiv 2106.16213), Theorem 1. The oracle knows n here; the paper's embedding
does not, and a second head would find it. Sizes are those of section 3.1, on the string 1...1.

    python examples/primes.py [--longest 256]
"""

import argparse
from collections.abc import Sequence
from fractions import Fraction
from math import log2

import numpy as np

from circuitsim.numbers.rationals import size
from circuitsim.zoo.tasks.letter_counts import Majority, Parity
from circuitsim.zoo.tasks.mirrors import Palindrome

LANGUAGES = (Majority(), Parity(), Palindrome())
MOST_TRIED = 10  # letters of the strings that are all decided


def first_primes(n: int) -> list[int]:
    """The first n primes."""
    found: list[int] = []
    number = 2
    while len(found) < n:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def output(letters: Sequence[int]) -> Fraction:
    """The head's output, the same at every position: the mean of the embedded letters."""
    primes = first_primes(len(letters))
    return sum(
        (Fraction(x, p) for x, p in zip(letters, primes, strict=True)), Fraction(0)
    ) / len(letters)


def decode(number: Fraction, n: int) -> list[int]:
    """The n letters whose output is `number`: 1 where the prime divides the denominator of its sum."""
    total = number * n
    return [int(total.denominator % prime == 0) for prime in first_primes(n)]


def main() -> None:
    """Decide all short strings of three languages, then print the sizes of what the oracle reads."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--longest",
        type=int,
        default=256,
        help="the largest n, from 8 doubling (default 256)",
    )
    longest = parser.parse_args().longest
    for language in LANGUAGES:
        wrong = tried = 0
        for n in range(1, MOST_TRIED + 1):
            strings = language.inputs(n)
            decoded = np.array([decode(output(string), n) for string in strings.tolist()])
            wrong += int((language.decisions(decoded) != language.decisions(strings)).sum())
            tried += len(strings)
        print(
            f"{language.name}: {wrong} of {tried:,} strings of 1 to {MOST_TRIED} letters are decided wrongly"
        )
    print()
    print(
        f"{'n':>5}{'bits of the sum':>17}{'bits of the mean':>18}{'bits of the sum / (n log2 n)':>30}"
    )
    n = 8
    while n <= longest:
        mean = output([1] * n)
        bits = size(mean * n)
        print(f"{n:5}{bits:17,}{size(mean):18,}{bits / (n * log2(n)):30.2f}")
        n *= 2


if __name__ == "__main__":
    main()
