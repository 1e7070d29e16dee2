"""Softmax made hard: scores are those of whole runs, and where its weight falls is what a plain definition says."""

from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import exp, floor
from pathlib import Path

import numpy as np
import pytest
from circuitsim.compilers.calibration import Stated

import circuitsim as cs
from circuitsim.analysis import hardening_figure
from circuitsim.analysis.hardening import Hardening, HeadStudy, halves, harden
from circuitsim.analysis.hardening_search import KINDS, Study
from circuitsim.errors import InputError, LimitError
from circuitsim.models.files import json_model
from circuitsim.models.files.json_model import json_text, parse_json
from circuitsim.models.inputs import sample
from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout
from circuitsim.models.positions import PositionTable
from circuitsim.models.sequence import moved
from circuitsim.networks import decided
from circuitsim.networks.rungs import run_float

CHECKPOINTS = Path(__file__).parents[3] / "shared" / "checkpoints"
OF = {kind.name: kind for kind in KINDS}


def trained_like(seed, **given):
    """A random model as people train them: two layers of two heads, norms, GELU, a table of positions."""
    rng = np.random.default_rng(seed)

    def normal(*shape):
        return rng.normal(0, 1, shape).round(3)

    layers = []
    for _ in range(2):
        heads = tuple(
            Head(
                normal(2, 4), normal(2, 4), value=normal(2, 4), output=normal(4, 2),
                query_bias=normal(2), attention="softmax", mask="causal", scale=Fraction(3, 2),
            )
            for _ in range(2)
        )  # fmt: skip
        net = FeedForward(normal(3, 4), normal(4, 3), normal(3), activation="gelu-tanh")
        norms = {"attention_norm": Norm(normal(4), normal(4)), "net_norm": Norm(normal(4))}
        layers.append(Layer(heads, feed_forward=net, **norms))
    settings = {
        "readout": Readout(normal(3, 4), position="each"),
        "positions": PositionTable(normal(9, 4)),
        "inner": "rounded",
        **given,
    }
    return Model("ab", {"a": normal(4), "b": normal(4)}, tuple(layers), **settings)


def study_of(model, inputs):
    """The study of a model on stated inputs."""
    parts = [decided.decided(model, each.codes, each.offset, each.start) for each in inputs]
    return Study(model, [some for part in parts for some in part])


def kept_by_whole_runs(model, hardened, inputs):
    """Inputs and decisions that are as before, by two runs of the float rung."""
    whole = single = 0
    for each in inputs:
        before, after = (
            run_float(moved(m, each.offset), each.codes).decisions for m in (model, hardened)
        )
        per = before.shape[1] // each.codes.shape[1]
        same = (before == after)[:, each.start * per :]
        whole, single = whole + same.all(axis=1).sum(), single + same.sum()
    return whole, single


@pytest.mark.parametrize("seed", range(6))
def test_scores_are_those_of_whole_runs(seed, monkeypatch):
    monkeypatch.setattr(decided, "WORKING_SET", 400)  # several pieces
    answer = ("decision", "signs")[seed % 2]
    model = trained_like(seed)
    model = replace(model, readout=replace(model.readout, answer=answer))
    inputs = [Stated(sample(2, 6, 30, seed), 2, 1), Stated(sample(2, 4, 20, seed))]
    study = study_of(model, inputs)
    assert len(study.pieces) > 2
    rng = np.random.default_rng(seed)
    for _ in range(3):
        kinds = {
            place: KINDS[rng.integers(len(KINDS))]
            for place in study.places
            if rng.random() < 0.6
        }
        place = study.places[rng.integers(len(study.places))]
        for kind, found in study.scores(kinds, place).items():
            hardened = study.hardened({**kinds, place: kind})
            assert found == kept_by_whole_runs(model, hardened, inputs)


