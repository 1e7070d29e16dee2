"""Transformers that follow pointers: k-hop induction heads and the composition of two functions."""

from circuitsim.models.model import Head, Model, Readout
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.coordinates import Coordinates, Form, lookup
from circuitsim.zoo.tasks.hops import Composition, KHop


def k_hop(task: KHop, n: int) -> Model:
    """Pointers by doubling, in floor(log2 k) + 2 layers of one head with hard attention and a causal mask.

    A start token at position 0 stands for "no place"; letters are the integers from 1, and it has 0. In layer 1 a
    position looks for the last earlier one with its own letter, by the score 2 x^2 - 2 (x - y)^2 for letters x and y,
    which is 2 x^2 - 1 at the start token, so that it wins where there is none. The place after the one found is one
    hop away, and the start token leads to itself. Layer l + 2 looks up the place P that is 2^l hops away: adding the
    offset P - i that it finds there doubles the hops, and where k has the binary digit 2^l it brings the letter that
    stands at the end of the lower digits' hops. The highest digit of k is used in the last layer.
    """
    digits = [task.k >> level & 1 for level in range(task.k.bit_length())]
    letters = [
        f"letter{level}" for level, digit in enumerate(digits) if digit
    ]  # at the ends of the hops so far
    s = Coordinates("letter", "letter^2", "start", "i", "i2", "place", *letters)
    layers, reached = [s.layer(first_hop(s, "place"))], "letter"
    for level, digit in enumerate(digits):
        to: dict[str, Form] = {}
        if digit:
            to[f"letter{level}"] = reached
            reached = f"letter{level}"
        if level < len(digits) - 1:
            to["place"] = {"place": 1, "i": -1}
        layers.append(
            s.layer(s.head(lookup("place"), to, attention="hard-right", mask="causal"))
        )
    return s.model(
        task.format(n),
        {"letter": lambda index: {"letter": index + 1, "letter^2": (index + 1) ** 2}},
        layers,
        hop_readout(s, task, reached),
        positions={"i": "i", "i2": "i*i"},
        prepend={"START": {"start": 1}},
    )


def first_hop(s: Coordinates, *targets: str) -> Head:
    """The head that finds the place one hop away and writes it to coordinates, in a stream as `k_hop` has it."""
    no_place: Form = {"letter^2": 2, "": -1}
    after: Form = {"i": 1, "": 1, "start": -1}
    return s.head(
        score=[({"letter": 4}, "letter"), ({"": -2}, "letter^2"), (no_place, "start")],
        to=dict.fromkeys(targets, after),
        attention="hard-right",
        mask="strict-causal",
    )


def hop_readout(s: Coordinates, task: KHop, reached: str) -> Readout:
    """Which letter a coordinate holds, at every position; 0 is none."""
    return s.readout(
        *(nearest(reached, number) for number in [*range(1, task.letters + 1), 0]),
        position="each",
    )


def composition(task: Composition, n: int) -> Model:
    """Two look-ups by the last token: layer 1 finds g(x) at position m + x, layer 2 finds f of it at position g(x).

    Values count from 0, as positions do, and the answer is the value nearest to what was found.
    """
    m = n // 2
    s = Coordinates("value", "i", "i2", "g(x)", "f(g(x))")
    inner = s.head(lookup({"value": 1, "": m}), to={"g(x)": "value"}, attention="hard-left")
    outer = s.head(lookup("g(x)"), to={"f(g(x))": "value"}, attention="hard-left")
    return s.model(
        task.format(n),
        {"value": lambda value: {"value": value}},
        [s.layer(inner), s.layer(outer)],
        s.readout(*(nearest("f(g(x))", value) for value in range(m))),
        positions={"i": "i", "i2": "i*i"},
    )


def nearest(found: str, value: int) -> Form:
    """A row of the read-out that is the largest for the nearest value: -(found - value)^2, less the common square."""
    return {found: 2 * value, "": -(value**2)}


ENTRIES = (
    Entry(
        "k-hop",
        KHop,
        "hard-attention transformer",
        k_hop,
        "Sanford, Hsu and Telgarsky 2024 (arXiv 2402.09268), theorem 4.2, with positions as integers; ours in that"
        " layer 1 finds the last place of the same letter, and that letters are kept for each binary digit 1 of k",
        "floor(log2 k) + 2",
        "1",
        "6 + binary digits 1 of k",
    ),
    Entry(
        "function-composition",
        Composition,
        "hard-attention transformer",
        composition,
        "ours: index lookup of Bhattamishra et al. 2024 (arXiv 2406.09347), theorem 1, twice",
        "2",
        "1",
        "5",
    ),
)
