"""The one table of experiments, by name."""

from importlib import import_module

from circuitsim.errors import InputError
from circuitsim.experiments.experiment import Experiment
from circuitsim.zoo.near import nearest

MODULES = {
    "majority": "majority",
    "index-lookup": "lookup_and_dyck",
    "dyck": "lookup_and_dyck",
    "width": "widths",
    "q-sparse-averaging": "q_sparse_averaging",
    "qstr": "qstr",
    "simple-qstr": "qstr",
    "qstr-heads": "qstr_heads",
    "sparse-token-selection": "sparse_token_selection",
}


def experiment(name: str) -> Experiment:
    """The experiment of a name.

    Raises:
        InputError: there is none, with the nearest name that there is.
    """
    if name not in MODULES:
        meant = nearest(name, MODULES) or f"; there are {', '.join(MODULES)}"
        raise InputError(f"there is no experiment {name[:60]!r}{meant}.")
    found: Experiment = import_module(f"circuitsim.experiments.{MODULES[name]}").EXPERIMENTS[
        name
    ]
    return found


def experiments() -> list[Experiment]:
    """All experiments, in the order of the table."""
    return [experiment(name) for name in MODULES]
