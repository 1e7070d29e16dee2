"""Transformers for languages over two letters: FIRST, MAJORITY, PARITY, a^n b^n and star-free languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from circuitsim.models.model import Model
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.coordinates import Coordinates, Number, Unit
from circuitsim.zoo.tasks.letter_counts import AnBn, First, Majority, Parity
from circuitsim.zoo.tasks.star_free import StarFree


def first(task: First, n: int) -> Model:
    """Equal scores, of which the leftmost wins: the only head copies the first letter to every position."""
    s = Coordinates("one", "first")
    head = s.head(score=[], to={"first": "one"}, attention="hard-left")
    return s.model(
        task.format(n),
        {"letter": lambda bit: {"one": bit}},
        [s.layer(head)],
        s.readout("first"),
    )


def majority(task: Majority, n: int) -> Model:
    """Letters are -1 and 1, and their mean is positive where 1 has the majority.

    The mean is a multiple of 1/n, which is still positive after rounding to log2(n) - 1 fraction bits, half up.
    """
    s = Coordinates("sign", "mean")
    head = s.head(score=[], to={"mean": "sign"}, attention="saturated")
    return s.model(
        task.format(n),
        {"letter": lambda bit: {"sign": 2 * bit - 1}},
        [s.layer(head)],
        s.readout("mean"),
        bits="max(log2(n) - 1, 0)",
    )


def parity(task: Parity, n: int) -> Model:
    """The position whose number is the number of 1s is marked, and it is asked whether that position is odd.

    Layer 1 averages the 1s to k/N, where N = n + 1 counts the token CLS too, and its net has the hat function of
    i/N - k/N, which is 1/N at i = k and 0 elsewhere. In layer 2 one head averages the marks of even positions and one
    those of odd positions, by scores (-1)^i and -(-1)^i, and CLS compares the two means.
    """
    s = Coordinates("one", "cls", "i/N", "sign", "k/N", "1/N", "mark", "odd")
    count = s.head(score=[], to={"k/N": "one", "1/N": "cls"}, attention="saturated")
    above, below = {"k/N": 1, "i/N": -1, "1/N": 1}, {"k/N": 1, "i/N": -1, "1/N": -1}
    hat: list[Unit] = [
        (above, {"mark": 1}),
        ({"k/N": 1, "i/N": -1}, {"mark": -2}),
        (below, {"mark": 1}),
    ]
    even = s.head(score=[("cls", "sign")], to={"odd": {"mark": -1}}, attention="saturated")
    odd = s.head(score=[("cls", {"sign": -1})], to={"odd": "mark"}, attention="saturated")
    return s.model(
        task.format(n),
        {"letter": lambda bit: {"one": bit}},
        [s.layer(count, net=hat), s.layer(even, odd)],
        s.readout("odd", position="CLS"),
        positions={"i/N": "i/n", "sign": "cos(pi*i)"},
        append={"CLS": {"cls": 1}},
        bits="2*log2(n)",
    )


def anbn(task: AnBn, n: int) -> Model:
    """As many a's as b's, and no a after a b; no positions.

    Layer 1 has two heads: the mean of a's less b's, and the mean over the b's so far, which is 1 once there was one.
    The net marks an a that has seen a b, and measures how far the mean is from 0. Layer 2 attends to a mark, if any.
    """
    s = Coordinates("a", "b", "1/n", "mean", "seen", "bad", "off", "found")
    count = s.head(score=[], to={"mean": {"a": 1, "b": -1}}, attention="saturated")
    before = s.head(
        score=[({"": 1}, "b")], to={"seen": "b"}, attention="saturated", mask="causal"
    )
    net: list[Unit] = [
        ({"a": 1, "seen": 1, "": -1}, {"bad": 1}),
        ("mean", {"off": 1}),
        ({"mean": -1}, {"off": 1}),
    ]
    any_bad = s.head(score=[({"": 1}, "bad")], to={"found": "bad"}, attention="saturated")
    return s.model(
        task.format(n),
        {"letter": lambda b: {"ab"[b]: 1}},
        [s.layer(count, before, net=net), s.layer(any_bad)],
        s.readout({"1/n": 1, "off": -1, "found": -1}),
        positions={"1/n": "1/n"},
        bits="max(log2(n) - 1, 0)",
    )


def anbn_hard(task: AnBn, n: int) -> Model:
    """Letter i has to be b exactly where 2i >= n, which positions know: a^n b^n is in AC0.

    One head looks for a b too early and one for an a too late; each brings 1 if there is one.
    """
    s = Coordinates("b", "late", "odd", "early b", "late a")
    early = s.head(
        score=[({"": 1}, {"b": 1, "late": -1})],
        to={"early b": {"b": 1, "late": -1}},
        attention="hard-left",
    )
    late = s.head(
        score=[({"": 1}, {"late": 1, "b": -1})],
        to={"late a": {"late": 1, "b": -1}},
        attention="hard-left",
    )
    return s.model(
        task.format(n),
        {"letter": lambda b: {"b": b}},
        [s.layer(early, late)],
        s.readout({"": 1, "early b": -1, "late a": -1, "odd": -1}),
        positions={"late": "2*i >= n", "odd": "n % 2"},
    )


@dataclass(frozen=True)
class Neighbours:
    """A language by what two neighbours may be: units that mark a place, and the decision from "found" at the end."""

    marks: tuple[Unit, ...]
    accept: Mapping[str, Number]


MARK: Mapping[str, Number] = {"mark": 1}
NONE_FOUND: Mapping[str, Number] = {"": 1, "found": -1}
NEIGHBOURS = {
    # an a has to come after no a, the first included, and anything else after an a; and the last is no a
    "ab-star": Neighbours(
        (
            ({"a": 1, "a before": 1, "": -1}, MARK),
            ({"a": -1, "a before": -1, "": 1}, MARK),
        ),
        {"": 1, "found": -1, "a": -1},
    ),
    "a-star-b-star": Neighbours((({"a": 1, "b before": 1, "": -1}, MARK),), NONE_FOUND),
    "contains-ab": Neighbours((({"b": 1, "a before": 1, "": -1}, MARK),), {"found": 1}),
    "no-two-a": Neighbours((({"a": 1, "a before": 1, "": -1}, MARK),), NONE_FOUND),
}


def star_free(task: StarFree, n: int) -> Model:
    """Strict masks and no positions: layer 1 copies the letter before, layer 2 looks for a marked place.

    In layer 1 all scores are equal and the rightmost earlier position wins; the first position has none and gets
    zeros. The net marks the places where two neighbours are what the language forbids, or asks for.
    """
    language = NEIGHBOURS[task.language]
    s = Coordinates("a", "b", "a before", "b before", "mark", "found")
    before = s.head(
        score=[],
        to={"a before": "a", "b before": "b"},
        attention="hard-right",
        mask="strict-causal",
    )
    any_mark = s.head(score=[({"": 1}, "mark")], to={"found": "mark"}, attention="hard-right")
    return s.model(
        task.format(n),
        {"letter": lambda b: {"ab"[b]: 1}},
        [s.layer(before, net=language.marks), s.layer(any_mark)],
        s.readout(language.accept),
    )


CHIANG = "Chiang and Cholak 2022 (arXiv 2202.12172)"

ENTRIES = (
    Entry(
        "first",
        First,
        "hard-attention transformer",
        first,
        f"{CHIANG}, with hard attention",
        "1",
        "1",
        "2",
    ),
    Entry(
        "majority",
        Majority,
        "saturated transformer",
        majority,
        "Merrill, Sabharwal and Smith 2022 (arXiv 2106.16213); Hao, Angluin and Frank 2022 (arXiv 2204.06618)",
        "1",
        "1",
        "2",
    ),
    Entry(
        "parity",
        Parity,
        "saturated transformer",
        parity,
        f"{CHIANG}, with saturated attention",
        "2",
        "2",
        "8",
    ),
    Entry(
        "anbn",
        AnBn,
        "saturated transformer",
        anbn,
        "ours, by counting as in Bhattamishra, Ahuja and Goyal 2020 (arXiv 2009.11264)",
        "2",
        "2",
        "8",
    ),
    Entry(
        "anbn-hard",
        AnBn,
        "hard-attention transformer",
        anbn_hard,
        "ours: the language is in AC0",
        "1",
        "2",
        "5",
    ),
    Entry(
        "star-free",
        StarFree,
        "hard-attention transformer",
        star_free,
        "ours, with masks and no positions as in Yang, Chiang and Angluin 2024 (arXiv 2310.13897)",
        "2",
        "1",
        "6",
    ),
)
