"""Finding a token by its position, by its symbol, or by its vector, in hard attention and integers.

Source: 2406.09347, theorem 1 and section 6, with positions as integers in place of almost orthogonal vectors.
"""

from circuitsim.models.model import Model
from circuitsim.zoo.entry import Architecture, Entry
from circuitsim.zoo.models.coordinates import Coordinates, Form, lookup
from circuitsim.zoo.tasks.finding import AssociativeRecall, IndexLookup, NearestNeighbour


def index_lookup(task: IndexLookup, n: int) -> Model:
    """The last token asks for the position that it names and copies the number of the letter there."""
    s = Coordinates("i", "i2", "p", "letter", "found")
    head = s.head(lookup("p"), to={"found": "letter"}, attention="hard-left")
    return s.model(
        task.format(n),
        {"s": lambda letter: {"letter": letter}, "p": lambda place: {"p": place}},
        [s.layer(head)],
        s.readout(*(numbers("found", task.letters) if task.letters > 2 else ["found"])),
        positions={"i": "i", "i2": "i*i"},
        name=task.name,
    )


def associative_recall(task: AssociativeRecall, n: int) -> Model:
    """Layer 1 copies the token before, so that a value knows its key. Layer 2 looks for the value of the token's key.

    The score is -(x - key)^2, and 1 less where the token is no value, that is off the odd positions of the first 2n/3.
    """
    size = task.size(n)
    s = Coordinates("x", "x2", "key", "key2", "value", "asks", "found")
    before = s.head(
        [], to={"key": "x", "key2": "x2"}, attention="hard-right", mask="strict-causal"
    )
    score: list[tuple[Form, Form]] = [({"x": 2}, "key"), ({"": -1}, {"key2": 1, "value": -1})]
    recall = s.head(score, to={"found": "x"}, attention="hard-left")
    none = {"": size * size, "asks": -size * size - 1}
    return s.model(
        task.format(n),
        {"s": lambda symbol: {"x": symbol, "x2": symbol * symbol}},
        [s.layer(before), s.layer(recall)],
        s.readout(*numbers("found", size), none, position="each"),
        positions={"value": "i % 2 == 1 and i < 2*n/3", "asks": "i >= 2*n/3"},
        name=task.name,
    )


def nearest_neighbour(task: NearestNeighbour, n: int) -> Model:
    """Layer 1 finds the first of the nearest vectors before the last one and its position, layer 2 the label after it.

    The score is the inner product, and d + 1 more at vectors, so that labels, which score 0, are never found.
    """
    d = task.dimension
    axes = [f"x{c}" for c in range(d)]
    s = Coordinates("i", "i2", *axes, "vector", "y", "at", "found")
    score: list[tuple[Form, Form]] = [(axis, axis) for axis in axes]
    score.append(({"": d + 1}, "vector"))
    nearest = s.head(score, to={"at": "i"}, attention="hard-left", mask="strict-causal")
    label = s.head(lookup({"at": 1, "": 1}), to={"found": "y"}, attention="hard-left")
    return s.model(
        task.format(n),
        {
            "x": lambda index: {
                "vector": 1,
                **dict(zip(axes, task.vector(index), strict=True)),
            },
            "y": lambda value: {"y": value},
        },
        [s.layer(nearest), s.layer(label)],
        s.readout("found"),
        positions={"i": "i", "i2": "i*i"},
        name=task.name,
    )


def numbers(name: str, count: int) -> list[Form]:
    """Rows of a read-out of which the k-th is the largest where a coordinate is k, for k below `count`."""
    return [{name: 2 * k, "": -k * k} for k in range(count)]


PAPER = "Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347)"
HARD: Architecture = "hard-attention transformer"

ENTRIES = (
    Entry(
        "index-lookup",
        IndexLookup,
        HARD,
        index_lookup,
        f"{PAPER}, theorem 1, with positions as integers",
        "1",
        "1",
        "5",
    ),
    Entry(
        "associative-recall",
        AssociativeRecall,
        HARD,
        associative_recall,
        f"{PAPER}, after theorem 7, with symbols as integers",
        "2",
        "1",
        "7",
    ),
    Entry(
        "nearest-neighbour",
        NearestNeighbour,
        HARD,
        nearest_neighbour,
        f"{PAPER}, theorem 7, with positions as integers",
        "2",
        "1",
        "d + 6",
    ),
)
