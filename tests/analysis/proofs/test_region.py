import random
from itertools import product

import pytest

from circuitsim.analysis.proofs.counts.region import Region
from circuitsim.certificates.cases import tight


def value(fact, point):
    return fact[0] + sum(a * x for a, x in zip(fact[1:], point, strict=True))


@pytest.mark.parametrize("seed", range(150))
def test_the_vertex_is_least_and_a_contradiction_is_one(seed):
    r = random.Random(seed)
    k = r.randint(0, 4)
    least = [r.randint(-2, 2) for _ in range(k)]
    corner = [(-x, *(int(i == j) for i in range(k))) for j, x in enumerate(least)]
    region = Region((*corner, (0,) * (k + 1)))
    box = list(product(range(-2, 7), repeat=k))
    for _ in range(r.randint(1, 12)):  # one after another, each from the vertex before
        fact = tight((r.randint(-6, 9), *(r.randint(-3, 3) for _ in range(k))))
        before, region = region, region.and_(fact)
        fresh = Region(region.facts)
        assert region.empty == fresh.empty
        inside = [p for p in box if all(value(f, p) >= 0 for f in region.facts)]
        if region.empty:
            numbers, times = region.contradiction[::2], region.contradiction[1::2]
            assert min(times) > 0
            facts = [region.facts[number] for number in numbers]
            constant, *rest = (
                sum(t * f[at] for t, f in zip(times, facts, strict=True))
                for at in range(k + 1)
            )
            assert constant < 0
            assert not any(rest)
            assert not inside
            return
        assert all(value(f, region.point) >= 0 for f in region.facts)
        assert sum(before.point) <= sum(region.point) == sum(fresh.point)
        assert all(sum(p) >= sum(region.point) for p in inside)
