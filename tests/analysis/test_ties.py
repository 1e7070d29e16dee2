from fractions import Fraction

import numpy as np
import pytest

from circuitsim.analysis.claims.ties import most_tied, needed_queries
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs

ZERO = Fraction(0)


def scored(mask: str = "none", position: str = "last") -> Model:
    """A head that averages the ones, if there are any, and the zeros otherwise."""
    head = Head([[0]], [[1]], [[1]], [[1]], query_bias=[1], mask=mask)
    return Model(
        "01", {"0": [ZERO], "1": [1]}, (Layer((head,)),), Readout([1], position=position)
    )


def test_the_largest_tie_is_named():
    tie = most_tied(scored(), all_inputs(scored(), 3))
    assert tie is not None
    assert (tie.keys, tie.layer, tie.head, tie.position, tie.string) == (3, 0, 0, 2, "000")
    (codes,) = np.nonzero(all_inputs(scored(), 3).sum(axis=1) == 2)
    tie = most_tied(scored(), all_inputs(scored(), 3)[codes])
    assert tie is not None
    assert (tie.keys, tie.string) == (2, "011")


def test_only_queries_that_are_read_count():
    model = scored("causal", "first")
    tie = most_tied(model, all_inputs(model, 3))
    assert tie is not None
    assert tie.keys == 1


def test_hard_heads_do_not_tie():
    assert most_tied(scored().with_attention("hard-left"), all_inputs(scored(), 3)) is None


@pytest.mark.parametrize(
    ("mask", "expected"),
    [("none", [1, 1, 1]), ("causal", [1, 0, 0]), ("anti-causal", [1, 1, 1])],
)
def test_needed_queries_go_back_through_the_masks(mask, expected):
    one = scored(mask, "first")
    two = Model(one.vocabulary, one.embedding, one.layers * 2, one.readout)
    assert needed_queries(two, 3)[0].tolist() == expected
    assert needed_queries(two, 3)[1].tolist() == [1, 0, 0]
