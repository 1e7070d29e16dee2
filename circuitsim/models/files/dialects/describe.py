"""What is known of a stranger's checkpoint, and the options file that it still needs."""

from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from circuitsim.models.files.contents import Contents
from circuitsim.models.files.dialects.dialect import WHY
from circuitsim.models.files.dialects.options import Options, options_file
from circuitsim.models.files.dialects.reading import MOST_LISTED, Checkpoint, understood
from circuitsim.models.files.reading import contents_of, whole

FILLED = {
    "vocabulary",
    "letters",
    "prepend",
    "append",
    "classes",
}  # where a template shows how


@dataclass(frozen=True)
class CheckpointFacts:
    """A checkpoint of another library, as far as it is understood.

    Args:
        dialect, library: None where nothing is known by name. tensors, parameters: how many.
        tokens, width, positions, rows: of the embedding, of the position table, and of the read-out.
        known: facts of the file or the options. missing: what nobody says, and why it is asked for.
        problems: what does not fit. strange: names and shapes of the first tensors, where no dialect knows them.
        complete: whether it is a model as it is. options_file: where options are looked for.
    """

    name: str
    dialect: str | None
    library: str | None
    tensors: int
    parameters: int
    tokens: int | None
    width: int | None
    positions: int | None
    layers: int
    rows: int | None
    known: dict[str, Any]
    missing: dict[str, str]
    problems: list[str]
    strange: dict[str, tuple[int, ...]]
    complete: bool
    options_file: str
    kind: str = "checkpoint"


def describe(path: Path, given: dict[str, Any]) -> CheckpointFacts | None:
    """The facts of a checkpoint; None of a model of our own format.

    Raises:
        ModelError: the file or its options cannot be read.
    """
    path = whole(path)
    contents = contents_of(path)
    if contents is None or contents.own:
        return None
    found = understood(contents, path, given)
    embedding = found.tensors.get("embedding.weight")
    layers = [n for n in found.tensors if n.endswith(".attention.query.weight")]
    return CheckpointFacts(
        name=path.resolve().name if path.is_dir() else path.stem,
        dialect=found.dialect.name if found.dialect else None,
        library=found.dialect.title if found.dialect else None,
        tensors=len(contents.tensors),
        parameters=sum(int(array.size) for array in contents.tensors.values()),
        tokens=found.rows("embedding.weight"),
        width=int(embedding.shape[-1]) if embedding is not None and embedding.ndim else None,
        positions=found.rows("positions.weight"),
        layers=len(layers),
        rows=found.rows("readout.weight"),
        known={name: _plain(value) for name, value in found.facts.known.items()},
        missing={name: WHY[name] for name in found.facts.missing},
        problems=found.problems,
        strange={} if found.dialect else _shapes(contents),
        complete=found.complete,
        options_file=str(options_file(path)),
    )


def _shapes(contents: Contents) -> dict[str, tuple[int, ...]]:
    names = list(contents.tensors)[:MOST_LISTED]
    return {name[:100]: tuple(map(int, contents.tensors[name].shape)) for name in names}


def template(path: Path, given: dict[str, Any]) -> tuple[Path, dict[str, Any]]:
    """Where a checkpoint's options belong, and what to write there: all that is said or needed, null where nobody did.

    Raises:
        ModelError: the file or its options cannot be read.
    """
    path = whole(path)
    contents = contents_of(path)
    assert contents is not None
    found = understood(contents, path, given)
    return options_file(path), _words(found)


def _words(found: Checkpoint) -> dict[str, Any]:
    """The options of a checkpoint, whether given or to be filled in."""
    words: dict[str, Any] = {}
    if found.dialect is not None:
        words["dialect"] = found.dialect.name
    options, tokens = found.options, found.rows("embedding.weight") or 0
    for each in fields(Options):
        name, value = each.name, getattr(found.options, each.name)
        if name in ("dialect", "names"):
            continue
        if name in found.facts.missing:
            words[name] = (
                [f"t{number}" for number in range(tokens)] if name == "vocabulary" else None
            )
        elif name in FILLED:
            words[name] = list(value)
        elif value is not None:
            words[name] = _plain(value)
    if options.names:
        words["names"] = {ours: _source(source) for ours, source in options.names.items()}
    return words


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return str(value) if isinstance(value, Fraction) else value


def _source(source: Any) -> Any:
    """A source as files hold it."""
    from circuitsim.models.files.annotations import document

    found = document(source)
    return found["tensor"] if set(found) == {"tensor"} else found
