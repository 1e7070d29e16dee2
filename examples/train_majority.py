"""Train a one-layer transformer on MAJORITY until it is right with saturated attention and few bits.

The task and the first phase follow arXiv 2106.16213, section 6.1: strings of 0 and 1 whose lengths are binomial
with n = 100, no positions, one layer, read out at the first position; accept where #1 > #0. Here one head of
softmax attention learns the task, but not yet for circuits: read as saturated, only the letter with the larger
score survives. The second phase therefore trains the model that gets compiled: saturated attention over rounded
scores, weights on a coarse grid, and strings of every length to 100 whose counts are nearly equal.

Without positions a decision depends on the length, the first letter and the number of ones alone, so "right on
every string" can be tried case by case; `Exact` does so in fractions, knowing nothing of torch.

    pip install 'circuitsim[train]'
    python examples/train_majority.py --also 1 --also 2     # writes examples/majority.pt and majority.log
    python examples/train_majority.py --seed 7 --output seven.pt --log seven.log

The story, with its numbers: docs/training.md.
"""

import copy
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import TypeAlias

import click
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from circuitsim.models.files.reading import load
from circuitsim.networks.rungs import run_definition

Case: TypeAlias = tuple[
    int, int, int
]  # length, first letter, number of ones: all that a decision depends on
Vector: TypeAlias = list[Fraction]
Say: TypeAlias = Callable[[str], None]

HERE = Path(__file__).parent
LONGEST = (
    100  # every string up to this length has to be decided rightly, the longest in training
)
FARTHEST = 2000  # how far the first mistake is looked for
MOST_BITS = 8


def truth(case: Case) -> bool:
    """Whether the strings of this case are in MAJORITY: strictly more ones than zeros."""
    length, _, ones = case
    return 2 * ones > length


def every_case(length: int) -> Iterator[Case]:
    """Every first letter and number of ones that a string of this length can have."""
    for ones in range(length + 1):
        if ones < length:
            yield length, 0, ones
        if ones > 0:
            yield length, 1, ones


def boundary_cases(length: int) -> list[Case]:
    """The cases where the counts differ by at most 4, and the two constant strings."""
    return [
        c for c in every_case(length) if abs(2 * c[2] - length) <= 4 or c[2] in (0, length)
    ]


