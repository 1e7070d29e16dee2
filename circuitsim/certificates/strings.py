"""Which strings a theorem by counts is about: lengths in pieces, and strings in roots, by the classes of their letters.

A string is some fixed letters at its front, some at its end, and a middle. Each fixed letter is a class of its own. In
the middle letters are one class, or two where even and odd places differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

from circuitsim.certificates.claim import Claim
from circuitsim.certificates.classes import Classes, Form, OutOfScopeError, total
from circuitsim.certificates.places import Place, constant_at
from circuitsim.models.any_model import AnyModel
from circuitsim.models.expressions import LARGEST_SOFTMAX_BITS, bits_at
from circuitsim.models.inputs import read_letter
from circuitsim.models.model import Model
from circuitsim.models.positions import PositionExpressions
from circuitsim.networks.draw import network
from circuitsim.networks.network import Network
from circuitsim.networks.primitives import Tokens
from circuitsim.numbers.arrays import matrix

APART = "tell other places apart"
FRONTS, ENDS, PERIODS = range(4), range(3), (1, 2)  # that are tried


@dataclass(frozen=True)
class Piece:
    """Lengths from `first` to `last`, or all from there on, at which a model is one and the same.

    Args:
        bits: fraction bits of the integer model; None for the exact model.
        known: see `Classes`.
        other: the same of the model that is the specification, if one is.
    """

    model: Model
    bits: int | None
    first: int
    last: int | None
    known: dict[tuple[Any, ...], Any] = field(default_factory=dict, compare=False)
    other: "Piece | None" = None


def pieces(claim: Claim, up_to: int | None = None) -> Iterator[Piece]:
    """All lengths in pieces, each with its fraction bits, and beside another model with the other's."""
    if up_to is None:
        yield replace(_piece(claim, 1), last=None)
        return
    last = _piece(claim, 1)
    for n in range(2, up_to + 1):
        piece = _piece(claim, n)
        if _told(last) == _told(piece):
            last = replace(last, last=n)
        else:
            yield last
            last = piece
    yield last


def _piece(claim: Claim, n: int) -> Piece:
    """One length."""
    model = model_at(claim.model, n)
    other = None if claim.other is None else _piece(claim.other, n)
    return Piece(model, claim.bits_at(model, n), n, n, other=other)


def _told(piece: Piece) -> tuple[Any, ...]:
    """What lengths of one piece have in common."""
    beside = () if piece.other is None else _told(piece.other)
    return (piece.model, piece.bits, *beside)


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


@dataclass(frozen=True)
class Layout:
    """How many letters are fixed at the front and the end, and after how many places the middle repeats."""

    fronts: int
    ends: int
    period: int


def layout(model: Model, names: set[str]) -> Layout | str:
    """The plainest layout whose classes hold equal vectors; else why there is none.

    Args:
        names: what a specification counts, such as "1", or "first=1".
    """
    starts = {name.partition("=")[0] for name in names if "=" in name}
    kinds = {head.attention for head in model.heads}
    place = read_letter(model)
    fronts = int(place == 0 or "first" in starts or "hard-left" in kinds)
    ends = int(place == -1 or "last" in starts or "hard-right" in kinds)
    if model.rotary:
        return f"{model.name} has rotary positions, whose angles are others at every position"
    if model.positions is None:
        return Layout(fronts, ends, 1)
    if not isinstance(model.positions, PositionExpressions):
        return f"{model.name} has a table of positions, which ends"
    unlike = ""
    for period, front, end in product(PERIODS, FRONTS, ENDS):
        tried = Layout(max(front, fronts), max(end, ends), period)
        places = [at for odd in range(period) for at in _places(model, tried, bool(odd))]
        unlike = next(
            (
                text
                for text in model.positions.components
                if any(constant_at(text, at) is None for at in places)
            ),
            "",
        )
        if not unlike:
            return tried
    return f"{model.name} adds {unlike!r} at each position, which takes ever more values"


def _places(model: Model, form: Layout, odd: bool) -> list[Place]:
    """The classes of positions of whole sequences, in order, where the middle has an even or odd length."""
    front = len(model.prepend) + form.fronts
    back = form.ends + len(model.append)
    known = form.period == 2
    ends = (odd, False) if known else None  # s is the length of the middle
    found = [Place((at, 0, 0), (front + back, 1, 0), ends) for at in range(front)]
    for start in range(form.period):  # s letters of the middle are before, t are after
        parities = (bool(start), bool(start) == odd) if known else None
        found.append(Place((front, 1, 0), (front + back + 1, 1, 1), parities))
    found += [Place((front + at, 1, 0), (front + back, 1, 0), ends) for at in range(back)]
    return found


