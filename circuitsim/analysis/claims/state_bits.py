"""How many bits the largest entry of a state vector has, layer by layer, in each datatype, against n.

The size of a rational p/q in lowest terms is 2 max(|p|, |q|) + 1, |.| the bit length (2106.16213, section 3.1: a sign,
and both padded to one length). Its example "1/2 has 5 bits" is max(1, 2) = 2. Zero is 0/1 and has 3 bits whether |0|
is 0 or 1, since |q| is 1. Whole numbers of a state are rationals too: 2 is 2/1 and has 5 bits, although as an unsigned
integer it has 2.

What is measured is a maximum over the inputs that were run; what is bounded holds for all inputs of that n.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from circuitsim.analysis.claims.datatypes import DATATYPES
from circuitsim.analysis.claims.state_bounds import dyadic_bounds, literal_bounds
from circuitsim.analysis.growth.fits import Fit, PowerFit, fit_log, fit_power
from circuitsim.models.inputs import chosen_inputs
from circuitsim.models.model import Model
from circuitsim.networks.refusals import refuse_parts
from circuitsim.networks.rungs import run_exact
from circuitsim.numbers.scaled import Scaled, largest

Bounds: TypeAlias = Sequence[int | None]

BOUNDED = {"dyadic": dyadic_bounds, "dyadic-literal": literal_bounds}


@dataclass(frozen=True)
class StateRow:
    """The state after `layer` layers (0: after the embedding) at length n.

    Args:
        precision: fraction bits b, or the float's p; None for rationals.
        measured: size in bits of the largest entry on the inputs; p for floats, by definition.
        bound: size that no entry exceeds on any input; None where nothing is known.
        lemma: size that no sum over positions in this layer's heads exceeds, by Lemma 1; None without heads, and for
            other datatypes than the two dyadic ones.
        inputs: how many were run. disagreements: how many of them the exact model decides otherwise.
    """

    n: int
    datatype: str
    layer: int
    precision: int | None
    measured: int
    bound: int | None
    lemma: int | None
    inputs: int
    disagreements: int


@dataclass(frozen=True)
class StateFit:
    """How the measured size after `layer` layers grows; `within`: it exceeds no bound (None: there is none)."""

    datatype: str
    layer: int
    log: Fit | None
    power: PowerFit | None
    within: bool | None


def state_bits(
    model: Model,
    ns: Sequence[int],
    datatypes: Sequence[str] = tuple(DATATYPES),
    *,
    bits: int | str | None = None,
    p: int | str | None = None,
    samples: int = 200,
    seed: int = 0,
) -> list[StateRow]:
    """Sizes for every n, datatype and layer, in this order.

    Args:
        datatypes: names in `DATATYPES`.
        bits: fraction bits, or an expression in n; None takes the model's own.
        p: bits of a float, or an expression in n, made even; None takes 4 ceil(log2 n) + 16.
        samples, seed: the inputs where there are more than 2^12, half of them extremal; below, all are run.

    Raises:
        ModelError: the model has a softmax head, or a norm or another part of real blocks.
    """
    refuse_parts(model, "the bounds know none")
    rows = []
    for n in ns:
        _, codes = chosen_inputs(model, n, None, samples, seed)
        exact = run_exact(model, codes)
        for name in datatypes:
            datatype = DATATYPES[name]
            precision = datatype.precision_at(model, n, bits, p)
            trace = exact if precision is None else datatype.run(model, codes, precision)
            wrong = int((trace.decisions != exact.decisions).any(axis=1).sum())
            bounds, lemmas = _bounds(model, n, name, precision)
            for layer, residual in enumerate(trace.residuals):
                measured = precision if name == "float" else largest_size(residual)
                assert measured is not None
                row = (
                    n,
                    name,
                    layer,
                    precision,
                    measured,
                    bounds[layer],
                    lemmas[layer],
                    len(codes),
                    wrong,
                )
                rows.append(StateRow(*row))
    return rows


def fits(rows: Sequence[StateRow]) -> list[StateFit]:
    """Fits of the measured sizes against n, for every datatype and layer, in the order of their first rows."""
    found = []
    for name, layer in dict.fromkeys((row.datatype, row.layer) for row in rows):
        mine = [row for row in rows if (row.datatype, row.layer) == (name, layer)]
        ns, sizes, what = (
            [row.n for row in mine],
            [row.measured for row in mine],
            f"bits after layer {layer}",
        )
        bounded = [row.measured <= row.bound for row in mine if row.bound is not None]
        within = all(bounded) if bounded else None
        found.append(
            StateFit(
                name, layer, fit_log(ns, sizes, what), fit_power(ns, sizes, what), within
            )
        )
    return found


def largest_size(numbers: Scaled) -> int:
    """The largest size of some rationals; each is brought to its own lowest terms."""
    wide = numbers.denominator >= 2**62
    numerators = numbers.numerators.astype(object) if wide else numbers.numerators
    common = np.gcd(numerators, numbers.denominator)
    above, below = numerators // common, numbers.denominator // common
    return 2 * max(largest(above).bit_length(), largest(below).bit_length()) + 1


def _bounds(model: Model, n: int, name: str, precision: int | None) -> tuple[Bounds, Bounds]:
    """`bound` and `lemma` of each layer."""
    nothing: Bounds = [None] * (len(model.layers) + 1)
    if precision is None:
        return nothing, nothing
    if name in BOUNDED:
        bounds = BOUNDED[name](model, n, precision)
        return bounds.entries, bounds.sums
    if name == "float":
        return [precision] * len(nothing), nothing
    return [2 * max(2 * precision, precision + 1) + 1] * len(
        nothing
    ), nothing  # |k| < 2^(2b) over 2^b
