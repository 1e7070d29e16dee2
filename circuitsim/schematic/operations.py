"""The instruction set, one literal record an operation: the single source for interpreters, docs and tests."""

from dataclasses import dataclass
from typing import Literal

from circuitsim.bases import BasisName, names
from circuitsim.schematic import meanings
from circuitsim.schematic.meanings import Meaning


@dataclass(frozen=True)
class Operation:
    """One operation of the instruction set.

    Args:
        role: "source" (no operands), "wiring" (costs nothing) or "gate".
        cost: what it costs in each basis, in words.
        meaning: on bit planes, the definition that `flatten` and `measure` are checked against; None for free inputs,
            whose planes the caller gives.
        bases: where it may be used.
    """

    name: str
    role: Literal["source", "wiring", "gate"]
    help: str
    cost: str
    meaning: Meaning | None
    bases: tuple[BasisName, ...] = names()


BOUNDED, EXACT = names(unbounded=False), names(exact=True)
FREE = "nothing"
TREE = "a tree of gates of two inputs, earliest wires first; one gate in ac0 and tc0"
_WIRING = {
    "slice": "Every step-th element of a range along one axis.",
    "concat": "Arrays joined along one axis.",
    "take": "Any selection along one axis.",
    "expand": "A new axis of length 1.",
    "squeeze": "An axis of length 1 dropped.",
    "transpose": "Axes in another order.",
    "others": "For every element of an axis all the others, in order.",
    "broadcast": "Axes of length 1 repeated.",
}
_CONSTANTS = {
    "wired": "Constants the gates may not know: position bits of a uniform family.",
    "constant": "Constants that simplify the gates they meet.",
    "fill": "One constant everywhere.",
}
_RECORDS = (
    Operation("input", "source", "Free wires: the letters of the input.", FREE, None),
    *(
        Operation(name, "source", text, FREE, meanings.table)
        for name, text in _CONSTANTS.items()
    ),
    *(
        Operation(name, "wiring", text, FREE, meanings.rewire)
        for name, text in _WIRING.items()
    ),
    Operation(
        "not",
        "gate",
        "Complement.",
        "nothing: a complemented literal",
        lambda line, args: ~args[0],
    ),
    Operation(
        "and",
        "gate",
        "AND of two arrays that broadcast.",
        "one AND a wire",
        lambda line, args: args[0] & args[1],
    ),
    Operation(
        "xor",
        "gate",
        "XOR of two arrays that broadcast.",
        "one XOR a wire in xag; three ANDs of depth 2 in aig",
        lambda line, args: args[0] ^ args[1],
        BOUNDED,
    ),
    Operation(
        "call",
        "gate",
        "A cell (a recorded gate program) mapped over an array.",
        "the cell's gates a row",
        meanings.cell,
        BOUNDED,
    ),
    Operation(
        "all", "gate", "AND over the last axes of its parts.", TREE, meanings.conjunction
    ),
    Operation(
        "any", "gate", "OR over the last axes of its parts.", TREE, meanings.disjunction
    ),
    Operation(
        "all_of",
        "gate",
        "ANDs of chosen wires, as many as each takes.",
        "one AND each",
        meanings.conjunctions,
        EXACT,
    ),
    Operation(
        "any_of",
        "gate",
        "ORs of chosen wires, as many as each takes.",
        "one OR each",
        meanings.disjunctions,
        EXACT,
    ),
    Operation(
        "at_least",
        "gate",
        "Weighted sums of wires, each compared with constants.",
        "one threshold gate for every constant",
        meanings.at_least,
        names(weighted=True),
    ),
    Operation(
        "sum",
        "gate",
        "Bits of a constant plus a weighted sum of wires, modulo a power of two.",
        "full adders by rule S and a chain adder (docs/counting.md)",
        meanings.weighted_sum,
        BOUNDED,
    ),
)
OPERATIONS: dict[str, Operation] = {record.name: record for record in _RECORDS}
