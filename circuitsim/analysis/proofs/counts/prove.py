"""Theorems at every length by counts: all branches of a model's questions, each closed or decided rightly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import floor, inf
from time import perf_counter
from typing import TypeAlias

from circuitsim.analysis.proofs.counts.region import Region
from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.certificates.cases import Case, followed, names, refusal
from circuitsim.certificates.claim import Claim
from circuitsim.certificates.classes import Classes, Form, OutOfScopeError, Question, opposite
from circuitsim.certificates.counts import parts, sides
from circuitsim.certificates.strings import Root, pieces, roots

# What is asked or wrong, where, and what was decided before another model was asked.
Branch: TypeAlias = tuple[Classes | Case, Region, int | None]

ENGINE = "counts"
MOST_SPLITS = 10_000  # of one way to be wrong


def prove_by_counts(
    claim: Claim,
    up_to: int | None = None,
    progress: Callable[[str], None] = lambda text: None,
    seconds: float = inf,
) -> Verdict:
    """Whether a claim holds at every length, or at those up to one.

    Args:
        claim: its specification has a formula of counts. With `up_to` and without bits, its model has its own bits at
            every length.
        progress: called with what is being done.
        seconds: after which it gives out.
    """
    if why := refusal(claim, up_to):
        return Verdict("unknown", ENGINE, why)
    search = _Search(claim, perf_counter() + seconds)
    lengths = "every n"
    try:
        for piece in pieces(claim, up_to):
            lengths = f"n in {piece.first}..{piece.last}" if piece.last else "every n"
            progress(f"counts, {lengths}: {len(search.steps):,} steps")
            for root in roots(piece, names(claim)):
                search.explore(root)
            if search.wrong is not None:
                break  # later pieces are longer strings
    except OutOfScopeError as error:
        return Verdict("unknown", ENGINE, str(error))
    except _GaveOutError as error:
        return Verdict("unknown", ENGINE, f"{error} at {lengths}")
    if search.wrong is not None:
        return Verdict("refuted", ENGINE, "", search.wrong, shortest=True)
    return Verdict(
        "proved",
        ENGINE,
        f"{len(search.steps):,} steps, each a split or a contradiction",
        certificate={"kind": ENGINE, "steps": search.steps},
    )


class _GaveOutError(Exception):
    """Too much time, or too many splits."""


@dataclass
class _Search:
    """All branches, those of least answers first; `steps` are the certificate until something wrong is found."""

    claim: Claim
    until: float
    steps: list[list[str | int]] = field(default_factory=list)
    wrong: tuple[int, ...] | None = None

    def explore(self, root: Root) -> None:
        """All branches from one root on."""
        branches: list[Branch] = [(root.walk(), Region(root.facts), None)]
        splits = 0
        while branches:
            at, region, own = branches.pop()
            if self.wrong is not None:
                region = region.and_(self.shorter(root, at))
            if region.empty:
                self.note("closed", *region.contradiction)
            elif isinstance(at, Case):
                splits += 1
                branches += self.split(root, at, region)
            else:
                splits = 0
                branches += self.answered(root, at, region, own)
            if splits > MOST_SPLITS or perf_counter() > self.until:
                raise _GaveOutError(f"gave out after {len(self.steps):,} steps")

    def note(self, name: str, *numbers: int) -> None:
        """Append a step."""
        self.steps.append([name, *numbers])

    def answered(
        self, root: Root, walk: Classes, region: Region, own: int | None
    ) -> list[Branch]:
        """What follows a question of the model, or its decision; what comes first is last."""
        question = walk.next()
        if isinstance(question, int):
            self.note("decided")
            found = followed(self.claim, root, region.facts, own, question)
            return [(at, region.of(facts), decided) for at, facts, decided in reversed(found)]
        least = _divide(question, region)
        self.note("at", least)
        return [(told, region.and_(fact), own) for told, fact in parts(walk, question, least)]

    def split(self, root: Root, case: Case, region: Region) -> list[Branch]:
        """Two halves of a way to be wrong that has no whole numbers at its vertex; else the string that it is."""
        point = region.point
        for number, x in enumerate(point):
            if x.denominator > 1:
                self.note("split", number, floor(x))
                facts = sides(region.facts[0], [number, floor(x)])
                return [(case, region.and_(fact), None) for fact in facts]
        counts = [
            case.modulus * int(x) + rest for x, rest in zip(point, case.rests, strict=True)
        ]
        self.wrong = string(root, counts)
        return [(case, region, None)]

    def shorter(self, root: Root, at: Classes | Case) -> Form:
        """That a string is shorter than the shortest that is wrong."""
        assert self.wrong is not None
        constant, *rest = root.length
        bound = len(self.wrong) - 1 - constant
        if isinstance(at, Case):
            bound -= sum(at.rests)
            rest = [x * at.modulus for x in rest]
        return (bound, *(-x for x in rest))


def string(root: Root, counts: Sequence[int]) -> tuple[int, ...]:
    """A string of a root with so many letters of each class of the middle, as codes."""
    places: list[list[str]] = [[], []]
    for (letter, start), count in zip(root.middle, counts, strict=True):
        places[start] += [letter] * count
    if root.layout.period == 2:  # even and odd places in turn
        pairs = zip_longest(*places)
        places = [[letter for pair in pairs for letter in pair if letter is not None], []]
    letters = (*root.front, *places[0], *root.end)
    return tuple(map(root.piece.model.vocabulary.index, letters))


def _divide(question: Question, region: Region) -> int:
    """Where to split a question: beside the only answer that is possible, if there is one, else in the middle."""
    low, high = question.low, question.high
    here = question.at(region.point)
    if here < high and region.and_(question.fact(here + 1)).empty:
        return here + 1
    if here > low and region.and_(opposite(question.fact(here))).empty:
        return here
    return (low + high + 1) // 2
