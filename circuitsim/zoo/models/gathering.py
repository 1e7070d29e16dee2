"""One layer of ordinary attention that gathers the whole string: what one layer can do, at the width it must have.

The head is uniform. A token's value is its letter times a one-hot code of its position, a product that a net makes
before (the papers allow any map of a token); so n times the mean holds the string, in as many coordinates. Nets then
compute what is asked. The papers' theorems say that no layer does with much less. A model whose width is squeezed
gathers the first coordinates only and takes the others as 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from circuitsim.models.model import Head, Layer, Model
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.affording import affordable
from circuitsim.zoo.models.coordinates import Coordinates, Form, Unit, plus, times
from circuitsim.zoo.models.shrinking import as_needed
from circuitsim.zoo.tasks.brackets import BoundedDyck
from circuitsim.zoo.tasks.comparing import Equality
from circuitsim.zoo.tasks.matching import Match3


def equality(task: Equality, n: int, width: int) -> Model:
    """The head gathers x_j - x_(n/2 + j) for every j, and the net asks whether one of these is not 0.

    The code of a position has 1 in the first half and -1 in the second, at its place in the half; the mean of code
    times bit is the difference.
    """
    half = n // 2
    used = as_needed("equality-one-layer", "width", width, half)
    affordable("equality-one-layer", 10 * used * (used + 2), n=n)
    kept = [f"x{j}" for j in range(used)]
    s = Coordinates("bit", "differs", *kept)
    signs = [(x, sign) for x in kept for sign in (1, -1)]
    return s.model(
        task.format(n),
        {"letter": lambda bit: {"bit": bit}},
        [
            _token_map(s, [({x: sign, "bit": 1, "": -1}, {x: sign}) for x, sign in signs]),
            _only(
                s,
                _gather(s, kept, n),
                [(times(sign, x), {"differs": 1}) for x, sign in signs],
            ),
        ],
        s.readout({"": 1, "differs": -1}),
        positions={x: f"(i=={j})-(i=={half + j})" for j, x in enumerate(kept)},
    )


def bounded_dyck(task: BoundedDyck, n: int, width: int) -> Model:
    """The head gathers all brackets, in bits; two nets then check depths, and at each depth that types agree.

    The depth after a letter is a sum of what was gathered, and its level is the depth on its inner side. A letter has
    a sign for each bit of its type: -1 or 1 for an opening bracket, and the other way round for the closing one. The
    first net puts these signs in their levels. Opening and closing brackets alternate on a level, so signs add up to
    0 or one sign after each letter, until a pair differs and they add up to 2; the second net looks for that.
    """
    bits = range((task.k - 1).bit_length())
    signs = len(bits) * n * task.depth  # by places, at each level
    stream = (len(bits) + 1) * (n + 1) + signs + 1
    units = n * (2 + 3 * len(bits) * (task.depth + 1)) + 2 * signs
    affordable("bounded-dyck-one-layer", 2 * units * stream, n=n, k=task.k, depth=task.depth)
    letter = ["closes", *(f"sign{b}" for b in bits)]
    every = [f"{bit}@{j}" for j in range(n) for bit in letter]
    kept = every[: as_needed("bounded-dyck-one-layer", "width", width, len(every))]
    levels = range(1, task.depth + 1)
    s = Coordinates(
        *letter,
        *every,
        *(f"sign{b}@{j},{d}" for b in bits for j in range(n) for d in levels),
        "wrong",
    )
    first: list[Unit] = []
    for j in range(n):
        depth = plus({"": j + 1}, *({f"closes@{m}": -2} for m in range(j + 1)))
        first += [
            (times(-1, depth), {"wrong": 1}),
            (plus(depth, {"": -task.depth}), {"wrong": 1}),
        ]
        level = plus(depth, f"closes@{j}")
        for b in bits:
            for d in (*levels, task.depth + 1):
                into = {
                    f"sign{b}@{j},{e}": weight
                    for e, weight in ((d, 1), (d - 1, -1))
                    if e in levels
                }
                first += _sign_from(plus(level, {"": -d}), f"sign{b}@{j}", into)
    first.append((depth, {"wrong": 1}))  # the last one
    second: list[Unit] = []
    for b in bits:
        for d in levels:
            for j in range(n):
                total = plus(*(f"sign{b}@{m},{d}" for m in range(j + 1)))
                second += [
                    (plus(times(sign, total), {"": -1}), {"wrong": 1}) for sign in (1, -1)
                ]
    return s.model(
        task.format(n),
        {
            "letter": lambda code: {
                "closes": code % 2,
                **{f"sign{b}": (code // 2 >> b ^ code) & 1 for b in bits},
            }
        },
        [
            _token_map(s, [({x: 1, x.partition("@")[0]: 1, "": -1}, {x: 1}) for x in kept]),
            _only(s, _gather(s, kept, n), first),
            *([s.layer(net=second)] if second else []),
        ],
        s.readout({"": 1, "wrong": -1}),
        positions={x: f"i=={x.partition('@')[2]}" for x in kept},
    )


def _sign_from(form: Form, bit: str, into: Mapping[str, int]) -> list[Unit]:
    """Units that add the sign of a bit, 1 or -1, where an integer form is at least 0."""
    steps = ((plus(form, bit), 2), (plus(form, {"": 1}), -1), (form, -1))
    return [
        (step, {name: factor * weight for name, weight in into.items()})
        for step, factor in steps
    ]


def match3(task: Match3, n: int, width: int) -> Model:
    """The head counts every residue, and nets look for two that occur and cancel the token's own.

    The net of the layer makes min(1, count), whether a residue occurs. The next one has a unit for every pair of
    residues a and b, and asks whether both occur and the token holds -(a + b).
    """
    m = task.modulus
    used = as_needed("match3-second-order", "width", width, m)
    affordable(
        "match3-second-order", (used * (used + 1) + 4 * used) * (m + used + 1), modulus=m
    )
    kept = range(used)
    s = Coordinates(*(f"own{c}" for c in range(m)), *(f"some{c}" for c in kept), "match")
    counts = s.head([], {f"some{c}": {f"own{c}": n} for c in kept}, "saturated")
    occurs: list[Unit] = [({f"some{c}": 1, "": -1}, {f"some{c}": -1}) for c in kept]
    pairs: list[Unit] = [
        (plus(f"own{-(a + b) % m}", f"some{a}", f"some{b}", {"": -2}), {"match": 1})
        for a in kept
        for b in kept
        if a <= b
    ]
    return s.model(
        task.format(n),
        {"x": lambda c: {f"own{c}": 1}},
        [s.layer(counts, net=occurs), s.layer(net=pairs)],
        s.readout("match", position=task.place),
    )


def _token_map(s: Coordinates, units: Sequence[Unit]) -> Layer:
    """A layer without heads, whose net replaces every token by what it gives."""
    return Layer((), feed_forward=s.net(units, s))


def _gather(s: Coordinates, kept: Sequence[str], n: int) -> Head:
    """The sum over all n tokens of the coordinates kept."""
    return s.head([], {x: {x: n} for x in kept}, "saturated")


def _only(s: Coordinates, head: Head, net: Sequence[Unit]) -> Layer:
    """A layer whose stream is what its head gives, and its net beside that."""
    return replace(s.layer(head, net=net), residual=False)


OURS = "ours, the matching upper bound to"
SMALLER = {"width": 0}

ENTRIES = (
    Entry(
        "equality-one-layer",
        Equality,
        "saturated transformer",
        equality,
        f"{OURS} theorem 12 of Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347)",
        "1, after a map of each token",
        "1",
        "2 + n / 2, or 2 + the option width",
        SMALLER,
    ),
    Entry(
        "bounded-dyck-one-layer",
        BoundedDyck,
        "saturated transformer",
        bounded_dyck,
        f"{OURS} theorems 5 and 10 of Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347)",
        "1, between maps of each token",
        "1",
        "(n + 1) (1 + b) + n b D + 1 with b = ceil(log2 k)",
        SMALLER,
    ),
    Entry(
        "match3-second-order",
        Match3,
        "saturated transformer",
        match3,
        f"{OURS} theorem 7 of Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896)",
        "1, before a map of each token",
        "1",
        "2M + 1, or M + 1 + the option width",
        SMALLER,
    ),
)
