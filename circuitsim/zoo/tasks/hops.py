"""Tasks that follow pointers: k-hop induction heads and the composition of two functions."""

from dataclasses import dataclass
from string import ascii_lowercase

import numpy as np

from circuitsim.array_types import Rng
from circuitsim.tokens import Codes, Field, Format, letters
from circuitsim.zoo.task import Digits, Task
from circuitsim.zoo.tasks.edits import change_one, in_turn
from circuitsim.zoo.tasks.makers import require, require_values

MOST_HOPS = 1024


@dataclass(frozen=True)
class KHop(Task):
    """k-hop: each token asks for the letter that k hops lead to, or for nothing where a hop finds no place.

    A hop from position i (from 1) leads to the last j <= i such that letter j - 1 equals letter i.

    Args:
        k: hops, 1 to 1024.
        letters: size of the alphabet, 2 to 26.
    """

    name = "k-hop"
    source = "Sanford, Hsu and Telgarsky 2024 (arXiv 2402.09268), Def. of hop_k"
    question = "Which letter stands where k hops from here lead, if they lead anywhere?"
    place = "each"

    k: int = 2
    letters: int = 3

    def __post_init__(self) -> None:
        require(self.name, "k", self.k, 1, MOST_HOPS)
        require(self.name, "letters", self.letters, 2, len(ascii_lowercase))

    def format(self, n: int) -> Format:
        """Letters a, b, c and so on."""
        return letters(ascii_lowercase[: self.letters])

    def answers(self, n: int) -> tuple[str, ...]:
        """The letters, and "none"."""
        return (*ascii_lowercase[: self.letters], "none")

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """find_1(i) = max({0} and all j <= i with X_(j-1) = X_i), find_k = find_1 after find_(k-1), find(0) = 0."""
        word = [-1, *digits[:, 0].tolist()]  # positions from 1, as in the paper
        n = len(digits)
        find = [
            0,
            *(
                max([0, *(j for j in range(2, i + 1) if word[j - 1] == word[i])])
                for i in range(1, n + 1)
            ),
        ]
        result = []
        for i in range(1, n + 1):
            for _ in range(self.k):
                i = find[i]
            result.append(word[i] if i else self.letters)
        return tuple(result)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """As in the paper: uniform letters, each different from the one before."""
        steps = rng.integers(1, self.letters, size=(count, n))
        steps[:, 0] = rng.integers(self.letters, size=count)
        return np.cumsum(steps, axis=1) % self.letters

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Repeats side by side, constant, periodic and rising strings, and a last letter that occurs first alone."""
        draws, base = self.sample(n, count, rng), rng.integers(self.letters, size=(count, 1))
        at = np.arange(n)
        periods = rng.integers(1, self.letters, endpoint=True, size=(count, 1))
        far = np.where(
            (at == 0) | (at == n - 1),
            base,
            (base + 1 + at % 2 * (self.letters > 2)) % self.letters,
        )
        return in_turn(
            rng.integers(self.letters, size=(count, n)),
            (base + at % periods) % self.letters,
            np.repeat(draws, 2, axis=1)[:, :n],
            far,
            change_one(draws, self.letters, rng),
            np.broadcast_to(base, (count, n)),
            np.minimum(at, self.letters - 1 - base) + base,
        )


@dataclass(frozen=True)
class Composition(Task):
    """Function composition: f(1) to f(m), then g(1) to g(m), then x, all in 1 to m; the answer is f(g(x))."""

    name = "function-composition"
    source = "Peng, Narayanan and Papadimitriou 2024 (arXiv 2402.08164)"
    question = "What is f(g(x))?"
    lengths = "n = 2m + 1, m >= 2"

    def legal_length(self, n: int) -> bool:
        """Two functions of at least two values, and x."""
        return n >= 5 and n % 2 == 1

    def format(self, n: int) -> Format:
        """One field of values 1 to m, by the bits of the value less 1."""
        self.check_length(n)
        return Format((Field("value", self.answers(n), "binary"),))

    def answers(self, n: int) -> tuple[str, ...]:
        """The values, 1 to m."""
        require_values(self.name, n, n // 2)
        return tuple(str(value) for value in range(1, n // 2 + 1))

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """Two look-ups."""
        word = digits[:, 0].tolist()
        m = len(word) // 2
        f, g, x = word[:m], word[m : 2 * m], word[2 * m]
        return (f[g[x]],)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Uniform f, g and x, as in the paper."""
        self.check_length(n)
        return rng.integers(n // 2, size=(count, n))

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Permutations and their inverses, constant functions, an f special at g(x) alone, and extremes of x."""
        draws, m = self.sample(n, count, rng), n // 2
        rows = np.arange(count)
        f, g = draws[:, :m], draws[:, m : 2 * m]
        x = in_turn(draws[:, -1:], np.zeros((count, 1), np.int64), np.full((count, 1), m - 1))
        shuffled = rng.permuted(np.broadcast_to(np.arange(m), (count, m)), axis=1)
        constant = np.broadcast_to(x, (count, m))
        special = constant.copy()
        special[rows, g[rows, x[:, 0]]] = draws[:, 0]
        pairs = [
            (shuffled, np.argsort(shuffled, axis=1)),
            (shuffled, shuffled),
            (special, g),
            (f, constant),
            (constant, g),
        ]
        return in_turn(*(np.concatenate([outer, inner, x], axis=1) for outer, inner in pairs))
