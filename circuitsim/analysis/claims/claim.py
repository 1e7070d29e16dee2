"""What a claim is, and the study it is made about: a model, lengths, and whatever is measured once for all claims."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import exp, log
from typing import Any, Literal, TypeAlias

from circuitsim.analysis import comparisons, ladder
from circuitsim.analysis.growth import growth
from circuitsim.analysis.growth.bounded_growth import BIT, grows_like_log
from circuitsim.bases import BASES, DEFAULT, BasisName, names
from circuitsim.compilers.family import Family
from circuitsim.compilers.precision import least_bits
from circuitsim.errors import LimitError, ModelError, NoPrecisionError
from circuitsim.models.expressions import bits_at
from circuitsim.models.model import Model
from circuitsim.numbers.scaled import FITS_INT64

Kind: TypeAlias = Literal["by construction", "exhaustive", "sampled", "fitted"]

ROUNDED_FIRST = names(exact=False) + names(exact=True)
MOST_MEASURED = (
    1 << 34
)  # wires that a circuit may be expected to have for it to be measured: seconds
MOST_BUILT = 2**20  # wires of a circuit that is built
LARGEST_EXPONENT = 700.0  # of e, in a float


@dataclass(frozen=True)
class Claim:
    """One statement of a paper, tried on a model.

    Args:
        kind: how it was established. "by construction": argued for all n, with bounds that every measured n is held
            against; "exhaustive", "sampled": on all or some inputs of stated lengths; "fitted": from a trend over n.
        evidence: the numbers, as JSON can hold them. line: the same for people, in a sentence.
    """

    name: str
    statement: str
    source: str
    holds: bool
    kind: Kind
    evidence: Mapping[str, Any]
    line: str


@dataclass(frozen=True)
class NotApplicable:
    """A claim whose precondition the model, or the sweep, does not meet."""

    name: str
    why: str


Entry: TypeAlias = Claim | NotApplicable


@dataclass(frozen=True)
class Measured:
    """Rows of one basis at ascending n, up to the first n that was left out; `left_out` says why, or is empty."""

    rows: tuple[growth.Row, ...]
    left_out: str = ""

    @property
    def ns(self) -> list[int]:
        """The lengths that were measured."""
        return [row.n for row in self.rows]

    def column(self, name: str) -> list[int]:
        """One number of every row."""
        return [getattr(row, name) for row in self.rows]


@dataclass
class Study:
    """A model at several lengths.

    Args:
        circuits: of the model in one basis; those of the others are made in the same way.
        ns: ascending.
        samples, seed: the inputs where there are more than 2^12.
    """

    circuits: Family
    ns: tuple[int, ...]
    samples: int = 1000
    seed: int = 0
    progress: Callable[[str], None] = lambda text: None
    _measured: dict[str, Measured] = field(default_factory=dict)
    _ladder: dict[int, comparisons.Row] = field(default_factory=dict)
    _least: dict[int, int | None] = field(default_factory=dict)

    @property
    def model(self) -> Model:
        """The transformer that it is about, one for all lengths."""
        assert isinstance(self.circuits.model, Model)
        return self.circuits.model

    def family(self, basis: BasisName) -> Family:
        """The circuits in a basis."""
        return self.circuits.in_basis(basis)

    def bits_at(self, n: int) -> int:
        """Fraction bits at n."""
        found = self.family(DEFAULT).bits(n)
        assert found is not None
        return found

    def measured(self, basis: BasisName) -> Measured:
        """Circuits of a basis, measured at every n up to the first that is refused or too large."""
        if basis not in self._measured:
            self._measured[basis] = self._measure(self.family(basis))
        return self._measured[basis]

    def _measure(self, family: Family) -> Measured:
        rows: list[growth.Row] = []
        for n in self.ns:
            expected = foretold([(row.n, row.wires) for row in rows], n)
            if expected > MOST_MEASURED:
                why = f"not measured at n >= {n}, where some {expected:.1e} wires are to be expected"
                return Measured(tuple(rows), why)
            self.progress(f"{family.basis}, n = {n}")
            try:
                rows.append(growth.row(family, n)[0])
            except (LimitError, ModelError) as error:
                if isinstance(error, ModelError) and not BASES[family.basis].exact:
                    raise
                return Measured(tuple(rows), f"refused at n = {n}: {error}")
        return Measured(tuple(rows))

    def ladder(self, n: int) -> comparisons.Row:
        """All rungs at n, in every basis whose circuit can be built."""
        if n not in self._ladder:
            rows = [
                row
                for basis in ROUNDED_FIRST
                for row in self.measured(basis).rows
                if row.n == n
            ]
            families = [
                self.family(row.basis)
                for row in rows
                if row.wires <= MOST_BUILT and row.max_fan_in_weighted < FITS_INT64
            ]
            model = replace(self.model, bits=str(self.bits_at(n)))
            self._ladder[n] = ladder.climb(
                families,
                n,
                model=None if families else model,
                samples=self.samples,
                seed=self.seed,
                progress=lambda rung: self.progress(f"n = {n}: {rung}"),
            )
        return self._ladder[n]

    def least(self, n: int) -> int | None:
        """The least bits that decide as the exact model at n; None where no number does."""
        if n not in self._least:
            self.progress(f"least precision, n = {n}")
            self._least[n] = None
            with suppress(NoPrecisionError):
                self._least[n] = least_bits(
                    self.model,
                    n,
                    samples=self.samples,
                    seed=self.seed,
                    max_bits=self.circuits.max_bits,
                )
        return self._least[n]

    @property
    def precision(self) -> dict[str, list[int]]:
        """Fraction bits at every n, and with softmax those of its gaps and the bits of its weights."""
        found = {"bits": [self.bits_at(n) for n in self.ns]}
        if self.model.has_softmax:
            for name in ("gap_bits", "weight_bits"):
                formula = getattr(self.model, name)
                found[name.replace("_", " ")] = [bits_at(formula, n) for n in self.ns]
        return found

    def precision_grows(self) -> str | None:
        """What is wrong with the precision, if it grows faster than log n: a precondition of several theorems."""
        for name, bits in self.precision.items():
            test = grows_like_log(self.ns, bits, BIT)
            if test is not None and not test.holds:
                return f"precision must be O(log n) bits; here it is {listed(self.ns, bits, f' {name}')}"
        return None


def foretold(points: Sequence[tuple[int, int]], n: int) -> float:
    """What the power of n through the last two points gives at n; 0 with fewer, or where there is none."""
    if len(points) < 2 or min(points[-2][1], points[-1][1]) <= 0:
        return 0.0
    (a, x), (b, y) = points[-2:]
    exponent = log(y / x) / log(b / a)
    return exp(min(log(y) + exponent * log(n / b), LARGEST_EXPONENT))


def listed(ns: Sequence[int], values: Sequence[object], unit: str = "") -> str:
    """Values with their lengths, short: one if they are equal, else all, or the first two and the last."""
    if len(set(values)) == 1:
        return (
            f"{values[0]}{unit} at every n in {ns[0]}..{ns[-1]}"
            if len(ns) > 1
            else f"{values[0]}{unit} at n = {ns[0]}"
        )
    pairs = [f"{value} at n = {n}" for n, value in zip(ns, values, strict=True)]
    pairs[0] = f"{values[0]}{unit} at n = {ns[0]}"
    return ", ".join(pairs if len(pairs) <= 4 else [*pairs[:2], "...", pairs[-1]])
