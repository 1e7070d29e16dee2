"""Two layers that compare letters at given places: halves of a string, mirrored letters, windows of k letters."""

from collections.abc import Sequence

from circuitsim.models.model import Model
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.affording import affordable
from circuitsim.zoo.models.coordinates import Coordinates, Form, Unit, lookup
from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.comparing import Disjointness, Equality, Inequality, Threshold
from circuitsim.zoo.tasks.mirrors import Palindrome

DIFFERENT: Sequence[Unit] = (
    ({"bit": 1, "other": -1}, {"mark": 1}),
    ({"bit": -1, "other": 1}, {"mark": 1}),
)
BOTH: Sequence[Unit] = (({"bit": 1, "other": 1, "": -1}, {"mark": 1}),)
FOUND: Form = "found"
NONE_FOUND: Form = {"": 1, "found": -1}
OTHER_HALF = "(i + n/2) % n"


def with_partners(
    task: Task, n: int, partner: str, marks: Sequence[Unit], accept: Form
) -> Model:
    """Every position looks up one other in layer 1 and marks what it sees; layer 2 asks whether there is a mark.

    Args:
        task: over two letters.
        n: the number of letters.
        partner: the position that position i looks up, an expression.
        marks: units of the net, from "bit" and "other" to "mark".
        accept: the decision from "found", which is 1 if there is a mark, else 0.
    """
    s = Coordinates("bit", "i", "i2", "partner", "other", "mark", "found")
    see = s.head(lookup("partner"), to={"other": "bit"}, attention="hard-left")
    any_mark = s.head(score=[({"": 1}, "mark")], to={"found": "mark"}, attention="hard-left")
    return s.model(
        task.format(n),
        {"letter": lambda bit: {"bit": bit}},
        [s.layer(see, net=marks), s.layer(any_mark)],
        s.readout(accept),
        positions={"i": "i", "i2": "i*i", "partner": partner},
    )


def equality(task: Equality, n: int) -> Model:
    """Marks the positions whose partner in the other half has another letter: equal where there is none."""
    return with_partners(task, n, OTHER_HALF, DIFFERENT, NONE_FOUND)


def inequality(task: Inequality, n: int) -> Model:
    """As equality, with the other decision."""
    return with_partners(task, n, OTHER_HALF, DIFFERENT, FOUND)


def disjointness(task: Disjointness, n: int) -> Model:
    """Marks the positions that hold 1 as their partner in the other half does: there is one, or none."""
    return with_partners(task, n, OTHER_HALF, BOTH, FOUND)


def palindrome(task: Palindrome, n: int) -> Model:
    """Marks the positions whose mirror image has another letter."""
    return with_partners(task, n, "n - 1 - i", DIFFERENT, NONE_FOUND)


def threshold(task: Threshold, n: int) -> Model:
    """Head j of layer 1 looks up the j-th letter of a position's window, and all k add up to a number of 1s.

    The net turns that into the feature, 1 where all k letters are 1. Layer 2 averages the features over all
    positions, and at least b of n hold where the mean is above (b - 1)/n. Both are multiples of 1/n, which log2(n)
    fraction bits tell apart, because rounding keeps their order.
    """
    affordable(task.name, 6 * task.k * (task.k + 7), k=task.k)
    window = [f"place{j}" for j in range(task.k)]
    s = Coordinates("bit", "i", "i2", *window, "ones", "holds", "(b-1)/n", "mean")
    heads = [
        s.head(lookup(place), to={"ones": "bit"}, attention="hard-left") for place in window
    ]
    mean = s.head(score=[], to={"mean": "holds"}, attention="saturated")
    places = {place: f"(i + {j}) % n" for j, place in enumerate(window)}
    return s.model(
        task.format(n),
        {"letter": lambda bit: {"bit": bit}},
        [s.layer(*heads, net=[({"ones": 1, "": 1 - task.k}, {"holds": 1})]), s.layer(mean)],
        s.readout({"mean": 1, "(b-1)/n": -1}),
        positions={"i": "i", "i2": "i*i", **places, "(b-1)/n": f"{task.b - 1}/n"},
        bits="log2(n)",
    )


PAPER = "Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347)"
SIX = f"{PAPER}, theorem 6, with positions as integers"

ENTRIES = (
    Entry("equality", Equality, "hard-attention transformer", equality, SIX, "2", "1", "7"),
    Entry(
        "inequality", Inequality, "hard-attention transformer", inequality, SIX, "2", "1", "7"
    ),
    Entry(
        "disjointness",
        Disjointness,
        "hard-attention transformer",
        disjointness,
        SIX,
        "2",
        "1",
        "7",
    ),
    Entry(
        "palindrome",
        Palindrome,
        "hard-attention transformer",
        palindrome,
        f"ours, after {SIX}",
        "2",
        "1",
        "7",
    ),
    Entry(
        "threshold",
        Threshold,
        "saturated transformer",
        threshold,
        f"{PAPER}, theorem 13, with positions as integers",
        "2",
        "k",
        "k + 7",
    ),
)
