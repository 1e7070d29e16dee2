"""What hard or saturated attention would make of a model with softmax: a study, head by head, on stated inputs.

A circuit does not need it, for softmax becomes one as it is. Every run here is the float rung; of a model that differs
in one head only that head, and what depends on it, is run anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from circuitsim.analysis.softmax_weights import maxima
from circuitsim.array_types import Bools, Floats, Longs
from circuitsim.compilers.calibration import Stated, moved
from circuitsim.errors import InputError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.model import Attention, Head, Model
from circuitsim.networks.draw import network
from circuitsim.networks.floating import Float, joined
from circuitsim.networks.network import Network
from circuitsim.networks.trace import decide

WORKING_SET = 2**18  # numbers of one value that are in memory at once

Place: TypeAlias = tuple[int, int]  # layer and head
Kinds: TypeAlias = "Mapping[Place, Kind]"
Score: TypeAlias = tuple[int, int]  # inputs and single decisions that are as softmax has them
Progress: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Kind:
    """What a head becomes.

    Args:
        score_bits: what scores are rounded to first; negative ones are multiples of 2, 4 and so on.
        uniform: all keys tie.
    """

    name: str
    attention: Attention = "saturated"
    score_bits: int | None = None
    uniform: bool = False

    def of(self, head: Head) -> Head:
        """The head of this kind; the largest scores are the same whatever scores are multiplied by."""
        if self.score_bits is None:
            scale, bits = Fraction(not self.uniform), None
        else:
            scale, bits = Fraction(2) ** min(self.score_bits, 0), max(self.score_bits, 0)
        return replace(head, attention=self.attention, score_bits=bits, scale=scale)


def _rounding(bits: int) -> Kind:
    return Kind(f"saturated, {bits} bit{'s' * (abs(bits) != 1)}", score_bits=bits)


KINDS = (
    Kind("hard", "hard-left"),
    Kind("saturated"),
    *(_rounding(bits) for bits in (4, 3, 2, 1, 0, -1, -2)),
    Kind("uniform", uniform=True),
)


@dataclass(frozen=True)
class HeadStudy:
    """One head of softmax.

    Args:
        mass: how much of the weight falls on the keys of the largest score, and `tied`: how many those are, both on
            average over the queries that are read.
        alone: inputs that are decided as before if this head alone becomes of a kind, by its name.
        chosen: its kind in the hardened model.
    """

    layer: int
    head: int
    mass: float
    tied: float
    alone: dict[str, int]
    chosen: str


@dataclass(frozen=True)
class Hardening:
    """What was found.

    Args:
        inputs: how many were stated. alike: how many keep their decisions if all heads become of a kind, by its name.
        kept: how many do in `model`, each of whose heads is of the kind that a search found best.
    """

    inputs: int
    alike: dict[str, int]
    heads: tuple[HeadStudy, ...]
    kept: int
    model: Model


def harden(
    model: AnyModel, inputs: Sequence[Stated], *, progress: Progress = lambda text: None
) -> Hardening:
    """Look for the kind of each head that keeps most decisions of softmax.

    The search starts from the best kind for all heads, from what is best for each alone, and from what is best for each
    after those before it. It then changes one head at a time, until no change is better.

    Raises:
        InputError: no softmax, no inputs, or answers that are numbers.
    """
    if not isinstance(model, Model) or not model.has_softmax:
        raise InputError(f"{model.name} has no softmax, so there is nothing to harden.")
    if model.readout.answer == "number":
        raise InputError(f"{model.name} answers by a number, and harden compares decisions.")
    if not inputs:
        raise InputError("no inputs are stated on which decisions could be compared.")
    study = _Study(model, [piece for each in inputs for piece in _pieces(model, each)])
    progress("softmax")
    shares = study.shares()
    alike = {}
    for kind in KINDS:
        progress(f"all heads {kind.name}")
        alike[kind] = study.score(dict.fromkeys(study.places, kind))
    alone = {}
    for place in study.places:
        progress(f"layer {place[0]}, head {place[1]} alone")
        alone[place] = study.scores({}, place)
    score, kinds = study.ascend(dict.fromkeys(study.places, _best(alike)), progress)
    others = (lambda: {place: _best(alone[place]) for place in alone}, study.one_by_one)
    for start in others:
        if score[0] < study.inputs:
            found = study.ascend(start(), progress)
            score, kinds = max((score, kinds), found, key=lambda end: end[0])
    heads = []
    for place in study.places:
        mass, tied = shares[place].tolist()
        heads.append(HeadStudy(*place, mass, tied, _by_name(alone[place]), kinds[place].name))
    return Hardening(
        study.inputs, _by_name(alike), tuple(heads), score[0], study.hardened(kinds)
    )


def _best(found: "Mapping[Kind, Score]") -> Kind:
    return max(found, key=lambda kind: found[kind])


def _by_name(found: "Mapping[Kind, Score]") -> dict[str, int]:
    return {kind.name: score[0] for kind, score in found.items()}


@dataclass(frozen=True)
class _Piece:
    """Some inputs of one length and offset, and what softmax decides."""

    codes: Longs
    offset: int
    first: int  # of the decisions that count
    decisions: Longs

    def agreeing(self, decisions: Longs) -> Bools:
        """Which decisions that count are as softmax has them: (inputs, decisions)."""
        same: Bools = (decisions == self.decisions)[:, self.first :]
        return same


def _pieces(model: Model, stated: Stated) -> Iterator[_Piece]:
    """Stated inputs, as many at a time as memory holds, with what softmax decides."""
    own, n = moved(model, stated.offset), stated.codes.shape[1]
    drawn = network(own, n)
    keys = max([1, *(head.keys(own.length(n)) for head in model.heads)])
    most = max(line.shape[0] * max(line.shape[1], keys) for line in drawn.lines)
    step = max(1, WORKING_SET // most)
    first = stated.start * (
        len(model.readout.weights) if model.readout.answer == "signs" else 1
    )
    for start in range(0, len(stated.codes), step):
        codes = stated.codes[start : start + step]
        values = _run(drawn, Float(drawn, codes))
        yield _Piece(codes, stated.offset, first, _decisions(drawn, values))


@dataclass
class _Study:
    """A model with softmax, on stated inputs."""

    model: Model
    pieces: list[_Piece]

    def __post_init__(self) -> None:
        self.places = [
            (layer, head)
            for layer, each in enumerate(self.model.layers)
            for head, one in enumerate(each.heads)
            if one.attention == "softmax"
        ]
        self.inputs = sum(len(piece.codes) for piece in self.pieces)
        self.known: dict[frozenset[tuple[Place, Kind]], Score] = {}

    def hardened(self, kinds: Kinds) -> Model:
        """The model with some of its heads of other kinds."""
        layers = []
        for number, layer in enumerate(self.model.layers):
            heads = [
                kinds[number, index].of(head) if (number, index) in kinds else head
                for index, head in enumerate(layer.heads)
            ]
            layers.append(replace(layer, heads=tuple(heads)))
        return replace(self.model, layers=tuple(layers))

    def score(self, kinds: Kinds) -> Score:
        """How much these kinds keep."""
        place = self.places[0]
        return self.scores(kinds, place, [kinds[place]])[kinds[place]]

    def scores(
        self, kinds: Kinds, place: Place, of: Sequence[Kind] = KINDS
    ) -> dict[Kind, Score]:
        """How much is kept with one head of each of some kinds, the others as `kinds` says; found once."""
        asked = {kind: frozenset({**kinds, place: kind}.items()) for kind in of}
        totals = {kind: np.zeros(2, np.int64) for kind in of if asked[kind] not in self.known}
        scope = _scope(place)
        for piece in self.pieces if totals else []:
            before = self._values(kinds, piece)[1] if len(totals) > 1 else None
            for kind, total in totals.items():
                drawn, values = self._values({**kinds, place: kind}, piece, before, scope)
                same = piece.agreeing(_decisions(drawn, values))
                total += [same.all(axis=1).sum(), same.sum()]
        for kind, (inputs, decisions) in totals.items():
            self.known[asked[kind]] = int(inputs), int(decisions)
        return {kind: self.known[asked[kind]] for kind in of}

    def one_by_one(self) -> Kinds:
        """The best kind of each head, given those of the heads before it; later ones are softmax meanwhile."""
        found: dict[Place, Kind] = {}
        for place in self.places:
            found[place] = _best(self.scores(found, place))
        return found

    def ascend(self, kinds: Kinds, progress: Progress) -> tuple[Score, Kinds]:
        """Change one head after the other to what is best for it, until no change is better."""
        best, rest, waiting = self.score(kinds), dict(kinds), list(self.places)
        while waiting and best[0] < self.inputs:
            place = waiting.pop(0)
            progress(
                f"layer {place[0]}, head {place[1]}: {best[0]:,} of {self.inputs:,} kept"
            )
            found = self.scores(rest, place)
            kind = _best(found)
            if found[kind] > best:
                best, rest[place] = found[kind], kind
                waiting = [other for other in self.places if other != place]
        return best, rest

    def shares(self) -> dict[Place, Floats]:
        """Of each head the weight on the keys of the largest score and their number, on average."""
        found: dict[Place, list[Floats]] = {place: [] for place in self.places}
        for piece in self.pieces:
            seen = maxima(self._drawn({}, piece), piece.codes)
            for place, parts in found.items():
                parts.append(seen[_scope(place)].reshape(-1, 2))
        joint = {place: np.concatenate(parts) for place, parts in found.items()}
        return {
            place: each.mean(axis=0) if len(each) else np.zeros(2)
            for place, each in joint.items()
        }

    def _drawn(self, kinds: Kinds, piece: _Piece) -> Network:
        model = moved(self.hardened(kinds), piece.offset)
        return network(model, piece.codes.shape[1])

    def _values(
        self,
        kinds: Kinds,
        piece: _Piece,
        before: list[Any] | None = None,
        scope: tuple[str, ...] = (),
    ) -> tuple[Network, list[Any]]:
        drawn = self._drawn(kinds, piece)
        return drawn, _run(drawn, Float(drawn, piece.codes), before, scope)


def _scope(place: Place) -> tuple[str, ...]:
    return f"layer{place[0]}", f"head{place[1]}"


def _run(
    drawn: Network, rules: Float, before: list[Any] | None = None, scope: tuple[str, ...] = ()
) -> list[Any]:
    """The values of all lines.

    Args:
        before: those of a network that differs in one scope; only what depends on that is run.
    """
    values: list[Any] = []
    fresh: set[int] = set()
    with np.errstate(all="ignore"):
        for index, line in enumerate(drawn.lines):
            how = line.primitive
            inside = line.scope[: len(scope)] == scope
            if before is None or inside or not fresh.isdisjoint(how.reads):
                fresh.add(index)
                read = [values[x] for x in how.reads]
                values.append(getattr(rules, how.name)(index, how, *read))
            else:
                values.append(before[index])
    return values


def _decisions(drawn: Network, values: list[Any]) -> Longs:
    outputs = joined([values[x] for x in drawn.outputs], 1)
    return decide(outputs.values, drawn.answer)
