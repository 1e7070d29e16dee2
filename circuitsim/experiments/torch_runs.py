"""Torch for training runs: imported when a run begins, with one thread, from a seed."""

from typing import Any

from circuitsim.errors import CircuitSimError


def torch_from(seed: object) -> Any:
    """Torch, of which everything drawn from now on is determined by a seed.

    Raises:
        CircuitSimError: it is not installed, with the line that installs it.
    """
    try:
        import torch
    except ImportError:
        raise CircuitSimError(
            "experiments train with torch: pip install 'circuitsim[train]'."
        ) from None
    torch.set_num_threads(1)
    torch.manual_seed(int(str(seed)))
    torch.use_deterministic_algorithms(True)
    return torch


def require_torch() -> None:
    """Refuse to begin without torch.

    Raises:
        CircuitSimError: as `torch_from`.
    """
    torch_from(0)
