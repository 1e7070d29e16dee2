"""A net restricted to signs is the trained net: torch on the real vectors, against the model on the same tokens."""

from typing import Any

import numpy as np
import pytest

from circuitsim.experiments.real_inputs import averaging_nets, selection_nets, target_nets
from circuitsim.experiments.torch_runs import sign_codes
from circuitsim.models.model import Model
from circuitsim.networks.rungs import run_float
from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.averaging import QSparseAveraging, SparseTokenSelection
from circuitsim.zoo.tasks.targets import QSTR, SimpleQSTR

torch: Any = pytest.importorskip("torch")

NEAR = 2e-5  # float32 against float64
SEEDS = range(3)


def drawn(task: Task, n: int) -> tuple[Any, Any]:
    """Codes of inputs, and their fields: signs first, then pointers."""
    codes = task.sample(n, 20, np.random.default_rng(n))
    return codes, torch.tensor(task.format(n).digits(codes))


def outputs(model: Model, codes: Any) -> Any:
    return run_float(model, codes).outputs


def scaled(net: Any) -> Any:
    """Larger random weights, so that attention is not nearly even."""
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn_like(parameter) / 2)
    return net


@pytest.mark.parametrize("seed", SEEDS)
def test_q_sparse_averaging(seed: int) -> None:
    torch.manual_seed(seed)
    n, q, d = 5, 2, 3
    s = {"d": d, "q": q, "codes": 4, "m": 6, "N": 7, "learner": "attention"}
    at = torch.nn.functional.normalize(torch.randn(s["N"], s["codes"]), dim=1)
    unit = scaled(averaging_nets._net(torch, s))
    codes, digits = drawn(QSparseAveraging(q), n)
    value = torch.zeros(*digits.shape[:2], d)
    value[..., 0] = digits[..., 0] * 2.0 - 1
    place = at[:n].expand(len(digits), -1, -1)
    tokens = torch.cat([value, place, at[digits[..., 1:]].flatten(2)], dim=2)
    wanted = unit(tokens)[..., 0].detach().numpy()
    found = outputs(averaging_nets.restricted(unit, at, d, n, q), codes)
    assert np.abs((found[..., -1] - found[..., 0]) / 2 - wanted).max() < NEAR
    assert np.ptp(wanted) > 0.1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("task", [QSTR, SimpleQSTR])
def test_qstr(task: type[QSTR], seed: int) -> None:
    torch.manual_seed(seed)
    n = 4
    s = {"d": 3, "codes": 5, "N": 6, "learner": "transformer", "task": task.name}
    at = sign_codes(torch, s["N"], s["codes"])
    direction = torch.nn.functional.normalize(torch.randn(s["d"]), dim=0)
    net = scaled(target_nets._net(torch, s))
    codes, digits = drawn(task(1, "majority"), n)
    value = (digits[..., :1] * 2.0 - 1) * direction
    place = at[:n].expand(len(digits), -1, -1)
    wanted = net(torch.cat([value, place, at[digits[..., 1]]], dim=2)).detach().numpy()
    found = outputs(target_nets.restricted(net, direction, at, s, n), codes)[..., 0]
    read = wanted[:, -found.shape[1] :]
    assert np.abs(found - read).max() < 100 * NEAR * np.abs(read).max()
    assert np.ptp(read) > 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_sparse_token_selection(seed: int) -> None:
    torch.manual_seed(seed)
    n, q = 6, 2
    s = {"d": 3, "q": q, "codes": 5}
    net = scaled(selection_nets._attention(torch, s))
    at = sign_codes(torch, n - 1, s["codes"])
    codes, digits = drawn(SparseTokenSelection(q), n)
    x = torch.zeros(len(digits), n - 1, s["d"])
    x[..., 0] = digits[:, :-1, 0] * 2.0 - 1
    member = torch.zeros(len(digits), n - 1).scatter(1, digits[:, -1, 1:], 1.0)
    wanted = net({"x": x, "member": member, "codes": at})[:, 0].detach().numpy()
    found = outputs(selection_nets.restricted(net, at.numpy().astype(float), s, n), codes)
    assert np.abs((found[:, 0, -1] - found[:, 0, 0]) / 2 - wanted).max() < NEAR
    assert np.ptp(wanted) > 0.1
