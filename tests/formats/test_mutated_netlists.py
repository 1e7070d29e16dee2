"""Thousands of damaged files a reader: each loads, or ends in one CircuitSimError, quickly."""

import json
import random
import time

import numpy as np
import pytest

from circuitsim.errors import CircuitSimError
from circuitsim.formats.table import load, save
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.validate import validate
from tests.models.test_mutated_files import mutated, rewrite
from tests.netlist.random_circuits import random_circuit

COUNT = 2000
READABLE = (".aig", ".aag", ".blif", ".bench", ".bristol", ".yosys.json", ".serial")


@pytest.mark.slow
@pytest.mark.parametrize("suffix", READABLE)
def test_damaged_files(suffix, tmp_path):
    rng = random.Random(suffix)
    path = tmp_path / f"c{suffix}"
    save(random_circuit(np.random.default_rng(1), "xag", 4, 25, 3), path)
    whole, loaded = path.read_bytes(), 0
    for _ in range(COUNT):
        rewrite(path, mutated(whole, rng))
        started = time.process_time()
        try:
            validate(load(path))
            loaded += 1
        except CircuitSimError as error:
            said = str(error)
            assert str(path) in said
        assert time.process_time() - started < 5
    assert 0 < loaded < COUNT


def chain(depth):
    """A gate that reads the one before, again and again."""
    fan_in = np.empty((depth, 2), np.int32)
    fan_in[:, 0], fan_in[:, 1] = 2 * np.arange(2, 2 + depth) - 1, 2
    return Circuit(
        "aig", 1, np.zeros(depth, np.uint8), fan_in, np.array([2 * (1 + depth)], np.int32)
    )


@pytest.mark.parametrize("suffix", READABLE)
def test_deep_circuits_need_no_recursion(suffix, tmp_path):
    deep = chain(1_000 if suffix == ".serial" else 100_000)  # pointers in unary
    save(deep, tmp_path / f"d{suffix}")
    again = load(tmp_path / f"d{suffix}")
    bits = np.array([[False], [True]])
    np.testing.assert_array_equal(again.evaluate(bits), deep.evaluate(bits))


def test_gates_in_any_order_and_cycles(tmp_path):
    path = tmp_path / "c.bench"
    path.write_text("INPUT(a)\nOUTPUT(y)\ny = NAND(b, c)\nc = NOT(b)\nb = OR(a, a, a)\n")
    np.testing.assert_array_equal(load(path).evaluate([[0], [1]])[:, 0], [True, True])
    for text, said in (
        ("INPUT(a)\nOUTPUT(y)\ny = AND(a, z)\nz = OR(y, a)\n", "a cycle"),
        ("INPUT(a)\nOUTPUT(y)\ny = BUFF(z)\nz = BUFF(y)\n", "a cycle of nets"),
        ("INPUT(a)\nOUTPUT(y)\ny = AND(a, q)\n", "q is read, and nothing defines it"),
        ("INPUT(a)\nINPUT(a)\nOUTPUT(a)\n", "the input a is defined twice"),
        ("INPUT(a)\nOUTPUT(y)\ny = MAJ(a, a, a)\n", "is no gate that is read"),
    ):
        path.write_text(text)
        with pytest.raises(CircuitSimError, match=said):
            load(path)


def module(cells, ports=None, **more):
    ports = ports or {"a": ("input", [2]), "y": ("output", [3])}
    said = {name: {"direction": where, "bits": bits} for name, (where, bits) in ports.items()}
    made = {
        f"c{k}": {
            "type": kind,
            "connections": dict(zip(ends, ([bit] for bit in bits), strict=True)),
        }
        for k, (kind, ends, *bits) in enumerate(cells)
    }
    return json.dumps({"modules": {"m": {"ports": said, "cells": made, **more}}})


def test_json_of_yosys(tmp_path):
    path = tmp_path / "c.json"
    kinds = ("AND", "NAND", "OR", "NOR", "XOR", "XNOR", "ANDNOT", "ORNOT")
    ports = {"a": ("input", [2, 3]), "y": ("output", [*range(10, 18), "0", "1", 2])}
    path.write_text(
        module([(f"$_{kind}_", "ABY", 2, 3, 10 + k) for k, kind in enumerate(kinds)], ports)
    )
    bits = np.indices((2, 2)).reshape(2, -1).T.astype(bool)
    a, b = bits.T
    ones = np.ones(4, bool)
    table = [a & b, ~(a & b), a | b, ~(a | b), a ^ b, a == b, a & ~b, a | ~b, ~ones, ones, a]
    np.testing.assert_array_equal(load(path).evaluate(bits), np.stack(table, 1))
    for text, said in (
        (module([("$_DFF_P_", "DQ", 2, 3)]), r"c0 is \$_DFF_P_"),
        (module([("$_NOT_", "AY", 3, 3)]), "a cycle"),
        (module([]), "nothing defines it"),
        (module([("$_NOT_", "AY", "x", 3)]), "x is no net"),
        (module([("$_NOT_", "AY", 2, 3)], {"a": ("inout", [2])}), "neither an input"),
        ('{"modules": {"a": {}, "b": {}}}', "2 modules that may be the top"),
        ('{"modules": []}', "modules is no object"),
        ('{"modules": {', "not JSON, or cut off"),
    ):
        path.write_text(text)
        with pytest.raises(CircuitSimError, match=said):
            load(path)


def test_tables_of_blif(tmp_path):
    path = tmp_path / "c.blif"
    path.write_text(
        ".model m\n.inputs a b \\\n c\n.outputs y z one zero\n.names a b c y # majority\n11- 1\n1-1 1\n-11 1\n"
        ".names a b c z\n000 0\n11- 0\n.names one\n1\n.names zero\n.end\n"
    )
    bits = np.indices((2, 2, 2)).reshape(3, -1).T.astype(bool)
    a, b, c = bits.T
    expected = np.stack(
        [bits.sum(1) >= 2, ~((~a & ~b & ~c) | (a & b)), a | True, a & False], 1
    )
    np.testing.assert_array_equal(load(path).evaluate(bits), expected)
    del c
