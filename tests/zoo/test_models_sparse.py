"""The zoo's models of averaging, matching and look-up decide as their tasks are defined, on every rung."""

from fractions import Fraction
from itertools import combinations, product
from math import cos, pi, sin

import numpy as np
import pytest

from circuitsim.api import check
from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from circuitsim.zoo import cosines, key_schemes
from circuitsim.zoo.models import averaging, finding, matching, targets

ENTRIES = {
    e.name: e for module in (averaging, finding, matching, targets) for e in module.ENTRIES
}
CASES = [  # entry, options, lengths whose inputs are few, longer ones
    ("q-sparse-averaging", "q=1", (1, 2, 3), (5,)),
    ("q-sparse-averaging", "q=2", (2, 3), (7, 16)),
    ("q-sparse-averaging", "q=3,seed=2", (3, 4), (8,)),
    ("q-sparse-averaging", "q=2,keys=polytope", (2, 3), (7, 16)),
    ("q-sparse-averaging", "q=3,keys=polytope", (3,), (8,)),
    ("q-sparse-averaging", "q=2,keys=one-hot", (2, 3), (7, 16)),
    ("q-sparse-averaging", "q=5,keys=one-hot", (5,), (16,)),
    ("sparse-token-selection", "q=1", (2, 3, 5), (16,)),
    ("sparse-token-selection", "q=2", (3, 5, 7), (16,)),
    ("sparse-token-selection", "q=2,keys=polytope", (3, 5, 7), (16,)),
    ("sparse-token-selection", "q=3,keys=one-hot", (4, 6), (16,)),
    ("qstr", "q=1", (1, 2, 3), (16,)),
    ("qstr", "q=2", (2, 3), (16,)),
    ("qstr", "q=4,g=majority", (1,), (7, 16)),
    ("qstr", "q=5,g=parity", (1,), (16,)),
    ("qstr", "q=3,g=sum", (2,), (16,)),
    ("simple-qstr", "q=2", (1, 2, 4, 5), (16,)),
    ("simple-qstr", "q=3,g=majority", (3,), (16,)),
    ("simple-qstr", "q=1,g=sum", (4,), (16,)),
    ("match2", "", (1, 2, 4), (16,)),
    ("match2", "modulus=2", (1, 5), (16,)),
    ("match2", "modulus=64", (1, 2), (16,)),
    ("match2", "embedding=integer", (1, 2, 4), (16,)),
    ("match2", "embedding=integer,modulus=2", (5,), ()),
    ("match3", "", (1, 2, 4), (10,)),
    ("match3", "modulus=2", (1, 5), ()),
    ("match3", "modulus=20", (1, 2), (9,)),
    ("match3-bigram", "", (1, 2, 3, 4), (16,)),
    ("match3-bigram", "modulus=2", (1, 2, 6), ()),
    ("match3-bigram", "modulus=3", (1, 2, 6), (16,)),
    ("match3-local", "", (1, 2, 4), (16,)),
    ("match3-local", "modulus=4,window=0", (1, 4), (16,)),
    ("match3-local", "modulus=4,window=2", (1, 5, 6), (16,)),
    ("match3-local", "modulus=3,window=3", (7,), (16,)),
    ("index-lookup", "", (2, 3, 6, 8), (16,)),
    ("index-lookup", "letters=3", (2, 5), (16,)),
    ("associative-recall", "", (3, 6, 9), (18,)),
    ("associative-recall", "letters=4", (3, 6), (12,)),
    ("nearest-neighbour", "", (3, 5), (17,)),
    ("nearest-neighbour", "dimension=1", (3, 9), (17,)),
    ("nearest-neighbour", "dimension=5", (3,), (17,)),
]


def built(name, options):
    return ENTRIES[name].built(dict(part.split("=") for part in options.split(",") if part))


def each(which):
    return [
        pytest.param(c[0], c[1], n, id=f"{c[0]}:{c[1]}-{n}") for c in CASES for n in c[which]
    ]


def agrees(zoo, n, codes):
    model = zoo.at(n)
    wanted = zoo.task.decisions(codes)
    assert (run_exact(model, codes).decisions == wanted).all()
    assert (run_integer(fix(model, n), codes).decisions == wanted).all()


