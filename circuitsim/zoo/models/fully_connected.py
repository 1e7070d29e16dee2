"""Fully connected nets: the first layer copies what is needed of all tokens, and later layers compare and look up.

The first layer of a net that is squeezed has fewer units, and what the others would have given is 0.
"""

from collections.abc import Sequence

from circuitsim.models.connected import FullyConnected
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.affording import affordable
from circuitsim.zoo.models.coordinates import Coordinates, Unit, tent
from circuitsim.zoo.models.finding import numbers
from circuitsim.zoo.models.registers import held
from circuitsim.zoo.models.shrinking import as_needed
from circuitsim.zoo.models.targets import function_rows, function_units
from circuitsim.zoo.tasks.averaging import QSparseAveraging
from circuitsim.zoo.tasks.comparing import Equality
from circuitsim.zoo.tasks.targets import SimpleQSTR


def equality(task: Equality, n: int, width: int) -> FullyConnected:
    """One layer: two units for every pair of bits, one for each way to differ."""
    units = as_needed("equality-fcn", "width", width, n)
    affordable("equality-fcn", n * (n + 1), n=n)
    half, row = n // 2, Coordinates("bit")
    every = Coordinates(*(f"bit@{i}" for i in range(n)))
    differ: list[Unit] = []
    for i in range(half):
        differ += [
            ({f"bit@{i}": sign, f"bit@{half + i}": -sign}, {"differs": 1}) for sign in (1, -1)
        ]
    result = Coordinates("differs")
    return FullyConnected(
        n=n,
        **row.tokens(task.format(n), {"letter": held("bit")}),
        layers=(every.net(differ[:units], result),),
        readouts=(result.readout({"": 1, "differs": -1}),),
        bits="0",
        name="equality-fcn",
    )


def sparse_averaging(task: QSparseAveraging, n: int, width: int) -> FullyConnected:
    """The first layer copies the pointers and then the signs; the second looks every pointer up, for every token."""
    pointers = [field.name for field in task.format(n).fields[1:]]
    row = Coordinates("z", *pointers)
    every = Coordinates(*(f"{name}@{i}" for i in range(n) for name in row.names))
    needed = [
        *(f"{t}@{i}" for i in range(n) for t in pointers),
        *(f"z@{i}" for i in range(n)),
    ]
    used = as_needed("q-sparse-averaging-fcn", "width", width, len(needed))
    affordable(
        "q-sparse-averaging-fcn",
        used * (len(needed) + used) + 3 * task.q * n * n * (used + n),
        n=n,
        q=task.q,
    )
    copied = Coordinates(*needed[:used])
    sums = Coordinates(*(f"sum@{i}" for i in range(n)))
    units = [
        unit
        for i in range(n)
        for t in pointers
        for unit in _looked_up(copied, f"{t}@{i}", n, f"sum@{i}")
    ]
    return FullyConnected(
        n=n,
        **row.tokens(task.format(n), {name: held(name) for name in row.names}),
        layers=(every.net(_copies(copied.names), copied), copied.net(units, sums)),
        readouts=tuple(
            sums.readout(*numbers(f"sum@{i}", task.q + 1), position="each") for i in range(n)
        ),
        bits="0",
        name="q-sparse-averaging-fcn",
    )


def simple_qstr(task: SimpleQSTR, n: int, width: int) -> FullyConnected:
    """As for sparse averages, but with the pointers of the last token alone; a third layer computes the function."""
    pointers = [field.name for field in task.format(n).fields[1:]]
    row = Coordinates("z", *pointers)
    every = Coordinates(*(f"{name}@{i}" for i in range(n) for name in row.names))
    needed = [*(f"{t}@{n - 1}" for t in pointers), *(f"z@{i}" for i in range(n))]
    used = as_needed("simple-qstr-fcn", "width", width, len(needed))
    affordable(
        "simple-qstr-fcn",
        used * (len(every.names) + used) + 3 * task.q * n * used,
        n=n,
        q=task.q,
    )
    copied = Coordinates(*needed[:used])
    total, answer = Coordinates("sum"), Coordinates("plus", "odd")
    units = [unit for t in pointers for unit in _looked_up(copied, f"{t}@{n - 1}", n, "sum")]
    return FullyConnected(
        n=n,
        **row.tokens(task.format(n), {name: held(name) for name in row.names}),
        layers=(
            every.net(_copies(copied.names), copied),
            copied.net(units, total),
            total.net([("sum", {"plus": 1}), *function_units(task, "sum")], answer),
        ),
        readouts=(answer.readout(*function_rows(task)),),
        bits="0",
        name="simple-qstr-fcn",
    )


def _copies(names: Sequence[str]) -> list[Unit]:
    return [(name, {name: 1}) for name in names]


def _looked_up(copied: Coordinates, pointer: str, n: int, into: str) -> list[Unit]:
    """Units that add the sign z of the token that a pointer names; what is not copied is 0."""
    units: list[Unit] = []
    for j in range(n):
        weights = {
            pointer: 1,
            f"z@{j}": n,
        }  # pointer - j, or less than -n where the sign is 0
        known = {name: weight for name, weight in weights.items() if name in copied.names}
        units += tent({**known, "": -j - n}, {into: 1})
    return units


SANFORD = "Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896)"
SMALLER = {"width": 0}

ENTRIES = (
    Entry(
        "equality-fcn",
        Equality,
        "fully connected net",
        equality,
        "ours",
        "1",
        "0",
        "n, or the option width",
        SMALLER,
    ),
    Entry(
        "q-sparse-averaging-fcn",
        QSparseAveraging,
        "fully connected net",
        sparse_averaging,
        f"ours, an upper bound to theorem 10 of {SANFORD}",
        "2",
        "0",
        "n (q + 1) in the first layer, or the option width",
        SMALLER,
    ),
    Entry(
        "simple-qstr-fcn",
        SimpleQSTR,
        "fully connected net",
        simple_qstr,
        "ours, beside theorem 9 of Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (arXiv 2503.11272)",
        "3",
        "0",
        "n + q in the first layer, or the option width",
        SMALLER,
    ),
)
