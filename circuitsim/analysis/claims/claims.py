"""The theorems of the papers, tried on one model: what holds, how that is known, and what does not apply.

A finite sweep is evidence, and no proof: a claim "by construction" gives its argument and holds every measured
circuit against the bound that follows; the others say on which inputs, of which lengths.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from circuitsim.analysis.claims import agreement, bits, classes
from circuitsim.analysis.claims.claim import Claim, Entry, NotApplicable, Study
from circuitsim.bases import DEFAULT
from circuitsim.compilers.family import AUTO
from circuitsim.errors import InputError
from circuitsim.models.model import Model
from circuitsim.networks.refusals import modern_part

Division: TypeAlias = Literal["exact", "literal"]

CLASSES: tuple[Callable[[Study], Entry], ...] = (
    classes.ac0_depth,
    classes.tc0_depth,
    classes.log_depth,
)
OF_SATURATED: tuple[Callable[[Study], Entry], ...] = (
    *CLASSES,
    bits.log_state,
    bits.rationals_grow,
    agreement.float_agrees,
    lambda study: agreement.bits_agree(
        study, searches=study.circuits.bits_expression not in (None, AUTO)
    ),
    agreement.circuits_equal,
    bits.least_precision,
    classes.ac0_refused,
    bits.constant_precision,
)
OF_SOFTMAX: tuple[Callable[[Study], Entry], ...] = (
    *CLASSES,
    agreement.float_agrees,
    lambda study: agreement.bits_agree(study, searches=False),
    agreement.circuits_equal,
    bits.least_precision,
)
OF_SATURATED_ALONE = "log-state-bits, ac0-refuses-ties and constant-precision-fails"


@dataclass(frozen=True)
class Claims:
    """What was found of a model at lengths `n`."""

    model: str
    n: tuple[int, ...]
    claims: tuple[Claim, ...]
    not_applicable: tuple[NotApplicable, ...]

    def __repr__(self) -> str:
        failing = [claim.name for claim in self.claims if not claim.holds]
        fails = f", fails: {', '.join(failing)}" if failing else ""
        return f"<Claims {self.model!r:.60}: {len(self.claims)} tried{fails}; {len(self.not_applicable)} do not apply>"

    @property
    def holds(self) -> bool:
        """Whether every claim that applies holds."""
        return all(claim.holds for claim in self.claims)


def claims(study: Study, division: Division = "exact") -> Claims:
    """Try every claim.

    Args:
        division: "literal" adds the papers' own division.

    Raises:
        InputError: the model answers by a number, and decides nothing.
        LimitError: at the shortest length a number is wider than the study's `max_bits`.
    """
    if study.model.readout.answer == "number":
        raise InputError(
            f"{study.model.name}: the theorems are about decisions, and this model answers by a number; give it a"
            " read-out that decides."
        )
    study.family(DEFAULT).fixed(study.ns[0])  # which refuses numbers that are too wide
    real = _real_part(study.model)
    entries = [entry(study) for entry in (OF_SOFTMAX if real else OF_SATURATED)]
    if real:
        why = (
            f"{OF_SATURATED_ALONE} are about hard and saturated attention alone; here {real}"
        )
        entries.append(NotApplicable("others", why))
    elif division == "literal":
        entries.append(agreement.literal_decides(study))
    found = tuple(entry for entry in entries if isinstance(entry, Claim))
    others = tuple(entry for entry in entries if isinstance(entry, NotApplicable))
    return Claims(study.model.name, study.ns, found, others)


def _real_part(model: Model) -> str | None:
    """What a model has that the theorems on saturated attention leave out, such as "layer 0, head 0 is softmax"."""
    for number, layer in enumerate(model.layers):
        for index, head in enumerate(layer.heads):
            if head.attention == "softmax":
                return f"layer {number}, head {index} is softmax"
    return modern_part(model)
