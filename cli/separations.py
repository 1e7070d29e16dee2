"""`circuitsim separations`: which architecture needs how much for which task, beside the papers' lower bounds."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from circuitsim.errors import InputError

from . import completion, interrupts, options
from .lengths import parse_lengths
from .separation_text import (
    SeparationTable,
    reasons,
    show_bounds,
    show_keys,
    show_squeezed,
    show_verdict,
)

if TYPE_CHECKING:
    from circuitsim.analysis.separations.key_widths import KeyFit
    from circuitsim.analysis.separations.rows import Asked, Missing, Row
    from circuitsim.analysis.separations.separations import Separation, Side
    from circuitsim.analysis.separations.squeezing import Squeezed
    from circuitsim.execution import Place

    from .printing import Status

KEYS = (
    "holds rows[task, variant, model, architecture, n, layers, heads, width, bits, cut_bits, cut_items, parameters,"
    " size, depth, resource, taken, lower_bound, formula, theorem, source, constant, note, holds]"
    " missing[task, model, n, why] squeezed[task, model, n, option, works, fails, input, expected, got, replay, gadget,"
    " needed, sent, sent_less, too_few, too_few_sent, least, asked, restricted, alike]"
    " key_widths[c, largest_error, crossing, widths[q, n, width]]"
)


@click.command(
    "separations",
    short_help="What each architecture needs for a task, beside the lower bounds.",
    epilog=options.examples("separations index-lookup -n 8:64:*2", "separations --json"),
)
@click.argument("tasks", metavar="[TASK...]", nargs=-1, shell_complete=completion.tasks)
@click.option(
    "-n",
    "lengths",
    callback=options.parsed(parse_lengths),
    default="8:256:*2",
    show_default=True,
    metavar="N",
    help="Tokens of an input, as in `measure`.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="S",
    help="Of drawn inputs.",
)
@click.option(
    "--fresh",
    is_flag=True,
    help="Compute everything anew, instead of taking what was computed before.",
)
@options.place_options("separation")
@options.json_option(KEYS)
@click.pass_context
def command(
    context: click.Context,
    tasks: tuple[str, ...],
    lengths: tuple[int, ...],
    seed: int,
    fresh: bool,
    where: "Place",
    as_json: bool,
) -> None:
    """Measure the models that stand for both sides of each separation, and squeeze those that pay until they fail.

    TASK is one of those that `separations` shows without one, such as index-lookup. Bits are the least with which the
    integer model is right, found by trying; bits at the cut are itemised as the papers' proofs do it; size and depth
    are of the circuits in xag and tc0. Everything found is kept on disk, so an interrupted table goes on where it was.
    """
    from circuitsim.analysis.separations.separations import SEPARATIONS, separation

    from .printing import Status, print_json

    chosen = [separation(task) for task in tasks] or list(SEPARATIONS.values())
    work = Work(lengths, seed, fresh, as_json)
    with Status() as status, interrupts.kept(lambda: work.rows) as kept:
        work.measure(chosen, where.at_most(len(chosen)), status)
    if not work.rows and work.missing:
        raise InputError(f"{reasons(work.missing)}.")
    holds = all(row.holds for row in work.rows)
    if as_json:
        shown = [{**vars(row), "holds": row.holds} for row in work.rows]
        more = {"missing": work.missing, "squeezed": work.squeezed, "key_widths": work.keys}
        print_json({"holds": holds, "rows": shown, **more})
    else:
        show_verdict(work.rows, work.missing)
    if kept.interrupted:
        click.echo(
            f"circuitsim: interrupted after {len(work.rows)} rows, which are kept.", err=True
        )
        context.exit(interrupts.INTERRUPTED)
    if not holds:
        context.exit(1)


def _row(
    asked: "Asked", progress: Callable[[str], None], *, seed: int, fresh: bool
) -> "Row | Missing":
    from circuitsim.analysis.separations.rows import row_at

    progress(str(asked))
    return row_at(asked, seed=seed, fresh=fresh)


@dataclass
class Work:
    """What was asked for, and what was found so far."""

    lengths: tuple[int, ...]
    seed: int
    fresh: bool
    quiet: bool
    rows: "list[Row]" = field(default_factory=list)
    missing: "list[Missing]" = field(default_factory=list)
    squeezed: "list[Squeezed]" = field(default_factory=list)
    keys: "KeyFit | None" = None

    def measure(
        self, chosen: "Sequence[Separation]", where: "Place", status: "Status"
    ) -> None:
        """The rows and the squeezes of separations, one after the other, and the least widths of keys."""
        from circuitsim.analysis.separations.rows import rows_asked
        from circuitsim.execution import in_order

        asked = [rows_asked(one, self.lengths) for one in chosen]
        row = partial(_row, seed=self.seed, fresh=self.fresh)
        with closing(in_order(row, list(chain(*asked)), where, status)) as found:
            for one, mine in zip(chosen, asked, strict=True):
                self._show(one, islice(found, len(mine)), status)
                self._squeeze(one, status)
                if one.name == "q-sparse-averaging" and self.rows:
                    self._search_keys(status)

    def _show(
        self, one: "Separation", found: "Iterable[Row | Missing]", status: "Status"
    ) -> None:
        """The rows of one separation as they are found."""
        from circuitsim.analysis.separations.rows import Row

        table = None
        for row in found:
            status.clear()
            if isinstance(row, Row):
                self.rows.append(row)
                if not self.quiet:
                    table = table or SeparationTable(one, first=len(self.rows) == 1)
                    table.row(row)
            else:
                self.missing.append(row)
            interrupts.check()
        if not self.quiet:
            show_bounds([row for row in self.rows if row.task == one.name])

    def _squeeze(self, one: "Separation", status: "Status") -> None:
        """The failures of the sides that can be squeezed."""
        from circuitsim.analysis.separations.squeezing import squeeze, squeeze_bits

        for side in one.sides:
            mine = [
                row
                for row in self.rows
                if row.task == one.name and row.architecture == side.label
            ]
            if not mine:
                continue
            row = squeezed_row(side, mine)
            variant = _variant(row)
            start = {"heads": row.heads, "layers": row.layers}.get(
                side.squeeze or "", row.width
            )
            found = squeeze(
                one,
                side,
                row.n,
                variant,
                start,
                seed=self.seed,
                fresh=self.fresh,
                progress=status,
            )
            self._say(found, status)
            self._say(
                squeeze_bits(
                    side.built(row.n, variant),
                    row.n,
                    row.bits,
                    seed=self.seed,
                    fresh=self.fresh,
                ),
                status,
            )
            interrupts.check()

    def _search_keys(self, status: "Status") -> None:
        """The least width of random sign keys, and its fit."""
        from circuitsim.analysis.separations.key_widths import key_widths

        self.keys = key_widths(seed=self.seed, fresh=self.fresh, progress=status)
        status.clear()
        if not self.quiet:
            show_keys(self.keys)

    def _say(self, found: "Squeezed | None", status: "Status") -> None:
        if found is None:
            return
        self.squeezed.append(found)
        status.clear()
        if not self.quiet:
            show_squeezed(found)


def squeezed_row(side: "Side", rows: "Sequence[Row]") -> "Row":
    """The row of a side of which the model is squeezed: at the shortest length that has one, of the largest variant.

    Where no variant that large needs all of what is squeezed at that length, a longer one is taken, or a smaller one.
    """
    tight = [row for row in rows if side.tight(row.n, _variant(row))]
    return max(tight or rows, key=lambda row: (_variant(row), -row.n))


def _variant(row: "Row") -> int:
    return int(row.variant.partition("=")[2] or 0)
