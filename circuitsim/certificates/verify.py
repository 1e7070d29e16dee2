"""Verify a certificate: what it says is rebuilt from the model, and checked by the checker of its kind.

A model's own circuit is built anew, its specification is read anew, and nothing of the certificate is believed but its
steps. What is trusted: the checkers of this folder, the specification, and the compiler; see docs/proofs.md.
"""

from dataclasses import replace
from typing import Any

from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.counts import check_counts
from circuitsim.certificates.equivalence import MOST_GATES, check_question
from circuitsim.certificates.question import check_asked, check_decision
from circuitsim.certificates.states import check_states
from circuitsim.certificates.theorem import Theorem, theorem_of
from circuitsim.certificates.words import wrong_strings
from circuitsim.errors import CircuitSimError
from circuitsim.netlist.circuit import Circuit
from circuitsim.specifications.specification import Specification
from circuitsim.specifications.table import names_model


def verify(
    document: dict[str, Any], model: Any, specification: Specification | None = None
) -> Theorem:
    """Check a certificate (see `document.load`) against a model, or against the circuit of a file; its theorem.

    Args:
        specification: where the theorem is about what another model decides: that, for the certificate has no model.

    Raises:
        Rejected: the certificate does not prove its theorem of this model.
    """
    theorem = theorem_of(document.get("theorem"))
    if specification is not None:
        theorem = replace(theorem, specification=specification)
    elif names_model(str(theorem.specification)):
        raise Rejected(
            f"it is about what {theorem.specification!r:.60} decides: give that model by --spec"
        )
    kind = document.get("kind")
    try:
        model = theorem.read(model)
        if theorem.n is None:
            _every_length(theorem, kind, document, model)
        else:
            circuit, other = theorem.circuit(model, MOST_GATES), None
            check_asked(circuit, theorem.asked, theorem.accept)
            if theorem.asked.model is not None:
                other = theorem.of_other.circuit(theorem.asked.model, MOST_GATES)
            _one_length(theorem, document, circuit, other)
    except CircuitSimError as error:
        raise Rejected(str(error)) from None
    return theorem


def _every_length(theorem: Theorem, kind: Any, document: dict[str, Any], model: Any) -> None:
    if kind == "counts":
        check_counts(theorem.claim(model), document, theorem.up_to)
    elif kind == "states" and theorem.up_to is None:
        check_states(theorem.claim(model), document)
    else:
        raise Rejected(f"{kind!r:.40} is no kind of certificate of every length")


def _one_length(
    theorem: Theorem, document: dict[str, Any], circuit: Circuit, other: Circuit | None
) -> None:
    if other is not None:
        check_decision(other)
    if document.get("kind") == "words":
        _words(theorem, document, circuit, other)
    else:
        check_question(theorem.question(circuit, other), document)


def _words(
    theorem: Theorem, document: dict[str, Any], circuit: Circuit, other: Circuit | None
) -> None:
    asked = theorem.asked.reader if other is None else other  # which is empty without gates
    if asked is None:
        raise Rejected(f"{theorem.named} is not read letter by letter")
    found = wrong_strings(circuit, asked, theorem.accept, document)
    if found.wrong:
        raise Rejected(f"the circuit is wrong on {found.wrong:,} strings")