def test_kinds_round_scores_as_they_say():
    """Scores 5/4, 3/2, 11/4: which keys a head takes the mean of."""
    scores = [Fraction(5, 4), Fraction(3, 2), Fraction(11, 4)]
    head = Head([[1, 0]], [[0, 1]], value=[[0, 1]], output=[[0], [0]], attention="softmax")
    tokens = {str(index): [1, score] for index, score in enumerate(scores)}
    readout = Readout([[0, 1], [0, 0]])
    for kind in KINDS:
        layer = Layer((replace(kind.of(head), output=[[0], [1]]),), residual=False)
        model = Model("012", tokens, (layer,), replace(readout, position="first"))
        mean = run_float(model, np.array([[0, 1, 2]])).outputs[0, 0, 0]
        if kind.uniform:
            chosen = scores
        elif kind.score_bits is None:
            chosen = [max(scores)]
        else:
            step = Fraction(2) ** -kind.score_bits
            steps = [floor(score / step + Fraction(1, 2)) for score in scores]
            pairs = zip(scores, steps, strict=True)
            chosen = [score for score, level in pairs if level == max(steps)]
        assert mean == pytest.approx(float(sum(chosen) / len(chosen))), kind.name


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_search_finds_what_trying_all_pairs_finds(seed):
    model = trained_like(seed)
    model = replace(
        model, layers=model.layers[:1], readout=replace(model.readout, position="last")
    )
    inputs = [Stated(sample(2, 7, 128, seed))]
    searched, others = halves(inputs, seed)
    found = harden(model, searched, others)
    study = study_of(model, searched)
    pairs = product(KINDS, repeat=2)
    best = max(study.score(dict(zip(study.places, pair, strict=True))) for pair in pairs)
    assert (
        found.searched_kept == best[0] == kept_by_whole_runs(model, found.model, searched)[0]
    )
    assert found.searched_kept >= max(found.alike.values())
    assert found.kept == kept_by_whole_runs(model, found.model, others)[0]
    assert [OF[head.chosen].of(old) for head, old in zip(found.heads, model.heads, strict=True)] == [
        *found.model.heads
    ]  # fmt: skip


def plain_maxima(model, strings):
    """By softmax of the only head, whose keys and queries are letters."""
    masses, ties = [], []
    for string in strings:
        vectors = [[float(x) for x in model.embedding[letter]] for letter in string]
        head = model.heads[0]
        for place in range(len(string)) if model.readout.position == "each" else [0]:
            rows = [
                np.array(m.scaled.numerators / m.scaled.denominator)
                for m in (head.query, head.key)
            ]
            query = rows[0] @ vectors[place]
            seen = range(place + 1) if head.mask == "causal" else range(len(string))
            scores = [round(float(query @ rows[1] @ vectors[key]), 9) for key in seen]
            shares = [exp(score - max(scores)) for score in scores]
            top = [share for share in shares if share == 1]
            masses.append(sum(top) / sum(shares))
            ties.append(len(top))
    return np.mean(masses), np.mean(ties)


@pytest.mark.parametrize("mask", ["none", "causal"])
@pytest.mark.parametrize("position", ["first", "each"])
def test_where_the_weight_falls(mask, position):
    head = Head(
        [[1, 2], [0, 1]], [[1, -1], ["1/2", 0]], value=[[1, 0]], output=[[1], [0]],
        attention="softmax", mask=mask,
    )  # fmt: skip
    tokens = {"a": [1, 0], "b": [0, 1], "c": [1, 1]}
    model = Model("abc", tokens, (Layer((head,)),), Readout([1, 0], position=position))
    strings = ["abca", "bbca", "ccab", "aaaa"]
    codes = np.array([["abc".index(letter) for letter in string] for string in strings])
    found = study_of(model, [Stated(codes)]).shares()
    assert found[0, 0].tolist() == pytest.approx(plain_maxima(model, strings))


def test_an_even_head_is_uniform_and_a_sharp_one_is_hard():
    even = Head([[0, 0]], [[1, 0]], value=[[1, 0]], output=[[1], [0]], attention="softmax")
    sharp = replace(even, query=[[40, 40]], key=[[1, -1]])
    for head, kept in ((even, "uniform"), (sharp, "hard")):
        model = Model("ab", {"a": [1, 0], "b": [0, 1]}, (Layer((head,)),), Readout([2, -1]))
        found = harden(model, *halves([Stated(sample(2, 6, 60, 1))], 0))
        assert found.alike[kept] == found.searched_kept == found.searched
        assert found.kept == found.others > 10
    assert found.alike["uniform"] < found.searched


def test_the_others_are_inputs_that_the_search_never_saw():
    """Each input is in one half, however often it is stated, and at each offset it is another one."""
    codes = sample(2, 4, 40, 0)
    inputs = [Stated(codes), Stated(codes, 1), Stated(codes[:7]), Stated(sample(2, 3, 1, 0))]
    found = halves(inputs, 0)
    sets = [
        {(each.offset, *row) for each in half for row in each.codes.tolist()}
        for half in found
    ]
    whole = {(each.offset, *row) for each in inputs for row in each.codes.tolist()}
    assert sets[0] | sets[1] == whole
    assert not sets[0] & sets[1]
    assert 0 <= len(sets[0]) - len(sets[1]) <= 1
    assert sum(len(each.codes) for half in found for each in half) == 88
    lines = [[each.codes.tolist() for each in halves(inputs, seed)[0]] for seed in (0, 0, 1)]
    assert lines[0] == lines[1] != lines[2]
    with pytest.raises(InputError, match=r"two different ones or more, not 1"):
        halves([Stated(codes[:1]), Stated(codes[:1])], 0)


