"""`circuitsim prove`: a theorem about a model on all inputs of a length, or of all lengths; or a counterexample."""

from typing import TYPE_CHECKING, Any

import click

from circuitsim.errors import InputError

from . import options
from .lengths import parse_length
from .theorem_options import EXIT, Asked, by_whom, certificate_option, theorem_options

if TYPE_CHECKING:
    from circuitsim.analysis.proofs.proving import Answer

COLOURS = {"proved": "green", "refuted": "red", "unknown": "yellow"}


@click.command(
    "prove",
    short_help="Prove what a model decides, or find a counterexample.",
    epilog=options.examples(
        "prove examples/majority.pt --spec majority --every-n",
        "prove examples/majority.pt --spec majority -n 63 --certificate majority63.json",
    ),
)
@options.model_argument
@click.option(
    "-n", "n", callback=options.parsed(parse_length), metavar="N", help="About one length."
)
@click.option("--every-n", is_flag=True, help="About every length from 1 on.")
@click.option(
    "--up-to",
    type=click.IntRange(1, 65_536),
    metavar="N",
    help="About all lengths from 1 to N, for fraction bits that grow.",
)
@click.option(
    "--exact", is_flag=True, help="At every length: the exact model, without rounding."
)
@certificate_option
@click.option(
    "--property",
    "wanted",
    metavar="PROPERTY",
    help="Instead of --spec, at one length: symmetric, monotone, ignores:TOKEN (where TOKEN stands does not matter),"
    " or robust:K (no K letters of --at INPUT decide).",
)
@click.option("--at", metavar="INPUT", help="The string that robust:K is about.")
@theorem_options
@options.json_option(
    "statement status engine reason seconds tried certificate counterexample length shortest wanted replay[float exact"
    " integer circuit] specified[float exact integer circuit]"
)
@click.pass_context
def command(
    context: click.Context,
    asked: Asked,
    model: str,
    n: int | None,
    every_n: bool,
    up_to: int | None,
    exact: bool,
    certificate: str | None,
    wanted: str | None,
    at: str | None,
    as_json: bool,
) -> None:
    """Prove that MODEL, or the circuit of a file, decides as SPEC does, or say where it does not.

    At every length: by counts where heads only count, by automata where they are hard. At one length: all inputs where
    they are few, simulation, sums of letters, decision diagrams, a SAT solver. A counterexample is run again on
    every rung. Exits with 0 where it is proved, 1 where it is refuted, 3 where it stays unknown.
    """
    from dataclasses import replace

    from circuitsim.analysis.proofs.proving import prove
    from circuitsim.analysis.proofs.statements import statement
    from circuitsim.certificates.document import save

    from .files import target
    from .printing import Status, print_json

    if [n is not None, every_n, up_to is not None].count(True) != 1:
        raise InputError(
            "a theorem is of one length, -n N, of every length, --every-n, or --up-to N."
        )
    if wanted is not None:
        if n is None or exact or certificate is not None or asked.specification is not None:
            raise InputError(
                "--property is of the circuit of one length: give -n N, without --spec, --exact and --certificate."
            )
        context.exit(_of_property(asked, model, n, (wanted, at), as_json))
    if at is not None:
        raise InputError("--at is for --property robust:K.")
    if exact and n is not None:
        raise InputError(
            "--exact is about every length; the circuit of one length computes the integer model."
        )
    where = None if certificate is None else target(certificate, ".json", ".gz")
    with Status() as status:
        given = asked.load(model)
        asked.refuse_options_of_models(given)
        theorem = asked.theorem(n, up_to=up_to, exact=exact)
        limits = replace(asked.limits, certified=where is not None)
        answer = prove(given, theorem, limits, status)
        if where is not None and answer.certificate is not None:
            save(answer.certificate, where)
    said = statement(theorem, given)
    written = certificate if answer.certificate is not None else None
    if as_json:
        print_json(_object(answer, said, written))
    else:
        other = theorem.asked.model is not None
        also = f"{model} --spec {theorem.named}" if other else model
        _print(answer, said, (written, certificate), also)
    context.exit(EXIT[answer.status])


def _of_property(
    asked: Asked, model: str, n: int, wanted: tuple[str, str | None], as_json: bool
) -> int:
    """Try a property of one length, print what came of it, and say the exit code."""
    from circuitsim.analysis.proofs.lengths.words import circuit_of
    from circuitsim.analysis.proofs.properties import prove_property
    from circuitsim.certificates.theorem import Theorem
    from circuitsim.netlist.circuit import Circuit

    from .printing import Status, clean, print_facts, print_json

    with Status() as status:
        given = asked.load(model)
        asked.refuse_options_of_models(given)
        theorem = Theorem("", n, basis=asked.basis, **asked.how)
        circuit = circuit_of(theorem.read(given), theorem, asked.limits.max_gates)
        found = prove_property(circuit, *wanted, asked.limits, status)
    named = given.name if not isinstance(given, Circuit) else given.interface.get("model")
    said = f"the circuit of {named}, n = {n}: {wanted[0]}"
    if as_json:
        print_json({"statement": said, **vars(found)})
        return EXIT[found.status]
    click.secho(f"{found.status}: {clean(said)}", fg=COLOURS[found.status])
    facts: list[tuple[str, object]] = []
    if found.status == "unknown":
        facts.append(("gave out", found.reason))
    else:
        facts.append(("by", by_whom(found)))
    if found.pair is not None and found.decisions is not None:
        for text, decision in zip(found.pair, found.decisions, strict=True):
            facts.append(("decided", f"{decision} on {clean(text)}"))
    facts.append(("seconds", f"{found.seconds:.2f}"))
    print_facts(facts)
    return EXIT[found.status]


def _object(answer: "Answer", said: str, written: str | None) -> dict[str, Any]:
    counterexample = answer.counterexample
    return {
        "statement": said,
        **{name: getattr(answer, name) for name in ("status", "engine", "reason", "seconds")},
        "tried": [{"engine": engine, "reason": reason} for engine, reason in answer.tried],
        "certificate": written,
        "counterexample": counterexample,
        "length": answer.length,
        "shortest": answer.shortest,
        "wanted": answer.wanted,
        "replay": answer.replay or None,
        "specified": answer.specified or None,
    }


def _print(
    answer: "Answer", said: str, files: tuple[str | None, str | None], given: str
) -> None:
    from .printing import clean, print_facts

    click.secho(f"{answer.status}: {clean(said)}", fg=COLOURS[answer.status])
    written, wanted = files
    facts: list[tuple[str, object]] = []
    if answer.status == "unknown":
        facts += [(engine, reason) for engine, reason in answer.tried]
    else:
        facts.append(("by", by_whom(answer)))
    if answer.counterexample is not None:
        rungs, specified = (
            ", ".join(f"{rung} {value}" for rung, value in replay.items())
            for replay in (answer.replay, answer.specified)
        )
        shortest = "no shorter one is" if answer.shortest else "of this length"
        facts += [
            ("counterexample", clean(answer.counterexample)),
            ("length", f"{answer.length:,}, {shortest}"),
            ("decided", f"{rungs}; specified {specified or answer.wanted}"),
        ]
    facts.append(("seconds", f"{answer.seconds:.2f}"))
    if written is not None:
        facts.append(
            ("certificate", f"{written}: `circuitsim verify {written} {given}` checks it")
        )
    elif wanted is not None and answer.status == "proved":
        facts.append(("certificate", "none: no engine that hands one out has proved it"))
    print_facts(facts)
