"""The checker of closed sets of states: a hard-attention model decides as specified on every string of any length.

Nodes stand between tokens and edges are tokens, such that every string is a path. A layer splits every node by what
its heads remember of the tokens before it and of those after it: for every head and query the key that wins so far.
The certificate lists these states. Nothing may be missing: with every state stands what one token more makes of it.
So every string is a path over the new nodes too, whose edges hold what the layer computes. The certificate may also
join nodes, which only adds paths. In the end no path may lead to a wrong decision. See docs/proofs.md.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, TypeAlias

from circuitsim.certificates.cells import Cells, Edge, Paths, all_strings
from circuitsim.certificates.claim import Claim, Rejected, field, listed, whole
from circuitsim.models.model import Model
from circuitsim.networks.definition import Rows, Vector, dot, score, select
from circuitsim.specifications.automaton import Automaton

State: TypeAlias = tuple[int, ...]  # for every question the number of the key that wins
NOBODY = -1  # there is no key
UNDECIDED = -1
HARD = ("hard-left", "hard-right")
CAUSAL = ("causal", "strict-causal")


def check_states(claim: Claim, certificate: dict[str, Any]) -> None:
    """Check the claim at every length of at least one letter.

    Raises:
        Rejected: the certificate does not prove it.
    """
    if certificate.get("kind") != "states":
        raise Rejected("it is a certificate of another kind")
    if claim.other is not None:
        other = reader(claim.other, certificate.get("specified"))
        claim = replace(claim, specification=replace(claim.specification, automaton=other))
    automaton = claim.specification.reader
    if automaton is None or not automaton.finite:
        raise Rejected("states are of specifications that are finite automata")
    cells, paths = through(claim, certificate.get("layers"))
    check_decisions(claim, cells, paths, field(certificate, "decided", len(paths.places)))


def through(claim: Claim, layers: Any) -> tuple[Cells, Paths]:
    """All strings after all layers of a model, whose states a part of a certificate lists.

    Raises:
        Rejected: a state is missing, or the model is none that states are of.
    """
    model = claim.model
    if not isinstance(model, Model) or model.fields or model.positions is not None:
        raise Rejected("states are of transformers over letters, without positions")
    if any(head.attention not in HARD or head.third_order for head in model.heads):
        raise Rejected("states are of hard heads over single keys")
    if model.readout.answer != "decision" or model.readout.position in ("mean", "each"):
        raise Rejected("states are of one decision at one position")
    cells = Cells(claim, model)
    paths = all_strings(cells)
    for number, part in enumerate(listed(layers, len(model.layers)), 1):
        paths = Layer(cells, number, paths).checked(part)
    return cells, paths


def decided_at(cells: Cells, paths: Paths) -> dict[Edge, int]:
    """What is decided on every edge that is the position that is read out."""
    places = paths.places
    edges = [e for e in paths.edges if places[e.source] <= paths.read < places[e.target]]
    xs = sorted({edge.x for edge in edges})
    found = dict(zip(xs, cells.decisions(xs), strict=True))
    return {edge: found[edge.x] for edge in edges}


def reader(claim: Claim, layers: Any) -> Automaton:
    """What a model decides, as an automaton: its states are the ends of all paths that spell what was read.

    Raises:
        Rejected: as `through`; or two of these paths decide otherwise.
    """
    cells, paths = through(claim, layers)
    places, decisions = paths.places, decided_at(cells, paths)
    after: dict[Any, list[Any]] = {}
    for edge in paths.edges:
        after.setdefault((edge.source, edge.letter), []).append(
            (decisions.get(edge), edge.target)
        )

    def moved(pairs: frozenset[Any], letter: str | None) -> frozenset[Any]:
        return frozenset(
            (decided if decision is None else decision, v)
            for decided, u in pairs
            for decision, v in after.get((u, letter), [])
        )

    def constants(pairs: frozenset[Any]) -> frozenset[Any]:
        while more := moved(pairs, None) - pairs:
            pairs |= more
        return pairs

    def decides(pairs: frozenset[Any]) -> int | None:
        found = {decided for decided, u in pairs if places[u] == max(places)}
        if len(found) > 1:
            raise Rejected("what the other model decides is not one decision")
        return found.pop() if found else None

    start = constants(
        frozenset((UNDECIDED, u) for u, place in enumerate(places) if place == 0)
    )
    return Automaton(start, lambda pairs, letter: constants(moved(pairs, letter)), decides)


class Layer:
    """One layer on all strings. A question is a head and a query that is asked.

    Attributes:
        early, late: of every node whether someone asks behind it, and whether someone asks before it. In the last
            layer only the position asks that is read out.
        questions: with their numbers. back, forth: those about tokens before a node, and those about tokens after it.
        worth: of every question for each key its score, and what the head hands on of its value.
        least: of every question for each key the least one that is worth the same.
    """

    def __init__(self, cells: Cells, number: int, paths: Paths) -> None:
        self.cells, self.number, self.paths = cells, number, paths
        all_ask = number < len(cells.model.layers)
        self.early = [all_ask or place <= paths.read for place in paths.places]
        self.late = [all_ask or place > paths.read for place in paths.places]
        self.xs = sorted({edge.x for edge in paths.edges})
        self.heads = cells.run(number, self.xs, ())[0]
        asking = {e.x for e in paths.edges if self.early[e.source] and self.late[e.target]}
        rows = [k for k, x in enumerate(self.xs) if x in asking]
        asked = sorted({(h, head[1][k]) for h, head in enumerate(self.heads) for k in rows})
        self.questions = {question: number for number, question in enumerate(asked)}
        self.kinds = [self.heads[h][0] for h, _ in asked]
        self.back = [q for q, how in enumerate(self.kinds) if "anti" not in how.mask]
        self.forth = [q for q, how in enumerate(self.kinds) if how.mask not in CAUSAL]
        mean = cells.rules.mean
        handed = [[mean(list(value), 1) for value in values] for *_, values in self.heads]
        keys = [keys for _, _, keys, _ in self.heads]
        self.worth = [
            _worth(query, how, keys[h], handed[h])
            for (h, query), how in zip(asked, self.kinds, strict=True)
        ]
        self.least = [_least(worths) for worths in self.worth]
        self.winner, self.mean = cache(self._winner), cache(self._mean)

    def checked(self, part: Any) -> Paths:
        """The paths after the layer, over the nodes that a part of the certificate lists."""
        append, prepend = cache(self._append), cache(self._prepend)
        places, numbers = self.paths.places, {x: number for number, x in enumerate(self.xs)}
        before = self._states(part, "before", [len(self.back) * asks for asks in self.early])
        after = self._states(part, "after", [len(self.forth) * asks for asks in self.late])
        for u, place in enumerate(places):
            if place == 0 and (NOBODY,) * len(self.back) not in before[u]:
                raise Rejected("the state before all tokens is missing")
            if place == max(places) and (NOBODY,) * len(self.forth) not in after[u]:
                raise Rejected("the state after all tokens is missing")
        nodes, joined = self._nodes(part, before, after)
        edges, means, cases = [], cache(self._means), dict[Any, int]()
        for u, letter, x, v in self.paths.edges:
            k, asks = numbers[x], self.early[u] and self.late[v]
            ps = [(p, append(p, k) if self.early[v] else ()) for p in before[u]]
            ss = [(prepend(k, s) if self.late[u] else (), s) for s in after[v]]
            missing = {p for _, p in ps} - set(before[v]) or {s for s, _ in ss} - set(
                after[u]
            )
            if missing:
                raise Rejected("a state is missing that one token more makes of another")
            for (p, p_after), (s_before, s) in product(ps, ss):
                case = cases.setdefault((k, means(p, k, s)), len(cases)) if asks else None
                edges.append((nodes[u, p, s_before], letter, case, nodes[v, p_after, s]))
        given = [list(rows) for rows in zip(*(row for _, row in cases), strict=True)]
        ys = self.cells.run(self.number, [self.xs[k] for k, _ in cases], given)[1]
        grown = {
            Edge(u, letter, () if case is None else ys[case], v)
            for u, letter, case, v in edges
        }
        return Paths(joined, grown, self.paths.read)

    def _states(self, part: Any, side: str, lengths: list[int]) -> list[list[State]]:
        """For every node its states on one side, none twice."""
        found = []
        for row, length in zip(field(part, side, len(lengths)), lengths, strict=True):
            states = [tuple(map(whole, listed(state, length))) for state in listed(row)]
            keys = {key for state in states for key in state}
            if len(set(states)) < len(states) or not keys <= {NOBODY, *range(len(self.xs))}:
                raise Rejected("a state stands twice, or a key wins that there is not")
            found.append(states)
        return found

    def _nodes(self, part: Any, before: Any, after: Any) -> tuple[dict[Any, int], list[int]]:
        """Numbers of the new nodes, each an old one with a state on either side, and their places."""
        places = self.paths.places
        parts = [(u, p, s) for u in range(len(places)) for p in before[u] for s in after[u]]
        nodes = dict(zip(parts, map(whole, field(part, "classes", len(parts))), strict=True))
        joined = {number: places[u] for (u, _, _), number in nodes.items()}
        if any(joined[number] != places[u] for (u, _, _), number in nodes.items()):
            raise Rejected("nodes at different places are joined")
        if sorted(joined) != list(range(len(joined))):
            raise Rejected("nodes are not numbered one by one")
        return nodes, [joined[number] for number in range(len(joined))]

    def _winner(self, question: int, left: int, right: int) -> int:
        """Which of two keys wins, the first of which is further left; the least stands for those worth the same."""
        worth, there = self.worth[question], [key for key in (left, right) if key != NOBODY]
        scores = {place: worth[key][0] for place, key in enumerate(there)}
        best = there[select(self.kinds[question].attention, scores)[0]]
        return self.least[question][best]

    def _append(self, p: State, x: int) -> State:
        return tuple(self.winner(k, key, x) for k, key in zip(self.back, p, strict=True))

    def _prepend(self, x: int, s: State) -> State:
        return tuple(self.winner(k, x, key) for k, key in zip(self.forth, s, strict=True))

    def _means(self, p: State, x: int, s: State) -> tuple[Vector, ...]:
        """What the heads give a position, with the keys that win before it and after it."""
        sides = [dict(zip(self.back, p, strict=True)), dict(zip(self.forth, s, strict=True))]
        means = []
        for h, (_, queries, *_) in enumerate(self.heads):
            question = self.questions[h, queries[x]]
            left, right = (side.get(question, NOBODY) for side in sides)
            means.append(self.mean(h, left, x, right))
        return tuple(means)

    def _mean(self, h: int, left: int, x: int, right: int) -> Vector:
        """What a head gives a position between at most two other keys: the definition."""
        how, queries, keys, values = self.heads[h]
        there = [key for key in (left, x, right) if key != NOBODY]
        asks = [queries[x]] * len(there)
        keys, values = ([rows[key] for key in there] for rows in (keys, values))
        return self.cells.rules.attend(0, how, asks, keys, values)[left != NOBODY]


def _worth(query: Vector, how: Any, keys: Rows, handed: Rows) -> list[Any]:
    """For each key its score, and what the head hands on of its value."""
    scores = [score(dot(query, key), how.score_bits) for key in keys]
    return list(zip(scores, handed, strict=True))


def _least(worths: list[Any]) -> list[int]:
    """For each the number of the first that is equal."""
    first: dict[Any, int] = {}
    return [first.setdefault(worth, number) for number, worth in enumerate(worths)]


def check_decisions(claim: Claim, cells: Cells, paths: Paths, given: Sequence[Any]) -> None:
    """At every node stand what may be decided and the specification's state; where strings end, the two agree."""
    automaton, places = claim.specification.reader, paths.places
    assert automaton is not None
    states = automaton.states(cells.model.vocabulary)
    numbers = {state: number for number, state in enumerate(states)}
    found = [[tuple(map(whole, listed(pair, 2))) for pair in listed(row)] for row in given]
    for place, pairs in zip(places, found, strict=True):
        if len(set(pairs)) < len(pairs) or not all(0 <= q < len(states) for _, q in pairs):
            raise Rejected("a state stands twice, or the specification has no such state")
        if place == 0 and (UNDECIDED, 0) not in pairs:
            raise Rejected("the state before all letters is missing")
        ends = [claim.keeps(decided, automaton.decides(states[q])) for decided, q in pairs]
        if place == max(places) and not all(ends):
            raise Rejected("a string may end with a wrong decision")
    decisions = decided_at(cells, paths)
    step = cache(lambda q, letter: numbers[automaton.step(states[q], letter)])
    for edge in paths.edges:
        for decided, q in found[edge.source]:
            decision = decisions.get(edge, decided)
            after = q if edge.letter is None else step(q, edge.letter)
            if (decision, after) not in found[edge.target]:
                raise Rejected("a decision is missing that one token more makes of another")
