"""Options of commands that are about theorems: which model or circuit, read how, decides as which specification."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from circuitsim.errors import InputError
from circuitsim.formats.table import format_of

from . import completion, options
from .checkpoint_options import checkpoint_options, words
from .construction import AUTO, naming

if TYPE_CHECKING:
    from circuitsim.analysis.proofs.proving import Limits
    from circuitsim.bases import BasisName
    from circuitsim.certificates.theorem import Theorem
    from circuitsim.specifications.specification import Specification

F = TypeVar("F", bound=Callable[..., Any])

EXIT = {"proved": 0, "refuted": 1, "unknown": 3}
OF_MODELS = ("bits", "attention", "gap_bits", "weight_bits", "optimize")

spec_option = click.option(
    "--spec",
    "specification",
    metavar="SPEC",
    shell_complete=completion.specifications,
    help="What should be decided: a task of the zoo such as majority, or bounded-dyck:depth=3, or lock; or another"
    " model or circuit, a file or zoo:NAME, whose decisions count. See docs/proofs.md.",
)
accept_option = click.option(
    "--accept",
    type=click.IntRange(min=0),
    metavar="K",
    help="The decision that means yes, counted from 0. [default: decisions are those of SPEC]",
)
certificate_option = click.option(
    "--certificate",
    metavar="FILE",
    shell_complete=completion.files,
    help="Write what `circuitsim verify` checks, a .json file (.json.gz compresses it).",
)
seconds_option = click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    metavar="S",
    help="What each engine may take, about.",
)


@dataclass(frozen=True)
class Asked:
    """What a command about theorems was given; `how` are fields of `Theorem`."""

    specification: "str | Specification | None"
    accept: int | None
    basis: "BasisName"
    how: dict[str, Any]
    words: dict[str, Any]
    limits: "Limits"

    def theorem(self, n: int | None, **more: Any) -> "Theorem":
        """The theorem of a length.

        Raises:
            InputError: there is no specification.
        """
        from circuitsim.certificates.theorem import Theorem

        if self.specification is None:
            raise InputError(
                "what should be decided is missing: give --spec SPEC, such as --spec majority."
            )
        return Theorem(
            self.specification, n, accept=self.accept, basis=self.basis, **self.how, **more
        )

    def refuse_options_of_models(self, given: Any) -> None:
        """Refuse what means nothing for a circuit of a file.

        Raises:
            InputError: with the first such option.
        """
        from circuitsim.netlist.circuit import Circuit

        for name in ("bits", "attention", "gap_bits", "weight_bits"):
            if isinstance(given, Circuit) and self.how[name] is not None:
                option = name.replace("_", "-")
                raise InputError(
                    f"--{option} is for models, and this is a circuit, already built."
                )

    def load(self, path: str) -> Any:
        """The model of a file or an address, or the circuit of a file."""
        return load(path, self.words)


def load(path: str, said: dict[str, Any]) -> Any:
    """The model of a file or an address, or the circuit of a file.

    Raises:
        InputError: the circuit cannot be run.
    """
    from circuitsim.zoo.addresses import load_any

    from .files import interface_of

    form = format_of(path)
    if form is None:
        return load_any(path, **said)
    circuit = form.load(path)
    interface_of(circuit, path)
    return circuit


def specified(text: str | None) -> "str | Specification | None":
    """A specification by its name; what another model decides, where a file or an address is given."""
    from circuitsim.analysis.proofs.rungs import specified_by
    from circuitsim.specifications.table import names_model

    if text is None or not names_model(text):
        return text
    with naming(text):
        return specified_by(load(text, {}), text)


def by_whom(found: Any) -> str:
    """What has proved or refuted, and how: of an answer with an `engine` and a `reason`, which may be empty."""
    return f"{found.engine}: {found.reason}" if found.reason else str(found.engine)


def theorem_options(function: F) -> F:
    """The options of a theorem, given to the command as one argument `asked`."""

    @wraps(function)
    def gathered(**given: Any) -> Any:
        from circuitsim.analysis.proofs.proving import Limits

        said = words(given)
        how = {name: given.pop(name) for name in OF_MODELS}
        for name in ("bits", "gap_bits", "weight_bits"):
            if how[name] == AUTO:
                raise InputError(
                    f"--{name.replace('_', '-')} auto finds bits for the inputs it tries, and a theorem is of all: give"
                    " a number."
                )
        limits = Limits(given.pop("seconds"), given.pop("max_gates"), seed=given.pop("seed"))
        asked = Asked(
            specified(given.pop("specification")),
            given.pop("accept"),
            given.pop("basis"),
            how,
            said,
            limits,
        )
        with naming(given["model"]):
            return function(asked=asked, **given)

    gathered = checkpoint_options(hidden=True)(gathered)
    shared = [options.CONSTRUCTION[name] for name in OF_MODELS]
    for option in reversed(
        [
            spec_option,
            accept_option,
            options.basis_option,
            *shared,
            seconds_option,
            options.max_gates_option,
            options.CONSTRUCTION["seed"],
        ]
    ):
        gathered = option(gathered)
    return gathered  # type: ignore[return-value]
