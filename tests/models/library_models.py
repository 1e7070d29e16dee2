"""Models of other libraries with random weights, and their outputs beside ours."""

import numpy as np
import pytest

from circuitsim.networks.rungs import run_float

torch = pytest.importorskip("torch")

TOKENS, LENGTH = 7, 9


def randomised(module, seed):
    """Weights that no part of is near zero, so that every part counts."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn_like(weight) * 0.5)
    return module.eval()


def assert_outputs(model, expected, inputs):
    """The same outputs; where positions are averaged ours are sums."""
    found = run_float(model, np.array(inputs)).outputs
    if model.readout.position == "mean":
        found = found / len(inputs[0])
    expected = expected.detach().double().numpy().reshape(found.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def inputs(seed, count=5):
    return np.random.default_rng(seed).integers(0, TOKENS, (count, LENGTH - 2)).tolist()
