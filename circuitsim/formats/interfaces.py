"""Our description of a circuit's letters and answers, as a comment in files of other formats."""

import json
from typing import Any

from circuitsim.netlist.circuit import Circuit

MARK = b"circuitsim {"
LONGEST = 2**24


def comment(circuit: Circuit) -> str:
    """The line of a comment, without the sign that begins one."""
    return described(circuit.interface)


def described(interface: dict[str, Any]) -> str:
    """The same of an interface."""
    return f"circuitsim {json.dumps(interface, ensure_ascii=True)}"


def interface_of_comment(text: bytes) -> dict[str, Any]:
    """The interface that a comment of ours in a text says; empty where there is none."""
    start = text.find(MARK)
    if start < 0:
        return {}
    end = text.find(b"\n", start)
    line = text[start + len(MARK) - 1 : end if end >= 0 else len(text)]
    if len(line) > LONGEST:
        return {}
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
