"""How many strings of a length a model decides wrongly, exactly: paths are counted, one token after the other."""

from functools import lru_cache

import numpy as np

from circuitsim.certificates.claim import Claim
from circuitsim.errors import InputError, LimitError

from .graph import CONSTANT, PAIR, Graph, TooManyError, closed
from .scope import outside
from .theorem import LIMIT, Decided


def count_wrong(claim: Claim, n: int) -> tuple[int, tuple[int, ...] | None]:
    """The number of strings of n letters that are decided wrongly, and the letters of one of them.

    Raises:
        InputError: automata do not decide the claim, or n is less than 1.
        LimitError: it has too many states.
    """
    reason = outside(claim)
    if reason is not None:
        raise InputError(reason)
    if n < 1:
        raise InputError(f"n is {n}, expected at least 1.")
    graph = _wrong_strings(claim)
    if graph is None:
        return 0, None
    length = n + claim.model.length(0)
    edges = list(zip(graph.sources.tolist(), graph.targets.tolist(), strict=True))
    counts = (graph.places == graph.places.max()).astype(object).tolist()
    leads = [[count > 0 for count in counts]]  # by the tokens that are left: to a wrong end
    for _ in range(length):
        after, counts = counts, [0] * len(counts)
        for source, target in edges:
            counts[source] += after[target]
        leads.append([count > 0 for count in counts])
    starts = graph.ends[0].tolist()
    total = sum(counts[node] for node in starts)
    return total, _string(graph, starts, leads) if total else None


def _string(graph: Graph, starts: list[int], leads: list[list[bool]]) -> tuple[int, ...]:
    """Letters of a path from a start to a wrong end."""
    order, bounds = graph.outgoing
    left = len(leads) - 1
    node = next(start for start in starts if leads[left][start])
    found = []
    while left:
        left -= 1
        edges = order[bounds[node] : bounds[node + 1]].tolist()
        edge = next(e for e in edges if leads[left][graph.targets[e]])
        node = int(graph.targets[edge])
        found.append(int(graph.letters[edge]))
    return tuple(letter for letter in found if letter != CONSTANT)


@lru_cache(maxsize=8)
def _wrong_strings(claim: Claim) -> Graph | None:
    """The strings that are decided wrongly, each as one path to the last place; None where there are none."""
    try:
        decided = Decided(claim, LIMIT, lambda line: None)
    except TooManyError as error:
        raise LimitError(f"{error}.") from None
    pairs = decided.side.pairs
    which, letters, reached = decided.steps(pairs)
    places = decided.graph.places[pairs // PAIR].copy()
    targets = np.searchsorted(pairs, reached)
    wrong = decided.wrong(pairs)
    if not wrong.any():
        return None
    graph = Graph(places, which, letters, np.zeros_like(letters), targets)
    levels = closed(graph.reversed, np.flatnonzero(wrong) * PAIR, lambda s, e, t: s, LIMIT)
    kept = (
        np.unique(np.concatenate(levels)) // PAIR
    )  # nodes from which a wrong end is reached
    inside = np.isin(which, kept) & np.isin(targets, kept)
    sources, targets = (np.searchsorted(kept, ends[inside]) for ends in (which, targets))
    values = np.zeros(len(sources), np.int64)
    return Graph(places[kept], sources, letters[inside], values, targets).merged()[0]
