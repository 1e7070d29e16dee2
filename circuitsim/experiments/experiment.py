"""What an experiment is: settings as data, one training run each, and what is concluded from all of them.

To add one: a module of this folder with an `Experiment` and the functions that it names, and a row of `table.py`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any, Literal, TypeAlias

from circuitsim.errors import InputError

Scalar: TypeAlias = str | int | float | bool | None
Setting: TypeAlias = Mapping[str, Scalar]
SizeName: TypeAlias = Literal["smallest", "default", "paper"]
Progress: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much is run.

    Attributes:
        name: "smallest" takes seconds, "default" minutes, "paper" is as the paper has it.
        settings: of the training runs, in the order of the table.
        minutes: that they take on one core, as measured or estimated.
    """

    name: SizeName
    settings: tuple[Setting, ...]
    minutes: float


@dataclass(frozen=True)
class Experiment:
    """One experiment of a paper.

    Attributes:
        source: paper and section. question: in one sentence.
        protocol: how it is run, for people, and where that is not the paper's way.
        published: what the paper or its code reports, for people.
        version: raised when the same setting gives another result, so that stored points are done again.
        run: "module:function", (setting, progress) -> Outcome: one training run, which the setting determines.
        circuits: "module:function", (points) -> the circuits to measure; see `circuits.Circuit`.
        summary: "module:function", (points, circuits) -> `report.Summary`. It computes what agrees from the numbers.
    """

    name: str
    source: str
    question: str
    protocol: str
    published: str
    sizes: tuple[Size, ...]
    run: str
    circuits: str
    summary: str
    version: int = 1

    def size(self, name: str) -> Size:
        """What is run at a size.

        Raises:
            InputError: there is no such size.
        """
        known = {size.name: size for size in self.sizes}
        if name not in known:
            raise InputError(f"--size {name[:40]!r} is not one of {', '.join(known)}.")
        return known[name]


@dataclass(frozen=True)
class Outcome:
    """What a run gives: a result that JSON holds, and files by name, such as the trained model."""

    result: dict[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Point:
    """One run, which is done once: its hash says whether a stored result is its own.

    Attributes:
        experiment, version: whose run it is. run: as `Experiment.run`; it may move without another result.
        given: files that the run reads; their contents are part of the hash.
    """

    experiment: str
    version: int
    run: str
    setting: Setting
    given: Mapping[str, bytes] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = " ".join(f"{name}={value}" for name, value in self.setting.items())
        return f"{self.experiment}: {shown}"

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all that determines the result."""
        return sha256(canonical(self.identity).encode())

    @property
    def identity(self) -> dict[str, Any]:
        """All that determines the result, as JSON."""
        return {
            "experiment": self.experiment,
            "version": self.version,
            "setting": dict(self.setting),
            "given": {name: sha256(data) for name, data in self.given.items()},
        }


@dataclass(frozen=True)
class Done:
    """A point with its outcome, and the seconds that it took."""

    point: Point
    outcome: Outcome
    seconds: float

    @property
    def setting(self) -> Setting:
        """What was run."""
        return self.point.setting

    @property
    def result(self) -> dict[str, Any]:
        """What it gave."""
        return self.outcome.result


def canonical(value: Any) -> str:
    """The one JSON text of a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(data: bytes) -> str:
    """The hash of a content."""
    return hashlib.sha256(data).hexdigest()


def named(reference: str) -> Any:
    """The function of "module:function", of which the module is imported now."""
    module, _, function = reference.partition(":")
    return getattr(import_module(module), function)
