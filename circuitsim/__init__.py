"""circuitsim: transformers with hard or saturated attention as explicit circuits.

    import circuitsim as cs
    model = cs.load("examples/majority.pt")
    family = cs.compile(model, basis="xag")
    circuit = family(16).flatten()

Names load on first use, so that importing costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from circuitsim.analysis.proofs.verbs import accuracy, prove
    from circuitsim.api import check, claims, compile, measure
    from circuitsim.compilers.family import Family
    from circuitsim.errors import CircuitSimError
    from circuitsim.formats.table import load as load_circuit
    from circuitsim.formats.table import save as save_circuit
    from circuitsim.models.connected import FullyConnected
    from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout
    from circuitsim.models.positions import PositionTable
    from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet
    from circuitsim.netlist.circuit import Circuit
    from circuitsim.schematic.schematic import Schematic
    from circuitsim.specifications.specification import Specification
    from circuitsim.zoo.addresses import load_any as load

_WHERE = {
    "Automaton": "models.recurrent:Automaton",
    "Circuit": "netlist.circuit:Circuit",
    "CircuitSimError": "errors:CircuitSimError",
    "Family": "compilers.family:Family",
    "FeedForward": "models.blocks:FeedForward",
    "FullyConnected": "models.connected:FullyConnected",
    "Head": "models.model:Head",
    "Layer": "models.model:Layer",
    "Model": "models.model:Model",
    "NetCell": "models.recurrent:NetCell",
    "Norm": "models.blocks:Norm",
    "PositionTable": "models.positions:PositionTable",
    "Readout": "models.model:Readout",
    "RecurrentNet": "models.recurrent:RecurrentNet",
    "Schematic": "schematic.schematic:Schematic",
    "Specification": "specifications.specification:Specification",
    "accuracy": "analysis.proofs.verbs:accuracy",
    "check": "api:check",
    "claims": "api:claims",
    "compile": "api:compile",
    "load": "zoo.addresses:load_any",
    "load_circuit": "formats.table:load",
    "measure": "api:measure",
    "prove": "analysis.proofs.verbs:prove",
    "save_circuit": "formats.table:save",
}

__all__ = [
    "Automaton",
    "Circuit",
    "CircuitSimError",
    "Family",
    "FeedForward",
    "FullyConnected",
    "Head",
    "Layer",
    "Model",
    "NetCell",
    "Norm",
    "PositionTable",
    "Readout",
    "RecurrentNet",
    "Schematic",
    "Specification",
    "accuracy",
    "check",
    "claims",
    "compile",
    "load",
    "load_circuit",
    "measure",
    "prove",
    "save_circuit",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'circuitsim' has no attribute {name!r}")
    import_module("circuitsim.netlist.showing").drawn_by("circuitsim.render.notebook")
    module, _, attribute = _WHERE[name].partition(":")
    return getattr(import_module(f"circuitsim.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
