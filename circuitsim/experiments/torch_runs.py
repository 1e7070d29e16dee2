"""Torch for training runs: imported when a run begins, with one thread, from a seed."""

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
