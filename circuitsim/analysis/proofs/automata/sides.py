"""What may be remembered on both sides of every node, and the graph that this makes."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from circuitsim.array_types import Longs

from .graph import PAIR, Graph, TooManyError, spread

MOST_EDGES = 8  # to a state, on average


@dataclass
class Interned:
    """States by number, and what a step makes of them, each worked out once."""

    states: list[Any]
    step: Callable[[Any, int], Hashable]
    numbers: dict[Hashable, int] = field(default_factory=dict)
    known: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers.update((state, index) for index, state in enumerate(self.states))

    def after(self, states: Longs, symbols: Longs) -> Longs:
        """The states after steps, by number."""
        codes, which = np.unique(states * PAIR + symbols, return_inverse=True)
        found = [self.one(*divmod(code, PAIR)) for code in codes.tolist()]
        return np.array(found, np.int64)[which.reshape(-1)]

    def one(self, state: int, symbol: int) -> int:
        """The state after one step."""
        if (state, symbol) not in self.known:
            reached = self.step(self.states[state], symbol)
            self.known[state, symbol] = self.numbers.setdefault(reached, len(self.states))
            if self.known[state, symbol] == len(self.states):
                self.states.append(reached)
        return self.known[state, symbol]


class Edges:
    """The edges of the new graph: each of the old ones, with a state of the tokens before and one of those after it.

    Attributes:
        old: the edge of the old graph. before, after: the states on its sides.
    """

    def __init__(self, graph: Graph, before: "Side", after: "Side", limit: int) -> None:
        lengths = before.counts[graph.sources] * after.counts[graph.targets]
        if lengths.sum() > MOST_EDGES * limit:
            raise TooManyError
        self.old, index = spread(np.zeros(len(lengths), np.int64), lengths)
        sources, targets = graph.sources[self.old], graph.targets[self.old]
        first, second = np.divmod(index, after.counts[targets])
        self.before = before.states[before.starts[sources] + first]
        self.after = after.states[after.starts[targets] + second]
        sizes = before.counts * after.counts
        self.nodes = int(sizes.sum())
        self.starts = np.cumsum(sizes) - sizes
        self._before, self._after = before, after

    def at(self, nodes: Longs, before: Longs, after: Longs) -> Longs:
        """Numbers of new nodes: of old ones, each with a state on either side."""
        rows = self._before.index(nodes, before)
        return (
            self.starts[nodes]
            + rows * self._after.counts[nodes]
            + self._after.index(nodes, after)
        )


class Side:
    """States that each node may have on one side: pairs node * PAIR + state, sorted."""

    def __init__(self, graph: Graph, pairs: Longs) -> None:
        self.pairs = pairs
        nodes, self.states = np.divmod(pairs, PAIR)
        self.counts = np.bincount(nodes, minlength=len(graph.places))
        self.starts = np.cumsum(self.counts) - self.counts

    def index(self, nodes: Longs, states: Longs) -> Longs:
        """Which of a node's states they are."""
        return np.searchsorted(self.pairs, nodes * PAIR + states) - self.starts[nodes]

    def lists(self, interned: Interned) -> list[list[list[int]]]:
        """For every node its states, as a certificate lists them."""
        parts = np.split(self.states, self.starts[1:])
        return [[list(interned.states[number]) for number in part.tolist()] for part in parts]
