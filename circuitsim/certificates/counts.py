"""The checker of theorems by counts: it walks a tree of questions about the model, and no branch is left open.

A certificate is a list of steps, in the order in which branches are met. Facts are numbered from 0 in the order in
which they are learnt. A step is one of

- ["at", k]: the question that the model asks splits at k; first come answers below k, then the others;
- ["closed", i, t, ...]: t times fact i and so on add up to a negative constant, so there is no such string;
- ["decided"]: the model decides without further questions; its ways to be wrong follow, one after another, or
  beside another model its questions, and then the one way to be wrong, if the two decide otherwise;
- ["split", v, k]: such a way splits at number v: first come those up to k, then the others.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from circuitsim.certificates.cases import Case, followed, names, refusal, tight
from circuitsim.certificates.claim import Claim, Rejected, listed, whole
from circuitsim.certificates.classes import (
    Classes,
    Form,
    OutOfScopeError,
    Question,
    opposite,
    total,
)
from circuitsim.certificates.strings import Root, pieces, roots


def check_counts(claim: Claim, certificate: dict[str, Any], up_to: int | None = None) -> None:
    """Check that a certificate proves a claim, at every length or at those up to one.

    Raises:
        Rejected: it does not.
    """
    if why := refusal(claim, up_to):
        raise Rejected(why)
    if certificate.get("kind") != "counts":
        raise Rejected("the certificate is not one by counts")
    steps = iter(listed(certificate.get("steps")))
    try:
        for piece in pieces(claim, up_to):
            for root in roots(piece, names(claim)):
                _check(claim, root, steps)
    except OutOfScopeError as error:
        raise Rejected(str(error)) from None
    if next(steps, None) is not None:
        raise Rejected("the certificate goes on after its last branch")


def _check(claim: Claim, root: Root, steps: Iterator[object]) -> None:
    """Check all branches from one root on."""
    branches: list[tuple[Classes | Case, tuple[Form, ...], int | None]]
    branches = [(root.walk(), root.facts, None)]
    while branches:
        walk, facts, own = branches.pop()
        name, *rest = listed(next(steps, None)) or [None]
        given = [whole(number) for number in rest]
        if name == "closed":
            _contradict(facts, given)
        elif name == "split" and isinstance(walk, Case):
            branches += [(walk, (*facts, fact), None) for fact in sides(facts[0], given)]
        elif name == "at" and isinstance(walk, Classes) and len(given) == 1:
            question = walk.next()
            if isinstance(question, int):
                raise Rejected("a branch asks where the model decides without a question")
            branches += [
                (told, (*facts, fact), own) for told, fact in parts(walk, question, *given)
            ]
        elif name == "decided" and isinstance(walk, Classes) and not given:
            decision = walk.next()
            if isinstance(decision, Question):
                raise Rejected(
                    "a branch decides before all questions of the model are answered"
                )
            branches += reversed(followed(claim, root, facts, own, decision))
        else:
            raise Rejected(f"a step {str(name)[:20]!r} does not belong where it stands")


def parts(walk: Classes, question: Question, least: int) -> list[tuple[Classes, Form]]:
    """What follows where the answer to a question is at least `least`, and where it is less.

    Raises:
        Rejected: one of the two cannot be.
    """
    low, high = question.low, question.high
    if not low < least <= high:
        raise Rejected(f"a question with answers from {low} to {high} splits at {least}")
    return [
        (walk.told(question, least, high), tight(question.fact(least))),
        (walk.told(question, low, least - 1), tight(opposite(question.fact(least)))),
    ]


def sides(form: Form, given: Sequence[int]) -> list[Form]:
    """That a number is more than a bound, and that it is not.

    Raises:
        Rejected: there is no such number.
    """
    if len(given) != 2 or not 0 <= given[0] < len(form) - 1:
        raise Rejected("a split does not name one of the numbers, and where to split")
    number, bound = given
    fact = [int(at == number + 1) for at in range(1, len(form))]
    return [(-bound - 1, *fact), (bound, *(-x for x in fact))]


def _contradict(facts: Sequence[Form], given: Sequence[int]) -> None:
    """Facts, each so many times, that add up to a negative constant."""
    numbers, times = given[::2], given[1::2]
    known = all(0 <= number < len(facts) for number in numbers)
    if not given or len(numbers) != len(times) or not known or min(times) < 0:
        raise Rejected("a closed branch does not name facts, and how often each is taken")
    constant, *rest = total((t, facts[at]) for at, t in zip(numbers, times, strict=True))
    if any(rest) or constant >= 0:
        raise Rejected("a closed branch has facts that do not contradict each other")
