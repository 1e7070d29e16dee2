"""What hard or saturated attention would make of a model with softmax: a study, head by head, on stated inputs.

A circuit does not need it, for softmax becomes one as it is. Every run here is the float rung.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from circuitsim.analysis.hardening_search import KINDS, Kind, Progress, Score, Study
from circuitsim.compilers.calibration import Stated
from circuitsim.errors import InputError
from circuitsim.learning.recipe import Steps
from circuitsim.learning.requirements import require_torch
from circuitsim.models.any_model import AnyModel
from circuitsim.models.model import Model
from circuitsim.networks.decided import decided, kept


@dataclass(frozen=True)
class HeadStudy:
    """One head of softmax.

    Args:
        mass: how much of the weight falls on the keys of the largest score, and `tied`: how many those are, both on
            average over the queries that are read.
        alone: inputs of the search that are decided as before if this head alone becomes of a kind, by its name.
        chosen: its kind in the hardened model.
    """

    layer: int
    head: int
    mass: float
    tied: float
    alone: dict[str, int]
    chosen: str


@dataclass(frozen=True)
class FineTuned:
    """What fine-tuning made of the decisions that are kept, on the inputs that it saw and on the others."""

    steps: int
    rate: float
    searched_kept: int
    kept: int


@dataclass(frozen=True)
class Hardening:
    """What was found.

    Args:
        inputs: how many were stated. searched: those that the search saw, on which all but `kept` is counted.
        alike: how many keep their decisions if all heads become of a kind, by its name.
        searched_kept: how many do if each head is of the kind that the search found best.
        kept: how many of the others do, which it did not see.
        model: whose heads are of these kinds; its other numbers are those of `tuned`, if it was trained further.
    """

    inputs: int
    searched: int
    alike: dict[str, int]
    heads: tuple[HeadStudy, ...]
    searched_kept: int
    kept: int
    model: Model
    tuned: FineTuned | None = None

    @property
    def others(self) -> int:
        """How many inputs the search did not see."""
        return self.inputs - self.searched

    @property
    def agreement(self) -> Fraction:
        """The share of these that keep their decisions in `model`."""
        return Fraction((self.tuned or self).kept, self.others)


def harden(
    model: AnyModel,
    searched: Sequence[Stated],
    others: Sequence[Stated],
    *,
    tuning: Steps | None = None,
    progress: Progress = lambda text: None,
) -> Hardening:
    """Look for the kind of each head that keeps most decisions of softmax.

    The search starts from the best kind for all heads, from what is best for each alone, and from what is best for each
    after those before it. It then changes one head at a time, until no change is better.

    Args:
        searched: the inputs that the search sees. others: those on which agreement is counted; see `halves`.
        tuning: then trains the numbers of the model that was found, so that it decides as softmax does on the inputs
            that the search saw; needs torch.

    Raises:
        InputError: no softmax, no inputs, or answers that are numbers.
    """
    if not isinstance(model, Model) or not model.has_softmax:
        raise InputError(f"{model.name} has no softmax, so there is nothing to harden.")
    if model.readout.answer == "number":
        raise InputError(f"{model.name} answers by a number, and harden compares decisions.")
    if not searched or not others:
        raise InputError("no inputs are stated on which decisions could be compared.")
    if tuning is not None:
        require_torch()
    progress("softmax")
    seen, unseen = (
        [
            some
            for each in half
            for some in decided(model, each.codes, each.offset, each.start)
        ]
        for half in (searched, others)
    )
    study = Study(model, seen)
    shares = study.shares()
    alike = {}
    for kind in KINDS:
        progress(f"all heads {kind.name}")
        alike[kind] = study.score(dict.fromkeys(study.places, kind))
    alone = {}
    for place in study.places:
        progress(f"layer {place[0]}, head {place[1]} alone")
        alone[place] = study.scores({}, place)
    score, kinds = study.search(alike, alone, progress)
    heads = []
    for place in study.places:
        mass, tied = shares[place].tolist()
        heads.append(HeadStudy(*place, mass, tied, _by_name(alone[place]), kinds[place].name))
    hardened = study.hardened(kinds)
    found = Hardening(
        study.inputs + sum(len(some.codes) for some in unseen),
        study.inputs,
        _by_name(alike),
        tuple(heads),
        score[0],
        kept(hardened, unseen),
        hardened,
    )
    if tuning is None:
        return found
    from circuitsim.learning.distillation import distilled

    model = distilled(hardened, seen, tuning, progress)
    tuned = FineTuned(tuning.steps, tuning.rate, kept(model, seen), kept(model, unseen))
    return replace(found, model=model, tuned=tuned)


def halves(inputs: Sequence[Stated], seed: int) -> tuple[list[Stated], list[Stated]]:
    """Half of the different inputs, by a seed, and the others; an input that is stated twice is in one of them only.

    Raises:
        InputError: there are not two different inputs.
    """
    keys = [[(each.offset, row.tobytes()) for row in each.codes] for each in inputs]
    different = [*dict.fromkeys(key for own in keys for key in own)]
    if len(different) < 2:
        raise InputError(
            "harden searches on half of the inputs and counts on the others: state two different ones or more, not"
            f" {len(different)}."
        )
    order = np.random.default_rng(seed).permutation(len(different))
    first = {different[index] for index in order[: (len(order) + 1) // 2].tolist()}
    found: tuple[list[Stated], list[Stated]] = ([], [])
    for each, own in zip(inputs, keys, strict=True):
        chosen = np.array([key in first for key in own])
        for half, rows in zip(found, (chosen, ~chosen), strict=True):
            if rows.any():
                half.append(replace(each, codes=each.codes[rows]))
    return found


def _by_name(found: "Mapping[Kind, Score]") -> dict[str, int]:
    return {kind.name: score[0] for kind, score in found.items()}
