"""The rungs of any model, a transformer or a rival of one: float64, exact, and integers at a length and precision."""

from typing import TypeAlias

from circuitsim.models import exact_fast, fixed_point, floating, integer
from circuitsim.models.connected import FullyConnected
from circuitsim.models.exact_fast import ExactTrace
from circuitsim.models.fixed_point import MAX_BITS, FixedModel
from circuitsim.models.integer import IntegerTrace
from circuitsim.models.model import Model
from circuitsim.models.recurrent import RecurrentNet
from circuitsim.models.rival_fast import run_exact_rival, run_float_rival
from circuitsim.models.rival_fixed import FixedRival, fix_rival
from circuitsim.models.rival_integer import run_integer_rival
from circuitsim.models.trace import Trace
from circuitsim.tokens import Codes

AnyModel: TypeAlias = Model | RecurrentNet | FullyConnected
AnyFixed: TypeAlias = FixedModel | FixedRival


def run_float(model: AnyModel, codes: Codes) -> Trace:
    """Run a model in float64 on token codes (batch, n)."""
    return floating.run_float(model, codes) if isinstance(model, Model) else run_float_rival(model, codes)


def run_exact_fast(model: AnyModel, codes: Codes) -> ExactTrace:
    """Run a model exactly on token codes (batch, n)."""
    return exact_fast.run_exact_fast(model, codes) if isinstance(model, Model) else run_exact_rival(model, codes)


def fix(model: AnyModel, n: int, bits: int | str | None = None, max_bits: int = MAX_BITS) -> AnyFixed:
    """Round a model for n tokens to fixed point; `bits` as in `fixed_point.fix`."""
    if isinstance(model, Model):
        return fixed_point.fix(model, n, bits, max_bits)
    return fix_rival(model, n, bits, max_bits)


def run_integer(fixed: AnyFixed, codes: Codes) -> IntegerTrace:
    """Run the integer model on token codes (batch, n)."""
    return integer.run_integer(fixed, codes) if isinstance(fixed, FixedModel) else run_integer_rival(fixed, codes)
