"""Transformers for bracket languages: Dyck-1 and its shuffles by averages, bounded depth by matching pairs."""

from circuitsim.models.model import Layer, Model
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.affording import affordable
from circuitsim.zoo.models.coordinates import Coordinates, Form, Unit, plus, tent, times
from circuitsim.zoo.tasks.brackets import BoundedDyck, Dyck1, ShuffleDyck


def shuffle_dyck(task: Dyck1 | ShuffleDyck, n: int) -> Model:
    """Each type's share of openings less closings is nowhere negative and in the end 0; no positions but 1/n.

    Layer 1 averages -1 and 1 over the letters so far, for each type in its own coordinate. The net adds up the
    negative parts, and apart from them the positive ones. Layer 2 finds the largest sum of negative parts, and the
    last letter, which is read, knows itself whether something is left open. A share is a multiple of 1/(i + 1), so
    floor(log2 n) fraction bits never round it to 0.
    """
    affordable(task.name, 8 * task.types * (2 * task.types + 4), k=task.types)
    types = range(task.types)
    s = Coordinates(
        *(f"step{t}" for t in types),
        *(f"share{t}" for t in types),
        "1/n",
        "below",
        "above",
        "lowest",
    )
    shares = s.head(
        score=[],
        to={f"share{t}": f"step{t}" for t in types},
        attention="saturated",
        mask="causal",
    )
    net: list[Unit] = [({f"share{t}": -1}, {"below": 1}) for t in types]
    net += [(f"share{t}", {"above": 1}) for t in types]
    lowest = s.head(score=[({"": 1}, "below")], to={"lowest": "below"}, attention="saturated")
    return s.model(
        task.format(n),
        {"letter": lambda letter: {f"step{letter // 2}": 1 - 2 * (letter % 2)}},
        [s.layer(shares, net=net), s.layer(lowest)],
        s.readout({"1/n": 1, "above": -1, "lowest": -1}),
        positions={"1/n": "1/n"},
        bits="floor(log2(n))",
    )


def bounded_dyck(task: BoundedDyck, n: int) -> Model:
    """D layers match pairs from the inside out, and the last layer looks for a bracket that is left over.

    In each of the D layers every bracket sees the nearest open one on its left, by one head, and on its right, by
    another; open means not matched so far. These are the rightmost and the leftmost maximum of the coordinate
    "open" under strict masks, so there are no positions. A closing bracket that sees an opening one of its type on
    its left is matched, and so is that one, which sees it on its right: in layer l all pairs with l - 1 pairs inside
    each other within them. What was seen is then cleared, so the width does not grow with D.
    """
    k = task.types
    s = Coordinates("type", "closes", "open", "left", "right", "found")
    far = (
        k + 1
    )  # types are 1 to k, and an empty set of keys gives 0, so that no sum of penalties and types is 0
    gone: Form = {"": far, "open": -far}
    opens, closes = {"": far, "closes": -far}, {"closes": far}
    left = s.head(
        score=[({"": 1}, "open")],
        to={
            "left": plus("type", gone, closes)
        },  # the type, if it is open and an opening bracket; else more than k
        attention="hard-right",
        mask="strict-causal",
    )
    right = s.head(
        score=[({"": 1}, "open")],
        to={"right": plus("type", gone, opens)},
        attention="hard-left",
        mask="strict-anti-causal",
    )
    own = plus(times(-1, "type"), gone)
    match = s.layer(
        left,
        right,
        net=[
            *tent(plus("left", own, opens), {"open": -1}),
            *tent(plus("right", own, closes), {"open": -1}),
            ("left", {"left": -1}),
            ("right", {"right": -1}),
        ],
    )
    any_open: Layer = s.layer(
        s.head(score=[({"": 1}, "open")], to={"found": "open"}, attention="hard-left")
    )
    return s.model(
        task.format(n),
        {"letter": lambda letter: {"type": letter // 2 + 1, "closes": letter % 2, "open": 1}},
        [match] * task.depth + [any_open],
        s.readout({"": 1, "found": -1}),
    )


AHUJA = "Bhattamishra, Ahuja and Goyal 2020 (arXiv 2009.11264)"

ENTRIES = (
    Entry(
        "dyck-1",
        Dyck1,
        "saturated transformer",
        shuffle_dyck,
        f"{AHUJA}, with saturated attention",
        "2",
        "1",
        "6",
    ),
    Entry(
        "shuffle-dyck",
        ShuffleDyck,
        "saturated transformer",
        shuffle_dyck,
        f"{AHUJA}, with saturated attention",
        "2",
        "1",
        "2k + 4",
    ),
    Entry(
        "bounded-dyck",
        BoundedDyck,
        "hard-attention transformer",
        bounded_dyck,
        "Yao et al. 2021 (arXiv 2105.11115), recogniser with hard attention, with matches by two heads",
        "D + 1",
        "2",
        "6",
    ),
)
