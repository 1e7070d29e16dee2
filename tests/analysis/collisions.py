"""Where a model must err that sends too few messages across a cut."""

from collections.abc import Hashable
from dataclasses import dataclass

from circuitsim.analysis.separations.gadget import Bits, Gadget
from circuitsim.analysis.separations.messages import Observe, observed
from circuitsim.array_types import Longs
from circuitsim.tokens import Codes


@dataclass(frozen=True)
class Collision:
    """Two inputs that differ in Alice's part only, look the same across the cut, and have different answers.

    A model of which no more is known beyond the cut gives both the same answer: one of them is wrong.

    Attributes:
        a, other: Alice's parts. b: Bob's.
        codes: the inputs (2, n). answers: the two right answers (2, read).
    """

    a: Bits
    other: Bits
    b: Bits
    codes: Codes
    answers: Longs


def collision(observe: Observe, gadget: Gadget) -> Collision | None:
    """The first two inputs with one observation and two answers, by Bob's parts; None if there are none.

    Here `observe` may depend on Bob's part, as what Alice's keys give to Bob's query does.
    """
    table, parts = gadget.answers, gadget.parts
    for question, b in enumerate(gadget.questions):
        codes, answers = gadget.inputs(b), table[:, question]
        seen: dict[Hashable, int] = {}
        for row, value in enumerate(observed(observe, codes)):
            before = seen.setdefault(value, row)
            if (answers[before] != answers[row]).any():
                both = [before, row]
                return Collision(parts[before], parts[row], b, codes[both], answers[both])
    return None
