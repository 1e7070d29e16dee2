"""Certificates that two circuits are one function: which circuits, and what each kind of certificate proves of them."""

from typing import Any

from circuitsim.bases import BASES
from circuitsim.certificates.claim import Rejected, listed
from circuitsim.certificates.clauses import clauses
from circuitsim.certificates.diagrams import check_diagrams
from circuitsim.certificates.drup import check_drup
from circuitsim.certificates.inputs import check_inputs
from circuitsim.certificates.question import Question, about_circuit
from circuitsim.certificates.theorem import LONGEST, Theorem
from circuitsim.certificates.words import differing_strings
from circuitsim.errors import CircuitSimError
from circuitsim.netlist.circuit import Circuit

MOST_GATES = 200_000_000  # of a circuit that is built again
EQUIVALENT = "equivalent"  # in the place of a theorem's parts


def check_question(question: Question, document: dict[str, Any]) -> None:
    """Check that a question has no answer, by any certificate but words.

    Raises:
        Rejected: the certificate does not prove it.
    """
    match kind := document.get("kind"):
        case "drup":
            proof = document.get("proof")
            if not isinstance(proof, str):
                raise Rejected("it has no proof")
            check_drup(clauses(question), proof)
        case "diagrams":
            check_diagrams(question, document)
        case "inputs":
            check_inputs(question)
        case _:
            raise Rejected(f"{kind!r:.40} is no kind of certificate of one length")


def of_two(document: dict[str, Any]) -> bool:
    """Whether a certificate is about two circuits."""
    said = document.get("theorem")
    return isinstance(said, dict) and EQUIVALENT in said


def verify_equivalence(document: dict[str, Any], left: Any, right: Any) -> str:
    """Check a certificate that two circuits, or those of models, have the same outputs; what it says, in words.

    Args:
        right: None where it was not given.

    Raises:
        Rejected: it does not prove it.
    """
    said = document.get("theorem")
    if not isinstance(said, dict) or set(said) != {EQUIVALENT, "n"}:
        raise Rejected("it says no theorem about two circuits")
    if right is None:
        raise Rejected("it is about two circuits: give the other one by --spec")
    bases, n = listed(said[EQUIVALENT], 2), said["n"]
    if (
        type(n) is not int
        or not 0 < n <= LONGEST
        or any(b not in BASES for b in map(str, bases))
    ):
        raise Rejected("its theorem has no such length or bases")
    try:
        a, b = (
            Theorem("", n, basis=basis).circuit(model, MOST_GATES)  # type: ignore[arg-type]
            for model, basis in zip((left, right), bases, strict=True)
        )
        question = about_circuit(a, b)
    except CircuitSimError as error:
        raise Rejected(str(error)) from None
    if document.get("kind") != "words":
        check_question(question, document)
    elif (wrong := differing_strings(a, b, document).wrong) > 0:
        raise Rejected(f"the circuits differ on {wrong:,} strings")
    sides = [
        "the circuit of a file"
        if isinstance(model, Circuit)
        else f"the {basis} circuit of {model.name}"
        for model, basis in zip((left, right), bases, strict=True)
    ]
    return f"{sides[0]} and {sides[1]} are equivalent at n = {n}"
