"""What no checkpoint says, in a JSON beside it: the names of tokens, what an input may hold, and what is read out."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from circuitsim.errors import ModelError
from circuitsim.models.files.annotations import Reader
from circuitsim.models.files.documents import parse_document
from circuitsim.models.model import Inner
from circuitsim.models.positions import SoftmaxBits

NAME = "circuitsim.json"  # in a folder; of a file it stands behind the file's name

Decide: TypeAlias = Literal["argmax", "signs"]
Place: TypeAlias = Annotated[str, "as readout.position of a model"]


@dataclass(frozen=True)
class Options:
    """What a user says of a checkpoint.

    Args:
        vocabulary: a name for every token, in the order of ids.
        letters: those that an input may hold; all that are not constants unless given.
        prepend, append: constant tokens before and after every input.
        readout: where the answer is read, as in model files.
        classes: the tokens among which it is; all unless given.
        decide: "argmax" of them, or "signs": which of them are above 0.
        offset: the row of the position table that the first position has.
        bits, gap_bits, weight_bits, inner: as in model files.
    """

    vocabulary: tuple[str, ...]
    letters: tuple[str, ...] = ()
    prepend: tuple[str, ...] = ()
    append: tuple[str, ...] = ()
    readout: Place = "last"
    classes: tuple[str, ...] = ()
    decide: Decide = "argmax"
    offset: int = 0
    bits: SoftmaxBits = "10"
    gap_bits: SoftmaxBits = "4"
    weight_bits: SoftmaxBits = "8"
    inner: Inner = "rounded"

    def problems(self, tokens: int, positions: int) -> list[str]:
        """What does not fit a checkpoint of so many tokens and rows of positions."""
        found = []
        if len(self.vocabulary) != tokens:
            found.append(
                f"vocabulary names {len(self.vocabulary)} tokens, there are {tokens}"
            )
        for name in ("letters", "prepend", "append", "classes"):
            strange = [t for t in getattr(self, name) if t not in self.vocabulary]
            if strange:
                found.append(
                    f"{name}: {', '.join(map(repr, strange[:5]))} not in the vocabulary"
                )
        if type(self.offset) is not int or not 0 <= self.offset < positions:
            found.append(f"offset must be a whole number from 0 to {positions - 1}")
        return found


def options_file(path: Path) -> Path:
    """Where the options of a checkpoint are: in its folder, or beside a file."""
    if path.is_dir():
        return path / NAME
    own, of_folder = path.with_name(f"{path.name}.{NAME}"), path.with_name(NAME)
    return of_folder if of_folder.is_file() and not own.is_file() else own


def read_options(path: Path, tokens: int) -> Options:
    """The options of a checkpoint, a file or a folder.

    Raises:
        ModelError: there are none, with what is missing and a template; or they hold something else.
    """
    file = options_file(path)
    if not file.is_file():
        names = [f"t{number}" for number in range(min(tokens, 3))]
        known = ", ".join(field.name for field in fields(Options))
        more = "" if tokens <= 3 else f" and {tokens - 3} more"
        raise ModelError(
            f"{path}: the checkpoint does not name its {tokens} tokens. Write {file.name} beside it, such as"
            f" {json.dumps({'vocabulary': names, 'readout': 'last'})}{more}, with the names in the order of ids; it may"
            f" hold {known}."
        )
    reader = Reader()
    found = reader.record(Options, parse_document(file.read_bytes(), str(file)))
    reader.refuse(str(file))
    assert isinstance(found, Options)
    return found
