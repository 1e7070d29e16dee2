"""Random models whose tokens are records of fields."""

import numpy as np

from circuitsim.models.model import FeedForward, Head, Layer, Model, Readout
from circuitsim.models.tables import Table
from circuitsim.tokens import Field


def random_records(seed: int) -> Model:
    """A small model with fields of every wiring at several places, tables of one field and of two, and a constant."""
    rng = np.random.default_rng(seed)

    def numbers(rows: int, columns: int) -> list[list[str]]:
        return [[f"{int(v)}/2" for v in row] for row in rng.integers(-3, 4, (rows, columns))]

    d, framed = 3, bool(seed % 2)
    fields = (
        Field("z", ("a", "b"), "one-hot", "not-last"),
        Field("y", ("0", "1", "2", "3"), "binary", "even"),
        Field("w", ("u", "v", "x"), "one-hot"),
        Field("b", ("p", "q", "r"), "binary", "last"),
    )
    tables = (
        Table(("z",), numbers(2, d)),
        Table(("y",), [[v, 2 * v, 1] for v in range(4)]),  # linear in the bits
        Table(("w",), numbers(3, d)),
        Table(("z", "y"), numbers(8, d)),
        Table(("w", "b"), numbers(9, d)),
        Table(("b",), numbers(3, d)),
    )

    def head(mask: str, attention: str) -> Head:
        return Head(
            numbers(2, d),
            numbers(2, d),
            numbers(2, d),
            numbers(d, 2),
            attention=attention,
            mask=mask,
        )

    heads = (head("none", "saturated"), head("causal", "hard-left"))
    return Model(
        vocabulary=(),
        embedding={"<s>": numbers(1, d)[0]} if framed else {},
        layers=(Layer(heads, feed_forward=FeedForward(numbers(2, d), numbers(d, 2))),),
        readout=Readout(numbers(3, d), position="each"),
        positions=("i/4", "0", "n/8"),
        prepend=("<s>",) if framed else (),
        bits="2",
        fields=fields,
        tables=tables,
    )
