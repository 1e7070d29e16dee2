"""What a model decides on one string, on every rung of the ladder; and that as a specification of others."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from circuitsim.certificates.question import NO_LETTERS
from circuitsim.certificates.theorem import Theorem
from circuitsim.compilers.family import Family
from circuitsim.errors import CircuitSimError, InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.interface import answers, with_wired
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact, run_float
from circuitsim.specifications.specification import Specification
from circuitsim.tokens import Format, format_of

MOST_REPLAYED = 5_000_000  # gates of the circuit that a string is run on


def specified_by(model: Any, name: str) -> Specification:
    """What a model, or the circuit of a file, decides, as a specification of that name.

    Raises:
        InputError: the circuit does not say which letters its inputs are.
    """
    if isinstance(model, Circuit) and format_of(model.interface) is None:
        raise InputError(NO_LETTERS)

    def check_length(n: int) -> None:
        if isinstance(model, Circuit):
            Theorem("", n).circuit(model, 0)

    def decide(codes: Sequence[int]) -> int:
        found = rungs(model, Theorem("", len(codes)), codes)
        return found["circuit" if isinstance(model, Circuit) else "integer"]

    return Specification(
        name,
        f"What does {name} decide?",
        lambda n: format_at(model, n),
        decide,
        check_length=check_length,
        model=model,
    )


def format_at(model: Any, n: int) -> Format:
    """The tokens that a model, or the circuit of a file, reads."""
    if not isinstance(model, Circuit):
        return model.at(n).format
    form = format_of(model.interface)
    assert form is not None
    return form


def rungs(model: Any, theorem: Theorem, codes: Sequence[int]) -> dict[str, int]:
    """What float, exact and integer models and the circuit decide on a string, as far as there are such."""
    n, batch, circuit, found = len(codes), np.array([codes]), model, dict[str, int]()
    if not isinstance(model, Circuit):
        own = model.at(n)
        family = Family(model, theorem.basis, theorem.bits, theorem.optimize)
        found["float"] = _decided(run_float(own, batch).decisions)
        found["exact"] = _decided(run_exact(own, batch).decisions)
        found["integer"] = _decided(run_integer(family.fixed(n), batch).decisions)
        circuit = _small(family, n)
    if circuit is not None:
        bits = with_wired(circuit.interface, format_at(model, n).bits(batch))
        found["circuit"] = _decided(answers(circuit.interface, circuit.evaluate(bits)))
    return found


def _small(family: Family, n: int) -> Circuit | None:
    try:
        return family(n).flatten(MOST_REPLAYED)
    except CircuitSimError:
        return None


def _decided(decisions: Any) -> int:
    return int(np.asarray(decisions).reshape(-1)[0])
