"""A circuit as one HTML file in which it runs: offline, without a framework, nothing fetched.

The sources are in `assets/`: page.html, style.css and the scripts named here, which become one script in this order.
The circuit is embedded as JSON, its arrays as base64 in little endian; nothing from a file is ever written as HTML.
"""

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from circuitsim.errors import LimitError
from circuitsim.netlist import counting
from circuitsim.netlist.circuit import Circuit
from circuitsim.render.names import Names, compile_named
from circuitsim.schematic.schematic import Schematic

SCRIPTS = (  # definitions before use at top level: only app.js, the last, runs anything
    "text", "data", "graph", "evaluate", "interface", "scopes", "layout", "places", "state", "camera",
    "paint", "paint_far", "paint_gates", "paint_wires", "paint_scopes", "paint_bundles", "paint_levels",
    "paint_path", "pointer", "walk", "scope_table", "icicle", "inspector", "tokens", "level_bar", "search", "theme",
    "help", "app",
)  # fmt: skip
MOST_GATES, MOST_WIRES = (
    1_000_000,
    10_000_000,
)  # a page that a browser can hold; 10^5 gates are fluid
NARROW = (
    "u1",
    "i1",
    "<u2",
    "<i2",
    "<i4",
    "<i8",
)  # the first that holds all values is written
PLACE = re.compile(r"\{\{(\w+)\}\}")


def page(
    circuit: Circuit, names: Names | None = None, schematic: Schematic | None = None
) -> str:
    """The text of an HTML file in which the circuit can be looked at and run.

    Args:
        names: what wires are called; without them, what the interface and scopes say.
        schematic: what the circuit was flattened from; where `names` is not given, gates are named by it.

    Raises:
        LimitError: more gates or wires than a browser can hold.
    """
    if circuit.gates > MOST_GATES or circuit.fan_in.size > MOST_WIRES:
        raise LimitError(
            f"the page holds at most {MOST_GATES:,} gates and {MOST_WIRES:,} wires, and the circuit has"
            f" {circuit.gates:,} and {circuit.fan_in.size:,}; draw it as svg, or take a smaller n."
        )
    if names is None and schematic is not None:
        built, found = compile_named(schematic)
        names = (
            found if built == circuit else None
        )  # of a circuit changed since, gates have other numbers
    script, style = _script(), _asset("style.css")
    parts = {
        "policy": _policy(script, style),
        "style": style,
        "data": _json(document(circuit, names)),
        "script": script,
    }
    return PLACE.sub(
        lambda match: parts[match[1]], _asset("page.html")
    )  # one pass: data is not searched for places


def document(circuit: Circuit, names: Names | None = None) -> dict[str, Any]:
    """What the page embeds: the circuit, its figures as `compile --json` prints them, and its names."""
    arrays = {
        "ops": circuit.ops,
        "fan_in": circuit.fan_in.reshape(-1),
        "outputs": circuit.outputs,
        "scope_runs": np.zeros(0, np.int64)
        if circuit.scope_runs is None
        else circuit.scope_runs.reshape(-1),
        "starts": circuit.starts,
        "weights": circuit.weights,
        "thresholds": circuit.thresholds,
    }
    return {
        "basis": circuit.basis,
        "inputs": circuit.inputs,
        "scopes": list(circuit.scopes),
        "interface": circuit.interface,
        "figures": figures(circuit),
        "names": _names(circuit, names or Names(circuit)),
        "arrays": {
            name: None if array is None else packed(array) for name, array in arrays.items()
        },
    }


def figures(circuit: Circuit) -> dict[str, Any]:
    """Size and depth, under the names of `circuitsim compile --json`."""
    return {
        "inputs": circuit.inputs,
        "outputs": len(circuit.outputs),
        "gates": circuit.gates,
        "depth": counting.depth(circuit),
        "wires": counting.wires(circuit),
        "wires_weighted": counting.wires_weighted(circuit),
        "gates_by_kind": {
            kind: count for kind, count in counting.gates_by_kind(circuit).items() if count
        },
        "max_fan_in": counting.max_fan_in(circuit),
        "max_weight": counting.max_weight(circuit),
        "scopes": [scope._asdict() for scope in counting.by_scope(circuit)],
    }


def packed(array: Any) -> dict[str, str]:
    """A row of integers as `type` (numpy's name, without the byte order) and `base64` in little endian."""
    low, high = int(array.min(initial=0)), int(array.max(initial=0))
    kind = next(k for k in NARROW if np.iinfo(k).min <= low and high <= np.iinfo(k).max)
    return {
        "type": kind.lstrip("<"),
        "base64": base64.b64encode(array.astype(kind).tobytes()).decode(),
    }


def _names(circuit: Circuit, names: Names) -> dict[str, Any]:
    """Names of inputs, outputs and gates; those of gates each once, and which gate has which."""
    found: dict[str, Any] = {"inputs": list(names.inputs), "outputs": list(names.outputs)}
    if (
        names.provenance is not None
    ):  # else the scope is all that is known, and the page knows it
        table: dict[str, int] = {}
        index = np.array(
            [table.setdefault(names.gate(g), len(table)) for g in range(circuit.gates)],
            np.int64,
        )
        found["gates"], found["gate_index"] = list(table), packed(index)
    return found


def _json(value: Any) -> str:
    """JSON in ASCII that can stand in a script element: no markup, no line separators, surrogates as escapes."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _asset(name: str) -> str:
    return resources.files("circuitsim.render").joinpath("assets", name).read_text("utf-8")


@cache
def _script() -> str:
    """All scripts in one function, so that they share names with each other and with nobody else."""
    return (
        "(() => {\n'use strict';\n"
        + "\n".join(_asset(f"{name}.js") for name in SCRIPTS)
        + "\n})();\n"
    )


def _policy(script: str, style: str) -> str:
    """A Content-Security-Policy under which the page's own script and style run, and nothing is fetched."""
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (script, style)
    ]
    return (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}';"
        " base-uri 'none'; form-action 'none'"
    )
