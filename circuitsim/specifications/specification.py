"""What a specification is: one decision for every string, in as many independent forms as it has."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.netlist.extending import MoreGates
from circuitsim.specifications.automaton import Automaton, asking, counting
from circuitsim.specifications.formulas import Formula, holds
from circuitsim.tokens import Codes, Format

# (gates, a field each: its input literals (places, width), n) to the literals of the decision's bits
Draw: TypeAlias = Callable[[MoreGates, list[Any], int], Sequence[int]]


@dataclass(frozen=True)
class Specification:
    """A decision, a whole number from 0 on, for every string; of a language 1 for its members.

    Args:
        name: as it is written, such as "bounded-dyck:k=2,depth=2".
        question: what is asked, in one sentence.
        format: the tokens of a string of n letters.
        decide: the definition: the decision on one string, given as token codes (n,) in that format.
        formula: of the counts of letters, true where the decision is 1; for languages that only count. Beside a letter
            a name may be "first=LETTER" or "last=LETTER", 1 where that letter stands there; it has an automaton then.
        automaton: for languages that are read letter by letter.
        draw: a circuit of its own: it appends gates and returns the literals of the decision's bits, the least first.
        where: of the counts of letters; it asks only about strings of which this is true.
        legal: whether a string is one that is asked about.
        check_length: raises InputError for lengths of which nothing is asked.
        model: the model, or the circuit, of which this is what it decides; None for a task.
    """

    name: str
    question: str
    format: Callable[[int], Format]
    decide: Callable[[Sequence[int]], int]
    formula: Formula | None = None
    automaton: Automaton | None = None
    draw: Draw | None = None
    where: Formula | None = None
    legal: Callable[[Sequence[int]], bool] = lambda codes: True
    check_length: Callable[[int], None] = lambda n: None
    model: Any = None

    @property
    def letters(self) -> tuple[str, ...]:
        """Its alphabet; empty where tokens are records."""
        form = self.format(1)
        return tuple(form.fields[0].values) if form.plain else ()

    @property
    def reader(self) -> Automaton | None:
        """It as an automaton that may have a state for every count; None where it is no such thing."""
        if self.automaton is not None:
            found = self.automaton
        elif self.formula is not None:
            found = counting(self.formula)
        else:
            return None
        return found if self.where is None else asking(found, self.where)

    def asks(self, codes: Sequence[int]) -> bool:
        """Whether it asks about a string of token codes: a legal one, of which `where` is true."""
        if not self.legal(codes):
            return False
        counts = Counter(self.letters[code] for code in codes) if self.where else {}
        return self.where is None or holds(self.where, counts)

    def answers(self, form: Format, codes: Codes) -> Longs:
        """Decisions on strings (batch, n) of codes in a format with these letters; -1 where none is asked."""
        own = self.format(codes.shape[1])
        if form.plain and own.plain:
            places = {letter: k for k, letter in enumerate(own.fields[0].values)}
            codes = np.array([places[letter] for letter in form.fields[0].values])[codes]
        rows = codes.tolist()
        return np.array(
            [self.decide(row) if self.asks(row) else -1 for row in rows], np.int64
        )
