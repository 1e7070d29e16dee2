"""Which strings a theorem by counts is about, and what would be wrong of them: cases that are linear in counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from math import gcd, lcm, prod
from typing import Any

from circuitsim.certificates.claim import Claim
from circuitsim.certificates.classes import Classes, Form, opposite, total
from circuitsim.models.any_model import AnyModel
from circuitsim.models.expressions import LARGEST_SOFTMAX_BITS, bits_at, expression
from circuitsim.models.inputs import read_letter
from circuitsim.models.model import Model
from circuitsim.networks.draw import network
from circuitsim.specifications.formulas import AtLeast, Both, Congruent, Either, Formula, Not


@dataclass(frozen=True)
class Piece:
    """Lengths from `first` to `last`, or all from there on, at which a model is one and the same.

    Args:
        bits: fraction bits of the integer model; None for the exact model.
    """

    model: Model
    bits: int | None
    first: int
    last: int | None


@dataclass(frozen=True)
class Root:
    """Strings of a piece with the same letters, and with the same letter at the read-out.

    Args:
        facts: what holds of the counts of letters, beginning with: each is there at least once.
        letters: how often each letter is there. length: how many there are.
        read: the letter at the read-out, where a letter is read out, at the `front` or the end.
        others: the letters whose other occurrences are counted by unknowns, in their order.
    """

    walk: Classes
    facts: tuple[Form, ...]
    letters: Mapping[str, Form]
    length: Form
    read: str | None
    front: bool
    others: tuple[str, ...]


def refusal(claim: Claim, up_to: int | None = None) -> str | None:
    """Why counts cannot prove a claim, as far as that can be told without trying; None where they may."""
    model, spec = claim.model.at(up_to or 1), claim.specification
    if spec.formula is None:
        return f"{spec.name} is not a formula of counts of letters"
    if not isinstance(model, Model):
        return f"{model.name} is a {model.architecture}, and counts are about transformers"
    if model.fields or set(model.vocabulary) != set(spec.letters):
        return f"{spec.name} and {model.name} have different letters"
    if model.positions is not None:
        return f"{model.name} has positions, and its decisions depend on more than counts of letters"
    readout = model.readout
    if readout.position == "each" or readout.answer == "number":
        return (
            f"{model.name} answers at each position or by a number, and not by one decision"
        )
    if readout.answer == "signs" and len(readout.weights) > 1:
        return f"{model.name} answers by several signs, and not by one decision"
    if claim.bits is None and up_to is None and network(model, 1).irrational:
        return f"{model.name} has softmax, a norm or an activation, whose values are irrational; give bits"
    if up_to is None and not (isinstance(claim.model, Model) and _constant(model)):
        return f"{model.name} may differ from length to length; give a length up to which to prove it"
    return None


def pieces(claim: Claim, up_to: int | None = None) -> Iterator[Piece]:
    """All lengths in pieces; without `bits` in the claim those up to `up_to` have the model's own."""
    if up_to is None:
        yield Piece(model_at(claim.model, 1), claim.bits, 1, None)
        return
    last = None
    for n in range(1, up_to + 1):
        model = model_at(claim.model, n)
        bits = bits_at(model.bits, n) if claim.bits is None else claim.bits
        if last and (last.model, last.bits) == (model, bits):
            last = replace(last, last=n)
            continue
        if last:
            yield last
        last = Piece(model, bits, n, n)
    if last:
        yield last


def model_at(model: AnyModel, n: int) -> Any:
    """The model for n letters, with softmax rounded at every length as it is there."""
    model = model.at(n)
    if not (isinstance(model, Model) and model.has_softmax):
        return model
    gaps, weights = (
        bits_at(getattr(model, name), n, name, LARGEST_SOFTMAX_BITS)
        for name in ("gap_bits", "weight_bits")
    )
    return model.with_softmax(str(gaps), str(weights))


def roots(piece: Piece) -> Iterator[Root]:
    """All strings of a piece, by the letter that is read out and by which others there are."""
    vocabulary, place = piece.model.vocabulary, read_letter(piece.model)
    for read in range(len(vocabulary)) if place is not None else [None]:
        for present in product((False, True), repeat=len(vocabulary)):
            others = [letter for letter, there in enumerate(present) if there]
            if others or read is not None:
                yield _root(piece, read, others, place == 0)


def _root(piece: Piece, read: int | None, others: list[int], front: bool) -> Root:
    model, width = piece.model, len(others) + 1
    once, none = (1, *[0] * (width - 1)), (0,) * width
    counts = [tuple(int(at == x + 1) for at in range(width)) for x in range(len(others))]
    letters = dict.fromkeys(model.vocabulary, none)
    letters |= {model.vocabulary[x]: count for x, count in zip(others, counts, strict=True)}
    facts = [(-1, *count[1:]) for count in counts]
    codes = list(others)
    if read is not None:
        codes.insert(0 if front else len(codes), read)
        counts.insert(0 if front else len(counts), once)
        name = model.vocabulary[read]
        letters[name] = total([(1, letters[name]), (1, once)])
    length = total((1, form) for form in letters.values())
    facts.append(total([(1, length), (-piece.first, once)]))
    if piece.last is not None:
        facts.append(total([(-1, length), (piece.last, once)]))
    around = [once] * len(model.prepend), [once] * len(model.append)
    walk = Classes(
        network(model, len(codes)), codes, piece.bits, [*around[0], *counts, *around[1]]
    )
    return Root(
        walk,
        tuple(facts),
        letters,
        length,
        None if read is None else model.vocabulary[read],
        front,
        tuple(model.vocabulary[x] for x in others),
    )


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
    for wanted, formula in enumerate((Not(spec.formula), spec.formula)):
        if claim.keeps(decision, wanted):
            continue
        wrong = Both((formula, *where))
        modulus = lcm(*_moduli(wrong))
        for rests in product(range(modulus), repeat=len(root.others)):
            for way in _ways(wrong, True, root.letters, rests):
                found = [_at(form, rests, modulus) for form in (*facts, *way)]
                yield Case(tuple(map(tight, found)), rests, modulus)


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


def _moduli(formula: Formula) -> Iterator[int]:
    match formula:
        case Congruent():
            yield formula.modulus
        case Not(part):
            yield from _moduli(part)
        case Both(parts) | Either(parts):
            for part in parts:
                yield from _moduli(part)


def _constant(model: Model) -> bool:
    """Whether softmax is rounded alike at every length."""
    bits = (model.gap_bits, model.weight_bits) if model.has_softmax else ()
    return not any(expression(text).names for text in bits)
