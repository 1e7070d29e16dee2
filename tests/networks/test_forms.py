"""Intervals and common powers of two of many linear forms at once, against all that a stream can be."""

from itertools import product

import numpy as np
import pytest

from circuitsim.networks.forms import Affine, Number, Stream, affine, joined
from tests.numbers.test_scaled import integers

SIZES = (
    3,
    2**20,
    2**40,
    2**61,
    2**70,
)  # of entries: exact in float64, in 64 bits, and beyond


def numbers(rng: np.random.Generator, shape: tuple[int, ...], size: int) -> np.ndarray:
    result = np.empty(int(np.prod(shape)), object)
    result[:] = [
        int(rng.integers(-3, 4)) * max(1, size // 3) << int(rng.integers(0, 3))
        for _ in result
    ]
    return result.reshape(shape)


def stream(rng: np.random.Generator, width: int, size: int) -> Stream:
    tables = tuple(
        numbers(rng, (int(rng.integers(1, 4)), width), size)
        for _ in range(rng.integers(0, 3))
    )
    positions = numbers(rng, (2, width), size) if rng.random() < 0.5 else None
    found = []
    for _ in range(rng.integers(0, 4)):
        low = int(rng.integers(-2, 2))
        found.append(Number(numbers(rng, (width,), size), low, low + int(rng.integers(0, 3))))
    return Stream(2, numbers(rng, (width,), size), tables, positions, tuple(found))


def choices(one: Stream) -> list[list[np.ndarray]]:
    """What is added up: for every summand the vectors that it can be."""
    parts = [[one.constant], *(list(table) for table in one.tables)]
    parts += [] if one.positions is None else [list(one.positions)]
    return parts + [
        [m.column * value for value in range(m.low, m.high + 1)] for m in one.numbers
    ]


def by_hand(one: Stream, row: np.ndarray, offset: int) -> tuple[int, int, list[int]]:
    """The ends of the interval and the terms, by trying everything."""
    values = {
        offset + int(sum(row @ part for part in some)) for some in product(*choices(one))
    }
    terms = [offset + int(one.constant @ row)]
    terms += [int(v @ row) for table in one.tables for v in table]
    terms += [] if one.positions is None else [int(v @ row) for v in one.positions]
    for number in one.numbers:
        weight = int(number.column @ row)
        terms += [weight * number.low, weight if number.low < number.high else 0]
    return min(values), max(values), terms


def common(terms: list[int]) -> int:
    return min(((t & -t).bit_length() - 1 for t in terms if t), default=0)


@pytest.mark.parametrize("size", SIZES)
def test_forms_are_what_all_choices_give(size: int) -> None:
    rng = np.random.default_rng(size % 1000)
    for _ in range(60):
        one = stream(rng, 3, size)
        rows, offsets = numbers(rng, (5, 3), int(rng.choice(SIZES))), numbers(rng, (5,), size)
        found = one.forms(rows, offsets)
        for c, row in enumerate(rows):
            low, high, terms = by_hand(one, row, int(offsets[c]))
            assert found.ranges[c] == (low, high)
            assert found.grains[c] == common(terms)
            assert one.range(row, int(offsets[c])) == (low, high)


@pytest.mark.parametrize("size", SIZES)
def test_forms_of_streams_side_by_side(size: int) -> None:
    rng = np.random.default_rng(size % 1000)
    for _ in range(30):
        parts = [stream(rng, 2, size), stream(rng, 1, size), stream(rng, 2, 3)]
        rows, offsets = numbers(rng, (4, 5), 3), numbers(rng, (4,), size)
        rows[0, :2] = 0
        found = joined(parts).forms(rows, offsets)
        for c, row in enumerate(rows):
            pieces = [
                by_hand(part, row[a:b], 0)
                for part, (a, b) in zip(parts, ((0, 2), (2, 3), (3, 5)), strict=True)
            ]
            low, high = (
                int(offsets[c]) + sum(piece[end] for piece in pieces) for end in (0, 1)
            )
            assert found.ranges[c] == (low, high)
            terms = [
                t for least, most, some in pieces if (least, most) != (0, 0) for t in some
            ]
            assert found.grains[c] == common([int(offsets[c]), *terms])


@pytest.mark.parametrize("size", SIZES)
def test_affine_components_are_the_forms_divided(size: int) -> None:
    rng = np.random.default_rng(size % 1000)
    for _ in range(40):
        one = stream(rng, 3, size)
        rows, offsets, most = (
            numbers(rng, (4, 3), 8),
            numbers(rng, (4,), size),
            int(rng.integers(0, 4)),
        )
        found, forms = affine(one, rows, offsets, most), one.forms(rows, offsets)
        assert found.powers == tuple(min(grain, most) for grain in forms.grains)
        some = [options[int(rng.integers(len(options)))] for options in choices(one)]
        x = sum(some, np.zeros(3, object))
        values = found.apply(x[None, :])[0]
        for c, power in enumerate(found.powers):
            assert int(values[c]) << power == int(rows[c] @ x) + int(offsets[c])
            assert found.ranges[c] == (
                forms.ranges[c][0] >> power,
                forms.ranges[c][1] >> power,
            )
            common_part = power - found.grains[c]
            assert found.unshifted[c] == tuple(end >> common_part for end in forms.ranges[c])


@pytest.mark.parametrize("most", [3, 2**20, 2**30, 2**51, 2**57])
def test_a_form_applied_is_its_sums(most):
    rng = np.random.default_rng(most % 1009)
    x = integers(rng, (2, 3, 4), most)
    for many in (0, 1, 3):
        grains = tuple(int(g) for g in rng.integers(0, 3, many))
        unit = np.array([1 << g for g in grains], np.int64)
        rows, offsets = (
            rng.integers(-3, 4, (many, 4)) * unit[:, None],
            rng.integers(-5, 6, many) * unit,
        )
        form = Affine(rows, offsets, grains, grains, ((0, 0),) * many)
        for entries in (x, x.astype(object)):
            sums = entries.astype(object) @ form.rows.T + form.offsets
            assert (form.apply(entries) == sums // [1 << g for g in form.grains]).all()
