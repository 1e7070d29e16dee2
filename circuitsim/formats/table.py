"""The formats of circuit files: one row each, which every command reads.

A format to add is a module of this folder with `load` and `save`, a function that recognises its files, and a row here.
Importing the table costs nothing: a format's module is imported when a file is read or written.
"""

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from circuitsim.errors import CircuitSimError

if TYPE_CHECKING:
    from circuitsim.netlist.circuit import Circuit

AnyPath: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class CircuitFile:
    """One format.

    Args:
        name: in `info`. help: what such a file holds, for people.
        extensions: of names of files, the usual one first.
        module: where its `load` and `save` are.
        recognises: whether a file that is there is one, from what it holds; None where that cannot be said.
    """

    name: str
    help: str
    extensions: tuple[str, ...]
    module: str
    recognises: Callable[[Path], bool | None]

    def load(self, path: AnyPath) -> "Circuit":
        """Read and check a circuit; nothing in the file is executed.

        Raises:
            CircuitSimError: the file is missing, truncated, not of this format, or no well-formed circuit.
        """
        circuit: Circuit = import_module(self.module).load(path)
        return circuit

    def save(self, circuit: "Circuit", path: AnyPath) -> None:
        """Write a circuit; at every moment the path holds the old file, or the whole new one.

        Raises:
            CircuitSimError: the path cannot be written, or the circuit not in this format.
        """
        import_module(self.module).save(circuit, path)


def _holds_a_header(path: Path) -> bool | None:
    """A zip with the member that circuits have; what is no zip may be one that is cut off."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "header.npy" in archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return None


FORMATS = (
    CircuitFile(
        "npz",
        "arrays of numpy with all that circuitsim knows of a circuit: scopes, letters, decisions",
        (".npz",),
        "circuitsim.formats.npz",
        _holds_a_header,
    ),
)


EXTENSIONS = tuple(extension for form in FORMATS for extension in form.extensions)


def by_name(path: AnyPath) -> CircuitFile | None:
    """The format that the name of a file says; None where it says none."""
    suffix = Path(path).suffix
    return next((form for form in FORMATS if suffix in form.extensions), None)


def format_of(path: AnyPath) -> CircuitFile | None:
    """The format of a circuit in a file; None of other files, and of what is missing.

    What the file holds decides. Where that says nothing, its name does.
    """
    file = Path(path)
    try:
        if not file.is_file():
            return None
    except OSError:  # a name that is too long, or a folder that may not be looked into
        return by_name(file)
    told = {form.name: form.recognises(file) for form in FORMATS}
    named = by_name(file)
    found = next((form for form in FORMATS if told[form.name]), None)
    return found or (named if named is not None and told[named.name] is None else None)


def load(path: AnyPath) -> "Circuit":
    """Read and check a circuit, whatever its format; nothing in the file is executed.

    Raises:
        CircuitSimError: the file is missing, truncated, or holds no well-formed circuit.
    """
    form = format_of(path) or by_name(path)
    if form is None:
        missing = "" if Path(path).exists() else ", and is not there"
        raise CircuitSimError(
            f"{path}: not a circuit file ({', '.join(EXTENSIONS)}){missing}."
        )
    return form.load(path)


def save(circuit: "Circuit", path: AnyPath) -> None:
    """Write a circuit in the format that the name of the file says.

    Raises:
        CircuitSimError: the path cannot be written, or its name says no format.
    """
    form = by_name(path)
    if form is None:
        raise CircuitSimError(
            f"{path}: circuits are written as {', '.join(EXTENSIONS)}; give a name that ends so."
        )
    form.save(circuit, path)
