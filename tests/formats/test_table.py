"""The table of formats: every row writes what it reads, and a file is told by what it holds before its name."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.errors import CircuitSimError
from circuitsim.formats import table
from circuitsim.formats.table import EXTENSIONS, FORMATS, CircuitFile, by_name, format_of
from tests.netlist.random_circuits import random_circuit

WITH_MARKS = [
    form for form in FORMATS if form.name in ("npz", "aiger")
]  # which no name is needed for
marked_formats = pytest.mark.parametrize("form", WITH_MARKS, ids=lambda form: form.name)
every_format = pytest.mark.parametrize("form", FORMATS, ids=[form.name for form in FORMATS])


def circuit() -> cs.Circuit:
    return random_circuit(np.random.default_rng(3), "xag", 4, 30, 2)


@every_format
def test_a_circuit_comes_back_under_any_name(form: CircuitFile, tmp_path: Path) -> None:
    bits = np.indices((2,) * 4).reshape(4, -1).T.astype(bool)
    for extension in form.extensions:
        named, plain = tmp_path / f"c{extension}", tmp_path / "plain"
        cs.save_circuit(circuit(), named)
        plain.write_bytes(named.read_bytes())
        for path in (named, str(named), *([plain] if form in WITH_MARKS else [])):
            assert format_of(path) is form
            if not form.readable:
                with pytest.raises(CircuitSimError, match="is written and not read"):
                    cs.load_circuit(path)
                continue
            again = cs.load_circuit(path)
            assert (again == circuit()) == (form.name == "npz")
            np.testing.assert_array_equal(again.evaluate(bits), circuit().evaluate(bits))


@marked_formats
def test_a_file_that_is_cut_off_is_told_by_its_name(
    form: CircuitFile, tmp_path: Path
) -> None:
    path = tmp_path / f"c{form.extensions[0]}"
    form.save(circuit(), path)
    path.write_bytes(path.read_bytes()[:40])
    assert format_of(path) is form
    with pytest.raises(CircuitSimError, match=path.name):
        cs.load_circuit(path)


def test_extensions_are_of_one_format_each() -> None:
    assert len(set(EXTENSIONS)) == len(EXTENSIONS)
    assert all(by_name(f"c{extension}") is not None for extension in EXTENSIONS)
    assert len({form.name for form in FORMATS}) == len(FORMATS)


def test_what_holds_no_circuit_has_no_format(tmp_path: Path) -> None:
    arrays, text, folder = (
        tmp_path / "arrays.npz",
        tmp_path / "model.json",
        tmp_path / "folder.npz",
    )
    with zipfile.ZipFile(arrays, "w") as archive:
        archive.writestr("a.npy", b"")
    text.write_text("{}")
    folder.mkdir()
    for path in (arrays, text, folder, tmp_path / "missing.npz", tmp_path / "missing"):
        assert format_of(path) is None
    assert (
        format_of("long" * 99 + ".npz") is FORMATS[0]
    )  # a name that no file can have says it is a circuit


def test_errors_say_what_would_do(tmp_path: Path) -> None:
    listed = re.escape(", ".join(EXTENSIONS))
    with pytest.raises(CircuitSimError, match=r"c\.txt: circuits are written as \.npz"):
        cs.save_circuit(circuit(), tmp_path / "c.txt")
    with pytest.raises(
        CircuitSimError, match=rf"c\.txt: not a circuit file \({listed}\), and is not there\."
    ):
        cs.load_circuit(tmp_path / "c.txt")
    (tmp_path / "c.txt").write_text("no circuit")
    with pytest.raises(CircuitSimError, match=rf"c\.txt: not a circuit file \({listed}\)\."):
        cs.load_circuit(tmp_path / "c.txt")
    with pytest.raises(CircuitSimError, match=r"c\.npz: cannot be read"):
        cs.load_circuit(tmp_path / "c.npz")


def test_a_format_is_added_by_a_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A second format, whose files begin with their name, is read and written like the first."""
    path = tmp_path / "c.other"
    path.write_bytes(b"other")
    other = replace(
        FORMATS[0],
        name="other",
        extensions=(".other",),
        recognises=lambda file: file.read_bytes()[:5] == b"other",
    )
    monkeypatch.setattr(table, "FORMATS", (*FORMATS, other))
    assert format_of(path) is other
    cs.save_circuit(circuit(), path)
    assert format_of(path) is FORMATS[0], "what it holds decides, and not its name"
    assert cs.load_circuit(path) == circuit()
