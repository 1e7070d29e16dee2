"""Theorems about a model: at every length by counts or automata, at one length by several engines."""
