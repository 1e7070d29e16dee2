"""How many fraction bits a model needs: the least number at which its decisions are the exact model's, and stay so."""

from collections.abc import Callable
from functools import cache
from math import log2

import numpy as np

from circuitsim.errors import InputError, LimitError, NoPrecisionError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.inputs import chosen_inputs
from circuitsim.models.model import MOST_SCORE_BITS
from circuitsim.networks.draw import network
from circuitsim.networks.fixed_point import FixedPoint, fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.limits import MAX_BITS, WidthError
from circuitsim.networks.near_ties import NearTie, nearest_tie
from circuitsim.networks.rungs import run_exact
from circuitsim.tokens import Codes

LONGEST = 4096  # letters; beyond, running the models at every precision takes too long
MOST_BITS = 32
IN_A_ROW = 3  # agreement is not monotone in the bits
AT_ONCE = 256  # inputs run before looking whether one disagrees


def least(right: Callable[[int], bool], start: int, most: int) -> int | None:
    """The least fraction bits that are right and go on being so for two more; None where none up to `most` do.

    They are looked for from `start` upward. Only where `start` does itself are fewer tried, while these are right too.

    Args:
        right: whether so many bits decide rightly; asked once of each number.
    """
    known = cache(right)
    tried = range(start, max(start, most) + 1)
    found = next(
        (bits for bits in tried if all(known(more) for more in range(bits, bits + IN_A_ROW))),
        None,
    )
    if found == start:
        while found > 0 and known(found - 1):
            found -= 1
    return found


def least_bits(
    model: AnyModel,
    n: int,
    *,
    samples: int = 1000,
    seed: int = 0,
    max_bits: int = MAX_BITS,
    most: int = MOST_BITS,
) -> int:
    """The least b such that b, b + 1 and b + 2 fraction bits all decide as the exact model does.

    Args:
        samples, seed: the inputs that are tried where there are more than 2^12; below, all are.
        max_bits: the widest interval allowed, as in `compile`.

    Raises:
        NoPrecisionError: there is none up to `most`, or an interval is wider than `max_bits` before enough bits agree.
        LimitError: n is larger than 4096.
        InputError: the model answers by a number, which decides nothing.
    """
    if n > LONGEST:
        raise LimitError(
            f"--bits auto runs the model at every precision, for n up to {LONGEST:,}; n is {n:,}."
        )
    if model.readout.answer == "number":
        raise InputError(
            f"{model.name}: --bits auto looks for bits that decide as the exact model does, and this model answers by"
            " a number; give --bits a number or an expression in n."
        )
    _, codes = chosen_inputs(model, n, None, samples, seed)
    decisions = run_exact(model, codes).decisions
    agreed: list[bool] = []  # with 0, 1, ... bits

    def right(bits: int) -> bool:
        agreed.append(_agrees(fix(model, n, bits, max_bits), codes, decisions))
        return agreed[-1]

    refused = ""
    try:
        found = least(right, 0, most)
    except WidthError as error:
        found, refused = None, error.refused
    if found is not None:
        return found
    if refused and any(agreed[-1:]):
        raise NoPrecisionError(_not_gone_on(n, agreed, refused))
    near = nearest_tie(network(model, n), codes[:AT_ONCE]) if agreed else None
    raise NoPrecisionError(
        _none(n, agreed[: most + 1], refused) + _named(near, len(agreed) - 1)
    )


def _not_gone_on(n: int, agreed: list[bool], refused: str) -> str:
    """What is said where the last bits that were tried decide rightly."""
    tried = len(agreed)
    least_right = max((bits + 1 for bits in range(tried) if not agreed[bits]), default=0)
    return (
        f"--bits auto: at n={n} {least_right} fraction bits decide as the exact model does, but whether they go on"
        f" doing so for two more bits is open, as {tried} cannot be tried: {refused}. Raise --max-bits, or give --bits"
        f" {least_right}."
    )


def _none(n: int, agreed: list[bool], refused: str) -> str:
    """What is said where no bits decide rightly."""
    if not agreed:
        return f"--bits auto: at n={n} even 0 fraction bits cannot be tried: {refused}. Raise --max-bits."
    none = (
        f"--bits auto: at n={n} no number of fraction bits up to {len(agreed) - 1} decides as the exact model does and"
        " goes on doing so for two more bits"
    )
    return (
        f"{none}, and {len(agreed)} cannot be tried: {refused}. Raise --max-bits."
        if refused
        else f"{none}."
    )


def _named(tie: NearTie | None, bits: int) -> str:
    """A near tie that so many bits may not see, and what to do about it."""
    rounding = (
        MOST_SCORE_BITS
        if tie is None
        else min(MOST_SCORE_BITS, int(1 / tie.gap).bit_length() - 3)
    )
    if tie is None or rounding < 0 or not tie.below(bits):
        return ""
    gap, share = (
        f"2^{log2(x.numerator) - log2(x.denominator):.4g}"
        for x in (tie.gap, tie.gap / tie.largest)
    )
    return (
        f" There is a near tie: {tie.place} tells scores apart that differ by {gap}, which is {share} of the largest;"
        f" if they should tie, give that head score_bits of at most {rounding}."
    )


def _agrees(fixed: FixedPoint, codes: Codes, decisions: Codes) -> bool:
    starts = range(0, len(codes), AT_ONCE)
    parts = (slice(start, start + AT_ONCE) for start in starts)
    return all(
        np.array_equal(run_integer(fixed, codes[part]).decisions, decisions[part])
        for part in parts
    )
