"""What is trained, on what and how: plain data, so that a training can be named, repeated and resumed."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from circuitsim.array_types import Rng
from circuitsim.errors import InputError
from circuitsim.zoo.near import nearest, nearest_lengths
from circuitsim.zoo.option_values import written
from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.catalogue import TASKS, task_with

Architecture: TypeAlias = Literal["transformer", "rnn", "gru", "lstm", "ffn"]
Positions: TypeAlias = Literal["none", "learned", "sinusoidal"]
Attention: TypeAlias = Literal["softmax", "saturated"]
Norms: TypeAlias = Literal["none", "before", "after"]
Mask: TypeAlias = Literal["none", "causal"]
Activation: TypeAlias = Literal["relu", "gelu", "tanh"]

WORDS = {
    "architecture": get_args(Architecture),
    "positions": get_args(Positions),
    "attention": get_args(Attention),
    "norms": get_args(Norms),
    "mask": get_args(Mask),
    "activation": get_args(Activation),
}
PROTOCOL = 1  # goes up when the same recipe would give another net
LONGEST = 4096  # letters of a string
WIDEST = 4096
RANGE = re.compile(r"(\d{1,4})(?::(\d{1,4})(?::\+([1-9]\d{0,3}))?)?", re.ASCII)
BINOMIAL = re.compile(r"binomial:(\d{1,4})", re.ASCII)


@dataclass(frozen=True)
class Recipe:
    """One training, which the seed determines wholly.

    Attributes:
        task: as in `zoo list`, perhaps with options: `bounded-dyck:k=2,depth=3`.
        lengths: of strings: "8", "4:16" or "4:16:+2" (each as likely as another) or "binomial:100" (fair coins among so
            many).
        longest: how many positions there are to learn, or 0 for those that `lengths` needs.
        curriculum: steps in which the largest length grows from the least to the last of `lengths`.
        layers, heads, width, hidden: of a transformer. Recurrent nets have one state of `width` numbers for each of
            `layers`; a fully connected net has `layers` hidden layers of `hidden` numbers.
        score_bits: fraction bits that saturated attention rounds scores to, so that some tie.
        steps, batch, rate, decay: of AdamW, with a warm start and a cosine down to nothing.
        stop: the share of right answers on strings kept apart, at every length, at which training ends.
    """

    task: str
    lengths: str
    longest: int = 0
    curriculum: int = 0
    architecture: Architecture = "transformer"
    layers: int = 1
    heads: int = 1
    width: int = 16
    hidden: int = 32
    positions: Positions = "learned"
    attention: Attention = "softmax"
    score_bits: int = 3
    norms: Norms = "none"
    mask: Mask = "none"
    activation: Activation = "relu"
    steps: int = 2000
    batch: int = 64
    rate: float = 3e-3
    decay: float = 0.0
    stop: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, words in WORDS.items():
            given = getattr(self, name)
            if given not in words:
                raise InputError(
                    f"{name} is {given!r:.40}{nearest(str(given), words)}, expected one of {', '.join(words)}."
                )
        for name, least, most in (
            ("longest", 0, LONGEST),
            ("curriculum", 0, 10**9),
            ("layers", 1, 64),
            ("heads", 1, 256),
            ("width", 1, WIDEST),
            ("hidden", 0, 4 * WIDEST),
            ("score_bits", 0, 16),
            ("steps", 1, 10**9),
            ("batch", 1, 2**16),
            ("seed", 0, 2**32 - 1),
        ):
            if not least <= getattr(self, name) <= most:
                raise InputError(
                    f"{name} is {getattr(self, name):,}, expected {least:,} to {most:,}."
                )
        if not 0 < self.rate < 10 or not 0 <= self.decay < 10 or not 0 < self.stop <= 1:
            raise InputError(
                f"rate {self.rate:g}, decay {self.decay:g} and stop {self.stop:g}: expected a rate above 0, a decay of"
                " at least 0, both below 10, and a share of right answers."
            )
        if self.architecture == "transformer" and self.width % self.heads:
            raise InputError(
                f"a width of {self.width} is not shared equally by {self.heads} heads."
            )

    @property
    def name(self) -> str:
        """A hash of all of it: equal for trainings that give the same net."""
        text = json.dumps({"protocol": PROTOCOL, **asdict(self)}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def recipe_of(document: Mapping[str, Any]) -> Recipe:
    """A recipe of plain data, which may say more."""
    names = (field.name for field in fields(Recipe))
    return Recipe(**{name: document[name] for name in names if name in document})


def task_of(text: str) -> Task:
    """The task of a name with its options.

    Raises:
        InputError: there is none of that name, or it lacks an option or a value.
    """
    name, _, rest = text.removeprefix("zoo:").partition(":")
    if name not in TASKS:
        meant = nearest(name, TASKS) or f"; there are {', '.join(TASKS)}"
        raise InputError(f"there is no task {name[:60]!r}{meant}.")
    return task_with(name, written(text, rest))


@dataclass(frozen=True)
class Steps:
    """How long a model is trained further, how fast, and what the seed of its batches is, as of a recipe."""

    steps: int
    rate: float = 3e-3
    seed: int = 0


@dataclass(frozen=True)
class Lengths:
    """The lengths of strings, with their chances."""

    lengths: tuple[int, ...]
    chances: tuple[float, ...]

    def draw(self, rng: Rng, longest: int | None = None) -> int:
        """One length, of those up to `longest` if any are."""
        chances = np.array(self.chances)
        if longest is not None:
            chances = chances * (np.array(self.lengths) <= max(longest, self.lengths[0]))
        return int(rng.choice(self.lengths, p=chances / chances.sum()))


def lengths_of(text: str, task: Task) -> Lengths:
    """The legal lengths that a text says, with their chances.

    Raises:
        InputError: it says none.
    """
    if found := BINOMIAL.fullmatch(text):
        trials = int(found[1])
        weights = {n: _binomial(trials, n) for n in range(1, trials + 1)}
    elif found := RANGE.fullmatch(text):
        first, last = int(found[1]), int(found[2] or found[1])
        lengths = [n for n in range(first, last + 1, int(found[3] or 1)) if n]
        weights = dict.fromkeys(lengths, 1.0)
    else:
        raise InputError(
            f"--lengths {text[:40]!r}: expected 16, 4:16 (16 included), 4:16:+2 or binomial:100."
        )
    legal = {n: w for n, w in weights.items() if w > 0 and task.legal_length(n)}
    if not legal or max(legal) > LONGEST:
        near = nearest_lengths(max(weights, default=1), task.legal_length)
        raise InputError(
            f"--lengths {text}: {task.name} has no strings of such lengths (lengths: {task.lengths}{near}), or they are"
            f" longer than {LONGEST:,}."
        )
    total = sum(legal.values())
    return Lengths(tuple(legal), tuple(weight / total for weight in legal.values()))


def _binomial(trials: int, n: int) -> float:
    """The chance of n heads among so many fair coins, left out where it is below one in ten million."""
    from math import comb

    chance = comb(trials, n) / 2**trials
    return chance if chance > 1e-7 else 0.0
