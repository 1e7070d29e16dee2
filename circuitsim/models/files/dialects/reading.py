"""From a stranger's checkpoint to a model: its dialect, its facts, the user's words, and all that is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt, sqrt
from pathlib import Path
from typing import Any

from circuitsim.errors import ModelError
from circuitsim.models.files.contents import Contents, Tensors
from circuitsim.models.files.dialects.dialect import WHY, Dialect, Facts, Layout
from circuitsim.models.files.dialects.names import translated
from circuitsim.models.files.dialects.options import Options, options_file, read_options
from circuitsim.models.files.dialects.table import BY_NAME, recognised
from circuitsim.models.files.documents import FORMAT, VERSION, show
from circuitsim.models.files.state_dict import model_from_state
from circuitsim.models.model import Model

MOST_LISTED = 20  # problems, names
TABLES = ("embedding.weight", "positions.weight", "readout.weight")


@dataclass
class Checkpoint:
    """A stranger's checkpoint as far as it is understood.

    Args:
        path: a file or a folder. dialect: None where nothing is known by name.
        options: what the user said. facts: what is known and what is missing.
        tensors: ours, of theirs. theirs: what those are called. problems: what does not fit.
    """

    path: Path
    dialect: Dialect | None
    options: Options
    facts: Facts
    names: list[str]
    config: dict[str, Any] = field(default_factory=dict)
    tensors: Tensors = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether there is a model."""
        return self.dialect is not None and not self.problems and not self.facts.missing

    def rows(self, name: str) -> int | None:
        """The rows of one of our tables."""
        table = self.tensors.get(name)
        return len(table) if table is not None and table.ndim else None

    def refuse(self) -> None:
        """Raise one ModelError that says all that is missing or does not fit."""
        if self.dialect is None:
            raise ModelError(_unknown(self))
        said = self.problems[:MOST_LISTED]
        more = len(self.problems) - len(said)
        said += [f"and {more} more"] if more else []
        missing = [f"{name} ({WHY[name]})" for name in self.facts.missing]
        if missing:
            said.append(f"missing: {', '.join(missing)}")
        if said:
            raise ModelError(
                f"{self.path} ({self.dialect.title}): {'; '.join(said)}.{self._hint()}"
            )

    def _hint(self) -> str:
        """How to say what is missing."""
        if not self.facts.missing:
            return ""
        options = ", ".join(f"--{name.replace('_', '-')}" for name in self.facts.missing)
        return (
            f" Give {options}, or write the same words into {options_file(self.path).name} beside it;"
            " `circuitsim info --write-options` makes a template."
        )


def model_of(contents: Contents, path: Path, given: Mapping[str, Any]) -> Model:
    """The model of another library's checkpoint.

    Args:
        given: options of the command, in the words of the options file.

    Raises:
        ModelError: what is missing or does not fit, all of it.
    """
    found = understood(contents, path, given)
    found.refuse()
    return _built(found)


def understood(contents: Contents, path: Path, given: Mapping[str, Any]) -> Checkpoint:
    """A checkpoint as far as it is understood.

    Raises:
        ModelError: the options cannot be read.
    """
    options = read_options(path, given)
    if options.dialect is not None and options.dialect not in BY_NAME:
        raise ModelError(
            f"dialect {show(options.dialect)} is not one of {', '.join(BY_NAME)}."
        )
    dialect = BY_NAME[options.dialect] if options.dialect else recognised(contents)
    if dialect is None and options.names:
        dialect = BY_NAME["own"]
    names = [name[:100] for name in contents.tensors]
    if dialect is None:
        return Checkpoint(path, None, options, Facts(options, {}), names)
    facts = Facts(options, dialect.section(contents.config), dialect.source)
    layout = dialect.read(contents.tensors, facts)
    found = Checkpoint(path, dialect, options, facts, names, layout.config)
    _translate(found, layout)
    _ask_the_rest(found)
    return found


