"""Gates of a circuit by part of the model: the scopes of all layers and heads together."""

from collections.abc import Mapping

from circuitsim.schematic.cost import Cost

PARTS = {
    "scores": ("scores", "pairs", "maximum"),
    "softmax": ("selection",),
    "sums": ("values", "sums"),
    "quotient": ("division", "mean"),
    "norm": ("squares", "signs", "variance", "components"),
    "net": ("feed_forward",),
    "read-out": ("readout",),
}
NAMES = (
    "embedding",
    "maps",
    *PARTS,
)  # maps: numbers that a linear map writes for another part


def part_of(scope: str) -> str:
    """The part that a scope belongs to."""
    last = scope.split("/")[-1]
    found = next((part for part, names in PARTS.items() if last in names), None)
    return found or ("embedding" if scope.startswith("embedding/") else "maps")


def gates_by_part(cost: Cost) -> dict[str, int]:
    """The gates of a circuit by part."""
    found = dict.fromkeys(NAMES, 0)
    for scope, own in cost.scopes.items():
        found[part_of(scope)] += own.gates
    return found


def shares(counts: Mapping[str, int]) -> str:
    """What part is how much of all, those below a tenth of a percent left out."""
    total = sum(counts.values()) or 1
    said = [
        f"{part} {own / total:.1%}" for part, own in counts.items() if own >= total / 1000
    ]
    return ", ".join(said)
