"""Circuits: schematics, plans, the interpreters, and the flat netlist. Knows no model."""
