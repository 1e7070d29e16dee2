"""A dialect: how one library names tensors, and which facts of the architecture it leaves open."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from circuitsim.models.files.contents import Tensors
from circuitsim.models.files.dialects.names import Source
from circuitsim.models.files.dialects.options import Options
from circuitsim.models.files.documents import show

WHY = {
    "heads": "how many heads a layer has",
    "mask": "none, causal, ...: which keys a query sees",
    "activation": "relu, gelu, gelu-tanh, silu or tanh, of the nets",
    "norms": "before or after: where norms stand in a layer",
    "bare_norms": "none, layer or rms: norms without weights of their own are in no file",
    "rotary": "rope_theta: the base of the angles by which queries and keys are turned",
    "readout": "first, last, each, mean or a constant token: where the answer is read",
    "vocabulary": "a name for every token, in the order of ids, or their number",
}


@dataclass
class Facts:
    """Facts of a checkpoint, of its config or else of the options; notes what is missing and what contradicts.

    Args:
        config: what is said beside the tensors, of the dialect's own section.
        source: what that is called, such as "config.json".
    """

    options: Options
    config: Mapping[str, Any]
    source: str = "config"
    known: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def ask(self, name: str, found: Any = None, default: Any = None) -> Any:
        """A fact that an option gives, unless it was found; None where nobody says it."""
        given = getattr(self.options, name)
        if found is not None and given is not None and given != found:
            self.problems.append(
                f"{name} is given as {show(given)}, and the checkpoint has {show(found)}"
            )
        value = next((v for v in (found, given, default) if v is not None), None)
        if value is None:
            self.missing.append(name)
        else:
            self.known[name] = value
        return value

    def number(self, key: str, default: int | None = None) -> int | None:
        """A whole number of the config, at least 1."""
        value = self.config.get(key, default)
        if value is None:
            return default
        if type(value) is not int or value < 1:
            self.problems.append(
                f"{self.source}.{key} must be a whole number, at least 1, got {show(value)}"
            )
            return None
        return value

    def same(self, key: str, there: int | None, things: str) -> None:
        """Note a count of the config that is another than the tensors show."""
        given = self.number(key)
        if given is not None and there is not None and given != there:
            self.problems.append(
                f"{self.source}.{key} is {given}, and there are tensors of {there} {things}"
            )

    def word(self, key: str, words: Mapping[str, Any], default: str) -> Any:
        """What a word of the config stands for."""
        value = self.config.get(key, default)
        if not isinstance(value, str) or value not in words:
            listed = ", ".join(words)
            self.problems.append(f"{self.source}.{key} {show(value)} is not one of {listed}")
            return None
        return words[value]

    def refuse(self, keys: Iterable[str], why: str = "is not read") -> None:
        """Options of a library that change what a model computes."""
        for key in keys:
            if self.config.get(key):
                self.problems.append(f"{self.source}.{key} {why}")


@dataclass
class Layout:
    """How a checkpoint becomes our tensors and our config.

    Args:
        tensors: theirs, without a common prefix.
        names: ours, and theirs.
        config: what our config says of it.
        unread: tensors that say nothing of a model.
        scaled: scores are divided by the root of the key's size.
        made: our tensors that no tensor of theirs is.
    """

    tensors: Tensors
    names: dict[str, Source]
    config: dict[str, Any] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    scaled: bool = True
    made: Tensors = field(default_factory=dict)


@dataclass(frozen=True)
class Dialect:
    """A library's way of saving transformers.

    Args:
        name: of `--dialect`. title: for people.
        marks: ends of names, with `*`, that all are there in a checkpoint of it.
        of_config: whether plain data saved with the tensors is of it, which decides before names do.
        section: the part of that data that describes the model.
        shaped: whether shapes are of it, where another dialect has the same names.
        read: the layout of a checkpoint.
    """

    name: str
    title: str
    marks: tuple[str, ...]
    read: Callable[[Tensors, Facts], Layout]
    of_config: Callable[[Mapping[str, Any]], bool] = lambda config: False
    section: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda config: config
    source: str = "config"
    shaped: Callable[[Tensors], bool] = lambda tensors: True


def without_prefix(tensors: Tensors, mark: str) -> Tensors:
    """Tensors without what stands before a name that ends in `mark`, or with only the beginning of it.

    So `model.transformer.wte.weight` and `model.lm_head.weight` both lose what wraps them.
    """
    whole = next((n for n in tensors if n == mark or n.endswith(f".{mark}")), mark)
    parts = whole.removesuffix(mark).split(".")[:-1]
    prefixes = [".".join(parts[:count]) + "." for count in range(len(parts), 0, -1)]
    found: Tensors = {}
    for name, array in tensors.items():
        prefix = next((p for p in prefixes if name.startswith(p)), "")
        short = name.removeprefix(prefix)
        found[name if short in found else short] = array
    return found


def layers_of(tensors: Tensors, before: str, after: str) -> int:
    """How many numbers stand between two parts of names."""
    numbers = {
        name[len(before) : -len(after)]
        for name in tensors
        if name.startswith(before) and name.endswith(after)
    }
    return sum(number.isdecimal() for number in numbers)


def size(array: Any, axis: int) -> int | None:
    """The length of an axis of a tensor, where there is one."""
    return int(array.shape[axis]) if array is not None and array.ndim > axis else None
