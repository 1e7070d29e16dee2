"""The verbs of the Python interface that are about theorems: prove, and count errors."""

from collections.abc import Callable, Iterable
from typing import Any

from circuitsim.analysis.proofs import accuracy as counting
from circuitsim.analysis.proofs import proving
from circuitsim.analysis.proofs.proving import UNLESS_TOLD, Answer, Limits
from circuitsim.analysis.proofs.rungs import specified_by
from circuitsim.analysis.rows import Rows
from circuitsim.certificates.theorem import Theorem
from circuitsim.models.any_model import AnyModel
from circuitsim.models.sized import Sized
from circuitsim.netlist.circuit import Circuit
from circuitsim.specifications.specification import Specification


def prove(
    model: AnyModel | Sized | Circuit,
    specification: str | Specification | AnyModel | Sized | Circuit,
    n: int | None = None,
    *,
    limits: Limits = UNLESS_TOLD,
    progress: Callable[[str], None] = lambda text: None,
    **how: Any,
) -> Answer:
    """Prove that a model, or a circuit, decides as specified, or find a string on which it does not.

    Args:
        specification: a name, such as "majority"; a `Specification` of one's own; or another model or circuit.
        n: the length; None for every length.
        limits: what engines may take, at one length.
        how: fields of `circuitsim.certificates.theorem.Theorem`: up_to, accept, bits, exact, basis, optimize,
            attention, gap_bits, weight_bits.

    Raises:
        InputError: letters of the specification are others than the model's; or it changes with n, without `up_to`.
    """
    return proving.prove(model, _theorem(_asked(specification), n, how), limits, progress)


def accuracy(
    model: AnyModel | Sized | Circuit,
    specification: str | Specification | AnyModel | Sized | Circuit,
    ns: int | Iterable[int],
    *,
    limits: Limits = UNLESS_TOLD,
    **how: Any,
) -> Rows[counting.Row]:
    """On how many strings of each length a model, or a circuit, decides otherwise than specified; as `prove`."""
    lengths = [ns] if isinstance(ns, int) else list(ns)
    asked = _asked(specification)
    return Rows(counting.accuracy(model, _theorem(asked, n, how), limits) for n in lengths)


def _theorem(
    specification: str | Specification, n: int | None, how: dict[str, Any]
) -> Theorem:
    """A theorem, whose bits may be a number as they may elsewhere."""
    bits = how.get("bits")
    said = {**how, "bits": None if bits is None else str(bits)}
    return Theorem(specification, n, **said)


def _asked(given: Any) -> str | Specification:
    """A specification, of what another model or circuit decides where one is given."""
    if isinstance(given, str | Specification):
        return given
    name = (
        given.interface.get("model", "a file") if isinstance(given, Circuit) else given.name
    )
    return specified_by(given, name)
