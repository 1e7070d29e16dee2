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
from circuitsim.networks.refusals import refuse_parts, refuse_softmax

Division: TypeAlias = Literal["exact", "literal"]

ENTRIES: tuple[Callable[[Study], Entry], ...] = (
    classes.ac0_depth,
    classes.tc0_depth,
    classes.log_depth,
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
        ModelError: the model has a softmax head, or a norm or another part of real blocks.
        InputError: the model answers by a number, and decides nothing.
        LimitError: at the shortest length a number is wider than the study's `max_bits`.
    """
    if study.model.readout.answer == "number":
        raise InputError(
            f"{study.model.name}: the theorems are about decisions, and this model answers by a number; give it a"
            " read-out that decides."
        )
    refuse_parts(study.model, "the theorems are tried without that")
    refuse_softmax(
        study.family(DEFAULT).fixed(study.ns[0]).network, "these theorems are about"
    )
    entries = [entry(study) for entry in ENTRIES]
    if division == "literal":
        entries.append(agreement.literal_decides(study))
    found = tuple(entry for entry in entries if isinstance(entry, Claim))
    others = tuple(entry for entry in entries if isinstance(entry, NotApplicable))
    return Claims(study.model.name, study.ns, found, others)
