"""What `circuitsim separations` prints: tables, bounds, squeezed models, and the words that its page has too."""

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from circuitsim.analysis.separations.key_widths import KeyFit
    from circuitsim.analysis.separations.rows import Missing, Row
    from circuitsim.analysis.separations.separations import Separation
    from circuitsim.analysis.separations.squeezing import Squeezed


class SeparationTable:
    """Rows of one separation, as they come."""

    def __init__(self, one: "Separation", first: bool) -> None:
        from circuitsim.analysis.separations.rows import MEASURED

        from .printing import Columns

        click.echo("" if first else "\n", nl=not first)
        click.secho(one.name, bold=True)
        click.echo(f"{one.claim}\n")
        titles = [
            "<architecture",
            "n",
            "layers",
            "heads",
            "width",
            "bits",
            "cut bits",
            "parameters",
        ]
        titles += [title for basis in MEASURED for title in (f"{basis} size", "depth")]
        titles.append("bound")
        longest = max(len(side.label) for side in one.sides) + (5 if one.option else 0)
        self.columns = Columns(titles, [longest, 3, 0, 0, 0, 0, 8, 10, 11, 0, 11, 0, 5])

    def row(self, row: "Row") -> None:
        """Print one."""
        from circuitsim.analysis.separations.rows import MEASURED

        from .printing import number

        label = row.architecture + (f", {row.variant}" if row.variant else "")
        cells: list[Any] = [
            label,
            row.n,
            row.layers,
            row.heads,
            row.width,
            _or_dash(row.bits),
            _or_dash(row.cut_bits),
        ]
        cells.append(number(row.parameters))
        for basis in MEASURED:
            cells += (
                [number(row.size[basis]), row.depth[basis]]
                if basis in row.size
                else ["-", "-"]
            )
        cells.append("-" if row.lower_bound is None else f"{row.lower_bound:.4g}")
        self.columns.row(cells, **({} if row.holds else {"fg": "red"}))


def _or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)


def show_bounds(rows: "Sequence[Row]") -> None:
    """The lower bounds beside some rows, each once."""
    for said in dict.fromkeys(_bound(row) for row in rows if row.lower_bound is not None):
        click.echo(said)


def _bound(row: "Row") -> str:
    said = f"\nbound, {row.architecture}: {row.formula}\n    {row.theorem}, {row.source}; constant: {row.constant}"
    return f"{said}\n    {row.note}" if row.note else said


def show_squeezed(found: "Squeezed") -> None:
    """Where a model that is squeezed fails, and why every model like it must."""
    click.echo(
        f"\n{found.address} at n = {found.n}: right with {found.option} = {found.works}, wrong with {found.fails},"
        f" first on '{found.input}' (expected {_few(found.expected)}, got {_few(found.got)}):\n    {found.replay}"
    )
    if found.needed is not None:
        click.echo(
            f"    by the {found.gadget} gadget Alice needs {found.needed:,} messages; it sends {found.sent:,},"
            f" squeezed {found.sent_less:,}{too_few(found)}"
        )
    if found.alike:
        click.echo(f"    {alike(found)}:")
        for text in found.alike:
            click.echo(f"    '{text}'")


def _few(decisions: list[int]) -> str:
    return ",".join(map(str, decisions))


def too_few(found: "Squeezed") -> str:
    """What the count of messages of a squeezed model says."""
    proved = "with so few every model fails"
    if found.too_few == found.fails:
        return f": {proved}"
    said = ", which would do: it is this construction that fails"
    if found.too_few is None:
        return f"{said}, and down to {found.option} = {found.least} it never sends too few"
    return f"{said}; with {found.option} = {found.too_few} it sends {found.too_few_sent:,}, and {proved}"


def alike(found: "Squeezed") -> str:
    """What the restriction of a model with too few heads says; its two inputs come after it."""
    return (
        f"fixing {found.restricted} of the {found.asked} signs fixes what its heads choose, as a hard head chooses one"
        " token; at the first token these get the same answer then, and have different right ones"
    )


def show_keys(keys: "KeyFit") -> None:
    """The least widths of random sign keys, and their fit."""
    from .printing import print_table

    click.echo(
        "\nleast width m of random sign keys, for 300 random sets, the best of three draws"
    )
    (_, *titles), rows = key_table(keys)
    print_table(["<", *titles], [[f"q = {q}", *cells] for q, *cells in rows])
    click.echo(key_words(keys))


def key_table(keys: "KeyFit") -> tuple[list[str], list[list[int]]]:
    """Titles and rows: q, the least width at each N, and from where on it is below one-hot keys."""
    ns = sorted({w.n for w in keys.widths})
    width = {(w.q, w.n): w.width for w in keys.widths}
    titles = ["q", *(f"N = {n}" for n in ns), "below one-hot from N ="]
    return titles, [
        [q, *(width[q, n] for n in ns), cross] for q, cross in keys.crossing.items()
    ]


def key_words(keys: "KeyFit") -> str:
    """The fit in a sentence."""
    return (
        f"fit: m = c q ln N with c = {keys.c:.2f}, off by at most {100 * keys.largest_error:.0f} % from N = 64 on"
        " (fitted to these, and a proof of nothing beyond)"
    )


def reasons(missing: "Sequence[Missing]") -> str:
    """Why there is no row: each reason once, with the first model that it is about."""
    models: dict[str, dict[str, None]] = {}
    for row in missing:
        models.setdefault(row.why.rstrip("."), {})[row.model] = None
    said = []
    for why, named in models.items():
        first, *others = named
        more = f" and {len(others)} more" if others else ""
        said.append(why if first in why else f"{first}{more}: {why}")
    return "; ".join(said)


def show_verdict(rows: "Sequence[Row]", missing: "Sequence[Missing]") -> None:
    """What is left out, and whether every bound holds."""
    click.echo()
    bounded = [row for row in rows if row.lower_bound is not None and row.taken is not None]
    bad = [row for row in bounded if not row.holds]
    for row in bad:
        click.secho(
            f"{row.model} at n = {row.n} takes {row.taken} ({row.resource}), below the bound {row.lower_bound:.4g}",
            fg="red",
        )
    for why in dict.fromkeys(row.why for row in missing):
        models = dict.fromkeys(row.model for row in missing if row.why == why)
        click.echo(f"left out, {why}: {', '.join(models)}", err=True)
    if not bad:
        click.secho(f"{len(bounded)} rows with a lower bound lie on or above it", fg="green")
