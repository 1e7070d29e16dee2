"""A checker of decision diagrams: in the order of the inputs that a certificate names, a question's output is false.

The diagram of every gate is made of those of the gates that it reads. Equal functions are equal diagrams, so nothing
but the end is compared. Any order proves: a bad one only takes too many nodes.
"""

from typing import Any

from circuitsim.certificates.claim import Rejected, listed, whole
from circuitsim.certificates.netlist import Diagrams, Netlist
from circuitsim.certificates.question import Question

MOST_INPUTS = 600  # `Diagrams` calls itself once a variable


def check_diagrams(question: Question, certificate: dict[str, Any]) -> None:
    """Check that a question has no answer.

    Raises:
        Rejected: it has one, or the diagrams are too large.
    """
    order = [whole(node) for node in listed(certificate.get("order"))]
    inputs = question.circuit.inputs
    if sorted(order) != list(range(1, 1 + inputs)) or inputs > MOST_INPUTS:
        raise Rejected(
            f"its order is none of all inputs, or they are more than {MOST_INPUTS}"
        )
    diagrams, netlist = Diagrams(), Netlist(question.circuit)
    known = {node: diagrams.variable(level) for level, node in enumerate(order)}
    if netlist.values(netlist.outputs, known, diagrams)[0] != diagrams.false:
        raise Rejected("the circuit is wrong on an input")
