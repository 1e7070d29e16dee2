"""What the heads of a layer remember of the tokens on one side: for every question the key that wins so far.

A question is a head with a query that some position asks. Of the tokens before a place only those matter that win
some question among all of them, and the same holds of those after it. Winners that score and hand on the same are
one: the least of their numbers stands for them.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from circuitsim.networks.definition import Rows, dot, score
from circuitsim.networks.primitives import Attend

from .stages import Read, Vector

State: TypeAlias = tuple[int, ...]  # for every question the number of a value, or NOBODY

NOBODY = -1  # no key is there


class Question(NamedTuple):
    """A head and a query.

    Args:
        ranks: of every value's key, by score. same: for every value the least that scores and hands on the same.
        back, forth: whether the head sees what is before a position, and what is after it.
    """

    head: int
    ranks: Sequence[int]
    same: Sequence[int]
    leftmost: bool
    back: bool
    own: bool
    forth: bool

    def winner(self, left: int, right: int) -> int:
        """Which of two values wins, the first of which stands further left."""
        if NOBODY in (left, right):
            return max(left, right)
        if self.ranks[left] == self.ranks[right]:
            return left if self.leftmost else right
        return left if self.ranks[left] > self.ranks[right] else right


class Winners:
    """The questions of a layer, and the states that they make.

    Args:
        heads: of the layer.
        reads: for every value what the heads read.
        asking: the numbers of the values that ask.
    """

    def __init__(
        self, heads: Sequence[Attend], reads: Sequence[Sequence[Read]], asking: Sequence[int]
    ) -> None:
        self.reads = reads
        self.questions: list[Question] = []
        self._asked: list[
            dict[Vector, int]
        ] = []  # by head: query to the number of a question
        for index, head in enumerate(heads):
            queries = sorted({reads[x][index].query for x in asking})
            start = len(self.questions)
            self._asked.append({query: start + i for i, query in enumerate(queries)})
            self.questions += [_question(head, index, query, reads) for query in queries]
        self.back = [k for k, question in enumerate(self.questions) if question.back]
        self.forth = [k for k, question in enumerate(self.questions) if question.forth]
        self._place_back = {k: place for place, k in enumerate(self.back)}
        self._place_forth = {k: place for place, k in enumerate(self.forth)}

    def nobody(self, asked: Sequence[int]) -> State:
        """No token was seen: these questions have no winner."""
        return (NOBODY,) * len(asked)

    def means(self, chosen: Sequence[State]) -> list[Rows]:
        """For every head what it hands to each of some positions, for which it chose a value; zeros of none."""
        found = []
        for head, read in enumerate(self.reads[0]):
            zeros = (Fraction(0),) * len(read.value)
            values = [self.reads[x][head].value for x in range(len(self.reads))]
            found.append(
                [zeros if best[head] == NOBODY else values[best[head]] for best in chosen]
            )
        return found

    def append(self, state: State, x: int) -> State:
        """The winners among tokens of which one more, of value `x`, comes last."""
        return tuple(
            self.questions[k].winner(best, self.questions[k].same[x])
            for k, best in zip(self.back, state, strict=True)
        )

    def prepend(self, state: State, x: int) -> State:
        """The winners among tokens of which one more, of value `x`, comes first."""
        return tuple(
            self.questions[k].winner(self.questions[k].same[x], best)
            for k, best in zip(self.forth, state, strict=True)
        )

    def chosen(self, x: int, before: State, after: State) -> State:
        """For every head the value that it hands a position of value `x`, with these winners on its sides."""
        found = []
        for index, asked in enumerate(self._asked):
            k = asked[self.reads[x][index].query]
            question = self.questions[k]
            best = before[self._place_back[k]] if question.back else NOBODY
            if question.own:
                best = question.winner(best, question.same[x])
            if question.forth:
                best = question.winner(best, after[self._place_forth[k]])
            found.append(best)
        return tuple(found)


def _question(
    head: Attend, index: int, query: Vector, reads: Sequence[Sequence[Read]]
) -> Question:
    scores = [score(dot(query, read[index].key), head.score_bits) for read in reads]
    order = {value: rank for rank, value in enumerate(sorted(set(scores)))}
    first: dict[tuple[object, Vector], int] = {}
    same = [
        first.setdefault((worth, read[index].value), x)
        for x, (worth, read) in enumerate(zip(scores, reads, strict=True))
    ]
    return Question(
        index,
        [order[worth] for worth in scores],
        same,
        head.attention == "hard-left",
        "anti" not in head.mask,
        "strict" not in head.mask,
        head.mask == "none" or "anti" in head.mask,
    )
