"""How letters become a circuit's input bits, and its output bits decisions; the same in every basis.

The interface of a circuit is a JSON-able dictionary: `vocabulary`, `token_code` ("bit" for two letters, else
"one-hot"; "fields" for records, which `fields` describes: see `tokens`), `n`, `decision` ("bit" or "one-hot"),
`classes`, `readout_positions`, `wired` (constants of the inputs that are not letters), and what people want to know:
`model`, `bits`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt


def with_wired(
    interface: dict[str, Any], bits: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Input bits followed by the constants of the opaque wires."""
    wired = np.array(interface.get("wired", []), bool)
    return np.concatenate([bits, np.broadcast_to(wired, (len(bits), len(wired)))], axis=1)


def decisions(
    interface: dict[str, Any], outputs: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Decisions (patterns, positions) of output bits (patterns, outputs): 0 or 1, or the index of the class."""
    classes = int(interface["classes"])
    grouped = outputs.reshape(len(outputs), -1, classes)
    chosen = grouped[..., 0] if classes == 1 else grouped.argmax(axis=-1)
    return np.asarray(chosen, np.int64)
