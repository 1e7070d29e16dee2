"""Circuits of two-input gates: attention, hidden units and signs, in O(log n) levels a layer."""
