"""Token codes from what people type."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

import numpy as np

from circuitsim.errors import InputError
from circuitsim.tokens.fields import Codes, Field

SEPARATOR = ","  # between the values of a token's fields
SPACING = "separate tokens by spaces, fields by commas"  # of records, as errors say it


@dataclass(frozen=True)
class Reader:
    """Reads strings whose tokens have these fields; see `Format` for `single` and `plain`."""

    fields: tuple[Field, ...]
    single: bool
    plain: bool

    def read(self, strings: Sequence[str]) -> Codes:
        """`Format.parse`."""
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


def _show(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= 60 else shown[:57] + "..."
