"""Tokens as vectors: tables of rows, of which every position of a sequence takes one each and adds them up.

A model of letters has one table, its embedding. A model of records has one for every map of fields that it adds, and
one for its constant tokens; a position that lacks the fields of a table takes its last row, which is zero.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from circuitsim.errors import ModelError
from circuitsim.models.embedded import Embedded
from circuitsim.numbers.arrays import Matrix, matrix
from circuitsim.numbers.scaled import Scaled, stacked
from circuitsim.tokens import Codes, Field

MOST_ROWS = 2**20  # of one table


@dataclass(frozen=True)
class Table:
    """An arbitrary map of some fields of a token to a vector, which is added to the stream where it has them all.

    Args:
        fields: names of the fields it reads.
        rows: (product of the fields' sizes, d), the first field slowest.
    """

    fields: tuple[str, ...]
    rows: Matrix

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(self.fields))
        object.__setattr__(
            self, "rows", matrix(self.rows, f"the table of {', '.join(self.fields)}")
        )
        if len(self.rows) > MOST_ROWS:
            raise ModelError(
                f"the table of {', '.join(self.fields)} has {len(self.rows)} rows, at most {MOST_ROWS}."
            )

    @property
    def scaled(self) -> Scaled:
        """The rows in integers over one denominator."""
        return self.rows.scaled


def scaled_tables(model: Embedded) -> tuple[Scaled, ...]:
    """The tables of a model, each (rows, d), of which every position adds one row."""
    tables = [
        table.scaled if _everywhere(model, table) else _and_zero(table.scaled)
        for table in model.tables
    ]
    if model.tokens:
        letters = stacked([model.embedding[token].scaled for token in model.tokens])
        tables.append(_and_zero(letters) if model.fields else letters)
    return tuple(tables)


def table_rows(model: Embedded, codes: Codes) -> tuple[Codes, ...]:
    """Which row of each table a position of whole sequences takes, (batch, length), for token codes (batch, n)."""
    batch, n = codes.shape
    start, length = len(model.prepend), model.length(n)
    framed = _framed(model, batch, n)
    if not model.fields:
        framed[:, start : start + n] = codes
        return (framed,)
    found = []
    digits = model.format.digits(codes)
    names = [field.name for field in model.fields]
    for table in model.tables:
        read = [names.index(name) for name in table.fields]
        rows, has = np.zeros((batch, n), np.int64), np.ones((batch, n), bool)
        for index in read:
            rows, has = (
                rows * model.fields[index].size + digits[:, :, index],
                has & (digits[:, :, index] >= 0),
            )
        whole = np.full((batch, length), len(table.rows), np.int64)
        whole[:, start : start + n] = np.where(has, rows, len(table.rows))
        found.append(whole)
    if model.tokens:
        found.append(framed)
    return tuple(found)


def fields_of(model: Embedded, table: Table) -> tuple[Field, ...]:
    """The fields that a table reads."""
    known = {field.name: field for field in model.fields}
    return tuple(known[name] for name in table.fields)


def table_problems(model: Embedded) -> list[str]:
    """What is wrong with the fields and tables of a model of records."""
    problems = []
    names = [field.name for field in model.fields]
    if len(set(names)) < len(names):
        problems.append("two fields have one name")
    for field in model.fields:
        if not field.values or len(set(field.values)) < len(field.values):
            problems.append(f"field {field.name}: no values, or one of them twice")
        if odd := [
            v for v in field.values if not v.isprintable() or " " in v or "," in v or not v
        ]:
            problems.append(
                f"field {field.name}: value {odd[0]!r} is not a printable text without spaces and commas"
            )
    if prod(field.size for field in model.fields) >= 2**62:
        problems.append("the fields have more than 2^62 values together")
    if model.vocabulary:
        problems.append("a model has a vocabulary or fields, not both")
    if not model.tables:
        problems.append("no table reads the fields")
    for number, table in enumerate(model.tables):
        if unknown := [name for name in table.fields if name not in names]:
            problems.append(
                f"tables[{number}] reads {unknown[0]!r}, which is no field (fields: {', '.join(names)})"
            )
            continue
        expected = prod(field.size for field in fields_of(model, table))
        if not table.fields or len(table.rows) != expected:
            read = ", ".join(table.fields) or "no field"
            problems.append(
                f"tables[{number}] has {len(table.rows)} rows, expected {expected} for {read}"
            )
        elif len(table.rows[0]) != model.width:
            problems.append(
                f"tables[{number}] has rows of {len(table.rows[0])} entries, expected {model.width}"
            )
    return problems


def _and_zero(table: Scaled) -> Scaled:
    return Scaled(np.pad(table.numerators, ((0, 1), (0, 0))), table.denominator)


def _everywhere(model: Embedded, table: Table) -> bool:
    framed = bool(model.prepend or model.append)
    return not framed and all(field.where == "each" for field in fields_of(model, table))


def _framed(model: Embedded, batch: int, n: int) -> Codes:
    """Rows of constant tokens in the table of tokens; letters of records take the zero row at its end."""
    row = {name: index for index, name in enumerate(model.tokens)}
    whole = (
        [row[t] for t in model.prepend]
        + [len(model.tokens)] * n
        + [row[t] for t in model.append]
    )
    return np.tile(np.array(whole, np.int64), (batch, 1))
