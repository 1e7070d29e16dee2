"""Circuits that are larger than memory are refused in a sentence with their size (fault 19)."""

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.errors import LimitError
from circuitsim.netlist import memory
from circuitsim.schematic.drawing import Drawing

MAJORITY = Path(__file__).parents[2] / "examples" / "majority.pt"


def test_a_circuit_beyond_memory_is_refused_with_its_size(monkeypatch):
    schematic = cs.compile(cs.load(MAJORITY), "xag")(2**11)
    cost = schematic.measure()
    needed = 4 * cost.wires + 5 * cost.gates
    monkeypatch.setattr(memory, "limit", lambda: needed)
    assert schematic.flatten().gates == cost.gates
    monkeypatch.setattr(memory, "limit", lambda: needed - 1)
    with pytest.raises(LimitError) as raised:
        schematic.flatten()
    said = f"the circuit of {cost.gates:,} gates and {cost.wires:,} wires takes {memory.words(needed)}"
    assert str(raised.value).startswith(said)
    assert "`measure`" in str(raised.value)


def test_memory_that_runs_out_on_the_way_is_the_same_refusal(monkeypatch):
    def full(*given):
        raise np._core._exceptions._ArrayMemoryError((2**50,), np.dtype(np.int32))

    schematic = cs.compile(cs.load(MAJORITY), "xag")(5)
    monkeypatch.setattr("circuitsim.netlist.builder.Builder.__init__", full)
    with pytest.raises(LimitError, match=f"the circuit of {schematic.measure().gates} gates"):
        schematic.flatten()


def test_an_array_beyond_memory_is_named(monkeypatch):
    drawing = Drawing("xag")
    wires = drawing.input((1, 1, 2)).broadcast((1000, 1000, 2))
    schematic = drawing.finish([wires.slice(0, 0, 1)])
    monkeypatch.setattr(memory, "limit", lambda: 10**6)
    with pytest.raises(
        LimitError, match=r"circuit of 0 gates .*drawing it an array of 7 MiB"
    ):
        schematic.flatten()


@pytest.mark.slow
def test_a_process_of_little_memory_refuses():
    """The limit of the shell (`ulimit -v`), which nobody can ask before."""
    code = (
        "import circuitsim as cs, sys\n"
        "from circuitsim.errors import LimitError\n"
        "family = cs.compile(cs.load(sys.argv[1]), 'xag')\n"
        "family(4).flatten()\n"
        "try: family(2**24).flatten()\n"
        "except LimitError as error: print(error)"
    )
    room = 2**31

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (room, room))

    command = [sys.executable, "-c", code, MAJORITY]
    done = subprocess.run(
        command, preexec_fn=limit, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("the circuit of ")
    assert " GiB of memory;" in done.stdout or " MiB of memory;" in done.stdout


def test_the_memory_of_a_container_counts(monkeypatch, tmp_path):
    (tmp_path / "memory.max").write_text("max\n")
    monkeypatch.setattr(memory, "CONTAINER", tmp_path / "memory.max")
    machine = memory.limit()
    assert machine > 2**20
    (tmp_path / "memory.max").write_text("1048576\n")
    assert memory.limit() == 2**20
    assert memory.words(2**20) == "1 MiB"
    assert memory.words(3 * 2**29) == "1.5 GiB"