# --- the model as it is trained ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """How the trained numbers are read.

    Args:
        saturated: average over the keys of maximal score, instead of softmax.
        score_bits: round scores to this many fraction bits first; None leaves them.
        weight_bits: round every weight to this many fraction bits; None leaves them.
    """

    saturated: bool = False
    score_bits: int | None = None
    weight_bits: int | None = None


SOFTMAX = Reading()


def rounded(x: Tensor, bits: int | None) -> Tensor:
    """Round half up to `bits` fraction bits; gradients pass straight through."""
    return x if bits is None else x + (torch.floor(x * 2**bits + 0.5) / 2**bits - x).detach()


class Transformer(nn.Module):
    """One layer, one head, residuals, one ReLU net, a read-out at the first position; no positions, no layer norm."""

    def __init__(self, width: int, head: int, hidden: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(2, width)
        attention = {
            "query": nn.Linear(width, head, bias=False),
            "key": nn.Linear(width, head, bias=False),
            "value": nn.Linear(width, head, bias=False),
            "output": nn.Linear(head, width, bias=False),
        }
        feed_forward = {
            "hidden": nn.Linear(width, hidden),
            "output": nn.Linear(hidden, width),
        }
        layer = {
            "attention": nn.ModuleDict(attention),
            "feed_forward": nn.ModuleDict(feed_forward),
        }
        self.layers = nn.ModuleList([nn.ModuleDict(layer)])
        self.readout = nn.Linear(width, 1)

    def weights(self, bits: int | None) -> dict[str, Tensor]:
        """Every parameter under its name in the checkpoint, on the grid of `bits` fraction bits."""
        return {name: rounded(parameter, bits) for name, parameter in self.named_parameters()}

    def scores(self, weights: dict[str, Tensor]) -> Tensor:
        """Scores of every key letter (columns) for every letter that asks (rows)."""
        letters = weights["embedding.weight"]
        queries = linear(weights, "layers.0.attention.query", letters)
        return queries @ linear(weights, "layers.0.attention.key", letters).T

    def forward(self, tokens: Tensor, present: Tensor, reading: Reading = SOFTMAX) -> Tensor:
        """Read-out (batch,) of strings (batch, longest), padded where not `present`; positive accepts."""
        weights = self.weights(reading.weight_bits)
        x = weights["embedding.weight"][tokens]
        scores = self.scores(weights)[
            tokens[:, :1], tokens
        ]  # of the first query: no other is read out
        attention = scores.masked_fill(~present, -math.inf).softmax(-1)
        if reading.saturated:  # gradients of the softmax, value of the mean over all maxima
            scores = rounded(scores, reading.score_bits).masked_fill(~present, -math.inf)
            maximal = (scores == scores.max(-1, keepdim=True).values).to(attention)
            attention = (
                attention + (maximal / maximal.sum(-1, keepdim=True) - attention).detach()
            )
        values = linear(weights, "layers.0.attention.value", x)
        mean = (attention[..., None] * values).sum(1)
        x = x[:, 0] + linear(weights, "layers.0.attention.output", mean)
        hidden = linear(weights, "layers.0.feed_forward.hidden", x).relu()
        x = x + linear(weights, "layers.0.feed_forward.output", hidden)
        return linear(weights, "readout", x)[:, 0]


def linear(weights: dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    """The linear map `name`, with its bias where it has one."""
    return nn.functional.linear(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"))


# --- the model as it is compiled -----------------------------------------------------------------------------


class Exact:
    """The same model in fractions, slow and obvious: the exact model, or the integer model with `bits`.

    Args:
        weights: name -> tensor, as in the checkpoint.
        score_bits: round scores to this many fraction bits; None leaves them.
        bits: round weights, the head's mean and the ReLU outputs to this many fraction bits; None leaves them.
    """

    def __init__(
        self, weights: dict[str, Tensor], score_bits: int | None, bits: int | None = None
    ) -> None:
        self.bits = bits
        self.numbers = {
            name: [
                [self.round(Fraction(number)) for number in row]
                for row in torch.atleast_2d(tensor).tolist()
            ]
            for name, tensor in weights.items()
        }
        self.letters = self.numbers["embedding.weight"]
        queries = [self.linear("layers.0.attention.query", x) for x in self.letters]
        keys = [self.linear("layers.0.attention.key", x) for x in self.letters]
        self.values = [self.linear("layers.0.attention.value", x) for x in self.letters]
        self.scores = [[round_half_up(dot(q, k), score_bits) for k in keys] for q in queries]

    def round(self, number: Fraction) -> Fraction:
        """Round where the integer model rounds."""
        return round_half_up(number, self.bits)

    def linear(self, name: str, x: Vector) -> Vector:
        """The linear map `name`, with its bias where it has one."""
        result = [dot(row, x) for row in self.numbers[f"{name}.weight"]]
        if f"{name}.bias" in self.numbers:
            result = add(result, self.numbers[f"{name}.bias"][0])
        return result

    def readout(self, case: Case) -> Fraction:
        """The read-out of any string with this length, first letter and number of ones."""
        length, first, ones = case
        copies = [length - ones, ones]
        scores = self.scores[first]
        best = max(scores[letter] for letter in (0, 1) if copies[letter])
        chosen = [letter for letter in (0, 1) if copies[letter] and scores[letter] == best]
        count = sum(copies[letter] for letter in chosen)
        sums = [
            sum(copies[a] * self.values[a][i] for a in chosen)
            for i in range(len(self.values[0]))
        ]
        return self.answer(first, [self.round(Fraction(s) / count) for s in sums])

    def answer(self, first: int, mean: Vector) -> Fraction:
        """The read-out, given the first letter and the head's mean."""
        x = add(self.letters[first], self.linear("layers.0.attention.output", mean))
        hidden = [
            self.round(max(Fraction(0), h))
            for h in self.linear("layers.0.feed_forward.hidden", x)
        ]
        x = add(x, self.linear("layers.0.feed_forward.output", hidden))
        return self.linear("readout", x)[0]

    def right(self, case: Case) -> bool:
        """Whether the decision on this case is the true one."""
        return (self.readout(case) > 0) == truth(case)

    def right_at_every_length(self) -> bool:
        """Whether this integer model is proved right on all strings, by trying every rounded mean.

        That takes scores that tie and one value a letter: the mean then lies between the two values, and strings
        in MAJORITY are those whose mean is past half way from the zeros' value to the ones'.
        """
        tied = all(row[0] == row[1] for row in self.scores)
        if not tied or len(self.values[0]) != 1 or self.bits is None:
            return False
        (zeros,), (ones,) = self.values
        half, step = (zeros + ones) / 2, Fraction(1, 2**self.bits)
        just_below_half = (
            math.ceil(half / step + Fraction(1, 2)) * step - step
        )  # the last that a mean < half rounds to
        rejected = self.round(half), self.round(zeros)
        accepted = just_below_half if ones < half else self.round(half), self.round(ones)
        return all(
            (self.answer(first, [k * step]) > 0) == expected
            for ends, expected in ((rejected, False), (accepted, True))
            for k in range(int(min(ends) / step), int(max(ends) / step) + 1)
            for first in (0, 1)
        )

    def reach(
        self, farthest: int, cases: Callable[[int], Sequence[Case] | Iterator[Case]]
    ) -> int:
        """The last length, up to `farthest`, before the first with a wrong decision among its `cases`."""
        for length in range(1, farthest + 1):
            if not all(self.right(case) for case in cases(length)):
                return length - 1
        return farthest


