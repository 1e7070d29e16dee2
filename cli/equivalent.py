"""`circuitsim equivalent`: whether two circuits are one function."""

from typing import TYPE_CHECKING, Any

import click

from circuitsim.bases import DEFAULT
from circuitsim.errors import InputError

from . import completion, options
from .lengths import parse_length
from .theorem_options import EXIT, by_whom, certificate_option, load, seconds_option

if TYPE_CHECKING:
    from circuitsim.analysis.proofs.equivalence import Comparison

SAID = {
    "proved": ("equivalent", "green"),
    "refuted": ("different", "red"),
    "unknown": ("unknown", "yellow"),
}


@click.command(
    "equivalent",
    short_help="Prove that two circuits are one function.",
    epilog=options.examples(
        "equivalent majority64.aig majority64.npz",
        "equivalent examples/majority.pt examples/majority.pt --basis xag,tc0 -n 31",
    ),
)
@click.argument("left", metavar="A", shell_complete=completion.models)
@click.argument("right", metavar="B", shell_complete=completion.models)
@click.option(
    "-n",
    "n",
    callback=options.parsed(parse_length),
    metavar="N",
    help="Letters of the input, of models.",
)
@click.option(
    "--basis",
    "bases",
    callback=options.parsed(options.parse_bases),
    default=DEFAULT,
    show_default=True,
    metavar="BASIS[,BASIS]",
    help="Of the circuits of models: one, or A's and then B's.",
)
@certificate_option
@seconds_option
@options.max_gates_option
@options.json_option("status engine reason seconds tried counterexample replay certificate")
@click.pass_context
def command(
    context: click.Context,
    left: str,
    right: str,
    n: int | None,
    bases: tuple[str, ...],
    certificate: str | None,
    seconds: float,
    max_gates: int,
    as_json: bool,
) -> None:
    """Prove that the circuits A and B answer alike on every input, or find one on which they do not.

    A and B are files of circuits, or models, whose circuits on N letters are built. Inputs that are no codes of
    letters are not asked about. Exits with 0 where they are equivalent, 1 where they differ, 3 where it stays unknown.
    """
    from circuitsim.analysis.proofs.equivalence import equivalent
    from circuitsim.analysis.proofs.proving import Limits
    from circuitsim.certificates.document import save
    from circuitsim.certificates.equivalence import EQUIVALENT

    from .files import target
    from .printing import Status, print_json

    if len(bases) > 2:
        raise InputError(f"--basis names {len(bases)} bases, and there are two circuits.")
    where = None if certificate is None else target(certificate, ".json", ".gz")
    limits = Limits(seconds, max_gates, certified=where is not None)
    with Status() as status:
        sides = [
            _drawn(path, n, basis, limits)
            for path, basis in ((left, bases[0]), (right, bases[-1]))
        ]
        found = equivalent(sides[0], sides[1], limits, status)
    written = None
    if where is not None and found.certificate is not None:
        length = sides[0].circuit.interface["n"]
        theorem = {EQUIVALENT: [bases[0], bases[-1]], "n": length}
        save({**found.certificate, "theorem": theorem}, where)
        written = f"{certificate}: `circuitsim verify {certificate} {left} --spec {right}` checks it"
    if as_json:
        tried = [{"engine": engine, "reason": reason} for engine, reason in found.tried]
        print_json({**vars(found), "tried": tried, "certificate": written and certificate})
    else:
        _print(found, written)
    context.exit(EXIT[found.status])


def _drawn(path: str, n: int | None, basis: Any, limits: Any) -> Any:
    """The circuit of a file, or of a model at a length."""
    from circuitsim.analysis.proofs.lengths.words import Drawn, circuit_of
    from circuitsim.certificates.theorem import Theorem
    from circuitsim.netlist.circuit import Circuit

    given = load(path, {})
    if isinstance(given, Circuit):
        return Drawn(given, [])
    if n is None:
        raise InputError(
            f"{path} is a model, which has a circuit for every length: give -n N."
        )
    return circuit_of(given, Theorem("", n, basis=basis), limits.max_gates)


def _print(found: "Comparison", written: str | None) -> None:
    from .printing import clean, print_facts

    word, colour = SAID[found.status]
    click.secho(word, fg=colour)
    facts: list[tuple[str, object]] = []
    if found.status == "unknown":
        facts += list(found.tried)
    else:
        facts.append(("by", by_whom(found)))
    if found.counterexample is not None and found.replay is not None:
        facts += [
            ("on", clean(found.counterexample)),
            ("answers", f"{found.replay[0]} and {found.replay[1]}"),
        ]
    facts.append(("seconds", f"{found.seconds:.2f}"))
    if written is not None:
        facts.append(("certificate", written))
    print_facts(facts)
