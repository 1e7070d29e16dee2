"""Recurrent nets that remember tokens: what a state must hold, as the papers' lower bounds say.

A net whose register is squeezed has fewer cells, and answers as if what it has no cell for were 0.
"""

from collections.abc import Sequence

from circuitsim.models.recurrent import NetCell, RecurrentNet
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.affording import affordable
from circuitsim.zoo.models.coordinates import Coordinates, Form, Rows, Unit, plus, tent
from circuitsim.zoo.models.finding import numbers
from circuitsim.zoo.models.shrinking import as_needed
from circuitsim.zoo.models.targets import function_rows, function_units
from circuitsim.zoo.tasks.averaging import QSparseAveraging
from circuitsim.zoo.tasks.comparing import Equality
from circuitsim.zoo.tasks.finding import IndexLookup
from circuitsim.zoo.tasks.targets import SimpleQSTR


def index_lookup(task: IndexLookup, n: int, cells: int) -> RecurrentNet:
    """A shift register of the letters in binary; the token that asks stops it, and the read-out picks a cell.

    A cell takes what its neighbour held, or the first one the letter, unless the token asks; then it keeps its own.
    """
    size = as_needed("index-lookup-rnn", "cells", cells, n - 1)
    bits = range((task.letters - 1).bit_length())
    held_bits = size * len(bits)
    tables, reads = task.letters + n, held_bits + len(bits) + n
    affordable(
        "index-lookup-rnn",
        (3 * held_bits + tables) * reads + 2 * held_bits**2,
        n=n,
        letters=task.letters,
    )
    row = Coordinates(*(f"letter{b}" for b in bits), "asks", *(f"p{j}" for j in range(n - 1)))
    state = Coordinates(*(f"{c}.{b}" for c in range(size) for b in bits))
    seen, found = (
        Coordinates(*state.names, *row.names),
        Coordinates(*(f"found{b}" for b in bits)),
    )
    step: list[Unit] = []
    pick: list[Unit] = []
    for c in range(size):
        for b in bits:
            cell, comes = f"{c}.{b}", f"{c - 1}.{b}" if c else f"letter{b}"
            step += [
                ({comes: 1, "asks": -1}, {cell: 1}),
                ({cell: 1, "asks": 1, "": -1}, {cell: 1}),
            ]
            pick.append(({cell: 1, f"p{n - 2 - c}": 1, "": -1}, {f"found{b}": 1}))
    codes = [[letter >> b & 1 for b in bits] for letter in range(task.letters)]
    return RecurrentNet(
        **row.tokens(
            task.format(n),
            {
                "s": lambda letter: {f"letter{b}": codes[letter][b] for b in bits},
                "p": lambda place: {"asks": 1, f"p{place}": 1},
            },
        ),
        forward=_cell(state, seen, step),
        nets=(seen.net(pick, found),),
        readout=found.readout(
            *(plus(*(numbers(f"found{b}", 2)[code[b]] for b in bits)) for code in codes)
        ),
        bits="0",
        name="index-lookup-rnn",
    )