@pytest.mark.parametrize(("name", "options", "n"), each(2))
def test_a_model_decides_every_short_input_as_its_task(name, options, n):
    zoo = built(name, options)
    codes = zoo.task.inputs(n)
    agrees(zoo, n, codes if len(codes) <= 2**12 else codes[:: len(codes) // 2**11])


@pytest.mark.parametrize(("name", "options", "n"), each(3))
def test_a_model_decides_long_random_and_hard_inputs_as_its_task(name, options, n):
    zoo, rng = built(name, options), np.random.default_rng(n)
    for draw in (zoo.task.sample, zoo.task.adversarial):
        agrees(zoo, n, draw(n, 300, rng))


@pytest.mark.parametrize(
    ("name", "options", "n"),
    [
        ("q-sparse-averaging", "q=1", 3),
        ("q-sparse-averaging", "q=2,keys=polytope", 3),
        ("q-sparse-averaging", "q=2,keys=one-hot", 4),
        ("sparse-token-selection", "q=2", 5),
        ("qstr", "q=2", 3),
        ("simple-qstr", "q=3,g=sum", 3),
        ("match2", "modulus=5", 4),
        ("match2", "embedding=integer,modulus=5", 3),
        ("match3", "modulus=3", 3),
        ("match3-bigram", "modulus=4", 4),
        ("match3-local", "modulus=3", 4),
        ("index-lookup", "letters=3", 4),
        ("associative-recall", "", 6),
        ("nearest-neighbour", "", 5),
    ],
)
def test_circuits_are_the_integer_model_bit_for_bit(name, options, n):
    """On inputs of the format, which need not be legal."""
    row = check(built(name, options).at(n), n, bases=("xag", "tc0"), samples=200)
    assert len([rung for rung in row.rungs if rung.relation == "="]) == 6
    assert [rung for rung in row.rungs if rung.relation == "=" and not rung.holds] == []


@pytest.mark.parametrize(
    ("name", "options", "n", "layers", "heads", "width"),
    [
        ("q-sparse-averaging", "q=2,dimension=40,keys=signs", 6, 1, 1, 2 * 40 + 2),
        ("q-sparse-averaging", "q=3,keys=polytope", 8, 1, 1, 2 * (2 * 3 + 1) + 2),
        ("q-sparse-averaging", "q=3,keys=one-hot", 8, 1, 1, 2 * 8 + 2),
        ("sparse-token-selection", "q=3,keys=polytope", 8, 1, 1, 2 * (2 * 3 + 1) + 2),
        ("qstr", "q=4", 9, 1, 4, 4 + 5),
        ("simple-qstr", "q=3,g=majority", 9, 1, 3, 3 + 5),
        ("match2", "", 9, 1, 1, 5),
        ("match2", "embedding=integer", 9, 1, 1, 7),
        ("match3", "", 9, 1, 1, 5),
        ("match3-bigram", "", 9, 2, 1, 9),
        ("match3-local", "modulus=6", 9, 1, 1, 2 * 6 + 3),
        ("index-lookup", "letters=5", 9, 1, 1, 5),
        ("associative-recall", "", 9, 2, 1, 7),
        ("nearest-neighbour", "dimension=3", 9, 2, 1, 3 + 6),
    ],
)
def test_layers_heads_and_width_are_as_the_entry_says(name, options, n, layers, heads, width):
    model = built(name, options).at(n)
    assert (len(model.layers), {len(layer.heads) for layer in model.layers}, model.width) == (
        layers,
        {heads},
        width,
    )


def test_only_match3_is_of_third_order():
    for name, options, lengths, _ in CASES:
        model = built(name, options).at(lengths[0])
        assert [head.third_order for layer in model.layers for head in layer.heads].count(
            True
        ) == (name == "match3")


def test_without_a_head_qstr_errs():
    zoo = built("qstr", "q=3,heads=2")
    codes = zoo.task.adversarial(9, 100, np.random.default_rng(0))
    assert (run_exact(zoo.at(9), codes).decisions != zoo.task.decisions(codes)).any()
    assert len(zoo.at(9).layers[0].heads) == 2
    with pytest.raises(CircuitSimError, match="heads is 4, expected 1 to 3"):
        built("qstr", "q=3,heads=4").at(9)


def test_a_table_of_too_many_sets_is_refused():
    with pytest.raises(LimitError, match="has 16900 rows, at most 16384"):
        built("q-sparse-averaging", "q=2").at(130)
    with pytest.raises(CircuitSimError, match="take more signs"):
        built("q-sparse-averaging", "q=2,dimension=5").at(16)


@pytest.mark.parametrize(
    ("n", "q", "seed"), [(6, 1, 0), (7, 2, 0), (7, 2, 1), (6, 3, 5), (5, 5, 0)]
)
def test_certificates_score_one_at_members_and_less_than_a_half_elsewhere(n, q, seed):
    """In rationals: the certificate is a sum of the set's keys whose score at each of them is 1."""
    signs = key_schemes.sign_keys(n, key_schemes.least_dimension(n, q, seed), seed)
    for members in combinations(range(n), q):
        (query,) = key_schemes.certificates(signs, np.array([members]))
        chosen = [[Fraction(int(x)) for x in signs[j]] for j in members]
        weights = solved([[sum(map(Fraction.__mul__, a, b)) for b in chosen] for a in chosen])
        exact = [
            sum(w * row[c] for w, row in zip(weights, chosen, strict=True))
            for c in range(len(query))
        ]
        assert np.allclose([float(x) for x in exact], query)
        scores = [sum(int(s) * x for s, x in zip(row, exact, strict=True)) for row in signs]
        assert all(
            score == 1 if i in members else score < Fraction(1, 2)
            for i, score in enumerate(scores)
        )


def solved(rows):
    """The solution of rows x = (1, ..., 1), by Gauss and Jordan in rationals."""
    rows = [[*row, Fraction(1)] for row in rows]
    for c in range(len(rows)):
        pivot = next(r for r in range(c, len(rows)) if rows[r][c])
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [x / rows[c][c] for x in rows[c]]
        for r in range(len(rows)):
            if r != c:
                rows[r] = [x - rows[r][c] * y for x, y in zip(rows[r], rows[c], strict=True)]
    return [row[-1] for row in rows]


def test_one_sign_less_fails():
    """The least dimension is the first: with fewer signs a set is dependent, or another position scores 1/2 or more."""
    for n, q in ((6, 1), (7, 2), (6, 3)):
        sets = key_schemes.looked_at(n, q)
        others = np.array([[i not in members for i in range(n)] for members in sets])
        for m in range(1, key_schemes.least_dimension(n, q)):
            signs = key_schemes.sign_keys(n, m)
            dependent = any(np.linalg.matrix_rank(signs[members]) < q for members in sets)
            assert (
                dependent
                or (key_schemes.certificates(signs, sets) @ signs.T)[others].max() > 0.4999999
            )


def test_signs_grow_by_columns():
    assert (key_schemes.sign_keys(9, 30, 4)[:, :7] == key_schemes.sign_keys(9, 7, 4)).all()


def test_least_bits_of_certificates_hold_and_one_less_does_not():
    sets, signs = key_schemes.looked_at(8, 2), key_schemes.sign_keys(8, 40)
    exact, bits = (
        key_schemes.certificates(signs, sets),
        key_schemes.least_certificate_bits(signs, sets),
    )
    for b, holds in ((bits, True), (bits - 1, False)):
        query = np.floor(exact * 2**b + 0.5) / 2**b
        scores = query @ signs.T
        inside = np.array([[i in members for i in range(8)] for members in sets])
        assert ((scores >= 0.5) == inside).all() == holds


@pytest.mark.parametrize(("n", "q"), [(6, 1), (7, 2), (6, 4)])
def test_the_polytope_scores_zero_at_members_and_below_elsewhere(n, q):
    powers = key_schemes.polytope_keys(n, q)
    for members in combinations(range(n), q):
        scores = powers @ np.array(key_schemes.polytope_query(members), object)
        assert [i for i in range(n) if scores[i] == 0] == list(members)
        assert max(scores) == 0


@pytest.mark.parametrize(
    ("modulus", "bits"), [(8, 2), (16, 4), (32, 6), (64, 8), (128, 11), (256, 13)]
)
def test_least_bits_of_match2(modulus, bits):
    """As they were measured before, over all pairs."""
    assert cosines.least_match_bits(modulus) == bits


@pytest.mark.parametrize(
    ("modulus", "order"), [(2, 2), (5, 2), (8, 2), (2, 3), (5, 3), (8, 3)]
)
def test_the_blank_scores_between_matches_and_all_others(modulus, order):
    """Cosines of sums by the addition theorem, at the least bits, and no blank of fewer bits does."""
    least, blank = cosines.least_match(modulus, order)
    for bits in range(least + 1):
        match, other = by_hand(modulus, order, bits)
        if bits == least:
            score = np.prod([float(x) for x in blank])
            assert other < score < match
            assert all((x * 2**bits).denominator == 1 for x in blank)
        elif match > other:
            low = max(other, cos(2 * pi / modulus), -1 / 4 ** (order * bits))
            steps = range(4 * 2**bits)
            between = (np.prod(x) / 2 ** (order * bits) for x in product(steps, repeat=order))
            assert not any(low < score < min(match, 1) for score in between)


def by_hand(modulus, order, bits):
    """The least score of a match and the largest of any other sum, from rounded angles, as a real part of a product."""
    grid = [
        np.floor(f(2 * pi * x / modulus) * 2**bits + 0.5) / 2**bits
        for f in (cos, sin)
        for x in range(modulus)
    ]
    points = [complex(c, s) for c, s in zip(grid[:modulus], grid[modulus:], strict=True)]
    match, other = 9.0, -9.0
    for residues in product(range(modulus), repeat=order):
        score = np.prod([points[x] for x in residues]).real
        if sum(residues) % modulus == 0:
            match = min(match, score)
        else:
            other = max(other, score)
    return match, other
