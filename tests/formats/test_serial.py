"""The serialisation with unary pointers: read by its grammar here, gate by gate, and held against reader and writer."""

import random
import re
from dataclasses import replace

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.errors import CircuitSimError
from circuitsim.formats import serial
from circuitsim.formats.table import load, save
from tests.formats.test_exchange import ROOT, patterns, same_function
from tests.formats.test_mutated_netlists import COUNT
from tests.models.test_mutated_files import mutated, rewrite
from tests.netlist.random_circuits import random_circuit, random_unbounded


def meaning(text, bits):
    """The values of all gates of a text on one input, by the grammar alone."""
    values, inputs = [], iter(bits)
    gates = re.findall(
        r"(X|NOT|AND|OR|<=|>=)\s*([01]*)((?:\s*&1*)*)", re.sub("#.*", "", text)
    )
    for head, digits, pointers in gates:
        read = [values[len(ones)] for ones in re.findall("&(1*)", pointers)]
        assert len(digits) == (len(read) if head in ("<=", ">=") else 0)
        least = digits.count("1")
        match head:
            case "X":
                values.append(next(inputs))
            case "NOT":
                values.append(not read[0])
            case "AND" | "OR":
                values.append(all(read) if head == "AND" else any(read))
            case _:
                values.append(sum(read) <= least if head == "<=" else sum(read) >= least)
    return values


def light(seed, basis):
    """A random circuit; weights so small that they can be repeated."""
    rng = np.random.default_rng(seed)
    sizes = int(rng.integers(1, 8)), int(rng.integers(0, 60)), int(rng.integers(0, 5))
    if basis in ("xag", "aig"):
        return random_circuit(rng, basis, *sizes)
    found = random_unbounded(rng, basis, *sizes)
    if basis == "ac0":
        return found
    weights = np.where(abs(found.weights) > 9, found.weights % 9 + 1, found.weights)
    return replace(found, weights=weights * np.sign(found.weights))


@pytest.mark.parametrize("basis", ["xag", "aig", "ac0", "tc0"])
def test_files_mean_their_circuits_and_are_read_again(basis, tmp_path):
    path = tmp_path / "c.serial"
    for seed in range(50):
        circuit = light(seed, basis)
        save(circuit, path)
        again, text = load(path), path.read_text()
        assert same_function(circuit, again)
        assert again.basis == ("tc0" if basis == "tc0" and circuit.gates else again.basis)
        if basis != "tc0":
            assert again.basis == "ac0"
        ends = len(circuit.outputs)
        assert (f"# outputs {ends}\n" in text) == (ends != 1)
        for bits in patterns(circuit, 20)[:20]:
            found = meaning(text, bits.tolist())
            expected = circuit.evaluate(bits[None])[0].tolist()
            assert found[len(found) - ends :] == expected
        save(again, path)
        assert load(path) == again, "what was read once comes back gate for gate"


@pytest.mark.parametrize("basis", ["xag", "tc0"])
def test_letters_are_kept(basis, tmp_path):
    circuit = cs.compile(cs.load(ROOT / "examples" / "parity.json"), basis)(3).flatten()
    save(circuit, tmp_path / "c.serial")
    assert load(tmp_path / "c.serial").interface == circuit.interface


def test_circuits_as_the_paper_writes_them(tmp_path):
    path = tmp_path / "c.serial"
    bits = np.indices((2,) * 3).reshape(3, -1).T.astype(bool)
    a, b, c = bits.T
    for text, expected in (
        ("X X X NOT &1 OR & &111 &11", a | ~b | c),
        ("XXXNOT&1OR&&111&11", a | ~b | c),
        ("X X X\n<= 0 &1\n>= 100 & &111 &11\n", a | ~b | c),
        ("X X X >= 110 & &1 &11", bits.sum(1) >= 2),
        ("X X X <= 110 & &1 &11", bits.sum(1) <= 2),
        ("X X X >= 11100 & & &1 &1 &11", 2 * a + 2 * b + c >= 3),
        ("X NOT & X X AND &1 &11 &111", ~a & b & c),
        ("X X X AND", a | True),
        ("X X X OR", a & False),
        ("X X X >=", a | True),
        ("X X X <= 1 &", a | True),
        ("X X X", c),
        ("# outputs 2 of ours\nX X X NOT & # a comment &&", ~a),
    ):
        path.write_text(text)
        found = load(path)
        np.testing.assert_array_equal(found.evaluate(bits)[:, 0], expected, text)
        assert found.basis == ("tc0" if "=" in text else "ac0")
    assert load(path).gates == 0, "complements are free"


