"""Saturated attention that finds q positions at once: sparse averages and sparse token selection, one layer, one head.

The query of a token is made from the set that it points to, keys from positions alone. Every member of the set has the
same largest score, so that the head's mean is over exactly these q; times q it is their sum.
Source: 2306.02896, theorems 2 and 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.errors import LimitError
from circuitsim.models.model import Model
from circuitsim.models.positions import PositionTable
from circuitsim.numbers.arrays import matrix
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.key_schemes import (
    certificates,
    least_certificate_bits,
    least_dimension,
    polytope_keys,
    polytope_query,
    rounded,
    sign_keys,
)
from circuitsim.zoo.models.affording import affordable
from circuitsim.zoo.models.coordinates import Coordinates, Rows
from circuitsim.zoo.models.finding import numbers
from circuitsim.zoo.option_values import Value
from circuitsim.zoo.tasks.averaging import Pointing, QSparseAveraging, SparseTokenSelection
from circuitsim.zoo.tasks.makers import require
from circuitsim.zoo.tasks.pointers import all_sets

Tables: TypeAlias = Mapping[tuple[str, ...] | str, Rows]

MOST_ROWS = 2**14  # of the table from sets to queries
MOST_SIGNS = 2**10  # of a key
MOST_POSITIONS = 2**11  # whose keys by signs are compared in pairs
SQUEEZED_BITS = (
    8  # of queries by signs that do not tell all sets apart, at whatever precision
)


@dataclass(frozen=True)
class Scheme:
    """How positions are found.

    Attributes:
        keys: of the first positions, (at least positions, m); the others' are zero.
        queries: tables from the fields that point to the coordinates "w0", ..., of which m make the query.
        bits: fraction bits of the queries.
        score_bits: 0 where scores near 1 and below 1/2 are made 1 and 0.
    """

    keys: Longs
    queries: Tables
    bits: int = 0
    score_bits: int | None = None


def averaging(task: Pointing, n: int, keys: str, dimension: int, seed: int) -> Model:
    """The score is the inner product of a query, made from the pointers, and the key of a position.

    With keys "signs" a key is m random signs, queries are certificates, and scores are rounded to 0 or 1. On the
    "polytope" a key is 2q + 1 powers of the position, and the score is -prod (i - y)^2. With "one-hot" keys the score
    counts the pointers to a position. Of signs, `dimension` is their number m, 0 for the least, and `seed` draws them;
    with fewer the model errs where sets are not told apart.

    Args:
        task: what is asked, with q.
        n: tokens.
        keys, dimension, seed: the options above.

    Raises:
        LimitError: signs or a polytope with more than 2^14 ways to point, whose queries are a table; signs for more
            than 2^11 positions; or too many numbers in all.
    """
    require(task.name, "dimension", dimension, 0, MOST_SIGNS)
    require(task.name, "seed", seed, 0)
    pointers = tuple(field.name for field in task.format(n).fields[1:])
    positions, q = task.positions(n), task.q
    if keys != "one-hot" and positions**q > MOST_ROWS:
        raise LimitError(
            f"{task.name} with keys={keys}: the table from {q} pointers to {positions} positions has {positions**q}"
            f" rows, at most {MOST_ROWS}; lower n or q, or take keys=one-hot."
        )
    if keys == "signs":
        if positions > MOST_POSITIONS:
            raise LimitError(
                f"{task.name} with keys=signs: {positions} positions, at most {MOST_POSITIONS}; lower n."
            )
        m = dimension or least_dimension(positions, q, seed)
    else:
        m = 2 * q + 1 if keys == "polytope" else positions
    ways = q * positions if keys == "one-hot" else positions**q
    affordable(
        task.name,
        (ways + n + 2 * m) * (2 * m + 2),
        n=n,
        q=q,
        **({"dimension": m} if keys == "signs" else {}),
    )
    if keys == "signs":
        scheme = _signs(positions, pointers, m, seed)
    else:
        scheme = (
            _polytope(n, pointers) if keys == "polytope" else _one_hot(positions, pointers)
        )
    s = Coordinates(*(f"w{c}" for c in range(m)), *(f"u{c}" for c in range(m)), "z", "sum")
    score = [(f"w{c}", f"u{c}") for c in range(m)]
    head = s.head(score, {"sum": {"z": q}}, "saturated", score_bits=scheme.score_bits)
    model = s.model(
        task.format(n),
        {"z": lambda z: {"z": z}, **scheme.queries},
        [s.layer(head)],
        s.readout(*numbers("sum", q + 1), position=task.place),
        bits=str(scheme.bits),
        name=task.name,
    )
    rows = np.zeros((n, len(s.names)), dtype=object)
    rows[: len(scheme.keys), m : 2 * m] = scheme.keys
    return replace(model, positions=PositionTable(matrix(rows, "keys")))


def _signs(positions: int, pointers: tuple[str, ...], m: int, seed: int) -> Scheme:
    keys, sets = sign_keys(positions, m, seed), all_sets(positions, len(pointers))
    try:
        bits = least_certificate_bits(keys, sets)
    except LimitError:
        bits = SQUEEZED_BITS
    queries = rounded(certificates(keys, sets), bits)
    known = {
        tuple(members): row
        for members, row in zip(sets.tolist(), queries.tolist(), strict=True)
    }

    def query(*members: int) -> dict[str, Fraction]:
        row = known.get(members, ())  # pointers out of order are no input of the task
        return {f"w{c}": Fraction(value, 1 << bits) for c, value in enumerate(row)}

    return Scheme(keys, {pointers: query}, bits, 0)


def _polytope(n: int, pointers: tuple[str, ...]) -> Scheme:
    def query(*members: int) -> dict[str, int]:
        return {f"w{c}": value for c, value in enumerate(polytope_query(members))}

    return Scheme(polytope_keys(n, len(pointers)), {pointers: query})


def _one_hot(positions: int, pointers: tuple[str, ...]) -> Scheme:
    return Scheme(
        np.identity(positions, dtype=int), dict.fromkeys(pointers, lambda y: {f"w{y}": 1})
    )


OPTIONS: dict[str, Value] = {"keys": "signs", "dimension": 0, "seed": 0}
CHOICES: dict[str, tuple[Value, ...]] = {"keys": ("signs", "polytope", "one-hot")}
WIDTH = "2m + 2 with m signs, m = 2q + 1 on the polytope, m = n one-hot"

ENTRIES = tuple(
    Entry(
        task.name,
        task,
        "saturated transformer",
        averaging,
        source,
        "1",
        "1",
        WIDTH,
        OPTIONS,
        CHOICES,
    )
    for task, source in (
        (
            QSparseAveraging,
            "Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896), theorems 2 and 3; one-hot keys: ours",
        ),
        (
            SparseTokenSelection,
            "Wang, Wei, Hsu and Lee 2024 (arXiv 2406.06893), with the keys of arXiv 2306.02896",
        ),
    )
)
