"""Strings as paths: nodes are places between tokens, edges are tokens, each with what its position has computed.

Every string is one path from a node of place 0 to a node of the last place, and every such path is one string. So
what can be before a node and what can be after it are independent, and each of the two is found by one search.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from circuitsim.array_types import Longs

CONSTANT = -1  # the letter of a constant token
PAIR = 1 << 32  # nodes and states are joined to one number: node * PAIR + state


class TooManyError(Exception):
    """More states than the limit."""


@dataclass(frozen=True)
class Graph:
    """Nodes by number, and edges as columns.

    Args:
        places: of every node how far it is: one for each constant token, and for before, within and after the letters.
        sources, targets: of every edge. letters: their numbers, or CONSTANT. values: numbers of what is computed.
    """

    places: Longs
    sources: Longs
    letters: Longs
    values: Longs
    targets: Longs

    @property
    def reversed(self) -> "Graph":
        """The same with every edge turned round."""
        return Graph(self.places, self.targets, self.letters, self.values, self.sources)

    @cached_property
    def outgoing(self) -> tuple[Longs, Longs]:
        """Edges in the order of their sources, and where those of each node begin and end in it."""
        order = np.argsort(self.sources, kind="stable")
        return order, np.searchsorted(self.sources[order], np.arange(len(self.places) + 1))

    @property
    def ends(self) -> tuple[Longs, Longs]:
        """The nodes before all tokens, and those after all."""
        return np.flatnonzero(self.places == 0), np.flatnonzero(
            self.places == self.places.max()
        )

    def merged(self) -> "tuple[Graph, Longs]":
        """The graph with nodes joined that have the same futures, then the same pasts, and the class of every node."""
        graph, classes = self, np.arange(len(self.places))
        while True:
            before = len(graph.places)
            for turned in (False, True):
                graph, found = _joined(graph, turned)
                classes = found[classes]
            if len(graph.places) == before:
                return graph, classes


Step: TypeAlias = Callable[
    [Longs, Longs, Longs], Longs
]  # states before edges, these edges, the nodes behind them: to the states there


def stepped(graph: Graph, pairs: Longs, step: Step) -> tuple[Longs, Longs, Longs]:
    """All steps from pairs node * PAIR + state: the index of the pair, the edge, and the pair that is reached."""
    nodes, states = np.divmod(pairs, PAIR)
    order, bounds = graph.outgoing
    which, places = spread(bounds[nodes], bounds[nodes + 1])
    edges = order[places]
    targets = graph.targets[edges]
    return which, edges, targets * PAIR + step(states[which], edges, targets)


def closed(graph: Graph, start: Longs, step: Step, limit: int) -> list[Longs]:
    """All pairs that paths reach from `start`, sorted, level by level of length.

    Raises:
        TooManyError: more pairs than the limit.
    """
    seen = level = start
    levels = []
    while len(level):
        levels.append(level)
        reached = np.unique(stepped(graph, level, step)[2])
        level = np.setdiff1d(reached, seen, assume_unique=True)
        seen = np.union1d(seen, level)
        if len(seen) > limit:
            raise TooManyError
    return levels


def spread(starts: Longs, stops: Longs) -> tuple[Longs, Longs]:
    """All numbers of ranges, one range after the other, and beside each the range that it is in."""
    lengths = stops - starts
    which = np.repeat(np.arange(len(starts)), lengths)
    offsets = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return which, starts[which] + offsets


def numbered(rows: Sequence[Longs]) -> Longs:
    """Columns to one number a row, equal for equal rows."""
    found = np.zeros(len(rows[0]), np.int64)
    for column in rows:
        names, index = np.unique(column, return_inverse=True)
        found = np.unique(found * len(names) + index.reshape(-1), return_inverse=True)[1]
    return found.reshape(-1)


def _joined(graph: Graph, turned: bool) -> tuple[Graph, Longs]:
    """Join nodes with the same futures: the same tokens with the same values, to classes that are again the same."""
    seen = graph.reversed if turned else graph
    labels = numbered([seen.letters, seen.values])
    classes, count = seen.places, 0
    while True:
        marks = numbered([labels, classes[seen.targets]])
        size = int(marks.max()) + 1
        sources, marks = np.divmod(np.unique(seen.sources * size + marks), size)
        bounds = (8 * np.searchsorted(sources, np.arange(len(classes) + 1))).tolist()
        text, own = marks.tobytes(), classes.tolist()
        found: dict[tuple[int, bytes], int] = {}
        for node, before in enumerate(own):
            future = before, text[bounds[node] : bounds[node + 1]]
            own[node] = found.setdefault(future, len(found))
        classes = np.array(own, np.int64)
        if len(found) == count:
            break
        count = len(found)
    places = np.zeros(count, np.int64)
    places[classes] = graph.places
    sources, targets = classes[graph.sources], classes[graph.targets]
    edges = numbered([sources, graph.letters, graph.values, targets])
    kept = np.unique(edges, return_index=True)[1]
    return Graph(
        places, sources[kept], graph.letters[kept], graph.values[kept], targets[kept]
    ), classes
