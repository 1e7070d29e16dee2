"""Outside optimisers of AIGs: what they make of a circuit, and the proof that it is still the same function.

None of them is trusted. Circuits go to aigverse and back as AIGER files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from circuitsim.analysis.proofs.equivalence import Comparison, equivalent
from circuitsim.analysis.proofs.lengths.words import Drawn
from circuitsim.analysis.proofs.proving import UNLESS_TOLD, Limits
from circuitsim.bases import BASES
from circuitsim.errors import InputError
from circuitsim.formats import aiger
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.passes.ands import ands_only
from circuitsim.netlist.passes.share import Share
from circuitsim.netlist.passes.two_inputs import two_inputs


@dataclass(frozen=True)
class Optimized:
    """A circuit that was optimised.

    Args:
        before: gates of the AIG that was given to the optimisers. comparison: of that AIG and the circuit.
    """

    circuit: Circuit
    before: int
    comparison: Comparison


def optimized(
    circuit: Circuit,
    names: Sequence[str],
    limits: Limits = UNLESS_TOLD,
    progress: Callable[[str], None] = lambda text: None,
) -> Optimized:
    """Let optimisers work on a circuit, one after another, and compare what they give with what they were given.

    Every input of the circuit is asked about, also those that are no codes of letters.

    Args:
        names: of `OPTIMIZERS`.

    Raises:
        InputError: aigverse is not installed.
    """
    ands = two_inputs if BASES[circuit.basis].unbounded else ands_only
    given = Share()(replace(ands(circuit), interface=_of_bits(circuit.inputs)))
    found = given
    for name in names:
        progress(name)
        made = OPTIMIZERS[name](found) if found.gates else found
        found = Share()(replace(made, interface=given.interface))
    comparison = equivalent(Drawn(given, []), Drawn(found, []), limits, progress)
    kept = replace(found, interface=circuit.interface)
    return Optimized(kept, given.gates, comparison)


def _of_bits(inputs: int) -> dict[str, object]:
    """The interface of a circuit of which each input is a letter, and each output an answer."""
    said = {"vocabulary": ["0", "1"], "token_code": "bit", "n": inputs}
    return {**said, "decision": "bit", "classes": 1}


def by_aigverse(function: str, circuit: Circuit) -> Circuit:
    """What a function of aigverse makes of an AIG.

    Raises:
        InputError: aigverse is not installed.
    """
    try:
        from aigverse import algorithms, io
    except ImportError:
        raise InputError("optimizers need aigverse: pip install 'circuitsim[aig]'.") from None
    with TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.aig", Path(folder) / "made.aig"
        aiger.save(circuit, given)
        io.write_aiger(getattr(algorithms, function)(io.read_aiger_into_aig(given)), made)
        return aiger.load(made)


# Not `balancing`: of some circuits it makes another function.
OPTIMIZERS: dict[str, Callable[[Circuit], Circuit]] = {
    "resubstitution": partial(by_aigverse, "aig_resubstitution"),
    "rewriting": partial(by_aigverse, "aig_cut_rewriting"),
    "sop-refactoring": partial(by_aigverse, "sop_refactoring"),
}
