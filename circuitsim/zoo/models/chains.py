"""k-hop by one hop a layer: what pointers cost without doubling."""

from circuitsim.models.model import Model
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models.coordinates import Coordinates, lookup
from circuitsim.zoo.models.hops import first_hop, hop_readout
from circuitsim.zoo.models.shrinking import as_needed
from circuitsim.zoo.tasks.hops import KHop


def k_hop_chain(task: KHop, n: int, layers: int) -> Model:
    """One layer finds the place one hop away, as in the model by doubling, and each further layer looks it up.

    There it finds how far the hop from that place goes, and adds this to the place; the last layer finds its letter.
    With fewer layers the model stops early, and with one it answers none.
    """
    used = as_needed("k-hop-chain", "layers", layers, task.k + 1)
    s = Coordinates("letter", "letter^2", "start", "i", "i2", "hop", "place", "reached")
    further = s.layer(
        s.head(lookup("place"), {"place": {"hop": 1, "i": -1}}, "hard-right", "causal")
    )
    last = s.layer(s.head(lookup("place"), {"reached": "letter"}, "hard-right", "causal"))
    return s.model(
        task.format(n),
        {"letter": lambda index: {"letter": index + 1, "letter^2": (index + 1) ** 2}},
        [
            s.layer(first_hop(s, "hop", "place")),
            *[further] * (used - 2),
            *([last] if used > 1 else []),
        ],
        hop_readout(s, task, "reached"),
        positions={"i": "i", "i2": "i*i"},
        prepend={"START": {"start": 1}},
    )


ENTRIES = (
    Entry(
        "k-hop-chain",
        KHop,
        "hard-attention transformer",
        k_hop_chain,
        "ours: the construction of Sanford, Hsu and Telgarsky 2024 (arXiv 2402.09268) without its doubling",
        "k + 1, or the option layers",
        "1",
        "8",
        {"layers": 0},
    ),
)