def equality(task: Equality, n: int, cells: int) -> RecurrentNet:
    """A shift register of n/2 bits, fed with the letter xor what leaves it: in the end it holds where halves differ."""
    size = as_needed("equality-rnn", "cells", cells, n // 2)
    affordable("equality-rnn", 2 * (size + 1) ** 2, n=n)
    row, state = Coordinates("bit"), Coordinates(*(f"cell{c}" for c in range(size)))
    seen, last = Coordinates(*state.names, *row.names), f"cell{size - 1}"
    differ: list[Unit] = [({"bit": sign, last: -sign}, {"cell0": 1}) for sign in (1, -1)]
    shift: list[Unit] = [(f"cell{c}", {f"cell{c + 1}": 1}) for c in range(size - 1)]
    return RecurrentNet(
        **row.tokens(task.format(n), {"letter": lambda bit: {"bit": bit}}),
        forward=_cell(state, seen, differ + shift),
        readout=seen.readout({"": 1, **dict.fromkeys(state.names, -1)}),
        bits="0",
        name="equality-rnn",
    )


def sparse_averaging(task: QSparseAveraging, n: int, cells: int) -> RecurrentNet:
    """A cell for every position in both directions: past tokens fill one register, later ones the other.

    No net reads the states, as a token knows its own cell. The read-out adds up the cells that the token points to;
    its own is in both registers and counts once.
    """
    used = as_needed("q-sparse-averaging-rnn", "cells", cells, n)
    affordable(
        "q-sparse-averaging-rnn", (used * 7 + n * task.q) * (n + 2 * used), n=n, q=task.q
    )
    kept = range(used)
    row = Coordinates("z", *(f"asks{j}" for j in range(n)), *(f"at{j}" for j in kept))
    past, later = (Coordinates(*(f"{way}{j}" for j in kept)) for way in ("past", "later"))
    before, after = (Coordinates(*state.names, *row.names) for state in (past, later))
    seen, total = Coordinates(*past.names, *later.names, *row.names), Coordinates("sum")
    picked: list[Unit] = []
    for j in kept:
        picked.append(({f"asks{j}": 1, f"past{j}": 1, "": -1}, {"sum": 1}))
        picked.append(({f"asks{j}": 1, f"later{j}": 1, f"past{j}": -1, "": -1}, {"sum": 1}))
    own: list[Form] = [{"z": 1, f"at{j}": 1, "": -1} for j in kept]
    pointers = [field.name for field in task.format(n).fields[1:]]
    return RecurrentNet(
        **row.tokens(
            task.format(n),
            {"z": lambda z: {"z": z}, **dict.fromkeys(pointers, lambda y: {f"asks{y}": 1})},
            positions={f"at{j}": f"i=={j}" for j in kept},
        ),
        forward=_cell(
            past,
            before,
            [(form, {f"past{j}": 1}) for j, form in zip(kept, own, strict=True)],
            adds=True,
        ),
        backward=_cell(
            later,
            after,
            [(form, {f"later{j}": 1}) for j, form in zip(kept, own, strict=True)],
            adds=True,
        ),
        nets=(seen.net(picked, total),),
        readout=total.readout(*numbers("sum", task.q + 1), position="each"),
        bits="0",
        name="q-sparse-averaging-rnn",
    )


def simple_qstr(task: SimpleQSTR, n: int) -> RecurrentNet:
    """The transition ignores the state: pointer l adds the sign of the token if it points there, 0 otherwise.

    The paper has the same net in both directions; the last token is read here, where the forward one has seen all.
    """
    pointers = [field.name for field in task.format(n).fields[1:]]
    row, state = (
        Coordinates("z", "i", *pointers),
        Coordinates(*(f"z at {t}" for t in pointers)),
    )
    seen, answer = Coordinates(*state.names, *row.names), Coordinates("plus", "odd")
    step: list[Unit] = []
    total = plus(*state.names)
    for t in pointers:
        step += tent({t: 1, "i": -1, "z": n, "": -n}, {f"z at {t}": 1})
    return RecurrentNet(
        **row.tokens(
            task.format(n),
            {"z": lambda z: {"z": z}, **{t: held(t) for t in pointers}},
            positions={"i": "i"},
        ),
        forward=_cell(state, seen, step, adds=True),
        nets=(seen.net([(total, {"plus": 1}), *function_units(task, total)], answer),),
        readout=answer.readout(*function_rows(task)),
        bits="0",
        name="simple-qstr-rnn",
    )


def held(name: str) -> Rows:
    """The table of a field that writes the index of a value to a coordinate."""
    return lambda index: {name: index}


def _cell(
    state: Coordinates, reads: Coordinates, units: Sequence[Unit], adds: bool = False
) -> NetCell:
    """A cell that starts at 0; what its net gives is the state, or is added to it."""
    return NetCell(initial=state.row({}), nets=(reads.net(units, state),), residual=adds)


BHATTAMISHRA = "Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347)"
SANFORD = "Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896)"
SMALLER = {"cells": 0}

ENTRIES = (
    Entry(
        "index-lookup-rnn",
        IndexLookup,
        "recurrent net",
        index_lookup,
        f"{BHATTAMISHRA}, the upper bound to theorem 3: a shift register",
        "1",
        "0",
        "n - 1 cells, or the option cells, of log2 letters bits",
        SMALLER,
    ),
    Entry(
        "equality-rnn",
        Equality,
        "recurrent net",
        equality,
        f"ours, the matching upper bound to theorem 11 of {BHATTAMISHRA}",
        "1",
        "0",
        "n / 2, or the option cells",
        SMALLER,
    ),
    Entry(
        "q-sparse-averaging-rnn",
        QSparseAveraging,
        "recurrent net",
        sparse_averaging,
        f"ours, an upper bound to theorem 11 of {SANFORD}",
        "1",
        "0",
        "n in each direction, or the option cells",
        SMALLER,
    ),
    Entry(
        "simple-qstr-rnn",
        SimpleQSTR,
        "recurrent net",
        simple_qstr,
        "Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (arXiv 2503.11272), theorem 5, in integers",
        "1",
        "0",
        "q",
    ),
)
