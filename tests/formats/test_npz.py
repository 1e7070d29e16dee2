import io
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from circuitsim.errors import CircuitSimError
from circuitsim.formats import npz
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.unbounded_builder import UnboundedBuilder
from circuitsim.netlist.validate import validate
from tests.models.test_mutated_files import rewrite
from tests.netlist.random_circuits import Gates, random_circuit, random_unbounded

ARRAYS = ("ops", "fan_in", "outputs", "scope_runs", "starts", "weights", "thresholds")


def wide(basis: str) -> Circuit:
    return random_unbounded(np.random.default_rng(7), basis, 4, 20, 3)


def example() -> Circuit:
    circuit = random_circuit(np.random.default_rng(7), "xag", 4, 50, 3)
    return replace(
        circuit,
        interface={"vocabulary": ["(", ")"], "outputs": {"accept": [0, 1]}, "λ": None},
    )


def write(path: Path, members: dict[str, Any], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, value in members.items():
            raw = io.BytesIO()
            if isinstance(value, bytes):
                raw.write(value)
            else:
                np.lib.format.write_array(raw, value)
            archive.writestr(name + ".npy", raw.getvalue())
    return path


def members(c: Circuit | None = None, **changes: Any) -> dict[str, Any]:
    c = c or example()
    header = {
        "format": npz.FORMAT, "version": 1, "basis": c.basis, "inputs": 4, "scopes": ["one", "two"], "interface": {}
    }  # fmt: skip
    header |= changes.pop("header", {})
    arrays = {name: getattr(c, name) for name in ARRAYS} | changes
    arrays = {name: array for name, array in arrays.items() if array is not None}
    return {"header": np.frombuffer(json.dumps(header).encode(), np.uint8)} | arrays


def refused(path: Path) -> str:
    with pytest.raises(CircuitSimError) as caught:
        npz.load(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_a_circuit_comes_back_as_it_was(tmp_path: Path) -> None:
    empty = [UnboundedBuilder(basis, 1).finish([2, 1]) for basis in ("ac0", "tc0")]
    bounded = [example(), Gates("aig", 0).circuit([]), Gates("aig", 2).circuit([0, 3])]
    for circuit in (*bounded, wide("ac0"), wide("tc0"), *empty):
        npz.save(circuit, tmp_path / "c.npz")
        back = npz.load(tmp_path / "c.npz")
        assert (back.basis, back.inputs, back.scopes) == (
            circuit.basis,
            circuit.inputs,
            circuit.scopes,
        )
        assert back.interface == circuit.interface
        assert back == circuit
        for name in ARRAYS:
            have, want = getattr(back, name), getattr(circuit, name)
            assert (have is None and want is None) or (
                have.dtype == want.dtype and np.array_equal(have, want)
            )


def test_compressed_files_are_refused_before_anything_unpacks(tmp_path: Path) -> None:
    bomb = members(fan_in=np.zeros((10**6, 2), np.int32))
    assert "circuits are stored as they are" in refused(
        write(tmp_path / "c.npz", bomb, zipfile.ZIP_DEFLATED)
    )


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(CircuitSimError, match="cannot be written"):
        npz.save(example(), tmp_path / "no such folder" / "c.npz")
    target = tmp_path / "folder"
    target.mkdir()
    (target / "file").touch()
    with pytest.raises(CircuitSimError, match="cannot be written"):
        npz.save(example(), target)
    with pytest.raises(CircuitSimError, match="JSON"):
        npz.save(replace(example(), interface={"set": {1}}), tmp_path / "c.npz")
    assert os.listdir(tmp_path) == ["folder"]


def test_an_old_file_survives_a_failed_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.npz"
    npz.save(example(), path)
    before = path.read_bytes()

    def full_disk(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(npz.np, "savez", full_disk)
    with pytest.raises(CircuitSimError, match="No space left"):
        npz.save(example(), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["c.npz"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"header": {"format": "other"}}, "not a circuit of circuitsim"),
        ({"header": {"version": 2}}, "version 2 of the format; version 1 is read"),
        ({"header": {"inputs": "4"}}, "'inputs' in the header"),
        ({"header": {"inputs": True}}, "'inputs' in the header"),
        ({"header": {"inputs": -4}}, "number of inputs"),
        ({"header": {"interface": []}}, "'interface' in the header"),
        ({"header": {"basis": "nand"}}, "basis"),
        ({"header": {"scopes": [1, 2]}}, "tuple of strings"),
        ({"ops": np.zeros(50, np.int32)}, "expected |u1, 1 axes"),
        ({"ops": np.zeros(49, np.uint8)}, "fan_in must be"),
        ({"fan_in": np.zeros((50, 3), np.int32)}, "has shape"),
        ({"fan_in": np.zeros((50, 2), np.int32, order="F")}, "C order"),
        ({"outputs": np.array([1000], np.int32)}, "output 0 is literal 1000"),
        ({"outputs": np.array([None], object)}, "dtype object"),
        ({"extra": np.zeros(1)}, "unknown or there twice"),
    ],
)
def test_malformed_circuits_are_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    assert message in refused(write(tmp_path / "bad.npz", members(**changes)))


@pytest.mark.parametrize(
    ("basis", "changes", "message"),
    [
        ("tc0", {"starts": None}, "a circuit in 'tc0' has a member starts"),
        ("tc0", {"weights": None}, "a circuit in 'tc0' has a member weights"),
        ("tc0", {"thresholds": None}, "a circuit in 'tc0' has a member thresholds"),
        ("ac0", {"starts": None}, "a circuit in 'ac0' has a member starts"),
        (
            "ac0",
            {"weights": np.ones(3, np.int64)},
            "a circuit in 'ac0' has no member weights",
        ),
        ("ac0", {"header": {"basis": "tc0"}}, "a circuit in 'tc0' has a member weights"),
        ("tc0", {"header": {"basis": "aig"}}, "a circuit in 'aig' has no member starts"),
        ("tc0", {"starts": np.zeros(21, np.int32)}, "expected <i8, 1 axes"),
        ("tc0", {"starts": np.zeros(21, np.int64)}, "starts must ascend"),
        ("tc0", {"starts": np.zeros(5, np.int64)}, "starts must be"),
        ("tc0", {"weights": np.zeros((2, 2), np.int64)}, "expected <i8, 1 axes"),
        ("tc0", {"weights": np.zeros(3, np.int64)}, "weights must be"),
        ("tc0", {"thresholds": np.zeros(20)}, "expected <i8, 1 axes"),
        (
            "tc0",
            {"fan_in": np.zeros((20, 2), np.int32)},
            "fan_in must be an int32 array of shape (wires,)",
        ),
        ("tc0", {"fan_in": np.zeros((5, 2, 2), np.int32)}, "expected <i4, 1 or 2 axes"),
    ],
)
def test_malformed_wide_circuits_are_refused(
    tmp_path: Path, basis: str, changes: dict[str, Any], message: str
) -> None:
    path = write(tmp_path / "c.npz", members(wide(basis)))
    assert npz.load(path).basis == basis
    assert message in refused(write(path, members(wide(basis), **changes)))


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    assert "cannot be read" in refused(tmp_path / "missing.npz")
    assert "cannot be read" in refused(tmp_path)
    for content in (b"", b"PK", b"hello", b"\x93NUMPY\x01\x00"):
        path.write_bytes(content)
        assert "not a readable circuit file" in refused(path)
    np.savez(path, weights=np.zeros(3))
    refused(path)
    np.savez(path, header=np.zeros(3, np.uint8))
    assert "no member ops" in refused(path)


def test_a_shape_larger_than_its_bytes_allocates_nothing(tmp_path: Path) -> None:
    raw = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        raw, {"descr": "|u1", "fortran_order": False, "shape": (10**15,)}
    )
    assert "in 128 bytes" in refused(write(tmp_path / "bad.npz", members(ops=raw.getvalue())))
    raw = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        raw, {"descr": "|u1", "fortran_order": False, "shape": (-5,)}
    )
    refused(write(tmp_path / "bad.npz", members(ops=raw.getvalue())))


