"""Verify a certificate: what it says is rebuilt from the model, and checked by the checker of its kind.

A model's own circuit is built anew, its specification is read anew, and nothing of the certificate is believed but its
steps. What is trusted: the checkers of this folder, the specification, and the compiler; see docs/proofs.md.
"""

from collections.abc import Callable
from typing import Any

from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.clauses import clauses
from circuitsim.certificates.counts import check_counts
from circuitsim.certificates.drup import check_drup
from circuitsim.certificates.inputs import check_inputs
from circuitsim.certificates.question import check_asked
from circuitsim.certificates.states import check_states
from circuitsim.certificates.theorem import Theorem, theorem_of
from circuitsim.certificates.words import wrong_strings
from circuitsim.errors import CircuitSimError
from circuitsim.netlist.circuit import Circuit

MOST_GATES = 200_000_000


def verify(document: dict[str, Any], model: Any) -> Theorem:
    """Check a certificate (see `document.load`) against a model, or against the circuit of a file; its theorem.

    Raises:
        Rejected: the certificate does not prove its theorem of this model.
    """
    theorem = theorem_of(document.get("theorem"))
    kind = document.get("kind")
    try:
        model = theorem.read(model)
        if theorem.n is None:
            _every_length(theorem, kind, document, model)
        else:
            circuit = (
                model
                if isinstance(model, Circuit)
                else theorem.schematic(model).flatten(MOST_GATES)
            )
            _one_length(theorem, kind, document, circuit)
    except CircuitSimError as error:
        raise Rejected(str(error)) from None
    return theorem


def _every_length(theorem: Theorem, kind: Any, document: dict[str, Any], model: Any) -> None:
    if isinstance(model, Circuit):
        raise Rejected("its theorem is of every length, and a circuit has one")
    if kind == "counts":
        check_counts(theorem.claim(model), document, theorem.up_to)
    elif kind == "states" and theorem.up_to is None:
        check_states(theorem.claim(model), document)
    else:
        raise Rejected(f"{kind!r:.40} is no kind of certificate of every length")


def _one_length(
    theorem: Theorem, kind: Any, document: dict[str, Any], circuit: Circuit
) -> None:
    if circuit.interface.get("n") != theorem.n:
        raise Rejected(f"its theorem is of n = {theorem.n}, and the circuit is not")
    check_asked(circuit, theorem.asked, theorem.accept)
    checkers: dict[Any, Callable[[], object]] = {
        "words": lambda: _words(theorem, document, circuit),
        "drup": lambda: check_drup(clauses(theorem.question(circuit)), _text(document)),
        "inputs": lambda: check_inputs(theorem.question(circuit)),
    }
    if not isinstance(kind, str) or kind not in checkers:
        raise Rejected(f"{kind!r:.40} is no kind of certificate of one length")
    checkers[kind]()


def _words(theorem: Theorem, document: dict[str, Any], circuit: Circuit) -> None:
    reader = theorem.asked.reader
    if reader is None:
        raise Rejected(f"{theorem.named} is not read letter by letter")
    found = wrong_strings(circuit, reader, theorem.accept, document)
    if found.wrong:
        raise Rejected(f"the circuit is wrong on {found.wrong:,} strings")


def _text(document: dict[str, Any]) -> str:
    proof = document.get("proof")
    if not isinstance(proof, str):
        raise Rejected("it has no proof")
    return proof