@dataclass(frozen=True)
class Root:
    """Strings of a piece with the same fixed letters, and with the same classes in the middle.

    Args:
        front, end: the fixed letters. middle: the letter of every class there, and at which places: 0 or 1 of two.
        odd: whether the middle has an odd length, where places differ.
    """

    piece: Piece
    layout: Layout
    front: tuple[str, ...]
    middle: tuple[tuple[str, int], ...]
    end: tuple[str, ...]
    odd: bool = False

    @property
    def other(self) -> "Root":
        """The same strings, of the model that is the specification."""
        assert self.piece.other is not None
        return replace(self, piece=self.piece.other)

    @property
    def once(self) -> Form:
        """The form that is 1."""
        return (1, *[0] * len(self.middle))

    @property
    def counts(self) -> list[Form]:
        """How often each class of the middle is there: the unknowns."""
        width = len(self.middle) + 1
        return [tuple(int(at == x) for at in range(width)) for x in range(1, width)]

    @cached_property
    def letters(self) -> Mapping[str, Form]:
        """How often each letter is there, and which are first and last, by the names of formulas."""
        names = self.piece.model.vocabulary
        fixed = [(letter, self.once) for letter in (*self.front, *self.end)]
        known = [(x, count) for (x, _), count in zip(self.middle, self.counts, strict=True)]
        zero = (0, self.once)
        found = {
            name: total([zero, *((1, form) for x, form in [*fixed, *known] if x == name)])
            for name in names
        }
        whole = (*self.front, *self.end)
        for start, there, letter in (
            ("first", self.layout.fronts, whole[:1]),
            ("last", self.layout.ends, whole[-1:]),
        ):
            if there:
                found |= {
                    f"{start}={x}": total([(int((x,) == letter), self.once)]) for x in names
                }
        return found

    @property
    def length(self) -> Form:
        """How many letters there are."""
        return total((1, self.letters[x]) for x in self.piece.model.vocabulary)

    @property
    def facts(self) -> tuple[Form, ...]:
        """What holds of the unknowns, beginning with: each is at least 1."""
        facts = [(-1, *count[1:]) for count in self.counts]
        length, piece = self.length, self.piece
        facts.append(total([(1, length), (-piece.first, self.once)]))
        if piece.last is not None:
            facts.append(total([(-1, length), (piece.last, self.once)]))
        if (
            self.layout.period == 2
        ):  # there is one more of even places where the length is odd
            signs = [1 - 2 * start for _, start in self.middle]
            more = (-int(self.odd), *signs)
            facts += [more, tuple(-x for x in more)]
        return tuple(facts)

    def walk(self) -> Classes:
        """The model on the classes."""
        model = self.piece.model
        letters = [*self.front, *(letter for letter, _ in self.middle), *self.end]
        codes = [model.vocabulary.index(letter) for letter in letters]
        counts = [self.once] * (len(model.prepend) + len(self.front))
        counts += self.counts
        counts += [self.once] * (len(self.end) + len(model.append))
        drawn = network(replace(model, positions=None), len(codes))
        if isinstance(model.positions, PositionExpressions):
            self.add_positions(drawn, model.positions.components)
        return Classes(drawn, codes, self.piece.bits, counts, self.piece.known)

    def add_positions(self, drawn: Network, components: Sequence[str]) -> None:
        """Let the first line of a network add what the model adds at each class."""
        model = self.piece.model
        exact = Layout(len(self.front), len(self.end), self.layout.period)
        places = _places(model, exact, self.odd)
        before = len(model.prepend) + len(self.front)
        of_middle = [places[before + start] for _, start in self.middle]
        chosen = [*places[:before], *of_middle, *places[before + exact.period :]]
        if not self.middle:  # the length is known
            chosen = [replace(at, n=(at.n[0], 0, 0), i=(at.i[0], 0, 0)) for at in chosen]
        rows = matrix([[constant_at(text, at) for text in components] for at in chosen])
        line = drawn.lines[0]
        assert isinstance(line.primitive, Tokens)
        drawn.lines[0] = replace(
            line, primitive=replace(line.primitive, positions=rows.scaled)
        )


def roots(piece: Piece, names: set[str]) -> Iterator[Root]:
    """All strings of a piece, by what is counted of them.

    Raises:
        OutOfScopeError: positions have no classes, or two models have others.
    """
    form = layout(piece.model, names)
    if isinstance(form, str):
        raise OutOfScopeError(form)
    other = piece.other
    if other is not None and layout(other.model, names) != form:
        raise OutOfScopeError(f"{piece.model.name} and {other.model.name} {APART}")
    letters, fixed = piece.model.vocabulary, form.fronts + form.ends
    for n in range(1, fixed):  # too short for a front and an end
        for short in product(letters, repeat=n):
            yield Root(piece, form, short, (), ())
    classes = _classes(piece.model, form)
    for around in product(letters, repeat=fixed):
        front, end = around[: form.fronts], around[form.fronts :]
        for there in product((False, True), repeat=len(classes)):
            middle = tuple(x for x, yes in zip(classes, there, strict=True) if yes)
            if middle or around:
                for odd in range(form.period):
                    yield Root(piece, form, front, middle, end, bool(odd))


def whole_root(piece: Piece, form: Layout) -> Root:
    """Strings with all letters in the middle, and the first one around it."""
    letter = piece.model.vocabulary[:1]
    middle = tuple(_classes(piece.model, form))
    return Root(piece, form, letter * form.fronts, middle, letter * form.ends)


def number_of_roots(model: Model, form: Layout) -> int:
    """How many roots there are, about."""
    letters = len(model.vocabulary)
    return letters ** (form.fronts + form.ends) << (letters * form.period)


def _classes(model: Model, form: Layout) -> list[tuple[str, int]]:
    return [(letter, start) for start in range(form.period) for letter in model.vocabulary]
