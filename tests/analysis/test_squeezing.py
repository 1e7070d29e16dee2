"""Squeezes beyond the first failure: messages counted until they are too few, against a plain scan."""

import pytest

from circuitsim import user_cache
from circuitsim.analysis.resources import resources
from circuitsim.analysis.separations import squeezing
from circuitsim.analysis.separations.gadget import LARGEST
from circuitsim.analysis.separations.gadgets import gadgets
from circuitsim.analysis.separations.messages import distinguishable
from circuitsim.analysis.separations.observing import observer
from circuitsim.analysis.separations.separations import SEPARATIONS
from circuitsim.analysis.separations.squeezing import Squeezed, countable, squeeze
from circuitsim.errors import InputError
from circuitsim.networks.rungs import run_exact
from circuitsim.zoo.addresses import built
from circuitsim.zoo.tasks.hops import KHop
from tests.analysis.collisions import collision

N = 6
SQUEEZED = [
    (one.name, side.label)
    for one in SEPARATIONS.values()
    for side in one.sides
    if side.squeeze
    and side.squeeze
    not in ("layers", "heads")  # layers of k-hop, which has no gadget; heads: below
]

NEVER = {("q-sparse-averaging", "transformer, sign keys")}  # with no value too few messages


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv(user_cache.FOLDER, str(tmp_path / "cache"))


def squeezed(task, label, n, variant=None):
    one = SEPARATIONS[task]
    side = next(side for side in one.sides if side.label == label)
    variant = one.variants[-1] if variant is None else variant
    has = resources(side.built(n, variant).at(n))
    return (
        side,
        variant,
        squeeze(one, side, n, variant, getattr(has, side.squeeze, has.width)),
    )


def counts(side, variant, gadget, value):
    """Distinct observations over Alice's parts, for each of Bob's: all the same where they are messages."""
    try:
        see = observer(
            side.built(gadget.n, variant, value).at(gadget.n), gadget, side.single_query
        )
    except InputError:
        return None
    return (
        None
        if see is None
        else {len({repr(seen) for seen in see(gadget.inputs(b))}) for b in gadget.questions}
    )


@pytest.mark.slow
@pytest.mark.parametrize(("task", "label"), SQUEEZED)
def test_messages_are_too_few_first_where_a_scan_of_all_gadgets_says(task, label):
    side, variant, found = squeezed(task, label, N)
    first = []
    for gadget in gadgets(side.built(N, variant).task, N):
        if side.single_query and len(gadget.alice) > 1:
            continue
        enough = distinguishable(gadget)
        few = [
            v
            for v in range(1, found.fails + 1)
            if (sent := counts(side, variant, gadget, v)) and max(sent) < enough
        ]
        first.append(max(few, default=0))
    assert first
    assert (found.too_few or 0) == max(first)
    assert (found.too_few is None) == ((task, label) in NEVER)
    assert found.sent >= found.needed
    if found.too_few is None:
        assert found.sent_less >= found.needed
        assert found.least >= 1
    else:
        assert found.fails >= found.too_few == found.least
        assert found.too_few_sent < found.needed
        assert (found.sent_less < found.needed) == (found.too_few == found.fails)


@pytest.mark.parametrize(("task", "label"), [case for case in SQUEEZED if case not in NEVER])
def test_a_model_that_sends_too_few_messages_answers_two_inputs_alike_and_one_wrongly(
    task, label
):
    side, variant, found = squeezed(task, label, N)
    less = side.built(N, variant, found.too_few)
    (gadget,) = (g for g in gadgets(less.task, N) if g.name == found.gadget)
    clash = collision(observer(less.at(N), gadget, side.single_query), gadget)
    got = run_exact(less.at(N), clash.codes).decisions[:, list(gadget.read)]
    assert (got[0] == got[1]).all()
    assert (got != clash.answers).any()


def test_too_few_heads_answer_two_inputs_alike_that_have_different_answers():
    side, _, found = squeezed("qstr", "transformer", N)
    assert (found.works, found.fails, found.asked, found.restricted) == (4, 3, 4, 3)
    assert found.needed is found.sent is None
    less = side.built(N, 4, found.fails)
    codes = less.task.format(N).parse(found.alike)
    got, truth = (
        run_exact(less.at(N), codes).decisions[:, 0],
        less.task.decisions(codes)[:, 0],
    )
    assert got[0] == got[1]
    assert truth[0] != truth[1]


@pytest.mark.parametrize(("address", "n", "bits"), [
    ("bounded-dyck", 8, 7), ("bounded-dyck", 10, 8), ("equality", 16, 8), ("equality", 20, 8), ("index-lookup", 40, 10),
])  # fmt: skip
def test_as_many_bits_are_counted_as_can_be_gone_through(address, n, bits):
    (whole,) = gadgets(built(address).task, n)
    gadget = countable(whole)
    assert (gadget.bits, len(gadget.parts)) == (bits, 2**bits)
    assert gadget.size == len(gadget.parts) * len(gadget.questions) <= LARGEST


def test_what_is_counted_of_some_bits_says_of_how_many(monkeypatch):
    monkeypatch.setattr(squeezing, "MOST_ALICE", 2)
    _, _, found = squeezed("equality", "recurrent net", N)
    assert (found.gadget, found.needed) == ("halves (2 of 3 bits)", 4)
    assert found.too_few_sent < found.needed <= found.sent


@pytest.mark.parametrize("n", range(1, 7))
def test_k_hops_differ_from_one_less_exactly_where_k_is_below_n(n):
    """A chain of one layer less is right on all inputs of n tokens otherwise."""
    side = SEPARATIONS["k-hop"].sides[1]
    for k in range(1, n + 3):
        codes = KHop(k=k).inputs(n)
        less = KHop(k=k - 1).decisions(codes) if k > 1 else None
        if less is not None:
            assert (KHop(k=k).decisions(codes) != less).any() == (k < n) == side.tight(n, k)


def test_a_chain_has_a_layer_to_spare_where_there_are_as_many_hops_as_tokens():
    _, _, found = squeezed("k-hop", "transformer, one hop a layer", 6, 6)
    assert (found.works, found.fails) == (
        6,
        5,
    )  # 7 layers are one more than inputs of 6 tokens need
    _, _, found = squeezed("k-hop", "transformer, one hop a layer", 6, 5)
    assert (found.works, found.fails) == (6, 5)


@pytest.mark.parametrize(("model", "option", "fails", "address"), [
    ("zoo:qstr:q=4,heads=3", "heads", 3, "zoo:qstr:q=4"),
    ("zoo:equality-rnn:cells=3", "cells", 3, "zoo:equality-rnn"),
    ("zoo:match2:modulus=8,embedding=integer", "bits", 3, "zoo:match2:modulus=8,embedding=integer"),
])  # fmt: skip
def test_the_address_of_what_was_squeezed_keeps_the_other_options(
    model, option, fails, address
):
    found = Squeezed("task", model, 8, option, fails + 1, fails, 1, True, "", [0], [1], "")
    assert found.address == address
    assert built(found.address.removeprefix("zoo:")).name == address.removeprefix("zoo:")
