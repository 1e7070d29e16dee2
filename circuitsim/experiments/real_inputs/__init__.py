"""Experiments whose inputs are real vectors: nets, data, and trained attention as a model of signs."""
