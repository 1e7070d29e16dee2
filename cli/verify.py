"""`circuitsim verify`: check a certificate of a theorem, without search and without a solver."""

from typing import Any

import click

from circuitsim.errors import InputError

from . import completion, options
from .checkpoint_options import checkpoint_options, words
from .theorem_options import load, specified


@click.command(
    "verify",
    short_help="Check the certificate of a theorem.",
    epilog=options.examples(
        "verify majority.json examples/majority.pt",
        "verify majority63.json.gz majority63.npz",
    ),
)
@click.argument("certificate", metavar="FILE", shell_complete=completion.files)
@options.model_argument
@click.option(
    "--spec",
    "specification",
    metavar="SPEC",
    shell_complete=completion.models,
    help="The other model or circuit, of a theorem that MODEL decides as that does, or is equivalent to it.",
)
@checkpoint_options(hidden=True)
@options.json_option("statement holds reason kind seconds")
def command(
    certificate: str, model: str, specification: str | None, as_json: bool, **said: Any
) -> None:
    """Check that the certificate in FILE, which `prove` or `equivalent` wrote, proves its theorem about MODEL.

    The model's circuit is built anew and the specification read anew; of the certificate only steps are taken, each
    of which is checked. Exits with 1 where it proves nothing.
    """
    from circuitsim.analysis.proofs.statements import statement
    from circuitsim.certificates.claim import Rejected
    from circuitsim.certificates.document import load as read
    from circuitsim.certificates.equivalence import of_two, verify_equivalence
    from circuitsim.certificates.verify import verify
    from circuitsim.kernels.telling import clock

    from .printing import Status, clean, print_facts, print_json

    started, holds, reason, said_ = clock(), True, "", None
    document, asked = read(certificate), specified(specification)
    if isinstance(asked, str):
        raise InputError(f"--spec is for another model, and {asked[:60]!r} names none.")
    with Status() as status:
        given = load(model, words(said))
        status(f"checking {certificate}")
        try:
            if of_two(document):
                said_ = verify_equivalence(document, given, asked and asked.model)
            else:
                said_ = statement(verify(document, given, asked), given)
        except Rejected as error:
            holds, reason = False, str(error)
    seconds, kind = clock() - started, document.get("kind")
    if as_json:
        print_json(
            {
                "statement": said_,
                "holds": holds,
                "reason": reason,
                "kind": kind,
                "seconds": seconds,
            }
        )
    elif holds:
        click.secho(f"proved: {clean(said_)}", fg="green")
        print_facts(
            [("certificate", f"{kind}, every step checked"), ("seconds", f"{seconds:.2f}")]
        )
    else:
        click.secho(f"rejected: {clean(reason)}", fg="red")
    if not holds:
        click.get_current_context().exit(1)