def _translate(found: Checkpoint, layout: Layout) -> None:
    """Our tensors, and the number of heads where tensors show it."""
    done = translated(layout.tensors, {**layout.names, **found.options.names}, layout.unread)
    facts = found.facts
    found.tensors, found.theirs = {**layout.made, **done.tensors}, done.theirs
    if len(done.heads) > 1:
        facts.problems.append(
            f"tensors show {' and '.join(map(str, sorted(done.heads)))} heads"
        )
    if done.heads:
        found.config["heads"] = facts.ask("heads", min(done.heads))
    found.problems += [*facts.problems, *done.problems]
    keys = found.tensors.get("layers.0.attention.query.weight")
    heads = found.config.get("heads")
    if layout.scaled and keys is not None and type(heads) is int and heads > 0:
        size = max(1, len(keys) // heads)
        root = isqrt(size) if isqrt(size) ** 2 == size else sqrt(size)
        found.config["scale"] = 1 / Fraction(root)


def _ask_the_rest(found: Checkpoint) -> None:
    """The words that every checkpoint needs, and whether they fit."""
    facts, options = found.facts, found.options
    if "readout" not in facts.missing and "readout" not in facts.known:
        facts.ask("readout", default="last")
    if options.rotary is not None and found.config.get("rotary") is None:
        found.problems.append("rotary is given, and this library turns nothing by positions")
    tokens = found.rows("embedding.weight")
    if not options.vocabulary:
        facts.missing.append("vocabulary")
    elif tokens is not None:
        found.problems += options.problems(tokens, found.rows("positions.weight"))
    rows = found.rows("readout.weight")
    if rows is not None:
        found.problems += _strange_classes(options, rows, tokens)


def _strange_classes(options: Options, rows: int, tokens: int | None) -> list[str]:
    """Classes that no row of the read-out has."""
    names = options.vocabulary if rows == tokens else tuple(map(str, range(rows)))
    strange = [name for name in options.classes if name not in names]
    kind = "in the vocabulary" if rows == tokens else f"a number of a row, 0 to {rows - 1}"
    return [f"classes: {', '.join(map(show, strange[:5]))} not {kind}"] if strange else []


def _built(found: Checkpoint) -> Model:
    """The model of a checkpoint that lacks nothing."""
    options, tensors = found.options, dict(found.tensors)
    constants = dict.fromkeys((*options.prepend, *options.append))
    letters = options.letters or tuple(t for t in options.vocabulary if t not in constants)
    ids = {token: number for number, token in enumerate(options.vocabulary)}
    for name in TABLES:
        if name in tensors and tensors[name].ndim != 2:
            shape = tensors[name].shape
            theirs = found.theirs.get(name, name)
            raise ModelError(
                f"{found.path}: tensor {theirs} has shape {shape}, expected two axes."
            )
    tokens = len(tensors["embedding.weight"])
    used = [*letters, *(token for token in constants if token not in letters)]
    tensors["embedding.weight"] = tensors["embedding.weight"][[ids[token] for token in used]]
    if options.offset:
        tensors["positions.weight"] = tensors["positions.weight"][options.offset :]
    if options.classes:
        whole = len(tensors["readout.weight"]) == tokens
        rows = [ids[name] if whole else int(name) for name in options.classes]
        for name in ("readout.weight", "readout.bias"):
            if name in tensors:
                tensors[name] = tensors[name][rows]
    config = {
        **found.config,
        "format": FORMAT,
        "version": VERSION,
        "name": found.path.stem if found.path.is_file() else found.path.resolve().name,
        "vocabulary": letters,
        "prepend": options.prepend,
        "append": options.append,
        "attention": "softmax",
        "inner": options.inner,
        "bits": options.bits,
        "gap_bits": options.gap_bits,
        "weight_bits": options.weight_bits,
        "readout_position": found.facts.known["readout"],
        "readout_answer": "signs" if options.decide == "signs" else "decision",
    }
    return model_from_state(config, tensors, str(found.path), found.theirs)


def _unknown(found: Checkpoint) -> str:
    """What to do with a checkpoint of no dialect."""
    listed = ", ".join(found.names[:MOST_LISTED])
    more = len(found.names) - MOST_LISTED
    rest = f" and {more} more" if more > 0 else ""
    return (
        f"{found.path}: the names of its tensors are those of no library that is known ({', '.join(BY_NAME)}): {listed}"
        f"{rest}. Say which tensor is which in names of {options_file(found.path).name}, or of a file that --names"
        " gives; see docs/model-format.md."
    )
