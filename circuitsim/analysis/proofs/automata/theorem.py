"""Whether a model decides as specified on all strings: every path ends in a right decision, or a shortest does not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.array_types import Longs
from circuitsim.certificates.claim import Claim
from circuitsim.certificates.states import reader
from circuitsim.models.model import Model
from circuitsim.networks.keys import Flags

from .graph import CONSTANT, PAIR, TooManyError, closed, stepped
from .layers import walked
from .scope import outside
from .sides import Interned, Side

UNDECIDED = -1
LIMIT = 500_000  # states of a layer


def prove_by_automata(
    claim: Claim, limit: int = LIMIT, progress: Callable[[str], None] = lambda line: None
) -> Verdict:
    """Prove a claim at every length of at least one letter, or refute it by a shortest string.

    Args:
        limit: states of a layer beyond which the answer is unknown.
        progress: is told in a line what each layer came to.
    """
    reason = outside(claim)
    if reason is not None:
        return Verdict("unknown", "automata", reason)
    specified = None
    try:
        if claim.other is not None:
            specified = walked(claim.other, limit, progress).layers
            other = reader(claim.other, specified)
            claim = replace(
                claim, specification=replace(claim.specification, automaton=other)
            )
        decided = Decided(claim, limit, progress)
    except TooManyError as error:
        return Verdict("unknown", "automata", f"{error}.")
    wrong = decided.shortest_wrong()
    if wrong is None:
        reason = f"all {len(decided.side.pairs):,} reachable states decide rightly"
        certificate = decided.certificate()
        if specified is not None:
            certificate["specified"] = specified
        return Verdict("proved", "automata", reason, certificate=certificate)
    if not claim.specification.legal(wrong):
        return Verdict(
            "unknown", "automata", "the shortest wrong string is none that is asked about."
        )
    reason = "no shorter string is decided wrongly"
    return Verdict("refuted", "automata", reason, wrong, shortest=True)


class Decided:
    """The graph after all layers, with what was decided so far and the state of the specification at every node.

    Attributes:
        states: the decision, or UNDECIDED, and the number of the specification's state.
        levels: pairs of nodes and states, by the number of tokens before them.
        side: all these pairs.
    """

    def __init__(self, claim: Claim, limit: int, progress: Callable[[str], None]) -> None:
        model, automaton = claim.model, claim.specification.reader
        assert isinstance(model, Model)
        assert automaton is not None
        self.claim = claim
        self.walk = walked(claim, limit, progress)
        graph = self.graph = self.walk.graph
        letters, states = model.vocabulary, automaton.states(model.vocabulary)
        read = Interned(states, lambda q, a: automaton.step(q, letters[a]))
        self._wanted = [automaton.decides(state) for state in states]
        width = int(graph.values.max()) + 2

        def step(state: tuple[int, int], symbol: int) -> tuple[int, int]:
            """What was decided, and the specification's state, after one token more."""
            (decided, q), (letter, decision) = state, divmod(symbol, width)
            return max(decided, decision - 1), read.one(q, letter - 1) if letter else q

        self.states = Interned([(UNDECIDED, 0)], step)
        self._symbols = (graph.letters + 1) * width + graph.values + 1
        try:
            self.levels = closed(graph, graph.ends[0] * PAIR, self._after, limit)
        except TooManyError:
            reason = f"the model beside the specification has more than {limit:,} states"
            raise TooManyError(reason) from None
        self.side = Side(graph, np.unique(np.concatenate(self.levels)))

    def wrong(self, pairs: Longs) -> Flags:
        """Of pairs whether a string ends there, wrongly decided."""
        nodes, states = np.divmod(pairs, PAIR)
        keeps = self.claim.keeps
        bad = [not keeps(decided, self._wanted[q]) for decided, q in self.states.states]
        return np.array(bad)[states] & (self.graph.places[nodes] == self.graph.places.max())

    def steps(self, pairs: Longs) -> tuple[Longs, Longs, Longs]:
        """All steps from pairs: the index of the pair, the letter or CONSTANT, and the pair that is reached."""
        which, edges, reached = stepped(self.graph, pairs, self._after)
        return which, self.graph.letters[edges], reached

    def certificate(self) -> dict[str, Any]:
        """What `circuitsim.certificates.states` checks: all states, of which each has all that follow it."""
        listed = self.side.lists(self.states)
        return {"kind": "states", "layers": self.walk.layers, "decided": listed}

    def shortest_wrong(self) -> tuple[int, ...] | None:
        """Letters of a shortest string that is decided wrongly."""
        for length, level in enumerate(self.levels):
            wrong = level[self.wrong(level)]
            if len(wrong):
                return self._string(int(wrong[0]), length)
        return None

    def _after(self, states: Longs, edges: Longs, targets: Longs) -> Longs:
        return self.states.after(states, self._symbols[edges])

    def _string(self, pair: int, length: int) -> tuple[int, ...]:
        """Letters on a path to a pair, found from the last one back."""
        found = []
        for level in reversed(self.levels[:length]):
            which, letters, reached = self.steps(level)
            at = int(np.flatnonzero(reached == pair)[0])
            found.append(int(letters[at]))
            pair = int(level[which[at]])
        return tuple(letter for letter in reversed(found) if letter != CONSTANT)
