"""Flat circuits: the netlist, its builders, counting, checking, passes and evaluation. Knows no schematic."""

from pathlib import Path

from circuitsim.netlist.kernel_cache import drop_stale, lock_saves

drop_stale(Path(__file__).parent)
lock_saves()
