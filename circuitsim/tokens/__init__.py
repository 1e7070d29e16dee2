"""Tokens as records of fields: their codes, their text, and the input wires that carry them.

A token holds one value of every field that its position has. Its code is the mixed-radix number of the indices of
these values, the first field slowest, so that a string is still a row of integers. A vocabulary of single letters
is a format of one field at every position.
"""

from circuitsim.tokens.fields import (
    LARGEST_CODE,
    WHERES,
    WIRINGS,
    Codes,
    Field,
    Letters,
    Values,
    Where,
    Wiring,
)
from circuitsim.tokens.format import Format, fields_from, format_of, letters

__all__ = [
    "LARGEST_CODE",
    "WHERES",
    "WIRINGS",
    "Codes",
    "Field",
    "Format",
    "Letters",
    "Values",
    "Where",
    "Wiring",
    "fields_from",
    "format_of",
    "letters",
]
