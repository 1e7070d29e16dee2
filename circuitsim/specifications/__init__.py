"""Specifications: what a model should decide, written independently of any model; `table.py` reads their names."""
