"""Dataclasses as plain data: the annotation of a field says how files hold it.

A field that is added to a model's class is read and written from then on. Where files have another name, default or
order than the class, the field's metadata says so under `file`, `left out` and `after`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, InitVar, dataclass, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from circuitsim.errors import ModelError
from circuitsim.models.files.documents import kind, show
from circuitsim.models.files.rules import RULES, rule_of
from circuitsim.models.positions import PositionExpressions

MOST_LISTED = 20  # problems of one file

BARE = (PositionExpressions,)  # classes of one field, which files hold without its name


@dataclass(frozen=True)
class Key:
    """A key of an object in a file, and the field of a dataclass that it becomes."""

    name: str
    field: Field[Any]

    @property
    def annotation(self) -> Any:
        """The field's type, without what is said of it to others."""
        given: Any = self.field.type
        if isinstance(given, InitVar):
            return given.type
        return given if given in RULES else self.base

    @property
    def base(self) -> Any:
        """What the field's values are, whatever is said of them."""
        given: Any = self.field.type
        return get_args(given)[0] if get_origin(given) is Annotated else given

    @property
    def required(self) -> bool:
        """Whether files must have it."""
        return self.field.default is MISSING and "left out" not in self.field.metadata


@cache
def keys_of(cls: Any) -> dict[str, Key]:
    """The keys of the object that files hold of a dataclass, in the order in which they are written.

    A bias stands after what it is added to, and another field where its metadata says so under `after`.
    """
    fields: dict[str, Field[Any]] = {
        name: field
        for name, field in cls.__dataclass_fields__.items()
        if field.init and get_origin(field.type) is not ClassVar
    }
    found: dict[str, Key] = {}
    for first in fields:
        later = [name for name in fields if fields[name].metadata.get("after") == first]
        for name in (first, f"{first}_bias", *later):
            if name in fields:
                key = Key(fields[name].metadata.get("file", name), fields[name])
                found.setdefault(key.name, key)
    return found


def key_problems(cls: Any, given: object, place: str) -> Iterator[str]:
    """What is wrong with the keys of an object that should become an instance of a dataclass, one phrase each."""
    if cls in BARE:
        if not isinstance(given, list):
            yield f"{place} must be a list, not {kind(given)}"
    elif hasattr(cls, "__dataclass_fields__"):
        known = keys_of(cls)
        required = [name for name, key in known.items() if key.required]
        yield from unfit_keys(given, place or "the model", required, known)


def unfit_keys(
    given: object, place: str, required: Iterable[str], known: Iterable[str]
) -> Iterator[str]:
    """What is wrong with the keys of an object, one phrase each."""
    if not isinstance(given, dict):
        yield f"{place} must be an object, not {kind(given)}"
        return
    yield from (f"{place}: {name} is missing" for name in required if name not in given)
    unknown = [name for name in given if name not in known]
    yield from (f"{place}: unknown key {show(name)}" for name in unknown)


class Reader:
    """Makes values of plain data, and notes every problem on its way. What could not be made is None."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def refuse(self, where: str) -> None:
        """Raise one ModelError that lists all problems, if there are any."""
        found = list(dict.fromkeys(self.problems))
        more = f"; and {len(found) - MOST_LISTED} more" if len(found) > MOST_LISTED else ""
        if found:
            raise ModelError(f"{where}: {'; '.join(found[:MOST_LISTED])}{more}.")

    def attempt(self, make: Callable[[], Any], place: str = "") -> Any:
        """What `make` returns; a ModelError that it raises becomes a problem at the place."""
        try:
            return make()
        except ModelError as error:
            before = f"{place}: " if place else ""
            self.problems.append(f"{before}{error}".removesuffix("."))
            return None

    def value(self, annotation: Any, given: Any, place: str) -> Any:
        """A value of the annotated type."""
        read = rule_of(annotation).read
        if read is not None:
            return self.attempt(lambda: read(given, place))
        made_of, parts = get_origin(annotation), get_args(annotation)
        return PARTS[made_of](self, parts or annotation, given, place)

    def record(self, cls: Any, given: Any, place: str = "") -> Any:
        """An instance of a dataclass."""
        before = len(self.problems)
        self.problems.extend(key_problems(cls, given, place))
        values = {}
        for name, key in keys_of(cls).items():
            if cls in BARE:
                values[key.field.name] = self.value(key.annotation, given, place)
            elif isinstance(given, dict) and name in given:
                inside = f"{place}.{name}" if place else name
                values[key.field.name] = self.value(key.annotation, given[name], inside)
            elif "left out" in key.field.metadata:
                values[key.field.name] = key.field.metadata["left out"]
        return self.build(cls, values, place) if len(self.problems) == before else None

    def build(self, cls: Any, values: dict[str, Any], place: str = "") -> Any:
        """An instance of a dataclass whose fields have these values."""
        return self.attempt(lambda: cls(**values), place)

    def _literal(self, options: tuple[Any, ...], given: Any, place: str) -> Any:
        if given not in options:
            listed = ", ".join(options)
            self.problems.append(f"{place}: {show(given)} is not one of {listed}")
        return given

    def _union(self, types: tuple[Any, ...], given: Any, place: str) -> Any:
        """Of the type whose keys fit best."""
        if given is None and NoneType in types:
            return None
        known = [one for one in types if one is not NoneType]
        listed = isinstance(given, list)
        best = min(
            known,
            key=lambda one: (
                listed != (one in BARE),
                len(list(key_problems(one, given, place))),
            ),
        )
        return self.value(best, given, place)

    def _tuple(self, types: tuple[Any, ...], given: Any, place: str) -> Any:
        if not isinstance(given, list):
            self.problems.append(f"{place} must be a list, not {kind(given)}")
            return None
        read = [self.value(types[0], item, f"{place}[{i}]") for i, item in enumerate(given)]
        return tuple(read)

    def _mapping(self, types: tuple[Any, ...], given: Any, place: str) -> Any:
        if not isinstance(given, dict):
            self.problems.append(f"{place} must be an object, not {kind(given)}")
            return None
        return {
            name: self.value(types[1], item, f"{place}[{show(name)}]")
            for name, item in given.items()
        }


# By what a type is made of: how a value of it is read from those of its parts.
PARTS: dict[Any, Callable[[Reader, Any, Any, str], Any]] = {
    None: Reader.record,
    Annotated: lambda reader, parts, given, place: reader.value(parts[0], given, place),
    Literal: Reader._literal,
    UnionType: Reader._union,
    Union: Reader._union,  # what a Literal or None is
    tuple: Reader._tuple,
    Mapping: Reader._mapping,
}


def document(owner: Any) -> Any:
    """Plain data of an instance of a dataclass, which `Reader.record` makes it of again."""
    cls: Any = type(owner)
    found = {}
    for name, key in keys_of(cls).items():
        if not isinstance(key.field.type, InitVar):
            value = getattr(owner, key.field.name)
            if not rule_of(key.annotation).left_out(value, owner, key.field.default):
                found[name] = _written(key.annotation, value, owner)
    return next(iter(found.values())) if cls in BARE else found


def _written(annotation: Any, value: Any, owner: Any) -> Any:
    if annotation in RULES:
        return RULES[annotation].write(value, owner)
    if is_dataclass(value):
        return document(value)
    if isinstance(value, tuple):
        return [_written(get_args(annotation)[0], item, owner) for item in value]
    return value
