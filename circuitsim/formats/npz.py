"""Circuits as .npz files: numpy's own format, without pickle; written atomically, distrusted when read.

Members, all arrays: `header` (JSON in UTF-8 bytes: format, version, basis, inputs, scopes, interface), `ops`,
`fan_in`, `outputs` and, if the circuit has it, `scope_runs`; in the bases ac0 and tc0 `starts`, in tc0 `weights` and
`thresholds`.
"""

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.bases import BASES
from circuitsim.errors import CircuitSimError
from circuitsim.formats.atomic import replacing
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.validate import validate

FORMAT, VERSION = "circuitsim-circuit", 1
MEMBERS: Mapping[str, tuple[str, tuple[int, ...]]] = {  # dtype and possible numbers of axes
    "header": ("|u1", (1,)),
    "ops": ("|u1", (1,)),
    "fan_in": ("<i4", (1, 2)),
    "outputs": ("<i4", (1,)),
    "scope_runs": ("<i8", (2,)),
    "starts": ("<i8", (1,)),
    "weights": ("<i8", (1,)),
    "thresholds": ("<i8", (1,)),
}
ALWAYS = ("header", "ops", "fan_in", "outputs")
OF_UNBOUNDED, OF_WEIGHTED = (
    ("starts",),
    ("weights", "thresholds"),
)  # members that only such bases have
LARGEST_HEADER = 64 << 20


def save(circuit: Circuit, path: str | os.PathLike[str]) -> None:
    """Write the circuit; at every moment the path holds the old file, or the whole new one.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    target = Path(path)
    header = {
        "format": FORMAT, "version": VERSION, "basis": circuit.basis, "inputs": circuit.inputs,
        "scopes": list(circuit.scopes), "interface": circuit.interface,
    }  # fmt: skip
    try:
        text = json.dumps(header, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise CircuitSimError(
            f"the circuit's interface cannot be written as JSON: {error}."
        ) from error
    arrays: dict[str, Any] = {"header": np.frombuffer(text, np.uint8)}
    for name, (dtype, _) in MEMBERS.items():
        array = getattr(circuit, name, None)
        if array is not None:
            arrays[name] = np.asarray(array, dtype)
    with replacing(target) as file:
        np.savez(file, **arrays)


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, size_of_file: int
) -> npt.NDArray[Any]:
    """One array, whose shape is held against the member's size before anything is allocated."""
    name = info.filename.removesuffix(".npy")
    dtype, axes = MEMBERS[name]
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
        raise CircuitSimError(
            f"{path}: member {name} is compressed or encrypted; circuits are stored as they are."
        )
    if info.file_size > size_of_file:
        raise CircuitSimError(
            f"{path}: member {name} claims {info.file_size:,} bytes, more than it can hold."
        )
    with archive.open(info) as file:
        version = np.lib.format.read_magic(file)
        if version not in ((1, 0), (2, 0)):
            raise CircuitSimError(
                f"{path}: member {name} has numpy format {version}; 1.0 and 2.0 are read."
            )
        reader = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, fortran, found = reader(file)
        if found != np.dtype(dtype) or len(shape) not in axes or (fortran and len(shape) > 1):
            wanted = " or ".join(map(str, axes))
            raise CircuitSimError(
                f"{path}: member {name} has dtype {found} and shape {shape}; expected {dtype}, {wanted} axes, C order."
            )
        size = found.itemsize
        for length in shape:
            size *= int(length)
        if (
            any(length < 0 for length in shape)
            or size > info.file_size
            or (len(shape) == 2 and shape[1] != 2)
        ):
            raise CircuitSimError(
                f"{path}: member {name} has shape {shape} in {info.file_size:,} bytes."
            )
        if name == "header" and size > LARGEST_HEADER:
            raise CircuitSimError(
                f"{path}: the header has {size:,} bytes; at most {LARGEST_HEADER:,} are read."
            )
        array = np.empty(shape, found)
        rest = array.reshape(-1).view(np.uint8).data if size else memoryview(b"")
        while len(rest):
            got = file.readinto(rest)  # type: ignore[attr-defined]
            if not got:
                raise CircuitSimError(f"{path}: member {name} ends early.")
            rest = rest[got:]
        if file.read(1):  # also makes zipfile check the sum over all bytes
            raise CircuitSimError(f"{path}: member {name} has bytes after its array.")
    return array.astype(found.newbyteorder("="), copy=False)


