"""From options to circuits: the model with its attention replaced, its bits at a length, its families."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import click

from circuitsim.bases import BASES
from circuitsim.errors import InputError, LimitError, ModelError
from circuitsim.formats.table import format_of

if TYPE_CHECKING:
    from circuitsim.compilers.family import Family

    from circuitsim.models.model import Attention, Model

    from .printing import Status

AUTO = "auto"
AUTOMATIC = ("weight_bits", "gap_bits", "bits")
FOLDED_FAST = 4096  # letters
LONGEST_EXPRESSIONS = 2**21  # positions that are computed one by one


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Put the file before what is wrong with a model only at some length: its expressions, its softmax."""
    try:
        yield
    except ModelError as error:
        if path in str(error):
            raise
        raise ModelError(f"{path}: {error}") from None


@dataclass(frozen=True)
class Construction:
    """How a model becomes circuits, as the common options say; None leaves the default."""

    bits: str | None
    attention: "Attention | None"
    gap_bits: str | None
    weight_bits: str | None
    optimize: Literal["depth", "balanced", "size"]
    positions: Literal["folded", "wired"] | None
    max_bits: int
    max_ties: int
    seed: int
    stated: str | None  # inputs on which auto looks for bits
    words: dict[str, Any]  # of a checkpoint of another library

    def model(self, path: str) -> "Any":
        """The model of a file or of a `zoo:` address, at every length or one for each, with its attention replaced.

        Raises:
            InputError: the file holds a circuit.
        """
        from circuitsim.zoo.addresses import load_any

        if format_of(path) is not None:
            raise InputError(
                f"{path} is a circuit, already built; a model is needed here. `info` and `run` take both."
            )
        model = load_any(path, **self.words)
        if self.attention is not None:
            model = model.with_attention(self.attention)
        given = [None if bits == AUTO else bits for bits in (self.gap_bits, self.weight_bits)]
        if any(given):
            model = model.with_softmax(*given)
        return self._calibrated(path, model)

    def _calibrated(self, path: str, model: Any) -> Any:
        """The model with the bits that auto finds on stated inputs.

        Raises:
            InputError: auto for softmax without such inputs, or inputs without auto.
        """
        wanted = [name for name in AUTOMATIC if getattr(self, name) == AUTO]
        if self.stated is None:
            if wanted not in ([], ["bits"]):
                option = f"--{wanted[0].replace('_', '-')}"
                raise InputError(
                    f"{option} auto needs inputs on which decisions are kept: give --inputs FILE, TASK:LENGTHS or"
                    " all:LENGTHS."
                )
            return model
        if not wanted:
            raise InputError(
                "--inputs states what auto looks for bits on; give --bits auto, or --gap-bits and --weight-bits."
            )
        from .printing import Status
        from .stated import calibrated

        if not hasattr(model, "readout"):
            raise InputError(
                f"{path}: --inputs is for models that are the same at every length."
            )
        with Status() as status:
            return calibrated(path, model, self, wanted, status)

    @property
    def own_bits(self) -> str | None:
        """Fraction bits as they were given; None where they have become the model's own."""
        return None if self.stated is not None and self.bits == AUTO else self.bits

    def bits_at(self, model: "Model", n: int) -> str | None:
        """Fraction bits at n, to give to `family`; computes what `auto` is.

        Raises:
            InputError: not an expression with a value at n.
            NoPrecisionError: `auto` finds none.
            LimitError: n is too large for it.
        """
        from circuitsim.models.expressions import bits_at

        if self.own_bits is None:
            return None
        if self.own_bits != AUTO:
            try:
                bits_at(self.own_bits, n)
            except ModelError as error:
                raise InputError(f"--bits: {error}") from None
            return self.own_bits
        from circuitsim.compilers.precision import least_bits

        return str(least_bits(model, n, seed=self.seed, max_bits=self.max_bits))

    def warn_of_folding(self, model: "Model", longest: int, status: "Status") -> None:
        """Say first that what is asked for takes minutes, if it does."""
        if self.positions == "folded" and model.placed and longest > FOLDED_FAST:
            status.clear()
            click.echo(
                f"circuitsim: with --positions folded each of {longest:,} positions is a case of its own, which is slow"
                f" beyond {FOLDED_FAST:,}; --positions wired is not.",
                err=True,
            )

    def family(self, model: "Model", basis: Any, bits: str | None, longest: int) -> "Family":
        """The circuits of a model in one basis, for a command whose largest length is `longest`."""
        from circuitsim.compilers.family import FOLDED_UP_TO, Family

        from circuitsim.models.positions import PositionExpressions

        if isinstance(model.positions, PositionExpressions) and longest > LONGEST_EXPRESSIONS:
            raise LimitError(
                f"n={longest:,}: position expressions are evaluated position by position, for n up to"
                f" {LONGEST_EXPRESSIONS:,}."
            )
        positions = self.positions or ("folded" if longest <= FOLDED_UP_TO else "wired")
        if BASES[basis].exact:
            return Family(
                model,
                basis,
                self.own_bits,
                self.optimize,
                self.positions,
                self.max_bits,
                self.max_ties,
            )
        return Family(
            model, basis, bits, self.optimize, positions, self.max_bits, self.max_ties
        )
