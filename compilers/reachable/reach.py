"""Which codes every position can reach after every layer, at one length, without running a single input."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import LimitError, ModelError
from circuitsim.models.model import Head, Layer, Model
from circuitsim.networks.refusals import refuse_parts
from circuitsim.numbers.scaled import Scaled

from .boxes import Boxes, InputSets
from .choices import Choice, Ranking, Rest
from .codes import Codes, Span, embedded, needed_spans
from .values import after_layer, head_outputs

Ints = NDArray[np.int64]
MAX_TIES = 1
MAX_WIRES = 2**26
WIRES_A_TERM = (
    256  # wires allowed for each combination that reachability may look at: minutes otherwise
)


@dataclass(frozen=True)
class Query:
    """A position that holds a code: what its heads can choose, and what it holds after the layer.

    Args:
        code: before the layer.
        heads: choices of every head, best keys first.
        terms: (terms, heads) combinations of choices, one a head, that some input may lead to.
        outputs: (terms, heads) which of its different outputs every head then gives.
        results: (terms,) code after the layer.
    """

    code: int
    heads: tuple[tuple[Choice, ...], ...]
    terms: Ints
    outputs: Ints
    results: Ints


@dataclass(frozen=True)
class Reached:
    """A model at one length: `codes` at every layer boundary 0..L, and `layers` of queries between them."""

    model: Model
    n: int
    codes: tuple[Codes, ...]
    layers: tuple[tuple[Query, ...], ...]
    sets: InputSets

    @property
    def code_bits(self) -> int:
        """Bits that tell the codes of any one position apart, at any layer."""
        return max(int(codes.counts.max()) - 1 for codes in self.codes).bit_length()


@lru_cache(maxsize=4)
def reach(
    model: Model, n: int, max_ties: int = MAX_TIES, max_wires: int = MAX_WIRES
) -> Reached:
    """The codes of `model` at n letters. A superset of those that occur: none that occurs is missing.

    Raises:
        LimitError: a saturated head may average more than `max_ties` keys, or there are too many combinations
            of choices for `max_wires`; a head is of third order.
        ModelError: a head is softmax.
    """
    places = [
        [
            f"layer {index}, head {number}"
            for number, head in enumerate(layer.heads)
            if adds(head)
        ]
        for index, layer in enumerate(model.layers)
    ]
    kept = tuple(
        replace(layer, heads=tuple(filter(adds, layer.heads))) for layer in model.layers
    )
    model = replace(model, layers=kept)
    _refuse_heads(model, places)
    sets = InputSets(n, len(model.vocabulary))
    spans = needed_spans(model, n)
    codes = [embedded(model, n, spans[0], sets)]
    layers = []
    for index, layer in enumerate(model.layers):
        rest, most = Rest(codes[-1], sets), max_wires // WIRES_A_TERM
        rankings = [
            Ranking(head, codes[-1], rest, place, n, max_ties, most)
            for head, place in zip(layer.heads, places[index], strict=True)
        ]
        step = _Step(layer, codes[-1], sets, f"layer {index}", n, rankings, max_wires)
        queries, after = step.run(spans[index + 1])
        layers.append(queries)
        codes.append(after)
    return Reached(model, n, tuple(codes), tuple(layers), sets)


def code_bits(
    model: Model, n: int, max_ties: int = MAX_TIES, max_wires: int = MAX_WIRES
) -> int:
    """State bits of this basis: log2, rounded up, of the most codes that a position has at any layer."""
    return reach(model, n, max_ties, max_wires).code_bits


def adds(head: Head) -> bool:
    """Whether the output matrix reads a component of the value that is not always zero."""
    output, value = (
        head.output.scaled.numerators.astype(object),
        head.value.scaled.numerators.astype(object),
    )
    if head.third_order:
        return bool(output.any())
    return bool(
        (output @ value).any()
        or (output @ head.value_bias.scaled.numerators.astype(object)).any()
    )


def _refuse_heads(model: Model, places: Sequence[Sequence[str]]) -> None:
    refuse_parts(model, "ac0 has no circuits of that; take --basis xag, aig or tc0")
    for layer, named in zip(model.layers, places, strict=True):
        for head, place in zip(layer.heads, named, strict=True):
            if head.attention == "softmax":
                raise ModelError(
                    f"{place} is softmax, which adds up over all positions: a circuit of AND and OR gates cannot"
                    " count in constant depth and polynomial size (Furst-Saxe-Sipser, Hastad); take --basis xag, aig or"
                    " tc0, or --attention hard-left or hard-right."
                )
            if head.third_order:
                raise LimitError(
                    f"{place} is a third-order head, whose keys are pairs of positions, and ac0 is built for keys at"
                    " single positions; take --basis xag, aig or tc0."
                )


class _Step:
    """One layer: from the codes before it to those after it."""

    def __init__(
        self,
        layer: Layer,
        codes: Codes,
        sets: InputSets,
        place: str,
        n: int,
        rankings: list[Ranking],
        max_wires: int,
    ) -> None:
        self.layer, self.codes, self.sets, self.place, self.n = layer, codes, sets, place, n
        self.rankings, self.max_wires, self.most, self.made = (
            rankings,
            max_wires,
            max_wires // WIRES_A_TERM,
            0,
        )

    def run(self, span: Span) -> tuple[tuple[Query, ...], Codes]:
        """All queries of the positions in `span`, and the codes they lead to."""
        queries = [code for position in range(*span) for code in self.codes.at(position)]
        heads, terms, inputs = [], [], []
        for code in queries:
            heads.append(tuple(tuple(ranking.choices(code)) for ranking in self.rankings))
            found = self._join(code, heads[-1])
            terms.append(
                np.array([chosen for chosen, _ in found], np.int64).reshape(
                    len(found), len(self.rankings)
                )
            )
            inputs += [boxes for _, boxes in found]
        said, outputs = self._outputs(heads, terms)
        cuts = np.cumsum([len(some) for some in terms])
        asked = np.repeat(queries, np.diff(cuts, prepend=0))
        values, vectors = after_layer(
            self.layer,
            self.codes.values,
            outputs,
            np.column_stack([self.codes.vectors[asked], np.concatenate(said)]),
        )
        results, after = self._gather(
            span, self.codes.positions[asked], vectors, values, inputs
        )
        return tuple(
            map(Query, queries, heads, terms, said, np.split(results, cuts[:-1]))
        ), after

    def _join(
        self, code: int, heads: Sequence[tuple[Choice, ...]]
    ) -> list[tuple[tuple[int, ...], Boxes]]:
        """Combinations of one choice a head that may occur together, with supersets of their inputs."""
        fields, sets = self.codes.fields, self.sets
        partial: list[tuple[tuple[int, ...], Boxes, int]] = [
            ((), self.codes.inputs[code], fields.full)
        ]
        for choices in heads:
            self._count(len(partial) * len(choices))
            longer = []
            for chosen, inputs, allowed in partial:
                for index, choice in enumerate(choices):
                    both = allowed & choice.allowed
                    if fields.possible(both) and len(
                        met := sets.intersection(inputs, choice.inputs)
                    ):
                        longer.append(((*chosen, index), met, both))
            partial = longer
        return [(chosen, inputs) for chosen, inputs, _ in partial]

    def _count(self, more: int) -> None:
        self.made += more
        if self.made > self.most:
            heads = len(self.layer.heads)
            raise LimitError(
                f"{self.place} has more than {self.most:,} combinations of what a position holds"
                f" ({int(self.codes.counts.max()):,} codes at most) and what its {heads} head{'s' * (heads > 1)} select"
                f" at n={self.n}, which is the limit for {self.max_wires:,} wires; take a smaller n or --basis tc0."
            )

    def _outputs(
        self, heads: Sequence[tuple[tuple[Choice, ...], ...]], terms: Sequence[Ints]
    ) -> tuple[list[Ints], list[Scaled]]:
        """What the heads say: for every query's terms (terms, heads) which output, and the outputs of every head."""
        columns, outputs = [], []
        for number, head in enumerate(self.layer.heads):
            rows: dict[tuple[int, ...], int] = {}
            which = []
            for query in heads:
                members = (
                    tuple(sorted(self.codes.vectors[list(c.members)].tolist()))
                    for c in query[number]
                )
                which.append(
                    np.array([rows.setdefault(m, len(rows)) for m in members], np.int64)
                )
            found, index = head_outputs(head, self.codes.values, list(rows))
            outputs.append(found)
            columns.append(
                [index[w[t[:, number]]] for w, t in zip(which, terms, strict=True)]
            )
        said = [
            np.column_stack([column[k] for column in columns])
            if columns
            else np.zeros((len(t), 0), np.int64)
            for k, t in enumerate(terms)
        ]
        return said, outputs

    def _gather(
        self,
        span: Span,
        positions: Ints,
        vectors: Ints,
        values: Scaled,
        inputs: Sequence[Boxes],
    ) -> tuple[Ints, Codes]:
        """Equal vectors at a position share a code: for every term its code (terms,), and the codes."""
        index: dict[tuple[int, int], int] = {}
        pairs = zip(positions.tolist(), vectors.tolist(), strict=True)
        results = np.array([index.setdefault(pair, len(index)) for pair in pairs], np.int64)
        sources: list[list[Boxes]] = [[] for _ in index]
        for code, boxes in zip(results.tolist(), inputs, strict=True):
            sources[code].append(boxes)
        where = np.array(list(index), np.int64).reshape(-1, 2)
        united = tuple(map(self.sets.union, sources))
        return results, Codes(
            span, where[:, 0], where[:, 1], values, united, self.codes.length
        )