def test_a_member_that_claims_more_than_the_file_holds_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "bomb.npz", members(), zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    at = raw.rindex(b"ops.npy") - 46  # its entry in the directory
    raw[at + 24 : at + 28] = (2**32 - 2).to_bytes(
        4, "little"
    )  # the size its directory entry claims
    path.write_bytes(raw)
    assert "more than it can hold" in refused(path)


def test_two_thousand_damaged_files_end_in_one_sentence_or_a_sound_circuit(
    tmp_path: Path,
) -> None:
    path = tmp_path / "c.npz"
    rng = np.random.default_rng(0)
    originals = []
    for circuit, compression in (
        (example(), zipfile.ZIP_STORED),
        (wide("tc0"), zipfile.ZIP_STORED),
        (example(), zipfile.ZIP_DEFLATED),
    ):
        originals.append(write(path, members(circuit), compression).read_bytes())
    messages: list[str] = []
    for k in range(2000):
        raw = bytearray(originals[k % 3])
        match k // 3 % 4:
            case 0:
                del raw[int(rng.integers(len(raw))) :]
            case 1:
                for at in rng.integers(0, len(raw), int(rng.integers(1, 6))):
                    raw[at] = int(rng.integers(256))
            case 2:
                at = int(rng.integers(len(raw)))
                raw[at : at + int(rng.integers(1, 40))] = rng.bytes(int(rng.integers(0, 40)))
            case _:  # the directory at the end, where the sizes are
                for at in len(raw) - 1 - rng.integers(0, 350, 3):
                    raw[at] ^= 1 << int(rng.integers(8))
        rewrite(path, raw)
        try:
            validate(npz.load(path))
        except CircuitSimError as error:
            messages.append(str(error))
    assert len(messages) > 1500
    assert all(str(path) in message and "\n" not in message for message in messages)