def dot(a: Vector, b: Vector) -> Fraction:
    """Inner product."""
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def add(a: Vector, b: Vector) -> Vector:
    """Sum of two vectors."""
    return [x + y for x, y in zip(a, b, strict=True)]


def round_half_up(number: Fraction, bits: int | None) -> Fraction:
    """floor(x 2^bits + 1/2) / 2^bits; None leaves the number."""
    return (
        number
        if bits is None
        else Fraction(math.floor(number * 2**bits + Fraction(1, 2)), 2**bits)
    )


# --- strings -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Strings:
    """A batch of strings.

    Args:
        tokens: (batch, longest) letters, 0 where absent.
        present: (batch, longest) true on the string's own positions.
    """

    tokens: Tensor
    present: Tensor

    @property
    def labels(self) -> Tensor:
        """(batch,) true where #1 > #0."""
        return 2 * self.tokens.sum(1) > self.present.sum(1)

    def cases(self) -> Counter[Case]:
        """How many strings there are of each length, first letter and number of ones."""
        columns = (self.present.sum(1), self.tokens[:, 0], self.tokens.sum(1))
        return Counter(zip(*(column.tolist() for column in columns), strict=True))


def binomial_strings(batch: int, n: int, generator: torch.Generator) -> Strings:
    """Fair coin flips, of lengths that are binomial (n, 1/2) and at least 1: mean n / 2."""
    lengths = (torch.rand(batch, n, generator=generator) < 0.5).sum(1).clamp(min=1)
    present = torch.arange(n) < lengths[:, None]
    return Strings(
        ((torch.rand(batch, n, generator=generator) < 0.5) & present).long(), present
    )


