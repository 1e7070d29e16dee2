"""Recurrent and fully connected nets written by hand, with what they compute."""

from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet
from circuitsim.models.tables import Table
from circuitsim.tokens import Field

BRACKETS = "([)]"


def index_lookup(n: int) -> RecurrentNet:
    """A shift register of n - 1 bits and an index; the answer is the bit that the index, the last token, names.

    The row of a token is (its bit, one-hot index); the register holds the bits in reverse, as the state has it when
    the index comes. The state before is read as h_k = ReLU(h_k), exact on bits.
    """
    cells = n - 1
    fields = (
        Field("letter", ("0", "1"), where="not-last"),
        Field("index", tuple(map(str, range(cells))), "binary", "last"),
    )
    width = 1 + cells
    tables = (
        Table(("letter",), [[bit] + [0] * cells for bit in (0, 1)]),
        Table(("index",), [[0] + [int(k == i) for k in range(cells)] for i in range(cells)]),
    )
    # h'_0 = bit of the token, h'_k = h_{k-1}: one hidden unit each. On the index itself the register moves once more,
    # and its first entry is lost from h_0 to h_1: so one more cell.
    s = cells + 1
    hidden = [[0] * s + [1] + [0] * cells] + [
        [int(j == k) for j in range(s)] + [0] * width for k in range(s - 1)
    ]
    shift = FeedForward(
        hidden, [[int(i == j) for j in range(s)] for i in range(s)], residual=False
    )
    # Token k stands in cell n - 1 - k when all n are read; [h and index = k] = ReLU(h + x_k - 1).
    select = [
        [int(j == n - 1 - k) for j in range(s)] + [0] + [int(j == k) for j in range(cells)]
        for k in range(cells)
    ]
    read = FeedForward(select, [[1] * cells], [-1] * cells, residual=False)
    return RecurrentNet(
        (),
        {},
        NetCell([0] * s, [shift]),
        Readout([1]),
        nets=[read],
        fields=fields,
        tables=tables,
        bits="0",
    )


def dyck_2_2() -> RecurrentNet:
    """The automaton of brackets of two types nested at most twice: 7 open stacks and a sink, so 3 bits."""
    stacks = ["", "(", "[", "((", "([", "[(", "[["]
    states = [s or "-" for s in stacks] + ["dead"]

    def move(stack: str, token: str) -> str:
        if token in "([":
            return stack + token if len(stack) < 2 else "dead"
        return (stack[:-1] or "-") if stack and stack[-1] + token in ("()", "[]") else "dead"

    moves = [[move(s, t) for t in BRACKETS] for s in stacks] + [["dead"] * 4]
    accept = [int(state == "-") for state in states] + [0]
    return RecurrentNet(
        BRACKETS,
        {t: [0] for t in BRACKETS},
        Automaton(states, moves, "-"),
        Readout(accept),
        bits="0",
    )


def parity() -> RecurrentNet:
    """The automaton of an odd number of ones."""
    cell = Automaton(("even", "odd"), (("even", "odd"), ("odd", "even")))
    return RecurrentNet("01", {"0": [0], "1": [1]}, cell, Readout([0, 1, 0]), bits="0")


def majority(place: str = "last") -> RecurrentNet:
    """A counter h' = h + x of ones less zeros; no net reads the state."""
    net = FeedForward([[0, 1], [0, -1]], [[1, -1]], residual=False)
    return RecurrentNet(
        "01",
        {"0": [-1], "1": [1]},
        NetCell([0], [net], residual=True),
        Readout([1, 0], position=place),
        bits="0",
    )


def any_one(n: int) -> FullyConnected:
    """OR of n bits."""
    layer = FeedForward([[1] * n], [[1]], residual=False)
    return FullyConnected(n, "01", {"0": [0], "1": [1]}, [layer], Readout([1]), bits="0")


def neighbours(n: int) -> FullyConnected:
    """At each position of n bits in a circle, whether it and the next are both one."""
    hidden = [[int(j in (i, (i + 1) % n)) for j in range(n)] for i in range(n)]
    layer = FeedForward(
        hidden, [[int(i == j) for j in range(n)] for i in range(n)], [-1] * n, residual=False
    )
    readouts = [Readout([int(i == j) for j in range(n)], position="each") for i in range(n)]
    return FullyConnected(n, "01", {"0": [0], "1": [1]}, [layer], readouts, bits="0")


def saturating(limit: int) -> RecurrentNet:
    """Whether there are `limit` ones: a counter clipped at it, h' = limit - ReLU(limit - h - x)."""
    net = FeedForward([[-1, -1]], [[-1]], [limit], [limit], residual=False)
    return RecurrentNet(
        "01",
        {"0": [0], "1": [1]},
        NetCell([0], [net]),
        Readout([1, 0], [1 - limit]),
        bits="0",
        name="saturating",
    )
