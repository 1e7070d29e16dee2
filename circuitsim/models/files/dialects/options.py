"""What no checkpoint says: names of tokens, what an input may hold, what is read out, and facts of the architecture.

They are given to the command, or in a JSON of the same words beside the checkpoint.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from circuitsim.errors import ModelError
from circuitsim.models.blocks import Activation
from circuitsim.models.files.annotations import Reader
from circuitsim.models.files.dialects.names import Source
from circuitsim.models.files.documents import kind, parse_document, show
from circuitsim.models.model import Inner, Mask, Norms, Rotary
from circuitsim.models.positions import SoftmaxBits
from circuitsim.tokens import Values

NAME = "circuitsim.json"  # in a folder; of a file it stands behind the file's name
LARGEST = 2**24  # bytes

Decide: TypeAlias = Literal["argmax", "signs"]
Bare: TypeAlias = Literal["none", "layer", "rms"]


@dataclass(frozen=True)
class Options:
    """What a user says of a checkpoint; None and empty lists: nothing.

    Args:
        dialect: the library that wrote it.
        vocabulary: a name for every token, in the order of ids.
        letters: those that an input may hold; all that are not constants unless given.
        prepend, append: constant tokens before and after every input.
        readout: where the answer is read, as in model files.
        classes: the tokens among which it is, or numbers of rows where rows are not tokens; all unless given.
        decide: "argmax" of them, or "signs": which of them are above 0.
        heads, mask, activation: of every layer.
        norms: whether they stand before or after each block.
        bare_norms: what norms are that have no weights of their own.
        rotary: the base of the angles by which queries and keys are turned.
        offset: the row of the position table that the first position has.
        names: our tensors by name, and theirs: what the dialect's table lacks or has otherwise.
        bits, gap_bits, weight_bits, inner: as in model files.
    """

    dialect: str | None = None
    vocabulary: Values = ()
    letters: tuple[str, ...] = ()
    prepend: tuple[str, ...] = ()
    append: tuple[str, ...] = ()
    readout: str | None = None
    classes: tuple[str, ...] = ()
    decide: Decide = "argmax"
    heads: int | None = None
    mask: Mask | None = None
    activation: Activation | None = None
    norms: Norms | None = None
    bare_norms: Bare | None = None
    rotary: Rotary = None
    offset: int = 0
    names: Mapping[str, Source] = field(default_factory=dict, metadata={"left out": {}})
    bits: SoftmaxBits = "10"
    gap_bits: SoftmaxBits = "4"
    weight_bits: SoftmaxBits = "8"
    inner: Inner = "rounded"

    def problems(self, tokens: int, positions: int | None) -> list[str]:
        """What does not fit a checkpoint of so many tokens and rows of positions; None: it has no table of them."""
        found = []
        if len(self.vocabulary) != tokens:
            found.append(
                f"vocabulary names {len(self.vocabulary)} tokens, there are {tokens}"
            )
        if len(set(self.vocabulary)) < len(self.vocabulary):
            twice = next(t for t in self.vocabulary if self.vocabulary.count(t) > 1)
            found.append(f"vocabulary names {show(twice)} twice")
        for name in ("letters", "prepend", "append"):
            strange = [t for t in getattr(self, name) if t not in self.vocabulary]
            if strange:
                found.append(
                    f"{name}: {', '.join(map(show, strange[:5]))} not in the vocabulary"
                )
        if positions is None and self.offset:
            found.append(f"offset is {show(self.offset)}, and there is no table of positions")
        elif positions is not None and (
            type(self.offset) is not int or not 0 <= self.offset < positions
        ):
            found.append(
                f"offset must be a whole number from 0 to {positions - 1}, got {show(self.offset)}"
            )
        return found


def options_file(path: Path) -> Path:
    """Where the options of a checkpoint are: in its folder, or beside a file."""
    if path.is_dir():
        return path / NAME
    own, of_folder = path.with_name(f"{path.name}.{NAME}"), path.with_name(NAME)
    return of_folder if of_folder.is_file() and not own.is_file() else own


def read_options(path: Path, given: Mapping[str, Any]) -> Options:
    """The options of a checkpoint, a file or a folder: those that are given, else those beside it.

    Raises:
        ModelError: they hold something else.
    """
    file, found = options_file(path), {}
    if file.is_file():
        found = _document(file)
        if not isinstance(found, dict):
            raise ModelError(f"{file}: expected an object, got {kind(found)}.")
    where = str(file) if set(given) <= {"dialect"} else f"the options of {path}"
    merged = {name: value for name, value in {**found, **given}.items() if value is not None}
    if isinstance(merged.get("names"), str):
        folder = path if path.is_dir() else path.parent  # a command's file is where it is run
        merged["names"] = _document(
            (Path() if "names" in given else folder) / merged["names"]
        )
    if isinstance(merged.get("names"), dict):
        whole = {
            n: {"tensor": t} if isinstance(t, str) else t for n, t in merged["names"].items()
        }
        merged["names"] = whole
    reader = Reader()
    options = reader.record(Options, merged, "options")
    reader.refuse(where)
    assert isinstance(options, Options)
    return options


def _document(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST:
            raise ModelError(f"{file}: more than {LARGEST >> 20} MiB of options.")
        return parse_document(file.read_bytes(), str(file))
    except OSError as error:
        raise ModelError(f"{file}: cannot be read ({error.strerror}).") from None
