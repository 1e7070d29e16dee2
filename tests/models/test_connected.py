"""Fully connected nets written by hand against what they are to compute, and their refusals."""

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.errors import InputError, ModelError
from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.sequence import all_inputs
from circuitsim.models.tables import Table
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact, run_float
from circuitsim.tokens import Field
from tests.models.hand_nets import any_one, neighbours

ROWS = {"0": [0], "1": [1]}
OR = FeedForward([[1, 1]], [[1]], residual=False)


def decisions(net, codes):
    exact = run_exact(net, codes).decisions
    assert (run_float(net, codes).decisions == exact).all()
    assert (run_integer(fix(net, codes.shape[1]), codes).decisions == exact).all()
    return exact


@pytest.mark.parametrize("n", range(1, 9))
def test_or_and_neighbours(n):
    codes = all_inputs(any_one(n), n)
    assert (decisions(any_one(n), codes)[:, 0] == codes.any(axis=1)).all()
    if n > 1:
        assert (decisions(neighbours(n), codes) == (codes & np.roll(codes, -1, axis=1))).all()


def test_records_are_read_position_by_position():
    """Whether the digit at the last position is the number of ones before it."""
    fields = (
        Field("bit", ("0", "1"), where="not-last"),
        Field("count", tuple("0123"), "binary", "last"),
    )
    tables = (Table(("bit",), [[0], [1]]), Table(("count",), [[0], [-1], [-2], [-3]]))
    layer = FeedForward([[1] * 4, [-1] * 4], [[-1, -1]], residual=False)
    net = FullyConnected(
        4, (), {}, [layer], Readout([1], [1]), fields=fields, tables=tables, bits="0"
    )
    codes = all_inputs(net, 4)
    assert len(codes) == 2**3 * 4
    assert (decisions(net, codes)[:, 0] == (codes[:, :3].sum(axis=1) == codes[:, 3])).all()


def test_another_length_is_refused_in_one_sentence():
    net = any_one(3)
    for attempt in (
        lambda: run_exact(net, np.zeros((1, 4), np.int64)),
        lambda: run_float(net, np.zeros((1, 2), np.int64)),
        lambda: cs.compile(net)(4),
        lambda: net.readout_positions(5),
    ):
        with pytest.raises(
            InputError,
            match=r"^fully-connected is a fully connected net for n=3 alone; it cannot read",
        ):
            attempt()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 0}, "n is 0"),
        ({"n": 3}, "hidden has rows of 2 entries, expected 3"),
        ({"readouts": ()}, "there is no read-out"),
        (
            {"readouts": [Readout([1], position="each")]},
            "1 read-outs, expected 2 to answer at each position",
        ),
        ({"readouts": [Readout([1]), Readout([1])]}, "must all be at position each"),
        (
            {
                "readouts": [
                    Readout([1], position="each"),
                    Readout([[1], [1]], position="each"),
                ]
            },
            "one number of them",
        ),
        (
            {"readouts": Readout([1, 1])},
            r"readouts\[0\].weights has rows of 2 entries, expected 1",
        ),
        (
            {"layers": [FeedForward([[1, 1]], [[1, 1]])]},
            "output has rows of 2 entries, expected 1",
        ),
    ],
)
def test_what_does_not_fit_is_said(arguments, words):
    given = {
        "n": 2,
        "vocabulary": "01",
        "embedding": ROWS,
        "layers": [OR],
        "readouts": Readout([1]),
    }
    with pytest.raises(ModelError, match=words):
        FullyConnected(**{**given, **arguments})
