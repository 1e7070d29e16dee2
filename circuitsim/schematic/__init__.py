"""Schematics: short programs over arrays of wires, their plans, and their interpreters. Knows no model."""
