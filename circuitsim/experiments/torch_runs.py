"""Torch for training runs: imported when a run begins, with one thread, from a seed."""

from math import sqrt
from typing import Any

from circuitsim.learning.requirements import require_torch


def torch_from(seed: object) -> Any:
    """Torch, of which everything drawn from now on is determined by a seed.

    Raises:
        CircuitSimError: it is not installed, with the line that installs it.
    """
    require_torch()
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(int(str(seed)))
    torch.use_deterministic_algorithms(True)
    return torch


def descend(optimizer: Any, loss: Any) -> None:
    """One step against the gradient of a loss."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def sign_codes(torch: Any, count: int, width: int) -> Any:
    """Codes (count, width) of random signs, of length 1."""
    signs = torch.randint(2, (count, width)) * 2.0 - 1
    return signs / sqrt(width)
