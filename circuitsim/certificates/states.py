"""The checker of closed sets of states: a hard-attention model decides as specified on every string of any length.

Nodes stand between tokens and edges are tokens, such that every string is a path. A layer splits every node by what
its heads remember of the tokens before it and of those after it: for every head and query the key that wins so far.
The certificate lists these states. Nothing may be missing: with every state stands what one token more makes of it.
So every string is a path over the new nodes too, whose edges hold what the layer computes. The certificate may also
join nodes, which only adds paths. In the end no path may lead to a wrong decision. See docs/proofs.md.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from circuitsim.certificates.claim import Claim, Rejected, listed, whole
from circuitsim.models.model import Model
from circuitsim.networks import network as net
from circuitsim.networks.definition import Definition, Rows, Vector, dot, score, select
from circuitsim.networks.draw import network
from circuitsim.networks.trace import decide

State: TypeAlias = tuple[int, ...]  # for every question the number of the key that wins
NOBODY = -1  # there is no key
UNDECIDED = -1
HARD = ("hard-left", "hard-right")
CAUSAL = ("causal", "strict-causal")


class Edge(NamedTuple):
    """A token between two nodes: its letter, None of a constant token, and its vector in the residual stream."""

    source: int
    letter: str | None
    x: Vector
    target: int


class Paths(NamedTuple):
    """Nodes, each with its place, and edges; every string is a path from place 0 to the largest place."""

    places: list[int]
    edges: set[Edge]


def check_states(claim: Claim, certificate: dict[str, Any]) -> None:
    """Check the claim at every length of at least one letter.

    Raises:
        Rejected: the certificate does not prove it.
    """
    model, automaton = claim.model, claim.specification.automaton
    if not isinstance(model, Model) or model.fields or model.positions is not None:
        raise Rejected("states are of transformers over letters, without positions")
    if any(head.attention not in HARD or head.third_order for head in model.heads):
        raise Rejected("states are of hard heads over single keys")
    if model.readout.answer != "decision" or model.readout.position in ("mean", "each"):
        raise Rejected("states are of one decision at one position")
    if automaton is None or not automaton.finite or claim.specification.where is not None:
        raise Rejected("states are of specifications that are automata over all strings")
    cells = Cells(claim, model)
    paths = cells.strings()
    for number, part in enumerate(_field(certificate, "layers", len(model.layers)), 1):
        paths = Layer(cells, number, paths).checked(part)
    _check_decisions(claim, cells, paths, _field(certificate, "decided", len(paths.places)))


class Cells:
    """What one position computes between the heads of two layers: the definition, on strings of one letter.

    Attributes:
        read: the place before the position that is read out.
    """

    def __init__(self, claim: Claim, model: Model) -> None:
        self.model, self.bits, self.drawn = model, claim.bits, network(model, 1)
        self.rules = Definition(self.drawn, [0], claim.bits, "rounded")
        ends = [part for (part,) in self.drawn.residuals]
        self.ends = [-1, *ends, len(self.drawn.lines) - 1]  # the last line of every stage
        (read,) = model.readout_positions(1)
        self.run = cache(self._run)
        self.read = read + (read >= len(model.prepend) and model.readout.position != "first")

    def strings(self) -> Paths:
        """All strings: a place behind each constant token, one within the letters, and one behind them."""
        edges, p = set[Edge](), len(self.model.prepend)
        for number, letter in enumerate(self.model.vocabulary):
            rules, rows = Definition(self.drawn, [number], self.bits, "rounded"), list[Rows]()
            for index, line in enumerate(self.drawn.lines[: self.ends[1] + 1]):
                read = [rows[x] for x in line.primitive.reads]
                rows.append(getattr(rules, line.primitive.name)(index, line.primitive, *read))
            ways = [(p, p + 1), (p + 1, p + 1), (p, p + 2), (p + 1, p + 2)]
            edges |= {Edge(u, letter, rows[-1][p], v) for u, v in ways}
        for index, x in enumerate(rows[-1]):
            at = index + (index > p)
            edges |= {Edge(at, None, x, at + 1)} if index != p else set()
        return Paths(list(range(len(rows[-1]) + 2)), edges)

    def _run(
        self, stage: int, x: Vector, means: tuple[Vector, ...] = ()
    ) -> tuple[Any, Vector]:
        """What every head of a layer reads, and what comes out where the heads give `means`."""
        rows, reads = {self.ends[stage]: [x]}, list[Any]()
        for index in range(self.ends[stage] + 1, self.ends[stage + 1] + 1):
            how = self.drawn.lines[index].primitive
            read = [rows[y] for y in how.reads]
            if isinstance(how, net.Attend):
                reads.append((how, *(vectors[0] for vectors in read)))
                rows[index] = [means[len(reads) - 1]] if means else read[2]
            elif isinstance(how, net.Constant):  # for all positions, of which here is one
                rows[index] = self.rules.constant(index, how)[:1]
            elif isinstance(how, net.Pick):
                rows[index] = read[0]
            else:
                rows[index] = getattr(self.rules, how.name)(index, how, *read)
        return reads, rows[self.ends[stage + 1]][0]

    def decision(self, x: Vector) -> int:
        """What is decided where this vector is read out."""
        outputs = self.run(len(self.model.layers) + 1, x)[1]
        return int(decide(np.array([[outputs]], object))[0, 0])

    def handed(self, value: Vector) -> Vector:
        """What a head makes of the value of the one key that it selects."""
        return self.rules.mean(list(value), 1)


class Layer:
    """One layer on all strings. A question is a head and a query that is asked.

    Attributes:
        early, late: of every node whether someone asks behind it, and whether someone asks before it. In the last
            layer only the position asks that is read out.
        back, forth: the questions about tokens before a node, and those about tokens after it.
        same: for every question and key the first key that scores and hands on the same; it stands for all of them.
    """

    def __init__(self, cells: Cells, number: int, paths: Paths) -> None:
        self.cells, self.number, self.paths = cells, number, paths
        all_ask = number < len(cells.model.layers)
        self.early = [all_ask or place <= cells.read for place in paths.places]
        self.late = [all_ask or place > cells.read for place in paths.places]
        self.xs = sorted({edge.x for edge in paths.edges})
        self.numbers = {x: number for number, x in enumerate(self.xs)}
        self.reads = [cells.run(number, x)[0] for x in self.xs]
        self.heads = [how for how, *_ in self.reads[0]]
        asking = {e.x for e in paths.edges if self.early[e.source] and self.late[e.target]}
        pairs = [(x, h) for x in range(len(self.xs)) for h in range(len(self.heads))]
        asked = sorted({(h, self.reads[x][h][1]) for x, h in pairs if self.xs[x] in asking})
        self.back = [q for q in asked if "anti" not in self.heads[q[0]].mask]
        self.forth = [q for q in asked if self.heads[q[0]].mask not in CAUSAL]
        self.same: dict[Any, list[int]] = {}
        for h, query in asked:
            rows = enumerate(self.reads)
            worth = [(self._score(h, query, x), cells.handed(read[h][3])) for x, read in rows]
            self.same[h, query] = [worth.index(found) for found in worth]

    def checked(self, part: Any) -> Paths:
        """The paths after the layer, over the nodes that a part of the certificate lists."""
        append, prepend, outcome = map(cache, (self._append, self._prepend, self._outcome))
        places, last = self.paths.places, max(self.paths.places)
        before = self._states(
            part, "before", [len(self.back) * early for early in self.early]
        )
        after = self._states(part, "after", [len(self.forth) * late for late in self.late])
        for place, p, s in zip(places, before, after, strict=True):
            nobody = (NOBODY,) * len(self.back), (NOBODY,) * len(self.forth)
            if (place == 0 and nobody[0] not in p) or (place == last and nobody[1] not in s):
                raise Rejected("the state is missing in which no token was seen")
        pairs = [(u, p, s) for u in range(len(places)) for p in before[u] for s in after[u]]
        classes = [whole(number) for number in _field(part, "classes", len(pairs))]
        nodes, joined = dict(zip(pairs, classes, strict=True)), dict[int, int]()
        for (u, _, _), number in nodes.items():
            if joined.setdefault(number, places[u]) != places[u]:
                raise Rejected("nodes at different places are joined")
        if sorted(joined) != list(range(len(joined))):
            raise Rejected("nodes are not numbered one by one")
        edges = set[Edge]()
        for u, letter, x, v in self.paths.edges:
            for p in before[u]:
                p_after = append(p, self.numbers[x]) if self.early[v] else ()
                for s in after[v]:
                    s_before = prepend(self.numbers[x], s) if self.late[u] else ()
                    if p_after not in before[v] or s_before not in after[u]:
                        raise Rejected(
                            "a state is missing that one token more makes of another"
                        )
                    asks = self.early[u] and self.late[v]
                    result = outcome(p, self.numbers[x], s) if asks else ()
                    source, target = nodes[u, p, s_before], nodes[v, p_after, s]
                    edges.add(Edge(source, letter, result, target))
        return Paths([joined[number] for number in range(len(joined))], edges)

    def _states(self, part: Any, side: str, lengths: list[int]) -> list[list[State]]:
        """For every node its states on one side, none twice."""
        found = []
        for row, length in zip(_field(part, side, len(lengths)), lengths, strict=True):
            states = [tuple(map(whole, listed(state, length))) for state in listed(row)]
            if len(set(states)) < len(states):
                raise Rejected("a state stands twice")
            if not all(NOBODY <= key < len(self.xs) for state in states for key in state):
                raise Rejected("a key wins that there is not")
            found.append(states)
        return found

    def _score(self, h: int, query: Vector, x: int) -> Fraction:
        return score(dot(query, self.reads[x][h][2]), self.heads[h].score_bits)

    def _winner(self, question: Any, left: int, right: int) -> int:
        """Which of two keys wins, the first of which stands further left."""
        h, query = question
        there = [x for x in (left, right) if x != NOBODY]
        scores = {place: self._score(h, query, x) for place, x in enumerate(there)}
        (best,) = select(self.heads[h].attention, scores) or [None]
        return NOBODY if best is None else self.same[question][there[best]]

    def _append(self, p: State, x: int) -> State:
        return tuple(self._winner(q, key, x) for q, key in zip(self.back, p, strict=True))

    def _prepend(self, x: int, s: State) -> State:
        return tuple(self._winner(q, x, key) for q, key in zip(self.forth, s, strict=True))

    def _outcome(self, p: State, x: int, s: State) -> Vector:
        """The vector after the layer: each head sees the best key before, its own position, and the best key after."""
        best, means = dict(zip(self.back, p)), []
        best_after = dict(zip(self.forth, s))
        for h, (how, query, _, _) in enumerate(self.reads[x]):
            left, right = best.get((h, query), NOBODY), best_after.get((h, query), NOBODY)
            there = [key for key in (left, x, right) if key != NOBODY]
            keys, values = ([self.reads[key][h][part] for key in there] for part in (2, 3))
            found = self.cells.rules.attend(0, how, [query] * len(there), keys, values)
            means.append(found[int(left != NOBODY)])
        return self.cells.run(self.number, self.xs[x], tuple(means))[1]


def _check_decisions(claim: Claim, cells: Cells, paths: Paths, given: Sequence[Any]) -> None:
    """At every node stand all that may be decided there, and the state of the specification: at the end both agree."""
    automaton = claim.specification.automaton
    assert automaton is not None
    states = automaton.states(cells.model.vocabulary)
    numbers = {state: number for number, state in enumerate(states)}
    found = []
    for row in given:
        pairs = [tuple(map(whole, listed(pair, 2))) for pair in listed(row)]
        if not all(0 <= number < len(states) for _, number in pairs):
            raise Rejected("the specification has no such state")
        found.append(set(pairs))
    for node, place in enumerate(paths.places):
        if place == 0 and (UNDECIDED, 0) not in found[node]:
            raise Rejected("the state is missing in which no token was read")
        wanted = [(decided, automaton.decides(states[q])) for decided, q in found[node]]
        if place == max(paths.places) and not all(claim.keeps(*pair) for pair in wanted):
            raise Rejected("a string may end with a wrong decision")
    for u, letter, x, v in paths.edges:
        read = paths.places[u] <= cells.read < paths.places[v]
        decision = cells.decision(x) if read else UNDECIDED
        for decided, q in found[u]:
            after = q if letter is None else numbers[automaton.step(states[q], letter)]
            if (decision if read else decided, after) not in found[v]:
                raise Rejected("a decision is missing that one token more makes of another")


def _field(part: Any, name: str, length: int | None = None) -> Sequence[Any]:
    if not isinstance(part, dict):
        raise Rejected("a part that should be an object is none")
    return listed(part.get(name), length)