def _header(raw: npt.NDArray[Any], path: Path) -> dict[str, Any]:
    header = json.loads(raw.tobytes().decode())
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CircuitSimError(
            f"{path}: not a circuit of circuitsim (its header does not say {FORMAT!r})."
        )
    if header.get("version") != VERSION:
        raise CircuitSimError(
            f"{path}: written in version {header.get('version')!r} of the format; version {VERSION} is read."
        )
    kinds = {"basis": str, "inputs": int, "scopes": list, "interface": dict}
    for key, kind in kinds.items():
        if type(header.get(key)) is not kind:
            raise CircuitSimError(
                f"{path}: {key!r} in the header is missing or not a {kind.__name__}."
            )
    return header


def _check_basis(basis: str, arrays: Mapping[str, Any], path: Path) -> None:
    """Members that only some bases have are there if and only if the file's basis has them."""
    has = BASES.get(basis)
    wanted = () if has is None else OF_UNBOUNDED * has.unbounded + OF_WEIGHTED * has.weighted
    for name in OF_UNBOUNDED + OF_WEIGHTED:
        if (name in arrays) != (name in wanted):
            said = "has a" if name in wanted else "has no"
            raise CircuitSimError(
                f"{path}: a circuit in {basis[:40]!r} {said} member {name}."
            )


def _read(file: io.BufferedReader, path: Path) -> Circuit:
    size_of_file = os.fstat(
        file.fileno()
    ).st_size  # nothing stored in it can be larger, so nothing larger is allocated
    with zipfile.ZipFile(file) as archive:
        arrays: dict[str, npt.NDArray[Any]] = {}
        for info in archive.infolist():
            name = info.filename.removesuffix(".npy")
            if name not in MEMBERS or name in arrays:
                raise CircuitSimError(
                    f"{path}: member {info.filename!r} is unknown or there twice."
                )
            arrays[name] = _member(archive, info, path, size_of_file)
    missing = [name for name in ALWAYS if name not in arrays]
    if missing:
        raise CircuitSimError(
            f"{path}: not a circuit of circuitsim (no member {', '.join(missing)})."
        )
    header = _header(arrays["header"], path)
    _check_basis(header["basis"], arrays, path)
    circuit = Circuit(
        header["basis"], header["inputs"], arrays["ops"], arrays["fan_in"], arrays["outputs"],
        tuple(header["scopes"]), arrays.get("scope_runs"), header["interface"],
        arrays.get("starts"), arrays.get("weights"), arrays.get("thresholds"),
    )  # fmt: skip
    try:
        validate(circuit)
    except CircuitSimError as error:
        raise CircuitSimError(f"{path}: {error}") from error
    return circuit


def load(path: str | os.PathLike[str]) -> Circuit:
    """Read and check a circuit; nothing in the file is executed.

    Raises:
        CircuitSimError: the file is missing, truncated, not a circuit, or not well-formed.
    """
    source = Path(path)
    try:
        with source.open("rb") as file:
            return _read(file, source)
    except CircuitSimError:
        raise
    except OSError as error:
        raise CircuitSimError(
            f"{source}: cannot be read ({error.strerror or error})."
        ) from error
    except (
        Exception
    ) as error:  # zipfile, zlib, json and numpy raise a dozen kinds on damaged bytes
        raise CircuitSimError(
            f"{source}: not a readable circuit file ({error or type(error).__name__})."
        ) from error
