"""The strings of a model as a graph, layer by layer: nodes grow by what the heads of a layer remember."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.certificates.claim import Claim
from circuitsim.models.model import Model

from .graph import CONSTANT, PAIR, Graph, TooManyError, closed
from .sides import Edges, Interned, Side
from .stages import Stages, Vector
from .winners import State, Winners

BLANK: State = ()  # in the last layer, on the side of the read position about which nobody asks
EMPTY = 1  # the number of the state in which no token was seen; that of BLANK is 0


@dataclass(frozen=True)
class Walk:
    """A graph after all layers, whose values are decisions, and what a certificate says of the way to it.

    Args:
        graph: the value of the edge that is read out is its decision, that of all others is -1.
        layers: parts of the certificate.
    """

    graph: Graph
    layers: list[dict[str, Any]]


def read_place(model: Model) -> int:
    """The place before the position that is read out; places are those of `embedded`."""
    where, behind = model.readout.position, len(model.prepend) + 2
    if where in ("first", "last"):
        return 0 if where == "first" else behind + len(model.append) - 1
    if where in model.prepend:
        return model.prepend.index(where)
    return behind + model.append.index(where)


def embedded(model: Model, stages: Stages) -> tuple[Graph, list[Vector]]:
    """All strings of tokens: places up to p are in the prepended tokens, p + 1 is within the letters, p + 2 after them.

    Returns:
        The graph, and its values in order.
    """
    rows, p = stages.tokens(), len(model.prepend)
    edges: list[tuple[int, int, Vector, int]] = []
    for place in range(p):
        edges.append((place, CONSTANT, rows[0][place], place + 1))
    for letter in rows:
        for source in (p, p + 1):
            edges += [(source, letter, rows[letter][p], target) for target in (p + 1, p + 2)]
    for index in range(len(model.append)):
        edges.append((p + 2 + index, CONSTANT, rows[0][p + 1 + index], p + 3 + index))
    values = sorted({edge[2] for edge in edges})
    sources, letters, found, targets = zip(
        *((u, letter, values.index(x), v) for u, letter, x, v in edges), strict=True
    )
    columns = [np.array(column, np.int64) for column in (sources, letters, found, targets)]
    return Graph(np.arange(p + 3 + len(model.append)), *columns), values


def walked(claim: Claim, limit: int, progress: Callable[[str], None]) -> Walk:
    """Take all strings through all layers.

    Raises:
        TooManyError: more states than the limit, with the layer.
    """
    model = claim.model
    assert isinstance(model, Model)
    stages = Stages(claim)
    graph, values = embedded(model, stages)
    parts = []
    for layer in range(len(model.layers)):
        asked = Asked(graph, read_place(model) if layer == len(model.layers) - 1 else None)
        try:
            graph, values, part = _through(stages, layer, asked, values, limit)
        except TooManyError:
            raise TooManyError(f"layer {layer} has more than {limit:,} states") from None
        parts.append(part)
        progress(f"layer {layer}: {len(graph.places):,} states, {len(values):,} values")
    decisions = np.array([-1, *stages.decisions(values)], np.int64)
    read = Asked(graph, read_place(model)).edges
    found = np.where(read, decisions[graph.values + 1], -1)
    return Walk(replace(graph, values=found), parts)


class Asked:
    """Where a layer is asked: at every position, or at the one that is read out after it.

    Args:
        place: before the position that is read out.

    Attributes:
        early, late: of every node whether some position behind it is asked, and whether some position before it is.
        edges: of every edge whether its position is asked.
    """

    def __init__(self, graph: Graph, place: int | None) -> None:
        self.graph = graph
        everywhere = np.ones(len(graph.places), np.bool_)
        self.early = everywhere if place is None else graph.places <= place
        self.late = everywhere if place is None else graph.places > place
        self.edges = self.early[graph.sources] & self.late[graph.targets]


def _through(
    stages: Stages, layer: int, asked: Asked, values: list[Vector], limit: int
) -> tuple[Graph, list[Vector], dict[str, Any]]:
    """The graph after a layer, its values in order, and the part of the certificate."""
    graph = asked.graph
    asking = np.unique(graph.values[asked.edges]).tolist()
    winners = Winners(stages.heads(layer), stages.reads(layer, values), asking)
    before = Interned([BLANK, winners.nobody(winners.back)], winners.append)
    after = Interned([BLANK, winners.nobody(winners.forth)], winners.prepend)

    def forth(states: Longs, edges: Longs, targets: Longs) -> Longs:
        """What is remembered of the tokens before, one edge later; nothing once nobody asks."""
        kept, found = asked.early[targets], np.zeros(len(states), np.int64)
        found[kept] = before.after(states[kept], graph.values[edges[kept]])
        return found

    def back(states: Longs, edges: Longs, sources: Longs) -> Longs:
        """The same of the tokens after, one edge earlier."""
        kept, found = asked.late[sources], np.zeros(len(states), np.int64)
        found[kept] = after.after(states[kept], graph.values[edges[kept]])
        return found

    first, end = (nodes * PAIR + EMPTY for nodes in graph.ends)
    p = Side(graph, np.unique(np.concatenate(closed(graph, first, forth, limit))))
    s = Side(graph, np.unique(np.concatenate(closed(graph.reversed, end, back, limit))))
    edges = Edges(graph, p, s, limit)
    sources, targets = graph.sources[edges.old], graph.targets[edges.old]
    outcomes, found = _outcomes(
        stages, layer, winners, (before, after), (asked, edges, values)
    )
    grown = Graph(
        np.repeat(graph.places, p.counts * s.counts),
        edges.at(sources, edges.before, back(edges.after, edges.old, sources)),
        graph.letters[edges.old],
        outcomes,
        edges.at(targets, forth(edges.before, edges.old, targets), edges.after),
    )
    merged, classes = grown.merged()
    part = {
        "before": p.lists(before),
        "after": s.lists(after),
        "classes": classes.tolist(),
    }
    return merged, found, part


def _outcomes(
    stages: Stages,
    layer: int,
    winners: Winners,
    states: tuple[Interned, Interned],
    where: tuple[Asked, Edges, list[Vector]],
) -> tuple[Longs, list[Vector]]:
    """What every edge computes: numbers of values, -1 where nobody asks; and these values, in order."""
    asked, edges, values = where
    kept = asked.edges[edges.old]
    shape = len(values), *(len(side.states) for side in states)
    seen = asked.graph.values[edges.old][kept], edges.before[kept], edges.after[kept]
    codes, which = np.unique(np.ravel_multi_index(seen, shape), return_inverse=True)
    columns = (column.tolist() for column in np.unravel_index(codes, shape))
    cases = [
        (x, winners.chosen(x, states[0].states[p], states[1].states[s]))
        for x, p, s in zip(*columns, strict=True)
    ]
    known = list(dict.fromkeys(cases))
    means = winners.means([chosen for _, chosen in known])
    after = stages.after(layer, [values[x] for x, _ in known], means)
    results = dict(zip(known, after, strict=True))
    ordered = sorted(set(results.values()))
    numbers = {vector: index for index, vector in enumerate(ordered)}
    found = np.array([numbers[results[case]] for case in cases], np.int64)
    outcomes = np.full(len(kept), -1, np.int64)
    outcomes[kept] = found[which.reshape(-1)]
    return outcomes, ordered
