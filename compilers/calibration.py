"""How finely softmax and all else must be rounded, on stated inputs: the least bits that decide as softmax does.

First the bits of weights, with gaps and the rest much finer; then those of gaps; then the fraction bits. Agreement is
not monotone in any of them, so each is the least that agrees three times in a row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
from circuitsim.compilers.precision import IN_A_ROW, least
from numpy.typing import NDArray

from circuitsim.errors import InputError, NoPrecisionError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.model import Model
from circuitsim.models.sequence import moved
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.limits import MAX_BITS, WidthError
from circuitsim.networks.rungs import run_exact, run_float
from circuitsim.tokens import Codes

Wanted: TypeAlias = Literal["weight_bits", "gap_bits", "bits"]

ORDER: tuple[Wanted, ...] = ("weight_bits", "gap_bits", "bits")
FINE: dict[Wanted, int] = {"gap_bits": 12, "bits": 16}  # while others are looked for
MOST: dict[Wanted, int] = {"weight_bits": 14, "gap_bits": 12, "bits": 32}


@dataclass(frozen=True)
class Stated:
    """Inputs of one length.

    Args:
        codes: (inputs, n). offset: the row of the position table that their first position has.
        start: the first of the positions that are read out whose decision counts.
    """

    codes: Codes
    offset: int = 0
    start: int = 0


@dataclass(frozen=True)
class Calibrated:
    """What was found.

    Args:
        model: with these bits. found: those that were looked for.
        inputs: how many were stated; `undecided` of them softmax itself leaves open, in float64.
    """

    model: AnyModel
    found: dict[Wanted, int]
    inputs: int
    undecided: int


@dataclass
class _Reference:
    """Stated inputs, and what their model decides before anything is rounded; how often roundings disagreed."""

    stated: Stated
    decisions: Codes
    trusted: NDArray[np.bool_]
    disagreed: int = 0

    def kept(self, model: AnyModel, max_bits: int) -> NDArray[np.bool_]:
        """Which of the inputs the integer model decides alike, or softmax itself leaves open."""
        codes = self.stated.codes
        fixed = fix(moved(model, self.stated.offset), codes.shape[1], None, max_bits)
        found = run_integer(fixed, codes).decisions[:, self.first(model) :]
        return (found == self.decisions[:, self.first(model) :]).all(axis=1) | ~self.trusted

    def first(self, model: AnyModel) -> int:
        """The first decision that counts; signs are several at a position."""
        signs = model.readout.answer == "signs"
        return self.stated.start * (len(model.readout.weights) if signs else 1)


def calibrate(
    model: AnyModel,
    inputs: Sequence[Stated],
    wanted: Sequence[Wanted],
    *,
    max_bits: int = MAX_BITS,
    progress: Callable[[str], None] = lambda text: None,
) -> Calibrated:
    """The least bits that keep all decisions of softmax in float64, or of the exact model where there is no softmax.

    Args:
        wanted: which are looked for; the others stay as the model has them.

    Raises:
        NoPrecisionError: none do, up to 14 bits of a weight, 12 of a gap and 32 fraction bits.
        InputError: no inputs, or a model that answers by numbers.
    """
    if model.readout.answer == "number":
        raise InputError(
            f"{model.name} answers by a number, and auto looks for bits that keep decisions."
        )
    if not inputs:
        raise InputError("no inputs are stated that bits could be looked for on.")
    references = [_reference(model, stated) for stated in inputs]
    asked = [name for name in ORDER if name in wanted and (_softmax(model) or name == "bits")]
    found: dict[Wanted, int] = {}
    for index, name in enumerate(asked):
        rest: dict[Wanted, int] = {other: FINE[other] for other in asked[index + 1 :]}
        finer = _with(model, {**rest, **found})
        found[name] = _search(
            partial(_rounded, finer, name), name, references, max_bits, progress
        )
    total = sum(len(each.trusted) for each in references)
    undecided = sum(int((~each.trusted).sum()) for each in references)
    return Calibrated(_with(model, found), found, total, undecided)


def _rounded(model: AnyModel, name: Wanted, bits: int) -> AnyModel:
    return _with(model, {name: bits})


def agreements(
    model: AnyModel, inputs: Sequence[Stated], max_bits: int = MAX_BITS
) -> tuple[int, int]:
    """How many inputs the integer model decides as softmax does, or as the exact model, and of how many."""
    kept = [_reference(model, stated).kept(model, max_bits) for stated in inputs]
    return sum(int(each.sum()) for each in kept), sum(map(len, kept))


def _reference(model: AnyModel, stated: Stated) -> _Reference:
    own = moved(model, stated.offset)
    if _softmax(model):
        trace = run_float(own, stated.codes)
        assert trace.trusted is not None
        return _Reference(stated, trace.decisions, trace.trusted)
    decisions = run_exact(own, stated.codes).decisions
    return _Reference(stated, decisions, np.ones(len(decisions), bool))


def _softmax(model: AnyModel) -> bool:
    return isinstance(model, Model) and model.has_softmax


def _with(model: AnyModel, given: Mapping[Wanted, int]) -> AnyModel:
    fields: dict[str, Any] = {name: str(bits) for name, bits in given.items()}
    return replace(model, **fields)


def _search(
    models: Callable[[int], AnyModel],
    name: Wanted,
    references: list[_Reference],
    max_bits: int,
    progress: Callable[[str], None],
) -> int:
    """The least bits of one kind, three in a row, of models that have so many."""

    def right(bits: int) -> bool:
        progress(f"auto: {name.replace('_', ' ')}: {bits}")
        model = models(bits)
        # Those that disagreed before are asked first, then short ones.
        references.sort(key=lambda each: (-each.disagreed, each.stated.codes.size))
        for each in references:
            if not each.kept(model, max_bits).all():
                each.disagreed += 1
                return False
        return True

    refused = ""
    try:
        found = least(right, 0, MOST[name])
    except WidthError as error:
        found, refused = None, f"; more cannot be tried: {error.refused}"
    if found is None:
        raise NoPrecisionError(
            f"{models(0).name}: no {name.replace('_', ' ')} up to {MOST[name]} keep all decisions on the stated inputs"
            f" {IN_A_ROW} times in a row{refused}."
        )
    return found
