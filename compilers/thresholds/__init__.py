"""Attention, hidden units and signs with weighted threshold gates: at most 5 levels a layer, whatever n and the bits.

A number is a heap, a weighted sum of wires, and is never added up: a question about it is one gate. What is computed
anew (a rounded mean, a ReLU) comes as a thermometer, the answers to all its thresholds, in one level.
"""

from .attention import attend
from .estimate import refuse_large
from .functions import activated, gated, written
from .norms import normalised
from .numbers import digits, hidden, resolve, sign

__all__ = [
    "activated",
    "attend",
    "digits",
    "gated",
    "hidden",
    "normalised",
    "refuse_large",
    "resolve",
    "sign",
    "written",
]
