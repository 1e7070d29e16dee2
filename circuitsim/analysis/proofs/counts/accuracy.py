"""How many strings of a length a model errs on, counted by how many of each letter they have."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import comb

from circuitsim.analysis.proofs.counts.prove import string
from circuitsim.certificates.cases import Piece, model_at, refusal, roots
from circuitsim.certificates.claim import Claim
from circuitsim.certificates.classes import Classes, OutOfScopeError, Question
from circuitsim.errors import InputError
from circuitsim.specifications.formulas import holds


def count_wrong(claim: Claim, n: int) -> tuple[int, tuple[int, ...] | None]:
    """How many strings of n letters, of those that are asked about, a claim is false of, and one of them as codes.

    Raises:
        InputError: counts of letters do not decide.
    """
    model, spec = model_at(claim.model, n), claim.specification
    claim = replace(claim, model=model)
    if why := refusal(claim):
        raise InputError(f"{why}.")
    assert spec.formula is not None
    wrong, example = 0, None
    for root in roots(Piece(model, claim.bits, n, n)):
        tree = _Node(root.walk)
        for counts in _compositions(n - root.length[0], len(root.others)):
            letters = dict(zip(root.others, counts, strict=True))
            if root.read is not None:
                letters[root.read] = letters.get(root.read, 0) + 1
            if spec.where is not None and not holds(spec.where, letters):
                continue
            wanted = int(holds(spec.formula, letters))
            if not claim.keeps(_decision(tree, counts), wanted):
                wrong += _arrangements(counts)
                example = example or string(claim, root, counts)
    return wrong, example


@dataclass
class _Node:
    """What has been answered so far, and what followed each answer that some counts gave; made as it is met."""

    walk: Classes
    after: dict[int, "_Node"] = field(default_factory=dict)
    question: int | Question | None = None


def _decision(node: _Node, counts: list[int]) -> int:
    """The decision of a model on counts."""
    while True:
        if node.question is None:
            try:
                node.question = node.walk.next()
            except OutOfScopeError as error:
                raise InputError(f"{error}.") from None
        if isinstance(node.question, int):
            return node.question
        answer = node.question.at(counts)
        if answer not in node.after:
            node.after[answer] = _Node(node.walk.told(node.question, answer, answer))
        node = node.after[answer]


def _compositions(total: int, parts: int) -> Iterator[list[int]]:
    """All ways to write `total` as a sum of `parts` numbers of at least 1, in order."""
    if parts == 0:
        yield from [[]] if total == 0 else []
    elif parts == 1:
        yield from [[total]] if total > 0 else []
    else:
        for first in range(1, total - parts + 2):
            for rest in _compositions(total - first, parts - 1):
                yield [first, *rest]


def _arrangements(counts: list[int]) -> int:
    """How many strings have so many of each letter."""
    found, left = 1, sum(counts)
    for count in counts:
        found *= comb(left, count)
        left -= count
    return found
