"""The search for what each head of softmax becomes: kinds of heads, and how many decisions they keep on some inputs.

Every run here is the float rung; of a model that differs in one head only that head, and what depends on it, is run
anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from circuitsim.analysis.softmax_weights import maxima
from circuitsim.array_types import Floats, Longs
from circuitsim.models.model import Attention, Head, Model
from circuitsim.networks.decided import Decided
from circuitsim.networks.floating import Float, joined
from circuitsim.networks.network import Network
from circuitsim.networks.trace import decide

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


@dataclass
class Study:
    """A model with softmax, on inputs with what it decides."""

    model: Model
    pieces: list[Decided]

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

    def search(
        self,
        alike: "Mapping[Kind, Score]",
        alone: "Mapping[Place, Mapping[Kind, Score]]",
        progress: Progress,
    ) -> tuple[Score, Kinds]:
        """The best that is found from three starts."""
        best = self.ascend(dict.fromkeys(self.places, _best(alike)), progress)
        others = (
            lambda: {place: _best(found) for place, found in alone.items()},
            self.one_by_one,
        )
        for start in others:
            if best[0][0] < self.inputs:
                found = self.ascend(start(), progress)
                best = max(best, found, key=lambda end: end[0])
        return best

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
            seen = maxima(piece.drawn(self.model), piece.codes)
            for place, parts in found.items():
                parts.append(seen[_scope(place)].reshape(-1, 2))
        joint = {place: np.concatenate(parts) for place, parts in found.items()}
        return {
            place: each.mean(axis=0) if len(each) else np.zeros(2)
            for place, each in joint.items()
        }

    def _values(
        self,
        kinds: Kinds,
        piece: Decided,
        before: list[Any] | None = None,
        scope: tuple[str, ...] = (),
    ) -> tuple[Network, list[Any]]:
        drawn = piece.drawn(self.hardened(kinds))
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


def _best(found: "Mapping[Kind, Score]") -> Kind:
    return max(found, key=lambda kind: found[kind])
