"""The checker of closed sets of states: a hard-attention model decides as specified on every string of any length.

Nodes stand between tokens and edges are tokens, such that every string is a path: before the first layer, and after
every layer as `layer_states.py` checks. In the end no path may lead to a wrong decision. See docs/proofs.md.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from circuitsim.certificates.cells import Cells, Edge, Paths, all_strings
from circuitsim.certificates.claim import Claim, Rejected, field, listed, whole
from circuitsim.certificates.layer_states import Layer
from circuitsim.models.model import Model
from circuitsim.specifications.automaton import Automaton

UNDECIDED = -1
HARD = ("hard-left", "hard-right")


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
    if not isinstance(model, Model) or model.fields or model.placed:
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
