"""Models of every architecture in checkpoints whose config is a JSON model, and whose numbers are tensors."""

import json
import random
from copy import deepcopy
from fractions import Fraction
from itertools import chain

import numpy as np
import pytest
from safetensors.numpy import save_file

import circuitsim as cs
from circuitsim.errors import CircuitSimError, ModelError
from circuitsim.models.files.json_model import json_text
from circuitsim.models.files.referring import with_references
from tests.models.random_nets import random_connected, random_recurrent
from tests.models.random_records import random_records
from tests.models.torch_files import saved

MAKERS = (random_records, random_recurrent, lambda seed: random_connected(seed, 3))
TEXTS = (
    "vocabulary",
    "values",
    "fields",
    "states",
    "moves",
    "positions",
    "prepend",
    "append",
)


def with_arrays(value):
    """A JSON model in which lists of numbers are arrays, where floats hold these exactly."""
    if isinstance(value, dict):
        return {k: item if k in TEXTS else with_arrays(item) for k, item in value.items()}
    if not isinstance(value, list):
        return value
    rows = value if value and isinstance(value[0], list) else [value]
    try:
        exact = [[Fraction(x) for x in row] for row in rows]
        array = np.array(exact, np.float64)
    except (TypeError, ValueError):
        return [with_arrays(item) for item in value]
    if not array.size or any(
        Fraction(x) != y for x, y in zip(array.ravel(), chain(*exact), strict=True)
    ):
        return value
    return array if rows is value else array[0]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("maker", MAKERS)
def test_a_model_comes_back_from_config_and_tensors(maker, seed, tmp_path):
    model = maker(seed)
    whole = with_arrays(json.loads(json_text(model)))
    config, tensors = with_references(whole)
    assert tensors
    torch_file, safe_file = tmp_path / "model.pt", tmp_path / "model.safetensors"
    torch_file.write_bytes(saved(config, tensors))
    save_file(tensors, safe_file, {"circuitsim": json.dumps(config)})
    assert cs.load(torch_file) == model
    assert cs.load(safe_file) == model


def small():
    return with_references(with_arrays(json.loads(json_text(random_recurrent(3)))))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda config, tensors: tensors.update(more=np.ones(2)), "unused tensors 'more'"),
        (lambda config, tensors: tensors.popitem(), "there is no tensor"),
        (
            lambda config, tensors: tensors.update({min(tensors): np.full(2, np.nan)}),
            "not finite",
        ),
        (
            lambda config, tensors: tensors.update({min(tensors): np.ones((1, 1, 1))}),
            "dimensions",
        ),
        (
            lambda config, tensors: config.update(embedding={"tensor": 3}),
            "there is no tensor 3",
        ),
        (lambda config, tensors: config.update(kind="other"), "kind is 'other'"),
        (lambda config, tensors: config.update(version=2), "version is 2"),
    ],
)
def test_what_does_not_fit_is_one_sentence(change, message, tmp_path):
    config, tensors = small()
    change(config, tensors)
    path = tmp_path / "model.pt"
    path.write_bytes(saved(config, tensors))
    with pytest.raises(ModelError, match=message) as found:
        cs.load(path)
    assert str(found.value).startswith(str(path))
    assert "\n" not in str(found.value)


def test_mutated_configs_load_or_are_refused(tmp_path):
    config, tensors = small()
    rng, path = random.Random(0), tmp_path / "model.pt"
    odd = [None, True, -1, 10**30, "x", [], {}, {"tensor": "x"}, {"tensor": []}, [[1]], 1e300]
    refused = 0
    for _ in range(400):
        mutated, own = deepcopy(config), dict(tensors)
        place = mutated
        while True:
            key = rng.choice([*place] if isinstance(place, dict) else range(len(place)))
            if isinstance(place[key], dict | list) and place[key] and rng.random() < 0.7:
                place = place[key]
                continue
            place[key] = rng.choice([*odd, {"tensor": rng.choice([*own])}])
            break
        path.write_bytes(saved(mutated, own))
        try:
            cs.load(path)
        except CircuitSimError:
            refused += 1
    assert refused > 200
