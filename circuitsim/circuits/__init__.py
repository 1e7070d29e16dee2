"""Circuits: schematics, plans, the interpreters, and the flat netlist. Knows no model."""

from pathlib import Path

from circuitsim.circuits.kernel_cache import drop_stale, lock_saves

drop_stale(Path(__file__).parent)
lock_saves()
