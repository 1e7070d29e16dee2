"""Result rows as a list that a notebook shows as a table."""

from dataclasses import fields
from html import escape
from typing import TypeVar

T = TypeVar("T")


class Rows(list[T]):
    """Dataclasses of one class. A list like any other, also for pandas."""

    def _repr_html_(self) -> str:
        names = [field.name for field in fields(self[0])] if self else []  # type: ignore[arg-type]
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(_word(getattr(row, name)))}</td>" for name in names)
            + "</tr>"
            for row in self
        )
        return f"<table><tr>{head}</tr>{body}</table>"


def _word(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_word(count)} {name}" for name, count in value.items())
    if isinstance(value, float):
        return f"{value:.3g}"
    return (
        f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    )
