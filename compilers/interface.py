"""What a circuit says of itself: how inputs are encoded, and outputs decoded."""

from typing import Any

from circuitsim.netlist.interface import Digits


def interface(
    model: Any, n: int, bits: int | None, digits: Digits | None = None
) -> dict[str, Any]:
    """What a reader of the circuit of a model on n letters needs; `digits` where its answer is a number."""
    rows = len(model.readout.weights)
    signs = rows if model.readout.answer == "signs" else 1  # at a position
    classes = 1 if signs > 1 else rows
    decides = {"decision": "bit" if classes == 1 else "one-hot", "classes": classes}
    return {
        "model": model.name,
        "n": n,
        "bits": bits,
        **model.format.interface(),
        "readout": "each" if model.readout.position == "each" else "one",
        "readout_positions": len(model.readout_positions(n)) * signs,
        **({"signs": signs} if signs > 1 else {}),
        **(decides if digits is None else digits.entries()),
    }
