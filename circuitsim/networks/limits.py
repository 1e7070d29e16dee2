"""Interval widths against --max-bits, with the words for the error."""

from dataclasses import dataclass

from circuitsim.errors import LimitError

from .forms import Range

MAX_BITS = 62


class WidthError(LimitError):
    """An interval is wider than --max-bits; `refused` says which, without what to do."""

    def __init__(self, refused: str, source: str) -> None:
        super().__init__(f'{refused}. Lower --bits (now "{source}") or raise --max-bits.')
        self.refused = refused


@dataclass
class Limits:
    """What is allowed, and the widest interval that was seen.

    Args:
        source: the fraction bits as they were given, an expression in n.
    """

    n: int
    max_bits: int
    source: str
    largest: int = 1

    def check(self, place: str, quantity: str, *ranges: Range) -> None:
        """Refuse intervals that are too wide."""
        for low, high in ranges:
            width = max(abs(low), abs(high)).bit_length() + 1
            self.largest = max(self.largest, width)
            if width > self.max_bits:
                raise WidthError(
                    f"{place or 'the model'}: the {quantity} needs {width} bits at n={self.n}, and --max-bits is"
                    f" {self.max_bits}",
                    self.source,
                )
