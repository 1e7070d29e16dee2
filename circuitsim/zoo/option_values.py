"""Options of an address, `NAME:option=value,...`: what people write, and the values that it says."""

from collections.abc import Mapping
from typing import TypeAlias

from circuitsim.errors import InputError
from circuitsim.zoo.near import nearest

Value: TypeAlias = int | str


def written(address: str, rest: str) -> dict[str, str]:
    """The options of an address, as texts; `rest` is what stands after the name's colon.

    Raises:
        InputError: a part that is no option=value, or an option twice.
    """
    given: dict[str, str] = {}
    for part in rest.split(",") if rest else []:
        option, sign, value = part.partition("=")
        if not sign or not option or not value or option in given:
            raise InputError(
                f"{address[:80]}: expected option=value, each once, separated by commas, got {part[:40]!r}."
            )
        given[option] = value
    return given


def chosen(
    what: str,
    given: Mapping[str, str],
    defaults: Mapping[str, Value],
    words: Mapping[str, tuple[Value, ...]],
) -> dict[str, Value]:
    """All options with their values: those that are given, else their defaults.

    Args:
        what: has the options, such as "zoo:parity".
        words: for every option that is a word the words that it may be.

    Raises:
        InputError: an option that there is not, or a value that it cannot have.
    """
    values = dict(defaults)
    for name, text in given.items():
        if name not in values:
            known = f"its options are {', '.join(values)}" if values else "it has none"
            raise InputError(
                f"{what} has no option {name!r}{nearest(name, values)}; {known}."
            )
        values[name] = _value(f"{what}: {name}", text, values[name], words.get(name))
    return values


def _value(what: str, text: str, default: Value, words: tuple[Value, ...] | None) -> Value:
    if words is not None and text not in map(str, words):
        known = [str(word) for word in words]
        expected = " or ".join(known) if len(known) < 3 else f"one of {', '.join(known)}"
        raise InputError(f"{what} is {text!r}{nearest(text, known)}, expected {expected}.")
    if isinstance(default, str):
        return text
    if not text.removeprefix("-").isdecimal() or len(text) > 9:
        raise InputError(
            f"{what} is {text[:20]!r}, expected a whole number such as {default}."
        )
    return int(text)
