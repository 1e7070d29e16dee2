"""Restrictions: with at most one sign fixed a head, no hard head sees the signs left, whatever the model is."""

from itertools import product

import numpy as np
import pytest

from circuitsim.analysis.separations.bounds import bounds
from circuitsim.analysis.separations.restricting import ASKER, restriction
from circuitsim.errors import InputError
from circuitsim.models.model import MASKS, FeedForward, Head, Layer, Model, Readout
from circuitsim.models.positions import PositionTable
from circuitsim.models.tables import Table
from circuitsim.networks.rungs import run_exact
from circuitsim.zoo.addresses import built
from circuitsim.zoo.tasks.targets import QSTR


def random_model(task, n, heads, seed, kinds=("hard-left", "hard-right")):
    """One layer of random heads over random maps of tokens, after a net and before one; many scores tie."""
    rng = np.random.default_rng(seed)
    d = 4

    def numbers(rows, columns):
        return rng.integers(-2, 3, (rows, columns)).tolist()

    def net():
        return FeedForward(numbers(3, d), numbers(d, 3))

    def head():
        kind, mask = str(rng.choice(kinds)), str(rng.choice(MASKS))
        return Head(
            numbers(2, d),
            numbers(2, d),
            numbers(2, d),
            numbers(d, 2),
            attention=kind,
            mask=mask,
        )

    framed = bool(seed % 2)
    fields = task.format(n).fields
    return Model(
        vocabulary=(),
        embedding={"<s>": numbers(1, d)[0]} if framed else {},
        layers=(
            Layer((), feed_forward=net()),
            Layer(tuple(head() for _ in range(heads)), feed_forward=net()),
        ),
        readout=Readout(numbers(2, d), position="each"),
        positions=PositionTable(numbers(n + framed, d)),
        prepend=("<s>",) if framed else (),
        bits="0",
        fields=fields,
        tables=tuple(Table((field.name,), numbers(field.size, d)) for field in fields),
    )


@pytest.mark.parametrize("seed", range(120))
def test_the_answer_of_any_hard_heads_depends_on_no_sign_left_free(seed):
    q, n = 3, 5
    task, heads = QSTR(q), 1 + seed % 3
    model = random_model(task, n, heads, seed)
    found = restriction(model, task, n)
    assert len(found.fixed) <= heads
    free = [place for place in range(1, q + 1) if place not in found.fixed]
    assert (found.codes is None) == (not free)
    digits = np.zeros((2 ** len(free), n, q + 1), np.int64)
    digits[:, ASKER, 1:] = np.arange(1, q + 1)
    for place, sign in found.fixed.items():
        digits[:, place, 0] = sign
    digits[:, free, 0] = list(product((0, 1), repeat=len(free)))
    codes = task.format(n).codes(digits)
    run = run_exact(model, codes)
    asker = len(model.prepend) + ASKER
    streams = run.residuals[-1].numerators[:, asker]
    assert (streams == streams[0]).all()
    if free:
        assert (found.codes == codes[[0, 2 ** (len(free) - 1)]]).all()
        assert (run.decisions[:, ASKER] == run.decisions[0, ASKER]).all()


def test_most_random_heads_do_choose_a_sign():
    """The test above would say little if heads saw the given tokens alone."""
    task = QSTR(3)
    fixed = [
        len(restriction(random_model(task, 5, 2, seed), task, 5).fixed) for seed in range(120)
    ]
    assert sum(count > 0 for count in fixed) > 60


@pytest.mark.parametrize("g", ["parity", "sum"])
@pytest.mark.parametrize(
    ("q", "heads"), [(q, heads) for q in range(1, 5) for heads in range(1, q + 1)]
)
def test_fewer_heads_than_pointers_answer_two_inputs_alike_and_one_wrongly(q, heads, g):
    entry = built(f"qstr:q={q},g={g},heads={heads}")
    found = restriction(entry.at(7), entry.task, 7)
    assert (found.asked, len(found.fixed)) == (q, heads)
    if heads == q:
        assert found.codes is None
        return
    got = run_exact(entry.at(7), found.codes).decisions[:, ASKER]
    truth = entry.task.decisions(found.codes)[:, ASKER]
    assert got[0] == got[1]
    assert truth[0] != truth[1]


def test_means_and_several_layers_are_another_matter():
    task = QSTR(2)
    assert restriction(random_model(task, 5, 1, 0, ("saturated",)), task, 5) is None
    assert restriction(built("k-hop").at(6), task, 6) is None
    with pytest.raises(InputError, match="need n > 2, and n is 2"):
        restriction(built("qstr").at(2), task, 2)


def test_the_bound_is_of_inputs_long_enough_for_the_restriction():
    (heads,) = (bound for bound in bounds("qstr") if bound.theorem == "Proposition 21")
    assert [heads.value(n, q=3) for n in range(1, 7)] == [0, 0, 0, 3, 3, 3]
    alone = QSTR(2)  # of one token both pointers are to itself, and no head is needed
    assert (alone.decisions(alone.inputs(1)) == 0).all()
