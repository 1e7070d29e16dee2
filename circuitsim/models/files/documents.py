"""Plain data from a stranger's file, checked before anything is built of it.

A document is what JSON can hold. Every error names the file and the place in it.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NoReturn

from circuitsim.errors import ModelError
from circuitsim.models.files.pickled_values import OddKey, StoredTensor, Unread
from circuitsim.numbers.rationals import LONGEST, rational

FORMAT, VERSION = "circuitsim-model", 1

MOST_VALUES = 100_000  # in a config
DEEPEST = 20  # levels of nesting in a config

KINDS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((str,), "a text"),
    ((int, float, Fraction), "a number"),
    ((list, tuple), "a list"),
    ((Mapping,), "an object"),
    ((StoredTensor,), "a tensor"),
)


def parse_document(text: bytes, where: str) -> Any:
    """JSON with exact numbers: those with a point or exponent are Fractions as they are written.

    Raises:
        ModelError: not JSON, nested too deeply, a key twice in one object, NaN or Infinity.
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in items]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ModelError(f"{where}: the key {show(twice)} stands twice in one object.")
        return dict(items)

    def whole(digits: str) -> int:
        if len(digits) > LONGEST:
            raise ModelError(f"{where}: a number of {len(digits)} digits is too long.")
        return int(digits)

    def refuse(name: str) -> NoReturn:
        raise ModelError(f"{where}: {name} is not a number a model can hold.")

    try:
        return json.loads(
            text.decode("utf-8"),
            object_pairs_hook=pairs,
            parse_int=whole,
            parse_float=lambda written: rational(written, where),
            parse_constant=refuse,
        )
    except ModelError:
        raise
    except RecursionError:
        raise ModelError(f"{where}: nested too deeply for a model.") from None
    except ValueError as error:
        raise ModelError(f"{where}: not valid JSON ({brief(error)}).") from None


def plain(value: object, where: str) -> Any:
    """A copy of plain data, tuples as lists, refusing anything else.

    Data from a pickle may hold itself, or share parts so often that walking it never ends; hence the limits.
    """
    budget = MOST_VALUES

    def copy(item: object, place: str, depth: int) -> Any:
        nonlocal budget
        budget -= 1
        if budget < 0 or depth > DEEPEST:
            raise ModelError(
                f"{where}: more than {MOST_VALUES} values or {DEEPEST} levels of nesting."
            )
        if item is None or isinstance(item, bool | int | float | str | Fraction):
            return item
        if isinstance(item, list | tuple):
            return [copy(x, f"{place}[{index}]", depth + 1) for index, x in enumerate(item)]
        if isinstance(item, Mapping):
            for name in item:
                if not isinstance(name, str):
                    raise ModelError(
                        f"{where}{place}: expected texts as keys, found {kind(name)}."
                    )
            return {
                name: copy(x, f"{place}.{name[:100]}", depth + 1) for name, x in item.items()
            }
        raise ModelError(
            f"{where}{place}: expected texts, numbers, lists and dictionaries, found {kind(item)}."
        )

    return copy(value, "", 0)


def check_format(document: object, where: str) -> dict[str, Any]:
    """The document as a dictionary that says it is a model of a version we read."""
    if not isinstance(document, dict):
        raise ModelError(
            f"{where}: expected an object with format {FORMAT!r}, got {kind(document)}."
        )
    if document.get("format") != FORMAT:
        raise ModelError(
            f"{where}: format is {show(document.get('format'))}, expected {FORMAT!r}."
        )
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise ModelError(
            f"{where}: version is {show(version)}, and this release reads version {VERSION}."
        )
    return document


def kind(value: object) -> str:
    """What a value is, in the words of JSON."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, OddKey):
        return kind(value.value)
    if isinstance(value, Unread):
        return str(value)
    for types, words in KINDS:
        if isinstance(value, types):
            return words
    return f"a {type(value).__name__}"


def brief(error: Exception) -> str:
    """Another library's message, which may quote the file, as part of a sentence."""
    shown = " ".join(str(error).split())
    return shown if len(shown) <= 120 else shown[:117] + "..."


def show(value: object, longest: int = 40) -> str:
    """A value as an error message quotes it."""
    if isinstance(value, Fraction):
        return str(value)[:longest]
    shown = repr(value)
    return shown if len(shown) <= longest else shown[: longest - 3] + "..."
