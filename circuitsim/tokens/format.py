"""The format of a string: the fields of its tokens, and how a circuit's interface says them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.tokens.fields import LARGEST_CODE, WHERES, WIRINGS, Codes, Field
from circuitsim.tokens.reading import SEPARATOR, Reader


@dataclass(frozen=True)
class Format:
    """The fields of the tokens of a string."""

    fields: tuple[Field, ...]

    @cached_property
    def single(self) -> bool:
        """Whether every token is one character, so that strings need no spaces."""
        each = len(self.fields) == 1 and self.fields[0].where == "each"
        return each and all(len(value) == 1 for value in self.fields[0].values)

    @cached_property
    def plain(self) -> bool:
        """Whether tokens are letters of one vocabulary."""
        return (
            len(self.fields) == 1
            and self.fields[0].where == "each"
            and self.fields[0].wires == "one-hot"
        )

    @property
    def blanks(self) -> bool:
        """Whether a blank is a letter."""
        return self.single and any(letter.isspace() for letter in self.fields[0].values)

    def letters_in(self, text: str) -> int:
        """How many tokens a string has."""
        return len(text) if self.single else len(text.split())

    def at(self, position: int, n: int) -> list[int]:
        """The indices of the fields that the token at a position has."""
        return [
            index for index, field in enumerate(self.fields) if field.present(n)[position]
        ]

    def sizes(self, n: int) -> list[int]:
        """How many tokens are possible at each of n positions."""
        present = [field.present(n) for field in self.fields]
        return [
            prod(f.size for f, p in zip(self.fields, present, strict=True) if p[at])
            for at in range(n)
        ]

    def strings(self, n: int) -> int:
        """How many strings of n tokens there are."""
        return prod(self.sizes(n))

    def digits(self, codes: Codes) -> Codes:
        """Indices (batch, n, fields) of the values in token codes (batch, n); -1 where a token lacks the field."""
        n = codes.shape[1]
        result = np.full((*codes.shape, len(self.fields)), -1, np.int64)
        rest = codes.copy()
        for index in range(len(self.fields) - 1, -1, -1):
            at = self.fields[index].present(n)
            size = self.fields[index].size
            result[:, at, index] = rest[:, at] % size
            rest[:, at] //= size
        return result

    def codes(self, digits: Codes) -> Codes:
        """Token codes (batch, n) of indices (batch, n, fields); what a token lacks is not read."""
        n = digits.shape[1]
        result = np.zeros(digits.shape[:2], np.int64)
        for index, field in enumerate(self.fields):
            at = field.present(n)
            result[:, at] = result[:, at] * field.size + digits[:, at, index]
        return result

    def text(self, codes: npt.NDArray[np.int64]) -> str:
        """The string of token codes (n,), as people type it."""
        digits = self.digits(codes[None].astype(np.int64))[0]
        tokens = [
            SEPARATOR.join(
                f.values[d] for f, d in zip(self.fields, row, strict=True) if d >= 0
            )
            for row in digits
        ]
        return ("" if self.single else " ").join(tokens)

    def parse(self, strings: Sequence[str]) -> Codes:
        """Token codes (batch, n) of strings of one length.

        Raises:
            InputError: an unknown value, a wrong number of fields, an empty string, or different lengths.
        """
        return self._reader.read(strings)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.fields, self.single, self.plain)

    def bits(self, codes: Codes) -> npt.NDArray[np.bool_]:
        """Input wires (batch, inputs) of token codes (batch, n): field by field, each position by position."""
        digits, n = codes[..., None] if self.plain else self.digits(codes), codes.shape[1]
        parts = [
            f.bits(digits[:, f.present(n), i]).reshape(len(codes), -1)
            for i, f in enumerate(self.fields)
        ]
        return np.concatenate(parts, axis=1)

    def document(self) -> list[dict[str, Any]]:
        """The fields as JSON."""
        return [
            {"name": f.name, "values": list(f.values), "wires": f.wires, "where": f.where}
            for f in self.fields
        ]

    def interface(self) -> dict[str, Any]:
        """What a circuit says of its inputs; `format_of` reads it."""
        if self.plain:
            values = self.fields[0].values
            return {
                "vocabulary": list(values),
                "token_code": "bit" if len(values) == 2 else "one-hot",
            }
        return {"vocabulary": [], "token_code": "fields", "fields": self.document()}

    def inputs(self, n: int) -> int:
        """Input wires of n tokens."""
        return sum(field.width * int(field.present(n).sum()) for field in self.fields)

    def names(self, n: int) -> list[str]:
        """A name for every input wire, such as "x2", "x2=b", "x2.p=b" or "x2.p[0]" for a bit."""
        found = []
        for field in self.fields:
            own = "" if self.plain else f".{field.name}"
            if field.wires == "binary":
                ends = [f"{own}[{k}]" for k in range(field.width)]
            else:
                ends = (
                    [own] if field.size == 2 else [f"{own}={value}" for value in field.values]
                )
            found += [
                f"x{position}{end}"
                for position in np.flatnonzero(field.present(n))
                for end in ends
            ]
        return found


def format_of(said: Mapping[str, Any]) -> Format | None:
    """The format that a circuit's interface describes; None if it describes none."""
    vocabulary, fields = said.get("vocabulary"), said.get("fields")
    if not fields:
        known = vocabulary if isinstance(vocabulary, list) else []
        texts = [token for token in known if isinstance(token, str)]
        return letters(texts) if known and len(set(texts)) == len(known) else None
    return fields_from(fields) if isinstance(fields, list) else None


def fields_from(document: list[Any]) -> Format | None:
    """The format of such a JSON list; None if it is not one."""
    found = []
    for entry in document:
        if (
            not isinstance(entry, dict)
            or entry.get("wires") not in WIRINGS
            or entry.get("where") not in WHERES
        ):
            return None
        name, values = entry.get("name"), entry.get("values")
        texts = isinstance(values, list) and all(isinstance(value, str) for value in values)
        if (
            not isinstance(name, str)
            or not texts
            or not values
            or len(set(values)) < len(values)
        ):
            return None
        found.append(Field(name, tuple(values), entry["wires"], entry["where"]))
    sound = prod(field.size for field in found) < LARGEST_CODE and len(
        {f.name for f in found}
    ) == len(found)
    return Format(tuple(found)) if found and sound else None


def letters(vocabulary: Sequence[str]) -> Format:
    """The format of single letters."""
    return Format((Field("letter", tuple(vocabulary)),))