@pytest.mark.parametrize("seed", range(4))
def test_hardened_models_are_written_and_read_back_equal(seed):
    model = trained_like(seed)
    study = Study(model, [])
    kinds = {place: KINDS[(seed + i) % len(KINDS)] for i, place in enumerate(study.places)}
    hardened = study.hardened(kinds)
    assert not hardened.has_softmax
    assert parse_json(json_text(hardened, "kept").encode(), "m") == hardened


def test_too_long_a_file_is_refused_when_it_is_written(monkeypatch):
    monkeypatch.setattr(json_model, "LARGEST", 500)
    with pytest.raises(LimitError, match="too large for JSON"):
        json_text(trained_like(0))


def test_the_figure_has_a_line_for_each_head_and_one_for_all(monkeypatch):
    drawn = pytest.importorskip("matplotlib.figure").Figure()
    monkeypatch.setattr(hardening_figure, "figure", lambda *size: nullcontext(drawn))
    heads = (HeadStudy(0, 1, 0.5, 2.0, {"hard": 3, "uniform": 1}, "hard"),)
    alike = {"hard": 2, "uniform": 4}
    found = Hardening(9, 4, alike, heads, 3, 2, trained_like(0))
    hardening_figure.hardening_figure(found, "nowhere.svg")
    lines = {line.get_label(): [*line.get_ydata()] for line in drawn.axes[0].lines}
    assert lines == {
        "all heads": [50, 100],
        "layer 0, head 1 alone, mass 0.50": [75, 25],
        "the best kind of each head": [75, 75],
    }


def test_what_cannot_be_hardened():
    model, both = trained_like(0), [Stated(sample(2, 4, 10, 0))]
    with pytest.raises(InputError, match="no softmax"):
        harden(model.with_attention("saturated"), both, both)
    for given in ((both, []), ([], both)):
        with pytest.raises(InputError, match="no inputs"):
            harden(model, *given)
    number = replace(model, readout=Readout([1, 0, 0, 0], answer="number"))
    with pytest.raises(InputError, match="answers by a number"):
        harden(number, both, both)


def brackets(rng):
    """Half of 900 balanced strings, 700 with as many of each, and 400 others."""
    codes = np.array([*product((0, 1), repeat=16)])
    depths = (1 - 2 * codes).cumsum(axis=1)
    even = depths[:, -1] == 0
    balanced = even & (depths.min(axis=1) >= 0)
    kinds = ((balanced, 450), (even & ~balanced, 350), (~even, 200))
    rows = [rng.choice(np.flatnonzero(kind), count, replace=False) for kind, count in kinds]
    return codes[np.concatenate(rows)]


def recall(rng):
    """Six pairs of a key and a value, then a key of them."""
    rows = []
    for _ in range(1000):
        keys = rng.permutation(8)[:6]
        pairs = np.stack([keys, rng.integers(8, 16, 6)], axis=1)
        rows.append([*pairs.ravel(), rng.choice(keys)])
    return np.array(rows)


ROWS = {  # decisions kept, in percent: hard; saturated with scores of 0, 1, 2 bits; the best kind of each head
    "trained-brackets-plain.pt": (brackets, ["CLS"], (55.0, 58, 55, 55, 94.5)),
    "trained-recall-real.pt": (recall, [], (99.5, 99.95, 99.85, 99.7, 100)),
}


@pytest.mark.slow
@pytest.mark.skipif(not CHECKPOINTS.is_dir(), reason="no checkpoints here")
@pytest.mark.parametrize("name", ROWS)
def test_trained_checkpoints_keep_what_was_measured(name):
    pytest.importorskip("torch")
    from tests.models.test_dialect_libraries import KNOWN

    inputs, before, expected = ROWS[name]
    model = cs.load(CHECKPOINTS / name, **KNOWN[name], prepend=before)
    found = harden(model, *halves([Stated(inputs(np.random.default_rng(0)))], 0))
    kinds = ("hard", "saturated, 0 bits", "saturated, 1 bit", "saturated, 2 bits")
    kept = np.array([*(found.alike[kind] for kind in kinds), found.searched_kept])
    np.testing.assert_allclose(100 * kept / found.searched, expected, atol=3)
