"""What a circuit says of itself: how inputs are encoded, and outputs decoded."""

from typing import Any


def interface(model: Any, n: int, bits: int | None) -> dict[str, Any]:
    """What a reader of the circuit of a model on n letters needs."""
    return {
        "model": model.name,
        "n": n,
        "bits": bits,
        **model.format.interface(),
        "readout": "each" if model.readout.position == "each" else "one",
        "readout_positions": len(model.readout_positions(n)),
        "decision": "bit" if len(model.readout.weights) == 1 else "one-hot",
        "classes": len(model.readout.weights),
    }
