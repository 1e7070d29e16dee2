"""Theorems in words."""

from typing import Any

from circuitsim.bases import BASES
from circuitsim.certificates.theorem import Theorem
from circuitsim.netlist.circuit import Circuit


def statement(theorem: Theorem, model: Any) -> str:
    """What a theorem says of a model, or of the circuit of a file, in one sentence without an end."""
    model = theorem.read(model)
    kind = "" if theorem.attention is None else f" with {theorem.attention} attention"
    decides = f"decides {theorem.named}"
    if theorem.asked.model is not None:
        decides = f"decides as {theorem.named} does"
    if theorem.accept is not None:
        decides += f" (yes is decision {theorem.accept})"
    if isinstance(model, Circuit):
        return f"the circuit of {model.interface.get('model', 'a file')} {decides} at n = {theorem.n}"
    softmax = _softmax(model, theorem.n or theorem.up_to or 1)
    if theorem.n is not None:
        bits = theorem.bits or model.at(theorem.n).bits
        with_bits = (
            "" if BASES[theorem.basis].exact else f", with {bits} fraction bits{softmax},"
        )
        return f"the {theorem.basis} circuit of {model.name}{kind}{with_bits} {decides} at n = {theorem.n}"
    lengths = "every n >= 1" if theorem.up_to is None else f"n = 1 to {theorem.up_to}"
    bits = theorem.bits or model.at(theorem.up_to or 1).bits
    which = "exact" if theorem.exact else "integer"
    rounded = "" if theorem.exact else f", with {bits} fraction bits{softmax},"
    return f"the {which} model of {model.name}{kind}{rounded} {decides} at {lengths}"


def _softmax(model: Any, n: int) -> str:
    own = model.at(n)
    if not getattr(own, "has_softmax", False):
        return ""
    return f" and softmax of gaps of {own.gap_bits} bits and weights of {own.weight_bits}"
