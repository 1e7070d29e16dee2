"""What training needs beyond the core."""

from importlib.util import find_spec

from circuitsim.errors import CircuitSimError


def require_torch() -> None:
    """Refuse where there is no torch.

    Raises:
        CircuitSimError: with the line that installs it.
    """
    if find_spec("torch") is None:
        raise CircuitSimError("training needs torch: pip install 'circuitsim[train]'.")