def test_weights_become_repeated_arguments_and_come_back(tmp_path):
    path = tmp_path / "c.serial"
    path.write_text("X X >= 11110 & & & &1 &1")
    circuit = load(path)
    assert (circuit.weights.tolist(), circuit.thresholds.tolist()) == ([3, 2], [4])
    again = replace(circuit, weights=np.array([3, -2]), thresholds=np.array([2]))
    save(again, path)
    assert path.read_text() == "X\nX\n<= 0 &1\n>= 11110 & & & &11 &11\n"
    assert load(path).evaluate([[1, 0], [1, 1], [0, 0]])[:, 0].tolist() == [
        True,
        False,
        False,
    ]


def test_what_is_not_in_the_grammar(tmp_path):
    path = tmp_path / "c.serial"
    for text, said in (
        ("", "0 gates, and 1 of them should be outputs"),
        ("# outputs 3\nX X", "2 gates, and 3 of them should be outputs"),
        ("X & ", "gate 0, X, has 1 arguments"),
        ("X NOT", "gate 1, NOT, has 0 arguments"),
        ("X NOT & &", "gate 1, NOT, has 2 arguments"),
        ("X AND &1", "gate 1 points to gate 1, which is not before it"),
        ("X AND 1 &", "gate 1, AND 1, has 1 arguments"),
        ("X >= 10 &", "gate 1, >= 10, has 1 arguments"),
        ("X >= 01 & &", "gate 1, >= 01, has 2 arguments"),
        ("X >= 1 & 0", "'0' stands behind the arguments of gate 1"),
        ("X >= 1 0 & &", "'0' stands behind"),
        ("X NAND & &", "'NAND & &' after 1 gates begins no gate"),
        ("& X", "'&' after 0 gates begins no gate"),
    ):
        path.write_text(text)
        with pytest.raises(CircuitSimError, match=re.escape(said)):
            load(path)


def test_what_would_be_too_large_is_said_before_it_is_written(tmp_path, monkeypatch):
    path = tmp_path / "c.serial"
    for seed in range(30):
        circuit = light(seed, "aig" if seed % 2 else "ac0")
        save(circuit, path)
        size = sum(map(len, re.findall(" &1*", path.read_text())))
        monkeypatch.setattr(serial, "LARGEST", size)
        save(circuit, path)
        monkeypatch.setattr(serial, "LARGEST", size - 1)
        with pytest.raises(CircuitSimError, match=r"c\.serial: the serialisation would have"):
            save(circuit, path)
        monkeypatch.undo()
    heavy = light(3, "tc0")
    with pytest.raises(
        CircuitSimError, match=r"would have [\d,.]+ GiB at least, .* at most 256 MiB"
    ):
        save(replace(heavy, weights=heavy.weights << 40), path)
    assert load(path)


def test_line_ends_of_windows(tmp_path):
    path = tmp_path / "c.serial"
    path.write_bytes(b"# outputs 3\r\nX\r\nX\r\nAND & &1\r\n")
    assert len(load(path).outputs) == 3


@pytest.mark.slow
def test_damaged_thresholds(tmp_path):
    rng = random.Random("serial")
    path = tmp_path / "c.serial"
    save(light(7, "tc0"), path)
    whole, loaded = path.read_bytes(), 0
    assert b">=" in whole
    for _ in range(COUNT):
        rewrite(path, mutated(whole, rng))
        try:
            load(path)
            loaded += 1
        except CircuitSimError as error:
            said = str(error)
            assert str(path) in said
    assert 0 < loaded < COUNT