def boundary_strings(batch: int, n: int, generator: torch.Generator) -> Strings:
    """Lengths uniform in 1..n, #1 - #0 uniform in -3..3 (less half where the parity asks), shuffled."""
    lengths = torch.randint(1, n + 1, (batch,), generator=generator)
    difference = torch.randint(-3, 4, (batch,), generator=generator)
    ones = ((lengths + difference) // 2).clamp(min=0).minimum(lengths)
    present = torch.arange(n) < lengths[:, None]
    order = (
        torch.rand(batch, n, generator=generator)
        .masked_fill(~present, 2)
        .argsort(1)
        .argsort(1)
    )
    return Strings((order < ones[:, None]).long(), present)


def joined(a: Strings, b: Strings) -> Strings:
    """Both batches, of equal padding, as one."""
    return Strings(torch.cat([a.tokens, b.tokens]), torch.cat([a.present, b.present]))


# --- training ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipe:
    """What is trained, and how; the defaults are what the committed model was trained with."""

    width: int = 4
    head: int = 1
    hidden: int = 2
    weight_bits: int = 2
    batch: int = 128
    soft_steps: int = 2000
    soft_rate: float = 1e-2
    saturated_steps: int = 3000
    saturated_rate: float = 3e-3
    sharpness: float = 4.0  # of the logistic loss in the second phase
    closeness: float = 1.0  # of a letter's two scores, in the second phase


def train_softmax(
    model: Transformer, recipe: Recipe, generator: torch.Generator, say: Say
) -> None:
    """The first phase: softmax attention on strings of binomial length, mean 50."""
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.soft_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0.05, recipe.soft_steps)
    for step in range(1, recipe.soft_steps + 1):
        strings = binomial_strings(recipe.batch, LONGEST, generator)
        readout = model(strings.tokens, strings.present)
        loss = binary_cross_entropy_with_logits(readout, strings.labels.to(readout))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 200 == 0:
            say(f"softmax step {step}: loss {loss.item():.5f}")


def train_saturated(
    model: Transformer, recipe: Recipe, score_bits: int, generator: torch.Generator, say: Say
) -> dict[str, Tensor] | None:
    """The second phase; returns the weights, on the grid, that are right up to the greatest length, or None.

    A letter's scores of 0 and 1 are drawn together, or training would use the last gap between them to favour one.
    """
    reading = Reading(True, score_bits, recipe.weight_bits)
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.saturated_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0.02, recipe.saturated_steps)
    best, farthest = None, LONGEST - 1
    for step in range(1, recipe.saturated_steps + 1):
        half = recipe.batch // 2
        strings = joined(
            binomial_strings(half, LONGEST, generator),
            boundary_strings(half, LONGEST, generator),
        )
        readout = model(strings.tokens, strings.present, reading)
        scores = model.scores(model.weights(recipe.weight_bits))
        loss = binary_cross_entropy_with_logits(
            recipe.sharpness * readout, strings.labels.to(readout)
        )
        penalty = (scores[:, 0] - scores[:, 1]).square().mean()
        optimizer.zero_grad()
        (loss + recipe.closeness * penalty).backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            weights = {
                name: tensor.detach()
                for name, tensor in model.weights(recipe.weight_bits).items()
            }
            reach = Exact(weights, score_bits).reach(FARTHEST, boundary_cases)
            say(
                f"saturated step {step}: loss {loss.item():.5f}, exact model right to length {reach}"
            )
            if (
                reach > farthest
                and Exact(weights, score_bits, MOST_BITS).reach(LONGEST, boundary_cases)
                == LONGEST
            ):
                best, farthest = copy.deepcopy(weights), reach
    return best


def share_right(model: Transformer, strings: Strings) -> float:
    """Share of strings that the softmax model decides rightly."""
    with torch.no_grad():
        return (
            ((model(strings.tokens, strings.present) > 0) == strings.labels)
            .double()
            .mean()
            .item()
        )


