"""The rungs of a model of any architecture: its network drawn for the inputs at hand, and run."""

from collections.abc import Sequence

from circuitsim.models.any_model import AnyModel
from circuitsim.models.sequence import Codes

from . import definition, exact, floating
from .definition import Division
from .draw import network
from .trace import ExactTrace, Trace


def run_float(model: AnyModel, codes: Codes) -> Trace:
    """Run a model in float64 on token codes (batch, n); see `floating`."""
    return floating.run_float(network(model, codes.shape[1]), codes)


def run_exact(model: AnyModel, codes: Codes) -> ExactTrace:
    """Run a model exactly on token codes (batch, n); see `exact`."""
    return exact.run_exact(network(model, codes.shape[1]), codes)


def run_definition(
    model: AnyModel,
    codes: Sequence[int],
    bits: int | None = None,
    division: Division = "rounded",
) -> Trace:
    """Run a model on one string of token codes (n,), plainly; see `definition`."""
    return definition.run_definition(network(model, len(codes)), codes, bits, division)
