"""How many fraction bits a model needs: the least number at which its decisions are the exact model's, and stay so."""

from collections.abc import Callable
from functools import cache

import numpy as np

from circuitsim.errors import InputError, LimitError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.inputs import chosen_inputs
from circuitsim.networks.fixed_point import FixedPoint, fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.limits import MAX_BITS
from circuitsim.networks.rungs import run_exact
from circuitsim.tokens import Codes

LONGEST = 4096  # letters; beyond, running the models at every precision takes too long
MOST_BITS = 32
IN_A_ROW = 3  # agreement is not monotone in the bits
AT_ONCE = 256  # inputs run before looking whether one disagrees


class NoPrecisionError(LimitError):
    """Too few bits decide wrongly, and more need wider numbers than are allowed."""


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
) -> int | None:
    """The least b such that b, b + 1 and b + 2 fraction bits all decide as the exact model does; None beyond `most`.

    Args:
        samples, seed: the inputs that are tried where there are more than 2^12; below, all are.
        max_bits: the widest interval allowed, as in `compile`.

    Raises:
        NoPrecisionError: an interval is wider than `max_bits` before enough bits agree.
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

    def right(bits: int) -> bool:
        try:
            fixed = fix(model, n, bits, max_bits)
        except LimitError:
            raise NoPrecisionError(_too_wide(n, bits, max_bits)) from None
        return _agrees(fixed, codes, decisions)

    return least(right, 0, most)


def _too_wide(n: int, bits: int, max_bits: int) -> str:
    if bits == 0:
        return f"at n={n} even 0 fraction bits need more than --max-bits {max_bits}."
    return (
        f"at n={n} no precision up to {bits - 1} bits decides as the exact model does and goes on doing so for two more"
        f" bits, and {bits} needs more than --max-bits {max_bits}."
    )


def _agrees(fixed: FixedPoint, codes: Codes, decisions: Codes) -> bool:
    starts = range(0, len(codes), AT_ONCE)
    parts = (slice(start, start + AT_ONCE) for start in starts)
    return all(
        np.array_equal(run_integer(fixed, codes[part]).decisions, decisions[part])
        for part in parts
    )
