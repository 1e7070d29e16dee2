"""Thousands of damaged files a format: each loads or ends in one CircuitSimError, quickly and in little memory."""

import json
import random
import resource
import time

import pytest
from safetensors.numpy import save

from circuitsim.errors import CircuitSimError
from circuitsim.models.files.json_model import json_text
from circuitsim.models.files.reading import load
from circuitsim.models.files.state_dict import model_from_state
from tests.models.torch_files import Tensor, pickled, saved, state, zipped

COUNT = 2000
MEMORY = 3 * 2**30  # bytes of address space beyond what the tests already use


@pytest.fixture
def little_memory():
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def rewrite(path, data):
    """Put bytes into a file, a new one: filesystems may flush what is cut to be written again, which takes longest."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def mutated(data, rng):
    """Bytes flipped, cut out, repeated, moved, or replaced by extreme ones."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        match rng.randrange(6):
            case 0 | 1:
                if a < len(data):
                    data[a] ^= 1 << rng.randrange(8)
            case 2:
                data[a : a + rng.choice([1, 4, 8])] = rng.choice(
                    [b"\xff", b"\0", b"\x7f"]
                ) * rng.choice([1, 4, 8])
            case 3:
                del data[rng.choice([a, max(a, b - 8)]) : b]
            case 4:
                data[a:a] = data[b : b + 40]
            case 5:
                data = (
                    data[:a] if rng.random() < 0.3 else data[:b] + data[a : a + 60] + data[b:]
                )
        data = data or bytearray(b"\0")
    return bytes(data)


def originals():
    config, tensors = state()
    return {
        "pt": saved(config, tensors),
        "safetensors": save(tensors, {"circuitsim": json.dumps(config)}),
        "json": json_text(model_from_state(config, tensors, "small")).encode(),
    }


def inner_pickle(rng):
    """A sound zip around a damaged pickle, which the checksums of a zip would otherwise hide."""
    config, tensors = state()
    raw = {}
    value = {"config": config, "state_dict": {n: Tensor(t) for n, t in tensors.items()}}
    data = mutated(pickled(value, raw), rng)
    return zipped(
        {"a/data.pkl": data, **{f"a/data/{key}": content for key, content in raw.items()}}
    )


@pytest.mark.slow
@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("kind", ["pt", "safetensors", "json", "pickle"])
def test_damaged_files_load_or_end_in_one_error(kind, tmp_path):
    rng = random.Random(f"circuitsim {kind}")
    path = tmp_path / f"model.{'pt' if kind == 'pickle' else kind}"
    original = b"" if kind == "pickle" else originals()[kind]
    loaded, slowest, messages = 0, 0.0, set()
    for _ in range(COUNT):
        rewrite(path, inner_pickle(rng) if kind == "pickle" else mutated(original, rng))
        start = time.process_time()
        try:
            load(path)
            loaded += 1
        except CircuitSimError as error:
            messages.add(str(error))
        slowest = max(slowest, time.process_time() - start)
    assert loaded < COUNT
    assert all("\n" not in message and len(message) < 2500 for message in messages)
    assert slowest < 2


def test_originals_load(tmp_path):
    for kind, data in originals().items():
        path = tmp_path / f"model.{kind}"
        path.write_bytes(data)
        assert load(path).width == 3
    path.write_bytes(inner_pickle(Still()))
    assert load(path).name == "small"


class Still(random.Random):
    """A source of no change at all."""

    def choice(self, options):
        return 0 if options == [1, 1, 1, 2, 5] else super().choice(options)
