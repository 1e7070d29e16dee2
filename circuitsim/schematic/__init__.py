"""Schematics: short programs over arrays of wires, their plans, and their interpreters. Knows no model."""

from pathlib import Path

import circuitsim.netlist
from circuitsim.netlist.kernel_cache import drop_stale

drop_stale(Path(__file__).parent, reads=(Path(circuitsim.netlist.__file__).parent,))
