"""qSTR: a head for each of q pointers, and a net that computes a function of what they find.

Source: 2503.11272, lemma 11, with positions as integers in place of almost orthogonal vectors.
"""

from circuitsim.models.model import Model
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.coordinates import Coordinates, Form, Unit, lookup, plus
from circuitsim.zoo.models.finding import numbers
from circuitsim.zoo.models.shrinking import as_needed
from circuitsim.zoo.tasks.targets import QSTR, SimpleQSTR, Targeted


def targets(task: Targeted, n: int, heads: int) -> Model:
    """Head h looks up position t_h exactly and adds its sign, 1 for +, to the count of +; the net computes g.

    With fewer heads than pointers, the signs that the last pointers name are taken as -.
    """
    pointers = [f"t{h + 1}" for h in range(task.q)]
    used = pointers[: as_needed(task.name, "heads", heads, task.q)]
    s = Coordinates("i", "i2", "z", *pointers, "plus", "odd")
    return s.model(
        task.format(n),
        {"z": lambda z: {"z": z}, **{t: (lambda place, t=t: {t: place}) for t in pointers}},
        [
            s.layer(
                *(s.head(lookup(t), to={"plus": "z"}, attention="hard-left") for t in used),
                net=function_units(task, "plus"),
            )
        ],
        s.readout(*function_rows(task), position=task.place),
        positions={"i": "i", "i2": "i*i"},
        name=task.name,
    )


def function_units(task: Targeted, count: Form) -> list[Unit]:
    """Units that make "odd", the parity of a count of +, where g is that: a zigzag with a turn at every number."""
    if task.g != "parity":
        return []
    return [
        (plus(count, {"": -k}), {"odd": 2 * (-1) ** k if k else 1}) for k in range(task.q)
    ]


def function_rows(task: Targeted) -> list[Form]:
    """The read-out of g from "plus", the count of +, or from "odd"."""
    if task.g == "sum":
        return numbers("plus", task.q + 1)
    return ["odd"] if task.g == "parity" else [{"plus": 2, "": -task.q}]


SOURCE = "Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (arXiv 2503.11272), lemma 11, with positions as integers"

ENTRIES = tuple(
    Entry(
        task.name,
        task,
        "hard-attention transformer",
        targets,
        SOURCE,
        "1",
        "q, or the option heads",
        "q + 5",
        {"heads": 0},
    )
    for task in (QSTR, SimpleQSTR)
)
