"""What would be wrong of a theorem by counts: cases that are linear in counts; and which claims counts may prove."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from math import gcd, lcm, prod

from circuitsim.certificates.claim import Claim
from circuitsim.certificates.classes import (
    Classes,
    Form,
    OutOfScopeError,
    Question,
    opposite,
    total,
)
from circuitsim.certificates.strings import (
    APART,
    Layout,
    Piece,
    Root,
    layout,
    model_at,
    number_of_roots,
    whole_root,
)
from circuitsim.models.expressions import expression
from circuitsim.models.model import Model
from circuitsim.networks.draw import network
from circuitsim.specifications.formulas import AtLeast, Both, Congruent, Either, Formula, Not

MOST_ROOTS = 1 << 16


def refusal(claim: Claim, up_to: int | None = None) -> str | None:
    """Why counts cannot prove a claim, as far as that can be told without trying; None where they may."""
    if claim.other is None:
        if claim.specification.formula is None:
            return f"{claim.specification.name} is not a formula of counts of letters"
        return _refused(claim, up_to, None)
    named = names(claim)
    why = _refused(claim, up_to, named) or _refused(claim.other, up_to, named)
    if why is None and not _alike(claim, named):
        why = f"{claim.model.name} and {claim.other.model.name} {APART}"
    return why


def _alike(claim: Claim, named: set[str]) -> bool:
    """Whether a model and the one that is its specification have one layout, at the shortest length."""
    assert claim.other is not None
    shortest = (claim.model.at(1), claim.other.model.at(1))
    both = [model for model in shortest if isinstance(model, Model)]
    return len(both) == 2 and layout(both[0], named) == layout(both[1], named)


def _refused(claim: Claim, up_to: int | None, named: set[str] | None) -> str | None:
    """The same of one model.

    Args:
        named: what is counted; None for what the specification counts.
    """
    model, spec = claim.model.at(up_to or 1), claim.specification
    if not isinstance(model, Model):
        return f"{model.name} is a {model.architecture}, and counts are about transformers"
    named = names(claim) if named is None else named
    if model.fields or model.vocabulary != spec.letters:
        return f"{spec.name} and {model.name} have different letters"
    form = layout(model, named)
    if isinstance(form, str):
        return form
    readout = model.readout
    if readout.position == "each" or readout.answer == "number":
        return (
            f"{model.name} answers at each position or by a number, and not by one decision"
        )
    if readout.answer == "signs" and len(readout.weights) > 1:
        return f"{model.name} answers by several signs, and not by one decision"
    if claim.exact and network(replace(model, positions=None), 1).irrational:
        return f"{model.name} has softmax, a norm or an activation, whose values are irrational; give bits"
    if up_to is None and not (isinstance(claim.model, Model) and _constant(model)):
        return f"{model.name} may differ from length to length; give a length up to which to prove it"
    known = {
        name
        for letter in model.vocabulary
        for name in (letter, f"first={letter}", f"last={letter}")
    }
    if strange := named - known:
        return f"{spec.name} counts {min(strange)!r}, which is no letter"
    if (many := number_of_roots(model, form)) > MOST_ROOTS:
        return f"{model.name} has {many:,} kinds of strings by which letters they have, at most {MOST_ROOTS:,}"
    if up_to is None and claim.growing is not None:
        return (
            f"{model.name} has fraction bits that grow; give a length up to which to prove it"
        )
    at = model_at(model, up_to or 1)
    return _out_of_scope(Piece(at, claim.bits_at(at, up_to or 1), 1, None), form)


def _out_of_scope(piece: Piece, form: Layout) -> str | None:
    """Why counts do not decide, if that is met on the way of least answers where all letters are there."""
    walk = whole_root(piece, form).walk()
    try:
        while isinstance(question := walk.next(), Question):
            walk = walk.told(question, question.low, question.low)
    except OutOfScopeError as error:
        return f"{piece.model.name}: {error}"
    return None


def names(claim: Claim) -> set[str]:
    """What a specification counts; beside another model, what makes the two tell the same places apart."""
    if claim.other is not None:
        letter = claim.specification.letters[0]
        first, last = f"first={letter}", f"last={letter}"
        tried: list[set[str]] = [set(), {first}, {last}, {first, last}]
        return next((named for named in tried if _alike(claim, named)), set())
    return {name for part in _parts(claim) for name, _ in part.weights}


@dataclass(frozen=True)
class Case:
    """One way in which a decision could be wrong: facts of the numbers q in which counts are `modulus` q + rests."""

    facts: tuple[Form, ...]
    rests: tuple[int, ...]
    modulus: int


def cases(claim: Claim, root: Root, facts: Sequence[Form], decision: int) -> Iterator[Case]:
    """All ways in which a decision could be wrong where facts hold."""
    spec = claim.specification
    assert spec.formula is not None
    where = () if spec.where is None else (spec.where,)
    modulus = lcm(*(x.modulus for x in _parts(claim) if isinstance(x, Congruent)))
    for wanted, formula in enumerate((Not(spec.formula), spec.formula)):
        if claim.keeps(decision, wanted):
            continue
        wrong = Both((formula, *where))
        for rests in product(range(modulus), repeat=len(root.middle)):
            for way in _ways(wrong, True, root.letters, rests):
                found = [_at(form, rests, modulus) for form in (*facts, *way)]
                yield Case(tuple(map(tight, found)), rests, modulus)


def followed(
    claim: Claim, root: Root, facts: tuple[Form, ...], own: int | None, decision: int
) -> "list[tuple[Classes | Case, tuple[Form, ...], int | None]]":
    """What is left to do where a model decides: its ways to be wrong; or to ask another model, and then one way.

    Args:
        own: what the claim's model decides, where it is the other one that decides now.

    Returns:
        What asks or is wrong, with its facts, and what the claim's model decided where the other is asked.
    """
    if claim.other is None:
        return [(case, case.facts, None) for case in cases(claim, root, facts, decision)]
    if own is None:
        return [(root.other.walk(), facts, decision)]
    if claim.keeps(own, decision):
        return []
    return [(Case(facts, (0,) * len(root.middle), 1), facts, None)]


def tight(form: Form) -> Form:
    """The same fact of whole numbers with coprime coefficients, its constant rounded down."""
    common = gcd(*form[1:])
    return tuple(x // common for x in form) if common > 1 else form


def _ways(
    formula: Formula, true: bool, letters: Mapping[str, Form], rests: tuple[int, ...]
) -> Iterator[tuple[Form, ...]]:
    """Conjunctions of facts, of which one has to hold for a formula to be true, or false."""
    match formula:
        case Not(part):
            yield from _ways(part, not true, letters, rests)
        case AtLeast(weights, bound):
            fact = _weighted(weights, letters, -bound)
            yield (fact if true else opposite(fact),)
        case Congruent(weights, rest, modulus):
            form = _weighted(weights, letters, -rest)
            if (sum(map(prod, zip(form, (1, *rests), strict=True))) % modulus == 0) == true:
                yield ()
        case Both(parts) | Either(parts):
            found = [_ways(part, true, letters, rests) for part in parts]
            all_of_them = isinstance(formula, Both) == true
            for ways in product(*found) if all_of_them else zip(chain(*found)):
                yield sum(ways, ())


def _weighted(
    weights: Sequence[tuple[str, int]], letters: Mapping[str, Form], constant: int
) -> Form:
    once = (1, *[0] * (len(next(iter(letters.values()))) - 1))
    known = [(weight, letters[letter]) for letter, weight in weights if letter in letters]
    return total([(constant, once), *known])


def _at(form: Form, rests: tuple[int, ...], modulus: int) -> Form:
    """A form of counts as one of q."""
    constant = form[0] + sum(map(prod, zip(form[1:], rests, strict=True)))
    return (constant, *(modulus * x for x in form[1:]))


def _parts(claim: Claim) -> Iterator[AtLeast | Congruent]:
    """The conditions of which a specification is made."""
    left = [claim.specification.formula, claim.specification.where]
    while left:
        match left.pop():
            case AtLeast() | Congruent() as part:
                yield part
            case Not(part):
                left.append(part)
            case Both(parts) | Either(parts):
                left.extend(parts)


def _constant(model: Model) -> bool:
    """Whether softmax is rounded alike at every length."""
    bits = (model.gap_bits, model.weight_bits) if model.has_softmax else ()
    return not any(expression(text).names for text in bits)
