"""How many strings of a length a model errs on, counted by how many of each letter they have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import comb, prod

from circuitsim.analysis.proofs.counts.prove import string
from circuitsim.certificates.cases import names, refusal
from circuitsim.certificates.claim import Claim
from circuitsim.certificates.classes import Classes, Form, OutOfScopeError, Question
from circuitsim.certificates.strings import Piece, Root, model_at, roots
from circuitsim.errors import InputError
from circuitsim.specifications.formulas import holds

MOST_COUNTS = 1 << 22


def count_wrong(claim: Claim, n: int) -> tuple[int, tuple[int, ...] | None]:
    """How many strings of n letters, of those that are asked about, a claim is false of, and one of them as codes.

    Raises:
        InputError: counts of letters do not decide, or there are too many.
    """
    model, spec = model_at(claim.model, n), claim.specification
    claim = replace(claim, model=model)
    if why := refusal(claim):
        raise InputError(f"{why}.")
    assert spec.formula is not None
    letters = len(model.vocabulary)
    if (many := comb(n + letters, letters)) > MOST_COUNTS:
        raise InputError(
            f"there are {many:,} ways to count {n} letters, more than {MOST_COUNTS:,}."
        )
    wrong, example = 0, None
    for root in roots(Piece(model, claim.bits, n, n), names(claim)):
        tree, facts, forms = _Node(root.walk()), root.facts, root.letters
        for counts in _compositions(n - root.length[0], len(root.middle)):
            if any(_value(fact, counts) < 0 for fact in facts):
                continue
            read = {name: _value(form, counts) for name, form in forms.items()}
            if spec.where is not None and not holds(spec.where, read):
                continue
            wanted = int(holds(spec.formula, read))
            if not claim.keeps(_decision(tree, counts), wanted):
                wrong += _arrangements(root, counts)
                example = example or string(root, counts)
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


def _arrangements(root: Root, counts: Sequence[int]) -> int:
    """How many strings have so many letters of each class."""
    found = 1
    for start in range(root.layout.period):
        left = 0
        for (_, place), count in zip(root.middle, counts, strict=True):
            if place == start:
                left += count
                found *= comb(left, count)
    return found


def _value(form: Form, counts: Sequence[int]) -> int:
    return form[0] + sum(map(prod, zip(form[1:], counts, strict=True)))