def share_right_exactly(model: Exact, strings: Strings) -> float:
    """Share of strings that an exact model decides rightly."""
    cases = strings.cases()
    return sum(count for case, count in cases.items() if model.right(case)) / cases.total()


def saturated_shares(weights: dict[str, Tensor], strings: Strings) -> dict[int | None, float]:
    """Share of strings right with saturated attention: scores unrounded (None), then rounded to 0..4 bits."""
    return {
        bits: share_right_exactly(Exact(weights, bits), strings)
        for bits in (None, 0, 1, 2, 3, 4)
    }


def percent(share: float) -> str:
    """A share to two places."""
    return f"{100 * share:.2f}%"


# --- the story -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trained:
    """A model that passed: weights on the grid, and the numbers it is read with."""

    weights: dict[str, Tensor]
    score_bits: int
    bits: int


def train(seed: int, recipe: Recipe, say: Say) -> Trained | None:
    """Train with one seed, telling every number; None where the second phase never passed."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(recipe.width, recipe.head, recipe.hidden)
    train_softmax(model, recipe, generator, say)

    sets = {n: binomial_strings(4000, n, generator) for n in (100, 200, 300, 400, 500)}
    soft = ", ".join(
        f"{n // 2}: {percent(share_right(model, strings))}" for n, strings in sets.items()
    )
    say(f"after softmax, right under softmax, by mean length: {soft}")
    weights = {name: tensor.detach() for name, tensor in model.weights(None).items()}
    say(f"  scores of keys 0, 1: {show_scores(Exact(weights, None))}")
    shares = saturated_shares(weights, sets[100])
    say(f"after softmax, right when read as saturated, mean length 50: {show_shares(shares)}")
    score_bits = max(
        range(5), key=lambda bits: shares[bits]
    )  # the fewest bits, where several are as good
    say(f"  score_bits = {score_bits} from here on")

    best = train_saturated(model, recipe, score_bits, generator, say)
    if best is None:
        say(f"after saturated: never right to length {LONGEST}")
        return None
    exact = Exact(best, score_bits)
    shares = saturated_shares(best, sets[100])
    say(
        f"after saturated, right when read as saturated, mean length 50: {show_shares(shares)}"
    )
    far = ", ".join(
        f"{n // 2}: {percent(share_right_exactly(exact, strings))}"
        for n, strings in sets.items()
    )
    say(f"after saturated, exact model right, by mean length: {far}")
    say(f"  scores of keys 0, 1, unrounded: {show_scores(Exact(best, None))}")
    cases = sum(1 for length in range(1, LONGEST + 1) for _ in every_case(length))
    reach = exact.reach(LONGEST, every_case)
    say(
        f"exact model: every string right to length {reach} (all {cases} cases to {LONGEST} tried)"
    )
    say(
        f"exact model: boundary counts right to length {exact.reach(FARTHEST, boundary_cases)}"
    )
    enough = []
    for bits in range(MOST_BITS + 3):
        integer = Exact(best, score_bits, bits)
        full, boundary = (
            integer.reach(LONGEST, every_case),
            integer.reach(FARTHEST, boundary_cases),
        )
        say(
            f"integer model, {bits} bits: every string right to length {full}, boundary counts to length {boundary}"
        )
        if integer.right_at_every_length():
            say(
                f"integer model, {bits} bits: proved right at every length, by trying every rounded mean"
            )
        if full == LONGEST:
            enough.append(bits)
    # More bits are not always better, hence three in a row, as `--bits auto` asks.
    least = [bits for bits in enough if {bits + 1, bits + 2} <= set(enough)]
    if reach < LONGEST or not least or least[0] > MOST_BITS:
        return None
    say(
        f"  bits = {least[0]}, the least that is right to length {LONGEST} together with the next two"
    )
    return Trained(best, score_bits, least[0])


def show_scores(model: Exact) -> str:
    """The four scores, the first query letter outside."""
    return "; ".join(
        f"first letter {a}: {float(s[0]):.6g}, {float(s[1]):.6g}"
        for a, s in enumerate(model.scores)
    )


def show_shares(shares: dict[int | None, float]) -> str:
    """Shares by score_bits, on one line."""
    names = {bits: "unrounded" if bits is None else f"score_bits {bits}" for bits in shares}
    return ", ".join(f"{names[bits]}: {percent(share)}" for bits, share in shares.items())


def checkpoint(trained: Trained) -> dict[str, object]:
    """What goes into the .pt file."""
    config = {
        "format": "circuitsim-model",
        "version": 1,
        "name": "majority",
        "vocabulary": ["0", "1"],
        "prepend": [],
        "append": [],
        "heads": 1,
        "attention": "saturated",
        "mask": "none",
        "score_bits": trained.score_bits,
        "readout_position": "first",
        "bits": str(trained.bits),
        "scale": "1",
    }
    return {
        "config": config,
        "state_dict": {name: tensor.float() for name, tensor in trained.weights.items()},
    }


def read_back_wrong(path: Path, longest: int) -> int:
    """How many strings circuitsim's own exact model, read from the file, decides wrongly."""
    model = load(path)
    strings = (
        letters for n in range(1, longest + 1) for letters in product((0, 1), repeat=n)
    )
    return sum(
        bool(run_definition(model, s).decisions.item()) != (2 * sum(s) > len(s))
        for s in strings
    )


