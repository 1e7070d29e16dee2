"""The zoo's models of averaging, matching and look-up decide as their tasks are defined, on every rung."""


import numpy as np
import pytest

from circuitsim.models.exact_fast import run_exact_fast
from circuitsim.models.fixed_point import fix
from circuitsim.models.integer import run_integer
from circuitsim.zoo.models import averaging, lookup, matching, targets

ENTRIES = {e.name: e for module in (averaging, lookup, matching, targets) for e in module.ENTRIES}
CASES = [  # entry, options, lengths whose inputs are few, longer ones
    ("q-sparse-averaging", "q=1", (1, 2, 3), (5,)),
    ("q-sparse-averaging", "q=2", (2, 3), (7, 16)),
    ("q-sparse-averaging", "q=3,seed=2", (3, 4), (8,)),
    ("q-sparse-averaging", "q=2,keys=polytope", (2, 3), (7, 16)),
    ("q-sparse-averaging", "q=4,keys=polytope", (4,), (9,)),
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
    return [pytest.param(c[0], c[1], n, id=f"{c[0]}:{c[1]}-{n}") for c in CASES for n in c[which]]


def agrees(zoo, n, codes):
    model = zoo.at(n)
    wanted = zoo.task.decisions(codes)
    assert (run_exact_fast(model, codes).decisions == wanted).all()
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
