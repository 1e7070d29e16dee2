"""Tokens as records of fields: their codes, their text, and the input wires that carry them.

A token holds one value of every field that its position has. Its code is the mixed-radix number of the indices of
these values, the first field slowest, so that a string is still a row of integers. A vocabulary of single letters
is a format of one field at every position.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Annotated, Any, Literal, TypeAlias
from unicodedata import normalize

import numpy as np
import numpy.typing as npt

from circuitsim.errors import InputError

Letters: TypeAlias = Annotated[tuple[str, ...], "or one text of them all"]
Values: TypeAlias = Annotated[tuple[str, ...], "or how many there are"]
Wiring: TypeAlias = Literal["one-hot", "binary"]
Where: TypeAlias = Literal["each", "first", "last", "not-first", "not-last", "even", "odd"]

WIRINGS: tuple[Wiring, ...] = ("one-hot", "binary")
WHERES: tuple[Where, ...] = ("each", "first", "last", "not-first", "not-last", "even", "odd")
LARGEST_CODE = 2**62
SEPARATOR = ","  # between the values of a token's fields
SPACING = "separate tokens by spaces, fields by commas"  # of records, as errors say it

Codes: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Field:
    """One field of a token.

    Args:
        name: for people and files.
        values: the texts of its values, in the order of their indices.
        wires: "one-hot" has a wire for every value (a single wire for two); "binary" the bits of the index, least
            first.
        where: the positions among the n letters, from 0, whose tokens have it.
    """

    name: str
    values: Values
    wires: Wiring = "one-hot"
    where: Where = "each"

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(str(value) for value in self.values))

    @property
    def size(self) -> int:
        """How many values there are."""
        return len(self.values)

    @property
    def width(self) -> int:
        """Input wires of one token for this field."""
        if self.wires == "binary":
            return (self.size - 1).bit_length()
        return 1 if self.size == 2 else self.size

    def present(self, n: int) -> npt.NDArray[np.bool_]:
        """Which of n letters have the field: (n,)."""
        at = np.arange(n)
        masks = {
            "each": at >= 0,
            "first": at == 0,
            "last": at == n - 1,
            "not-first": at > 0,
            "not-last": at < n - 1,
            "even": at % 2 == 0,
            "odd": at % 2 == 1,
        }
        return masks[self.where]

    def bits(self, index: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Wires (..., width) of indices (...)."""
        if self.wires == "binary":
            return np.asarray(index[..., None] >> np.arange(self.width) & 1, bool)
        if self.size == 2:
            return index[..., None].astype(bool)
        return np.asarray(index[..., None] == np.arange(self.size), bool)


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
        if not strings:
            raise InputError("no input given.")
        rows = strings if self.single else [string.split() for string in strings]
        n = len(rows[0])
        for row in rows:
            if not row:
                raise InputError("the input is empty; a string needs at least one letter.")
            if len(row) != n:
                raise InputError(
                    f"inputs of different lengths: {n} and {len(row)} letters; give one length."
                )
        return self._letters(strings) if self.single else self._records(strings, rows)

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

    @cached_property
    def _index(self) -> list[dict[str, int]]:
        return [
            {value: index for index, value in enumerate(field.values)}
            for field in self.fields
        ]

    @cached_property
    def _by_character(self) -> Codes:
        """The code of each character by its number; -1 for those that are no letter, and one -1 more at the end."""
        numbers = [ord(letter) for letter in self.fields[0].values]
        table = np.full(max(numbers) + 2, -1, np.int64)
        table[numbers] = np.arange(len(numbers))
        return table

    def _letters(self, strings: Sequence[str]) -> Codes:
        """`parse` where every token is one character: all characters are looked up at once."""
        text = "".join(strings).encode("utf-32-le", "surrogatepass")
        numbers = np.frombuffer(text, "<u4")
        codes = self._by_character[np.minimum(numbers, len(self._by_character) - 1)].reshape(
            len(strings), -1
        )
        if (codes < 0).any():
            row, position = (int(at) for at in np.argwhere(codes < 0)[0])
            raise InputError(self._unknown(strings[row], 0, strings[row][position]))
        return codes

    def _records(self, strings: Sequence[str], rows: Sequence[Sequence[str]]) -> Codes:
        """`parse` where tokens stand between spaces: each is read once where the same fields are present."""
        n = len(rows[0])
        present = np.array([field.present(n) for field in self.fields])
        kinds = [tuple(np.flatnonzero(column).tolist()) for column in present.T]
        known: dict[tuple[int, ...], dict[str, int]] = {kind: {} for kind in kinds}
        known_at = [known[kind] for kind in kinds]
        codes = np.empty((len(rows), n), np.int64)
        for number, row in enumerate(rows):
            for position, token in enumerate(row):
                if token not in known_at[position]:
                    known_at[position][token] = self._code(
                        strings[number], position, token, kinds[position]
                    )
            codes[number] = [found[token] for found, token in zip(known_at, row, strict=True)]
        return codes

    def _code(self, string: str, position: int, token: str, there: tuple[int, ...]) -> int:
        """The code of one token at a position that has the fields `there`."""
        parts = [token] if len(self.fields) == 1 else token.split(SEPARATOR)
        if len(parts) != len(there):
            names = SEPARATOR.join(self.fields[f].name for f in there) or "nothing"
            raise InputError(
                f"input {_show(string)}: token {_show(token)} at position {position} has {len(parts)} values,"
                f" expected {len(there)} ({names}); {SPACING}."
            )
        code = 0
        for f, part in zip(there, parts, strict=True):
            if part not in self._index[f]:
                raise InputError(self._unknown(string, f, part))
            code = code * self.fields[f].size + self._index[f][part]
        return code

    def _unknown(self, string: str, f: int, part: str) -> str:
        field = self.fields[f]
        if self.single and part.isspace() and string.split():
            joined = _show("".join(string.split()))
            return f"input {_show(string)}: tokens are single characters; write them without spaces, as {joined}."
        composed = normalize("NFC", string)
        if self.single and composed != string and set(composed) <= set(field.values):
            return (
                f"input {_show(string)}: {_show(part)} is followed by an accent of its own (Unicode NFD), and the"
                " vocabulary has letters with their accents; write the input in NFC."
            )
        shown = ", ".join(field.values[:20])
        listed = shown if field.size <= 20 else f"{shown}, ... ({field.size} tokens)"
        spacing = " (separate tokens by spaces)" if self.plain else f" ({SPACING})"
        spacing = "" if self.single else spacing
        if self.plain:
            return f"input {_show(string)}: unknown token {_show(part)}; the vocabulary is {listed}{spacing}."
        return (
            f"input {_show(string)}: unknown value {_show(part)} of field {field.name}; its values are"
            f" {listed}{spacing}."
        )


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


def _show(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= 60 else shown[:57] + "..."
