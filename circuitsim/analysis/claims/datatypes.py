"""What numbers a model's state may be: five datatypes of the literature, each a way to run a model.

- rational: exact fractions of any size (2106.16213, section 3.1, Q).
- dyadic: powers of two below, means rounded once to b fraction bits: this project's integer model.
- dyadic-literal: the same with the division of 2106.16213, Appendix A, whose results are not rounded.
- float: p bits, mantissa and exponent, sums truncated once (2207.00729, Appendix A); decisions are what it can change.
- rounded-add: fixed point that rounds after every addition, left to right (2402.12875), for contrast.
"""

from collections.abc import Callable
from dataclasses import dataclass

from circuitsim.analysis.claims.state_bounds import ANY_WIDTH
from circuitsim.models.expressions import bits_at
from circuitsim.models.model import Model
from circuitsim.models.sequence import Codes
from circuitsim.networks.datatypes.literal import run_literal
from circuitsim.networks.datatypes.p_bit_floats import default_precision, run_p_bit
from circuitsim.networks.datatypes.rounded_additions import run_rounded_additions
from circuitsim.networks.draw import network
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.network import Network
from circuitsim.networks.rungs import run_exact
from circuitsim.networks.trace import ExactTrace
from circuitsim.numbers.scaled import Scaled


@dataclass(frozen=True)
class Datatype:
    """One datatype.

    Args:
        run: model, letter codes (batch, n) and precision to a trace.
        precision: what the precision is: "fraction bits" (b), "bits of a float" (p), or "" where there is none.
    """

    name: str
    run: Callable[[Model, Codes, int], ExactTrace]
    precision: str = "fraction bits"

    def precision_at(
        self, model: Model, n: int, bits: int | str | None, p: int | str | None
    ) -> int | None:
        """The precision at n letters: `bits`, or the model's own; `p` made even, or `default_precision`; or None."""
        if self.precision == "fraction bits":
            return bits_at(model.bits if bits is None else str(bits), n)
        if self.precision == "bits of a float":
            asked = default_precision(n) if p is None else bits_at(str(p), n)
            return asked + asked % 2
        return None


def _run_dyadic(model: Model, codes: Codes, bits: int) -> ExactTrace:
    run = run_integer(fix(model, codes.shape[1], bits, ANY_WIDTH), codes)
    residuals = tuple(
        Scaled(x, 1 << e).reduced() for x, e in zip(run.residuals, run.exponents, strict=True)
    )
    return ExactTrace(residuals, Scaled(run.outputs, 1 << run.output_exponent), run.decisions)


def _over_networks(
    run: Callable[[Network, Codes, int], ExactTrace],
) -> Callable[[Model, Codes, int], ExactTrace]:
    return lambda model, codes, precision: run(
        network(model, codes.shape[1]), codes, precision
    )


DATATYPES = {
    datatype.name: datatype
    for datatype in (
        Datatype("dyadic-literal", _over_networks(run_literal)),
        Datatype("dyadic", _run_dyadic),
        Datatype("rational", lambda model, codes, _: run_exact(model, codes), precision=""),
        Datatype("float", _over_networks(run_p_bit), precision="bits of a float"),
        Datatype("rounded-add", _over_networks(run_rounded_additions)),
    )
}
