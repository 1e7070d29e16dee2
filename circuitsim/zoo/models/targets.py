"""qSTR: a head for each of q pointers, and a net that computes a function of what they find.

Source: 2503.11272, lemma 11, with positions as integers in place of almost orthogonal vectors.
"""

from circuitsim.models.model import Model
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.lookup import numbers
from circuitsim.zoo.models.streams import Form, Stream, Unit, lookup
from circuitsim.zoo.tasks.averaging import QSTR, SimpleQSTR, Targeted


def targets(task: Targeted, n: int) -> Model:
    """Head h looks up position t_h exactly and adds its sign, 1 for +, to the count of +.

    The parity is zigzag: up and down by 1 with every further +, a unit for each turn. The majority and the sum are
    linear in the count, and the read-out's alone.
    """
    q = task.q
    pointers = [f"t{h + 1}" for h in range(q)]
    s = Stream("i", "i2", "z", *pointers, "plus", "odd")
    heads = [s.head(lookup(t), to={"plus": "z"}, attention="hard-left") for t in pointers]
    units: list[Unit] = []
    if task.g == "parity":
        units = [({"plus": 1, "": -k}, {"odd": 2 * (-1) ** k if k else 1}) for k in range(q)]
    rows: dict[str, list[Form]] = {
        "parity": ["odd"],
        "majority": [{"plus": 2, "": -q}],
        "sum": numbers("plus", q + 1),
    }
    return s.model(
        task.format(n),
        {"z": lambda z: {"z": z}, **{t: (lambda place, t=t: {t: place}) for t in pointers}},
        [s.layer(*heads, net=units)],
        s.readout(*rows[task.g], position=task.place),
        positions={"i": "i", "i2": "i*i"},
        name=task.name,
    )


SOURCE = "Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (arXiv 2503.11272), lemma 11, with positions as integers"

ENTRIES = tuple(
    Entry(task.name, task, "hard-attention transformer", targets, SOURCE, "1", "q", "q + 5")
    for task in (QSTR, SimpleQSTR)
)