@click.command(context_settings={"show_default": True})
@click.option("--seed", default=0, help="Seed of the model that is written.")
@click.option(
    "--also",
    multiple=True,
    type=int,
    help="A further seed, trained for the log alone; may be repeated.",
)
@click.option(
    "--output",
    default=HERE / "majority.pt",
    type=click.Path(path_type=Path),
    help="The checkpoint.",
)
@click.option(
    "--log",
    default=HERE / "majority.log",
    type=click.Path(path_type=Path),
    help="What was printed.",
)
@click.option("--width", default=Recipe.width, help="Width of the residual stream.")
@click.option("--head", default=Recipe.head, help="Width of queries, keys and values.")
@click.option("--hidden", default=Recipe.hidden, help="ReLUs in the feed-forward net.")
@click.option(
    "--weight-bits", default=Recipe.weight_bits, help="Fraction bits of the weights."
)
@click.option(
    "--closeness",
    default=Recipe.closeness,
    help="Weight of the penalty on the gap between scores.",
)
def main(seed: int, also: tuple[int, ...], output: Path, log: Path, **options: float) -> None:
    """Train on MAJORITY and write a checkpoint that circuitsim compiles; exit 1 where the model does not pass."""
    torch.set_num_threads(1)
    torch.set_default_dtype(
        torch.float64
    )  # weights on the grid, and exact ties of scores, survive
    recipe = Recipe(**options)  # type: ignore[arg-type]
    lines: list[str] = []
    passed: dict[int, Trained | None] = {}
    for each in dict.fromkeys((seed, *also)):
        started = time.monotonic()

        def say(line: str, each: int = each) -> None:
            lines.append(f"seed {each}: {line}")
            click.echo(lines[-1])

        say(str(recipe))
        passed[each] = train(each, recipe, say)
        say(
            f"{'passed' if passed[each] else 'DID NOT PASS'} in {time.monotonic() - started:.0f} seconds"
        )
    trained = passed[seed]
    if trained is not None:
        for name, tensor in trained.weights.items():
            lines.append(f"written: {name} = {tensor.tolist()}")
            click.echo(lines[-1])
        torch.save(checkpoint(trained), output)
        wrong = read_back_wrong(output, longest=8)
        lines.append(
            f"read back by circuitsim: {wrong} strings of length 1 to 8 decided wrongly"
        )
        click.echo(lines[-1])
    log.write_text("\n".join(lines) + "\n")
    raise SystemExit(trained is None)


if __name__ == "__main__":
    main()
