"""Match2, Match3 and its assisted variants: the best score is a match, and a blank token is next best.

Where there is no match a token attends to the blank, which is worth 0, as a letter is worth 1.
Source: 2306.02896, theorem 6 and section 4.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from circuitsim.models.model import Model
from circuitsim.zoo.cosines import TERMS, angles, least_match
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.affording import affordable
from circuitsim.zoo.models.coordinates import Coordinates, Form, Number, Rows, Unit
from circuitsim.zoo.tasks.matching import Match2, Match3, Match3Bigram, Match3Local

BLANK: dict[str, dict[str, Number]] = {"_": {"blank": 1}}
FORMS: dict[str, Form] = {"C": "C", "S": "S", "-C": {"C": -1}, "-S": {"S": -1}}


def match2(task: Match2, n: int, embedding: str) -> Model:
    """The score of tokens i and j is largest where x_i + x_j = 0 mod M.

    With embedding "trigonometric" it is cos(2 pi (x_i + x_j) / M), with the least bits that keep it apart. With
    "integer" it is -2 (x_i - y)^2 for y = -x_j mod M, and -1 at the blank.
    """
    if embedding == "trigonometric":
        bits, (asked, given) = least_match(task.modulus, 2)
        s = Coordinates("C", "S", "letter", "blank", "match")
        score = [(FORMS[q], FORMS[k]) for q, k in TERMS[2]]
        score.append(({"": asked}, {"blank": given}))
        rows: dict[tuple[str, ...] | str, Rows] = {"x": _angles(task.modulus)}
    else:
        bits = 0
        s = Coordinates("x", "x2", "y", "y2", "letter", "blank", "match")
        score = _equality({"y2": 2})

        def row(x: int) -> dict[str, Number]:
            y = -x % task.modulus
            return {"x": x, "x2": x * x, "y": y, "y2": y * y, "letter": 1}

        rows = {"x": row}

    head = s.head(score, to={"match": "letter"}, attention="saturated")
    read = s.readout("match", position="each")
    return s.model(
        task.format(n),
        rows,
        [s.layer(head)],
        read,
        append=BLANK,
        bits=str(bits),
        name=task.name,
    )


def match3(task: Match3, n: int) -> Model:
    """One head of third order: the score of i, j and k is cos(2 pi (x_i + x_j + x_k) / M), as products of three.

    Twice the blank is next best, the blank and a letter score 0. The bits are the least that keep matches apart.
    """
    bits, (asked, *given) = least_match(task.modulus, 3)
    s = Coordinates("C", "S", "letter", "blank", "match")
    score = [(FORMS[q], FORMS[k], FORMS[k2]) for q, k, k2 in TERMS[3]]
    score.append(({"": asked}, {"blank": given[0]}, {"blank": given[1]}))
    head = s.pairs_head(score, to={"match": ("letter", "letter")}, attention="saturated")
    read = s.readout("match", position="each")
    rows: dict[tuple[str, ...] | str, Rows] = {"x": _angles(task.modulus)}
    return s.model(
        task.format(n),
        rows,
        [s.layer(head)],
        read,
        append=BLANK,
        bits=str(bits),
        name=task.name,
    )


def match3_bigram(task: Match3Bigram, n: int) -> Model:
    """Layer 1 copies the next letter, whether there is one, and its net makes y = -(x_j + x_(j+1)) mod M and y^2.

    Layer 2 is Match2 in integers of x_i against y. The last letter, which begins no bigram, scores less than the blank.
    """
    s = Coordinates("x", "x2", "next", "bigram", "y", "y2", "letter", "blank", "match")
    copy = s.head(
        [],
        to={"next": "x", "bigram": "letter"},
        attention="hard-left",
        mask="strict-anti-causal",
    )
    negated = [
        {"y": -t % task.modulus, "y2": (-t % task.modulus) ** 2}
        for t in range(2 * task.modulus - 1)
    ]
    score = _equality({"y2": 2, "letter": 2, "bigram": -2})
    match = s.head(score, to={"match": "letter"}, attention="hard-left")
    return s.model(
        task.format(n),
        {"x": lambda x: {"x": x, "x2": x * x, "letter": 1}},
        [s.layer(copy, net=interpolated({"x": 1, "next": 1}, negated)), s.layer(match)],
        s.readout("match", position="each"),
        append=BLANK,
        name=task.name,
    )


def match3_local(task: Match3Local, n: int) -> Model:
    """The score (K^2 - (i - j)^2) / 2^c - 1/2 is rounded, half up, to 0 inside the window and to less outside.

    So the head's mean is over exactly the W = 2K + 1 tokens of the window, K blanks at either end included, and W times
    the mean of one-hot letters counts each residue: N_r. The net decides by squares of sums of counts: with b and c
    such that x_i + b + c = 0 mod M, the sum of 2 N_b N_c = (N_b + N_c)^2 - N_b^2 - N_c^2 is positive iff there is a
    match. Every residue b has one partner c, so the squares that are subtracted do not depend on x_i.
    """
    modulus, window = task.modulus, task.window
    size = 2 * window + 1
    squares = modulus * (modulus + 4) // 2  # each by as many units as tokens of a window
    affordable(
        task.name, 2 * squares * size * (2 * modulus + 3), modulus=modulus, window=window
    )
    c = max(1, (window**2).bit_length())
    here, counts = [f"x={r}" for r in range(modulus)], [f"N{r}" for r in range(modulus)]
    s = Coordinates("i", "i2", *here, *counts, "match")
    unit = Fraction(1, 2**c)
    score: list[tuple[Form, Form]] = [
        ({"i": 2 * unit}, "i"),
        ({"i2": -unit, "": window**2 * unit - Fraction(1, 2)}, {"": 1}),
        ({"": -unit}, "i2"),
    ]
    gather = {count: {r: size} for count, r in zip(counts, here, strict=True)}
    units: list[Unit] = []
    for r in range(modulus):
        units += _square({counts[r]: 1}, -1, size)
        for b in range(modulus):
            partner = (-r - b) % modulus
            asked: dict[str, Number] = {
                here[r]: size,
                "": -size,
            }  # at most 0 after adding counts, unless x_i = r
            if b < partner:
                units += _square({counts[b]: 1, counts[partner]: 1, **asked}, 1, size)
            elif b == partner:
                units += _square({counts[b]: 1, **asked}, 2, size)
    return s.model(
        task.format(n),
        {"x": lambda x: {here[x]: 1}},
        [s.layer(s.head(score, to=gather, attention="saturated", score_bits=0), net=units)],
        s.readout("match", position="each"),
        positions={"i": "i", "i2": "i*i"},
        prepend={f"<{k}": {} for k in range(window)},
        append={f">{k}": {} for k in range(window)},
        bits=str(c),
        name=task.name,
    )


def interpolated(
    form: Mapping[str, Number], values: Sequence[Mapping[str, int]]
) -> list[Unit]:
    """Units that add values[t] where an integer form is t, in the range of the values, of which the first is zero."""
    units: list[Unit] = []
    for t in range(len(values) - 1):
        before = values[t - 1] if t else values[0]
        bend = {
            name: values[t + 1][name] - 2 * values[t][name] + before[name]
            for name in values[0]
        }
        if any(bend.values()):
            units.append(({**form, "": Fraction(form.get("", 0)) - t}, bend))
    return units


def _angles(modulus: int) -> Rows:
    turns = angles(modulus)
    return lambda x: {"C": turns[x][0], "S": turns[x][1], "letter": 1}


def _equality(less: Mapping[str, Number]) -> list[tuple[Form, Form]]:
    """Terms of the score 4 x y - 2 x^2 - less, which is -2 (x - y)^2 at letters, and -1 at the blank."""
    return [({"x": 4}, "y"), ({"x2": -2}, "letter"), ({"": -1}, {**less, "blank": 1})]


def _square(form: Mapping[str, Number], factor: int, most: int) -> list[Unit]:
    """Units that add `factor` times the square of an integer form, which is at most `most`, to the match; 0 below 0."""
    values = [{"match": factor * t * t} for t in range(most + 1)]
    return interpolated(form, values)


PAPER = "Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896)"

ENTRIES = (
    Entry(
        "match2",
        Match2,
        "saturated transformer",
        match2,
        f"{PAPER}, theorem 6; the integer embedding: ours",
        "1",
        "1",
        "5, with integers 7",
        {"embedding": "trigonometric"},
        {"embedding": ("trigonometric", "integer")},
    ),
    Entry(
        "match3",
        Match3,
        "third-order transformer",
        match3,
        f"{PAPER}, section 4",
        "1",
        "1",
        "5",
    ),
    Entry(
        "match3-bigram",
        Match3Bigram,
        "hard-attention transformer",
        match3_bigram,
        f"{PAPER}, assisted variants, in integers",
        "2",
        "1",
        "9",
    ),
    Entry(
        "match3-local",
        Match3Local,
        "saturated transformer",
        match3_local,
        f"ours, after {PAPER}, assisted variants",
        "1",
        "1",
        "2M + 3",
    ),
)
