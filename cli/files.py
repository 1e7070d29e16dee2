"""Files that commands read and write: models and circuits told apart, targets tried before work starts."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from circuitsim.errors import InputError, ModelError
from circuitsim.netlist.interface import digits_of
from circuitsim.tokens import Format, format_of

if TYPE_CHECKING:
    from circuitsim.netlist.circuit import Circuit


@dataclass(frozen=True)
class Interface:
    """How letters become the inputs of a circuit from a file, and its outputs decisions."""

    format: Format
    n: int
    several: bool  # every letter is read out, also where there is one
    signs: int  # that make one answer; 0 where one does
    entries: dict[str, Any]  # as `netlist.interface` reads them


def interface_of(circuit: "Circuit", path: str) -> Interface:
    """The interface of a circuit, checked against its wires: the file may be anybody's.

    Raises:
        InputError: the file does not say how letters become inputs, or says what cannot be.
    """
    entries = circuit.interface
    tokens, n, classes = format_of(entries), entries.get("n"), entries.get("classes")
    wired, signs = entries.get("wired", []), entries.get("signs", 0)
    if type(n) is not int or type(classes) is not int:
        raise InputError(
            f"{path}: the circuit does not say how letters become its inputs, so it cannot be run."
        )
    readout = entries.get("readout")  # older files lack it
    outputs = max(1, signs) * classes if type(signs) is int else 0  # of one answer
    sound = (
        tokens is not None
        and 0 < n <= circuit.inputs
        and isinstance(wired, list)
        and all(bit in (0, 1) for bit in wired)
        and tokens.inputs(n) + len(wired) == circuit.inputs
        and classes > 0
        and outputs > 0
        and _sound_number(entries)
        and len(circuit.outputs) % outputs == 0
        and readout in (None, "each", "one")
        and (readout != "one" or len(circuit.outputs) == outputs)
        and (readout != "each" or len(circuit.outputs) == outputs * n)
    )
    if tokens is None or not sound:
        raise InputError(
            f"{path}: the description of the circuit does not fit it: n={n}, its letters and"
            f" {classes} classes for {circuit.inputs} inputs and {len(circuit.outputs)} outputs."
        )
    several = len(circuit.outputs) > outputs if readout is None else readout == "each"
    return Interface(tokens, n, several, signs, entries)


def _sound_number(entries: dict[str, Any]) -> bool:
    """Whether a circuit whose outputs are a number says which."""
    try:
        digits = digits_of(entries)
    except ModelError:
        return False
    return digits is None or digits.scale > 0


def target(path: str, *suffixes: str) -> Path:
    """Where to write, following links; refused now, before work, if it surely cannot be written.

    Raises:
        InputError: the directory is missing or read-only, there is something that is not a plain file, or the
            name ends in none of `suffixes`, if any are given.
    """
    if not path:
        raise InputError(
            "the name of the file to write is empty; give one, such as circuit.npz."
        )
    where = Path(os.path.realpath(path))
    if where.exists() and not where.is_file():
        raise InputError(
            f"{path}: cannot be written ({'a directory' if where.is_dir() else 'not a plain file'})."
        )
    if suffixes and not (where.name.endswith(suffixes) or Path(path).name.endswith(suffixes)):
        raise InputError(
            f"{path}: this is written as a {' or '.join(suffixes)} file; give a name that ends so."
        )
    if not where.parent.is_dir():
        raise InputError(f"{path}: cannot be written (there is no directory {where.parent}).")
    if not os.access(where.parent, os.W_OK):
        raise InputError(
            f"{path}: cannot be written (no permission to write in {where.parent})."
        )
    return where


def picture(path: str) -> Path:
    """Where to draw a figure, if that can be.

    Raises:
        InputError: as `target`. CircuitSimError: there is no matplotlib.
    """
    from circuitsim.analysis.growth.figures import SUFFIXES, require_matplotlib

    if Path(path).suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path}: figures are written as {', '.join(SUFFIXES)} files; give a name that ends so."
        )
    where = target(path)
    require_matplotlib()
    return where


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8; at every moment the path holds the old file, or the whole new one."""
    from circuitsim.formats.atomic import write_whole

    write_whole(path, text.encode())
