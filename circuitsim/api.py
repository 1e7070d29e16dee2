"""The verbs of the Python interface: compile a model, measure a family, check the ladder, try the papers' claims."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from circuitsim.analysis import comparisons, ladder
from circuitsim.analysis.claims.claim import Study
from circuitsim.analysis.claims.claims import Claims, Division
from circuitsim.analysis.claims.claims import claims as try_claims
from circuitsim.analysis.growth import growth
from circuitsim.analysis.rows import Rows
from circuitsim.bases import DEFAULT, BasisName, names
from circuitsim.compilers.family import FOLDED_UP_TO, Family, input_length
from circuitsim.compilers.reachable.reach import MAX_TIES
from circuitsim.compilers.residual import Positions
from circuitsim.errors import InputError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.model import Attention, Model
from circuitsim.models.sized import Sized
from circuitsim.networks.limits import MAX_BITS
from circuitsim.schematic.schematic import Optimize


def compile(  # noqa: A001
    model: AnyModel | Sized,
    basis: BasisName = DEFAULT,
    bits: int | str | None = None,
    *,
    attention: Attention | None = None,
    optimize: Optimize = "depth",
    positions: Positions | None = None,
    max_bits: int = MAX_BITS,
    max_ties: int = MAX_TIES,
) -> Family:
    """The family of circuits of a model: `compile(model)(n)` is the schematic of C_n.

    Args:
        bits: fraction bits, a number, an expression in n, or "auto"; None takes the model's own.
        attention: replaces every head's kind. How softmax is rounded is part of the model: see `with_softmax`.
        optimize: "depth", "balanced" or "size". positions: "folded" or "wired"; None folds up to 256 letters.
        max_ties: keys that a saturated head may average in ac0.

    Raises:
        LimitError: when called with an n at which an interval is wider than `max_bits`.
    """
    if attention is not None:
        model = model.with_attention(attention)
    return Family(
        model,
        basis,
        None if bits is None else str(bits),
        optimize,
        positions,
        max_bits,
        max_ties,
    )


def measure(family: Family, ns: int | Iterable[int]) -> Rows[growth.Row]:
    """Size and depth of C_n for each n, without building it; positions enter in one way, that of the largest n."""
    lengths = [ns] if isinstance(ns, int) else list(ns)
    if lengths and family.positions is None:
        family = replace(family, positions=family.positions_at(max(lengths)))
    return Rows(growth.rows(family, lengths))


def check(
    model: AnyModel | Sized,
    n: int,
    bits: int | str | None = None,
    *,
    bases: Iterable[BasisName] = names(checked=True),
    attention: Attention | None = None,
    optimize: Optimize = "depth",
    positions: Positions | None = None,
    max_bits: int = MAX_BITS,
    max_ties: int = MAX_TIES,
    exhaustive: bool | None = None,
    samples: int = 1000,
    seed: int = 0,
) -> comparisons.Row:
    """The ladder at length n: float, exact, integer, schematic, circuit and file against each other."""
    family = compile(
        model, DEFAULT, bits,
        attention=attention, optimize=optimize, positions=positions, max_bits=max_bits, max_ties=max_ties,
    )  # fmt: skip
    families = [family.in_basis(basis) for basis in bases]
    return ladder.climb(
        families, input_length(n), exhaustive=exhaustive, samples=samples, seed=seed
    )


def claims(
    model: Model,
    ns: Iterable[int] = (2, 4, 8, 16, 32, 64),
    bits: int | str | None = None,
    *,
    attention: Attention | None = None,
    optimize: Optimize = "depth",
    positions: Positions | None = None,
    max_bits: int = MAX_BITS,
    max_ties: int = MAX_TIES,
    division: Division = "exact",
    samples: int = 1000,
    seed: int = 0,
    progress: Callable[[str], None] = lambda text: None,
) -> Claims:
    """What the papers prove about transformers as circuits, tried on a model at lengths `ns`.

    Args:
        bits, attention, optimize, positions, max_bits, max_ties: as in `compile`. With bits, the first n at which
            they decide wrongly is looked for.
        division: "literal" also tries the papers' own division.
        samples, seed: the inputs of a length where they are more than 2^12.
        progress: called with what is being done.

    Raises:
        InputError: no lengths.
    """
    lengths = tuple(sorted({input_length(n) for n in ns}))
    if not lengths:
        raise InputError("claims are tried at one length at least.")
    one_way: Positions = positions or ("folded" if lengths[-1] <= FOLDED_UP_TO else "wired")
    family = compile(
        model, DEFAULT, bits,
        attention=attention, optimize=optimize, positions=one_way, max_bits=max_bits, max_ties=max_ties,
    )  # fmt: skip
    return try_claims(Study(family, lengths, samples, seed, progress), division)
