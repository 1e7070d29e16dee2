"""An entry of the zoo: how one architecture solves one task, with its options and its resources as formulas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias, cast

from circuitsim.errors import InputError
from circuitsim.models.sized import Sized
from circuitsim.zoo.near import nearest_lengths
from circuitsim.zoo.option_values import Value, chosen
from circuitsim.zoo.task import Task

Architecture: TypeAlias = Literal[
    "hard-attention transformer",
    "saturated transformer",
    "third-order transformer",
    "recurrent net",
    "fully connected net",
]


@dataclass(frozen=True)
class Entry:
    """One model of the zoo.

    Args:
        name: in addresses, `zoo:NAME`.
        task: the class of the task that it solves.
        make: `make(task, n, **options)` is the model for n tokens of a task with its options.
        source: paper and theorem of the construction, or "ours" with what it follows.
        layers, heads, width: as people read them, such as "2", "q", "d' + 2 log2 n".
        options: the construction's own options with defaults, beside those of the task.
        choices: for an option, the values it may have.
        legal: whether the construction has a model for n tokens, where that is not every legal length of the task.
        lengths: what `legal` says, in words.
    """

    name: str
    task: type[Task]
    architecture: Architecture
    make: Callable[..., Any]
    source: str
    layers: str
    heads: str
    width: str
    options: Mapping[str, Value] = field(default_factory=dict)
    choices: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    legal: Callable[[int], bool] = lambda n: True
    lengths: str = ""

    @property
    def defaults(self) -> dict[str, Value]:
        """All options with their defaults: the task's, then the construction's."""
        return {
            **{f.name: cast("Value", f.default) for f in fields(self.task)},
            **self.options,
        }

    @property
    def words(self) -> dict[str, tuple[Value, ...]]:
        """For every option that is a word the words that it may be: the task's, then the construction's."""
        return {**self.task.choices, **self.choices}

    def built(self, given: Mapping[str, str]) -> "Built":
        """The entry with options, which are texts.

        Raises:
            InputError: an option that it does not have, or a value that it cannot have.
        """
        values = chosen(f"zoo:{self.name}", given, self.defaults, self.words)
        task = self.task(**{f.name: values[f.name] for f in fields(self.task)})
        own = {name: values[name] for name in self.options}
        shown = "".join(f":{','.join(f'{k}={v}' for k, v in given.items())}" if given else "")
        return Built(self, task, own, f"{self.name}{shown}")


@dataclass(frozen=True)
class Built:
    """An entry with its options chosen."""

    entry: Entry
    task: Task
    options: Mapping[str, Value] = field(hash=False)
    name: str = ""

    @property
    def model(self) -> Sized:
        """The models, one for every length."""
        return Sized(f"zoo:{self.name}", self.at)

    def legal_length(self, n: int) -> bool:
        """Whether there is a model for n tokens."""
        return self.task.legal_length(n) and self.entry.legal(n)

    def at(self, n: int) -> Any:
        """The model for n tokens.

        Raises:
            InputError: there is none, with the nearest lengths that have one.
        """
        if not self.legal_length(n):
            near, lengths = (
                nearest_lengths(n, self.legal_length),
                self.entry.lengths or self.task.lengths,
            )
            raise InputError(
                f"zoo:{self.name} has no model for {n} tokens (lengths: {lengths}{near})."
            )
        return self.entry.make(self.task, n, **self.options)
