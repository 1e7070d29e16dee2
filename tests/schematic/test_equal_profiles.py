"""Small profiles that are kept once: equal ones are one object, and different ones never are."""

from itertools import combinations

import numpy as np

from circuitsim.schematic.profile import FEW, Equal, Profile


def profile(runs: list[list[int]], codes: list[int]) -> Profile:
    shape = [len(own) for own in runs]
    return Profile(
        tuple(np.array(own, np.int64) for own in runs),
        np.array(codes, np.int32).reshape(shape),
    )


def test_equal_profiles_are_one_and_others_are_not():
    """The others have the same numbers in another order, or other axes."""
    equal = Equal()
    given = [
        ([[1, 2], [3]], [4, 5]),
        ([[1, 2], [3]], [5, 4]),
        ([[2, 1], [3]], [4, 5]),
        ([[3], [1, 2]], [4, 5]),
        ([[1, 2, 3]], [4, 5, 6]),
        ([[1], [2, 3]], [4, 5]),
        ([[1, 2]], [4, 5]),
        ([[1, 1]], [0, 0]),
        ([[1, 1], []], []),
        ([[], [1, 1]], []),
    ]
    first = [equal(profile(*own)) for own in given]
    assert all(equal(profile(*own)) is found for own, found in zip(given, first, strict=True))
    assert all(a is not b for a, b in combinations(first, 2))
    for own, found in zip(given, first, strict=True):
        assert found.expand_dense().tolist() == profile(*own).expand_dense().tolist()


def test_large_profiles_stay_as_they_are():
    equal = Equal()
    large = [profile([[1] * (FEW + 1)], [*range(FEW + 1)]) for _ in range(2)]
    assert [equal(own) for own in large] == large
    assert not equal.known
