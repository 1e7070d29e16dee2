"""The formats of circuit files: one row each, which every command reads.

A format to add is a module of this folder with `load` and `save`, a function that recognises its files, and a row here.
Importing the table costs nothing: a format's module is imported when a file is read or written.
"""

import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from circuitsim.bases import names
from circuitsim.errors import CircuitSimError, InputError

if TYPE_CHECKING:
    from circuitsim.netlist.circuit import Circuit

BOUNDED = names(unbounded=False)

AnyPath: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class CircuitFile:
    """One format.

    Args:
        name: in `info`. help: what such a file holds, for people.
        extensions: of names of files, the usual one first.
        module: where its `load` and `save` are.
        recognises: whether a file that is there is one, from what it holds; None where that cannot be said.
        readable: whether there is a `load`; else such files are only written.
        holds: the bases whose circuits can be written.
        hierarchical: where schematics are written, before there are gates; None where the format has no modules.
        valid: whether files say which inputs are codes of letters, in bases of two-input gates.
    """

    name: str
    help: str
    extensions: tuple[str, ...]
    module: str
    recognises: Callable[[Path], bool | None]
    readable: bool = True
    holds: tuple[str, ...] = names()
    hierarchical: str | None = None
    valid: bool = True

    def refuse(self, basis: str) -> None:
        """Refuse circuits of a basis whose gates the format lacks.

        Raises:
            InputError: it is such a basis.
        """
        if basis not in self.holds:
            raise InputError(
                f"{self.name} has no gates such as those of {basis}; compile in {' or '.join(self.holds)}."
            )

    def load(self, path: AnyPath) -> "Circuit":
        """Read and check a circuit; nothing in the file is executed.

        Raises:
            CircuitSimError: the file is missing, truncated, not of this format, or no well-formed circuit.
        """
        if not self.readable:
            raise CircuitSimError(f"{path}: {self.name} is written and not read.")
        circuit: Circuit = import_module(self.module).load(path)
        return circuit

    def save(self, circuit: "Circuit", path: AnyPath) -> None:
        """Write a circuit; at every moment the path holds the old file, or the whole new one.

        Raises:
            CircuitSimError: the path cannot be written, or the circuit not in this format.
        """
        self.refuse(circuit.basis)
        import_module(self.module).save(circuit, path)


def _holds_a_header(path: Path) -> bool | None:
    """A zip with the member that circuits have; what is no zip may be one that is cut off."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "header.npy" in archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return None


def _begins(*starts: bytes) -> Callable[[Path], bool | None]:
    """Recognises files by their first bytes."""

    def recognises(path: Path) -> bool | None:
        try:
            with path.open("rb") as file:
                return file.read(max(map(len, starts))).startswith(starts)
        except OSError:
            return None

    return recognises


def _begins_as_yosys(path: Path) -> bool | None:
    """JSON that first says who wrote it, or has modules; models in JSON say neither."""
    try:
        with path.open("rb") as file:
            return re.match(rb'\s*\{\s*"(creator|modules)"\s*:', file.read(200)) is not None
    except OSError:
        return None


def _named(path: Path) -> bool | None:
    """Files that have no mark of their own: their names say what they are."""
    return None


FORMATS = (
    CircuitFile(
        "npz",
        "arrays of numpy with all that circuitsim knows of a circuit: scopes, letters, decisions",
        (".npz",),
        "circuitsim.formats.npz",
        _holds_a_header,
        valid=False,
    ),
    CircuitFile(
        "aiger",
        "AND gates, with names of wires: for ABC, model checkers and SAT tools; .aag is its text form",
        (".aig", ".aag"),
        "circuitsim.formats.aiger",
        _begins(b"aig ", b"aag "),
        holds=BOUNDED,
    ),
    CircuitFile(
        "blif",
        "tables of gates, for logic synthesis",
        (".blif",),
        "circuitsim.formats.blif",
        _named,
        hierarchical="circuitsim.schematic.blif",
        holds=BOUNDED,
    ),
    CircuitFile(
        "verilog",
        "structural Verilog, for hardware tools; threshold gates are sums",
        (".v",),
        "circuitsim.formats.verilog",
        _named,
        hierarchical="circuitsim.schematic.verilog",
        readable=False,
    ),
    CircuitFile(
        "yosys",
        "JSON of yosys, one module of simple cells",
        (".yosys.json",),
        "circuitsim.formats.yosys",
        _begins_as_yosys,
        holds=BOUNDED,
    ),
    CircuitFile(
        "bench",
        "gates of the ISCAS circuits",
        (".bench",),
        "circuitsim.formats.bench",
        _named,
        holds=names(weighted=False),
    ),
    CircuitFile(
        "bristol",
        "Bristol Fashion, for secure computation",
        (".bristol",),
        "circuitsim.formats.bristol",
        _named,
        valid=False,
        holds=BOUNDED,
    ),
    CircuitFile(
        "dimacs",
        "clauses with a map of variables, for SAT solvers",
        (".cnf",),
        "circuitsim.formats.dimacs",
        _named,
        readable=False,
        holds=BOUNDED,
    ),
    CircuitFile(
        "opb",
        "pseudo-Boolean constraints, threshold gates whole",
        (".opb",),
        "circuitsim.formats.opb",
        _named,
        readable=False,
    ),
    CircuitFile(
        "serial",
        "serialisation of Merrill and Sabharwal, thresholds too: pointers in unary, for small circuits",
        (".serial",),
        "circuitsim.formats.serial",
        _named,
        valid=False,
    ),
)


EXTENSIONS = tuple(extension for form in FORMATS for extension in form.extensions)


def by_name(path: AnyPath) -> CircuitFile | None:
    """The format that the name of a file says; None where it says none."""
    name = Path(path).name
    return next((form for form in FORMATS if name.endswith(form.extensions)), None)


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
