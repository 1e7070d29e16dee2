"""Thousands of checkpoints of every dialect with something wrong: each loads, or ends in one CircuitSimError."""

import json
import random
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

import circuitsim as cs
from circuitsim.errors import CircuitSimError
from circuitsim.models.files.contents import Contents
from circuitsim.models.files.dialects.reading import model_of
from circuitsim.models.files.dialects.table import DIALECTS
from tests.models.strangers import SHAPES, stranger
from tests.models.test_mutated_files import rewrite

COUNT = 2000
ODD = [
    None,
    True,
    -1,
    0,
    1,
    3,
    10**30,
    2.5,
    "",
    "x",
    "relu",
    "mean",
    [],
    ["a"],
    ["a", "a"],
    [1],
    {},
    {"a": 1},
    "a" * 10**4,
]


def test_every_dialect_has_a_stranger():
    assert list(SHAPES) == [dialect.name for dialect in DIALECTS]


@pytest.mark.parametrize("name", SHAPES)
def test_the_whole_ones_are_recognised_and_read(name, tmp_path):
    tensors, config, said = stranger(name)
    model = model_of(Contents(tensors, config, "here"), tmp_path / "m.pt", said)
    assert (len(model.layers) >= 2, len(model.vocabulary), model.prepend) == (
        True,
        4,
        ("<s>",),
    )


@pytest.mark.parametrize("name", SHAPES)
def test_each_tensor_counts(name, tmp_path):
    """Leaving one out, or renaming it, is noticed; but for those that are optional in the module itself."""
    tensors, config, said = stranger(name)
    optional = (
        "attn.mask",
        "positions.weight",
        "pos",
        "head.bias",
        "token_type_embeddings.weight",
        "unembed.b_U",
        "unembed.bias",
    )
    for gone in tensors:
        rest = {n: a for n, a in tensors.items() if n != gone}
        for left in (rest, {**rest, f"{gone}x": tensors[gone]}):
            lost = len(left) < len(tensors)
            free = name == "torch-encoder" and not gone.startswith("encoder.") and not lost
            if free or (lost and gone.endswith(optional)):
                continue
            with pytest.raises(CircuitSimError):
                model_of(Contents(left, config, "here"), tmp_path / "m.pt", said)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_mutated_contents(name, tmp_path):
    rng = random.Random(name)
    path = tmp_path / "m.pt"
    loaded, messages = 0, set()
    for _ in range(COUNT):
        tensors, config, said = stranger(name)
        config, said = json.loads(json.dumps(config)), json.loads(json.dumps(said))
        for _ in range(rng.choice([1, 1, 2, 4])):
            rng.choice([_tensor, _tensor, _entry, _option])(rng, tensors, config, said)
        rewrite(tmp_path / "m.pt.circuitsim.json", json.dumps(said).encode())
        try:
            model_of(Contents(tensors, config, str(path)), path, {})
            loaded += 1
        except CircuitSimError as error:
            messages.add(str(error))
    assert 0 < loaded < COUNT
    assert all("\n" not in said and len(said) < 20_000 for said in messages)
    assert len(messages) > COUNT // 20


def _tensor(rng, tensors, config, said):
    """A tensor that is lost, another's, of another shape, kind or size, or not finite."""
    name = rng.choice(list(tensors))
    array = tensors[name]
    match rng.randrange(8):
        case 0:
            del tensors[name]
        case 1:
            tensors[
                rng.choice(["odd", f"{name}.x", f"module.{name}", name.replace("0", "7")])
            ] = tensors.pop(name)
        case 2:
            tensors[name] = array.T
        case 3:
            tensors[name] = array[: len(array) // 2] if array.ndim else array
        case 4:
            tensors[name] = array.reshape(-1)
        case 5:
            tensors[name] = np.full(array.shape, rng.choice([np.nan, np.inf, 1e30, 1e-40, 0]))
        case 6:
            numbers = np.nan_to_num(array.astype(np.float64), posinf=9).clip(-100, 100)
            tensors[name] = numbers.astype(rng.choice(["i1", "i2", "?", "f2", "f8", "i8"]))
        case 7:
            tensors[name] = np.zeros(
                rng.choice([(), (0,), (0, 3), (2, 0), (1, 1, 1), (3, 2, 1, 2)])
            )


def _entry(rng, tensors, config, said):
    """Another value in what is saved beside the tensors."""
    inner = next((value for value in config.values() if isinstance(value, dict)), config)
    keys = [
        *inner,
        "n_head",
        "layer_norm_epsilon",
        "activation_function",
        "scale_attn_weights",
        "n_inner",
    ]
    inner[rng.choice(keys)] = deepcopy(rng.choice(ODD))


def _option(rng, tensors, config, said):
    """Another value among the options."""
    keys = [
        *said,
        "letters",
        "append",
        "classes",
        "decide",
        "offset",
        "bits",
        "gap_bits",
        "inner",
        "dialect",
        "odd",
    ]
    key = rng.choice(keys)
    if key == "names" and rng.random() < 0.8:
        ours = (
            rng.choice(list(said["names"]))
            if isinstance(said["names"], dict) and said["names"]
            else "x"
        )
        theirs = {
            "tensor": "table",
            "transpose": deepcopy(rng.choice(ODD)),
            "part": rng.choice([[0, 2], [5, 2], [1], "x"]),
            "heads": rng.choice([True, 2]),
        }
        said["names"] = {
            **(said["names"] if isinstance(said["names"], dict) else {}),
            ours: rng.choice([*ODD, theirs, "block*.q.weight", "#"]),
        }
    else:
        said[key] = deepcopy(rng.choice(ODD))


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_damaged_files(name, tmp_path):
    """The same with bytes: of the weights' file, of what lies beside it and of the options."""
    tensors, config, said = stranger(name)
    save_file(tensors, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "circuitsim.json").write_text(json.dumps(said))
    for file in (
        tmp_path / n for n in ("model.safetensors", "config.json", "circuitsim.json")
    ):
        _damage(file, tmp_path)


def _damage(file: Path, folder: Path):
    whole, rng = file.read_bytes(), random.Random(file.name)
    reached = min(len(whole), 400)
    for _ in range(100):
        changed = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            changed[rng.randrange(reached)] = rng.randrange(256)
        rewrite(
            file, changed[: rng.randrange(1, len(whole))] if rng.random() < 0.2 else changed
        )
        with suppress(CircuitSimError):  # and nothing else
            cs.load(folder)
    file.write_bytes(whole)
