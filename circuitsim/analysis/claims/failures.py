"""Where fraction bits decide otherwise than the exact model: at one length, and the first of all lengths."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from circuitsim.analysis.claims.claim import Study
from circuitsim.analysis.claims.multisets import differing
from circuitsim.errors import ModelError
from circuitsim.models.inputs import FEW, chosen_inputs, few_inputs, representatives
from circuitsim.models.model import Model
from circuitsim.models.positions import PositionTable
from circuitsim.models.sequence import decode, position_values
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.limits import MAX_BITS
from circuitsim.networks.refusals import modern_part
from circuitsim.networks.rungs import run_exact

SEARCHED = 1024  # letters up to which the first failing n is looked for
MOST_SCORES = 2**29  # of all samples together that such a search computes in a head


@dataclass(frozen=True)
class Failure:
    """At n letters, `bits` fraction bits decide otherwise than the exact model on `wrong` of `inputs`.

    Args:
        string: the first of them. exhaustive: the inputs stand for all strings of n letters.
    """

    n: int
    bits: int
    string: str
    wrong: int
    inputs: int
    exhaustive: bool


def counted_inputs(model: Model, n: int) -> npt.NDArray[np.int64] | None:
    """`representatives`, where what runs long strings by their counts of letters knows all parts of the model."""
    return None if modern_part(model) else representatives(model, n)


def failure_at(study: Study, n: int, bits: int) -> Failure | None:
    """The first input of n letters on which `bits` fraction bits decide wrongly: exact where counts decide."""
    model, codes = study.model, counted_inputs(study.model, n)
    everything = codes is not None
    if codes is not None:
        wrong = differing(model, codes, bits)
    else:
        everything, codes = chosen_inputs(model, n, None, study.samples, study.seed)
        integer = run_integer(
            fix(model, n, bits, max(study.circuits.max_bits, MAX_BITS)), codes
        )
        wrong = (integer.decisions != run_exact(model, codes).decisions).any(axis=1)
    if not wrong.any():
        return None
    string = decode(model, codes[int(np.argmax(wrong))])
    return Failure(n, bits, string, int(wrong.sum()), len(codes), everything)


def first_failure(study: Study) -> tuple[Failure | None, int, bool]:
    """The least n at which the study's bits decide wrongly, up to 1,024 letters, all n in order.

    Returns:
        The failure, how far was searched, and whether every string up to there was decided for (where counts decide);
        else inputs are those of `chosen_inputs`, and the search ends with its work.
    """
    work, everything = 0, True
    for n in range(1, longest(study.model) + 1):
        study.progress(f"first n at which the bits are too few: {n}")
        if not defined(study, n):
            continue
        if counted_inputs(study.model, n) is None:
            inputs = (
                max(FEW, study.samples)
                if not few_inputs(study.model, n)
                else study.model.format.strings(n)
            )
            work += inputs * study.model.length(n) ** 2
            if work > MOST_SCORES:
                return None, n - 1, everything
        found = failure_at(study, n, study.bits_at(n))
        if found is not None:
            return found, n, everything and found.exhaustive
        everything = everything and _few(study.model, n)
    return None, longest(study.model), everything


def longest(model: Model) -> int:
    """How far the first failing n is looked for: 1,024 letters, or as many as a table of positions has."""
    if isinstance(model.positions, PositionTable):
        return min(SEARCHED, len(model.positions.rows) - model.length(0))
    return SEARCHED


def defined(study: Study, n: int) -> bool:
    """Whether the bits and the positions have a value at n: 1/(n-1) has none at 1."""
    try:
        study.bits_at(n)
        position_values(study.model, n)
    except ModelError:
        return False
    return True


def _few(model: Model, n: int) -> bool:
    return counted_inputs(model, n) is not None or few_inputs(model, n)
