"""Results of searches on disk, by content: what was asked, and the code that answers it.

A result is found again where the same question is asked of the same sources; anything else is computed anew. Every
result is written as soon as it is there, so an interrupted table goes on where it stopped.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from circuitsim.errors import CircuitSimError
from circuitsim.formats.atomic import replacing
from circuitsim.user_cache import sources, user_folder


def remembered(question: dict[str, Any], answer: Callable[[], Any], use: bool = True) -> Any:
    """The answer to a question, from disk if it was answered before; both are JSON.

    Args:
        question: everything that the answer depends on beside the sources of this package.
        use: False computes it anew, and keeps it.
    """
    text = json.dumps(question, sort_keys=True)
    name = hashlib.sha256(f"{sources()}\n{text}".encode()).hexdigest()
    where = user_folder()
    path = None if where is None else where / "results" / f"{name}.json"
    if use and path is not None:
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept["question"] == json.loads(text) and kept["hash"] == _hash(kept["answer"]):
                return kept["answer"]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # not there, not ours, or damaged
    found = answer()
    if path is None:
        return found
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(
                json.dumps(
                    {"question": question, "answer": found, "hash": _hash(found)}
                ).encode()
            )
    except (OSError, CircuitSimError):
        pass  # a cache that cannot be written only costs time
    return found


def _hash(answer: Any) -> str:
    return hashlib.sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest()
