"""Flat circuits: the netlist, its builders, counting, checking, passes and evaluation. Knows no schematic."""
