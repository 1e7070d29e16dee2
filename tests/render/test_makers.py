"""Pictures of gates, schematics and architectures against naive recomputations."""

import networkx as nx
import numpy as np
import pytest

import circuitsim as cs
from circuitsim.errors import InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import by_scope, levels
from circuitsim.netlist.graph import gate_scopes, wires_of
from circuitsim.render.altitude import MOST_DRAWN, Request, Subject, choose
from circuitsim.render.architecture import architecture, of_circuit, of_cost
from circuitsim.render.filters import Filters
from circuitsim.render.gate_view import gates
from circuitsim.render.names import Names, compile_named
from circuitsim.render.picture import Picture
from circuitsim.render.schematic_view import schematic_view

CASES = [
    ("majority.pt", "xag", 4),
    ("parity.json", "tc0", 2),
    ("lookup.json", "ac0", 3),
    ("lookup.json", "aig", 4),
]
HOSTILE = ('<script>alert("1")</script>', "a\n\\b'\"&", "\u202egnp.exe", "]]>-->", "{{data}}")


def schematic(name: str, basis: str, n: int):
    return cs.compile(cs.load(f"examples/{name}"), basis=basis)(n)


@pytest.fixture(params=CASES, ids=lambda case: "-".join(map(str, case)))
def subject(request) -> Subject:
    return Subject(schematic(*request.param))


def drawn_gates(picture: Picture) -> set[int]:
    return {int(box.key[1:]) for box in picture.boxes if box.key[0] == "g"}


def assert_sound(picture: Picture) -> None:
    keys = [box.key for box in picture.boxes]
    assert len(set(keys)) == len(keys)
    assert all(key.isascii() and key.isalnum() for key in keys)
    assert {w.source for w in picture.wires} | {w.target for w in picture.wires} <= set(keys)


def descendants(circuit: Circuit, output: int) -> set[int]:
    """Gates that an output depends on, by a search."""
    literals, starts = wires_of(circuit)
    found: set[int] = set()
    todo = [int(circuit.outputs[output]) >> 1]
    while todo:
        gate = todo.pop() - 1 - circuit.inputs
        if gate >= 0 and gate not in found:
            found.add(gate)
            todo += (literals[starts[gate] : starts[gate + 1]] >> 1).tolist()
    return found


def test_all_gates_and_wires_are_drawn(subject):
    circuit, names = subject.built
    picture = gates(circuit, names)
    assert_sound(picture)
    assert drawn_gates(picture) == set(range(circuit.gates))
    assert len(picture.wires) == circuit.fan_in.size + len(circuit.outputs)
    level = levels(circuit)
    for box in picture.boxes:
        if box.key[0] == "g":
            assert box.level == level[1 + circuit.inputs + int(box.key[1:])]
    assert picture == gates(circuit, names), "the same circuit gives the same picture"


def test_the_critical_path_is_a_path_of_the_circuits_depth(subject):
    circuit, names = subject.built
    picture = gates(circuit, names)
    path = sorted((w for w in picture.wires if w.critical), key=lambda w: w.target)
    graph = nx.DiGraph([(w.source, w.target) for w in path])
    assert (
        len(path)
        == len(graph) - 1
        == nx.dag_longest_path_length(graph)
        == levels(circuit).max() + 1
    )
    assert {box.key for box in picture.boxes if box.critical} == set(graph)
    assert not any(box.critical for box in gates(circuit, names, critical=False).boxes)


def test_the_cone_of_an_output(subject):
    circuit, names = subject.built
    for output in range(len(circuit.outputs)):
        picture = gates(circuit, names, output=output)
        assert_sound(picture)
        assert drawn_gates(picture) == descendants(circuit, output)


def test_scopes_and_levels_end_in_stubs_that_count_what_crosses(subject):
    circuit, names = subject.built
    scopes, level = gate_scopes(circuit), levels(circuit)[1 + circuit.inputs :]
    literals, starts = wires_of(circuit)
    for options, kept in (
        (
            {"scope": "layer0"},
            {g for g, scope in enumerate(scopes) if scope.startswith("layer0")},
        ),
        ({"levels": (2, 3)}, {g for g in range(circuit.gates) if 2 <= level[g] <= 3}),
    ):
        picture = gates(circuit, names, **options)
        assert_sound(picture)
        assert drawn_gates(picture) == kept
        crossing = 0
        for gate in range(circuit.gates):
            for node in (literals[starts[gate] : starts[gate + 1]] >> 1).tolist():
                source = node - 1 - circuit.inputs
                crossing += source >= 0 and ((gate in kept) != (source in kept))
        stubs = [box for box in picture.boxes if box.kind == "border"]
        assert sum(int(box.lines[0].split()[0].replace(",", "")) for box in stubs) == crossing
        ends = {box.key for box in stubs}
        bundled = [w for w in picture.wires if {w.source, w.target} & ends]
        assert sum(int(w.label or 1) for w in bundled) == crossing


@pytest.mark.parametrize("by", ["scope", "layer"])
def test_folding_counts_gates_and_wires(subject, by):
    circuit, names = subject.built
    picture = gates(circuit, names, fold=by)
    assert_sound(picture)
    expected: dict[str, int] = {}
    for cost in by_scope(circuit):
        key = cost.scope if by == "scope" else cost.scope.partition("/")[0]
        expected[key] = expected.get(key, 0) + cost.gates
    boxes = {box.lines[0]: box for box in picture.boxes if box.kind == "folded"}
    assert {
        name: int(box.lines[1].split()[0].replace(",", "")) for name, box in boxes.items()
    } == expected
    scopes = [s if by == "scope" else s.partition("/")[0] for s in gate_scopes(circuit)]
    literals, starts = wires_of(circuit)
    between = 0
    for gate in range(circuit.gates):
        for node in (literals[starts[gate] : starts[gate + 1]] >> 1).tolist():
            between += node > 0 and (
                node <= circuit.inputs or scopes[node - 1 - circuit.inputs] != scopes[gate]
            )
    assert (
        sum(int(w.label.replace(",", "")) for w in picture.wires if w.target != "outputs")
        == between
    )


def test_values_are_those_of_the_evaluator(subject):
    circuit, names = subject.built
    free = circuit.inputs - names.wired
    for bits in (np.zeros(free, bool), np.arange(free) % 2 == 0):
        picture = gates(circuit, names, values=bits)
        value = {box.key: box.value for box in picture.boxes}
        expected = circuit.evaluate(bits[None])[0]
        assert [value[f"o{k}"] for k in range(len(expected))] == expected.tolist()
        assert [value[f"i{k}"] for k in range(free)] == bits.tolist()
        assert all(w.value == value[w.source] for w in picture.wires)


def test_threshold_gates_show_threshold_and_weights():
    circuit, names = compile_named(schematic("parity.json", "tc0", 2))
    picture = gates(circuit, names)
    for gate in range(circuit.gates):
        own = [w.label for w in picture.wires if w.target == f"g{gate}"]
        weights = circuit.weights[circuit.starts[gate] : circuit.starts[gate + 1]].tolist()
        assert own == (
            [""] * len(weights) if set(weights) == {1} else list(map(str, weights))
        )
        box = next(box for box in picture.boxes if box.key == f"g{gate}")
        assert (box.kind == "threshold") == (box.lines[0] == f">= {circuit.thresholds[gate]}")


def test_what_is_not_there_is_said():
    circuit, names = compile_named(schematic("lookup.json", "ac0", 3))
    for options, said in (
        ({"output": 1}, "outputs 0 to 0"),
        ({"scope": "layer7"}, "layer0/head0/selection"),
        ({"levels": (9, 12)}, "from 1 to 4"),
        ({"values": np.zeros(4, bool)}, "9 inputs"),
    ):
        with pytest.raises(InputError, match=said):
            gates(circuit, names, **options)


def test_names_say_where_gates_come_from():
    circuit, names = compile_named(schematic("dense-2.json", "xag", 3))
    assert circuit == schematic("dense-2.json", "xag", 3).flatten()
    known = {names.gate(g) for g in range(circuit.gates)}
    assert "layer0/head0/selection xor[query 0, key 1, bit 2]" in known
    assert any(name.startswith("inside layer0/head0/division") for name in known)
    assert names.inputs == ("x0", "x1", "x2")
    assert names.outputs == ("out",)
    lookup, codes = compile_named(schematic("lookup.json", "tc0", 4))
    assert codes.inputs[:4] == ("x0=a", "x0=r", "x0=.", "x1=a")
    assert "layer1/head0/maximum at least[query 4, key 3, rival 1]" in {
        codes.gate(g) for g in range(lookup.gates)
    }


def test_circuits_of_strangers_have_names_all_the_same():
    circuit = schematic("lookup.json", "ac0", 2).flatten()
    for interface in (
        {},
        {"vocabulary": 3, "n": -1},
        {"vocabulary": ["a"], "n": 10**9, "wired": 5, "classes": 0},
    ):
        found = Names(Circuit(**{**vars(circuit), "interface": interface}))
        assert found.inputs == tuple(f"in{k}" for k in range(6))
        assert found.outputs == ("out",)
        assert found.gate(0) == "layer0/head0/selection gate 0"


def test_the_architecture_adds_up_and_is_the_same_measured_and_counted(subject):
    cost = subject.cost
    measured = architecture(*of_cost(cost))
    assert_sound(measured)
    assert measured == architecture(*of_circuit(subject.built[0]))
    parts = [box for box in measured.boxes if box.kind == "part"]
    assert sum(box.share for box in parts) == pytest.approx(1)
    assert sum(int(box.lines[1].split()[0].replace(",", "")) for box in parts) == cost.gates
    last = f"{cost.depth} of {cost.depth}"  # before the lines of what is inside, where there are any
    assert any(line.endswith(last) for line in parts[-1].lines)


def test_a_schematic_shows_what_outputs_need(subject):
    whole = schematic_view(subject.schematic)
    assert_sound(whole)
    assert "probes" not in {box.scope for box in whole.boxes}
    assert len(schematic_view(subject.schematic, wiring=True).boxes) > len(whole.boxes)
    part = schematic_view(subject.schematic, scope="layer0")
    assert_sound(part)
    assert all(
        box.scope.startswith("layer0") or box.kind in ("border", "output")
        for box in part.boxes
    )
    with pytest.raises(InputError, match="nothing to show"):
        schematic_view(subject.schematic, scope="layer9")


def test_the_lowest_altitude_that_fits():
    def altitude(name, basis, n, **request):
        return choose(Subject(schematic(name, basis, n)), Request(**request))

    assert altitude("lookup.json", "ac0", 3).picture.altitude == "gates"
    assert altitude("majority.pt", "xag", 4).picture.altitude == "schematic"
    assert (
        altitude("majority.pt", "xag", 4, filters=Filters(levels=(1, 2))).picture.altitude
        == "gates"
    )
    large = altitude("majority.pt", "xag", 2**18)
    assert large.picture.altitude == "architecture"
    assert "too many" in large.why
    asked = altitude("majority.pt", "xag", 4, altitude="gates", most_drawn=900)
    assert asked.picture.altitude == "schematic"
    assert "936 gates" in asked.why
    assert any("936 gates" in note for note in asked.picture.notes)
    with pytest.raises(InputError, match="altitude"):
        altitude("majority.pt", "xag", 4, altitude="schematic", fold="layer")


def test_ten_million_gates_are_not_built(monkeypatch):
    monkeypatch.setattr(
        "circuitsim.render.altitude.compile_named", lambda *a: pytest.fail("built")
    )
    subject = Subject(schematic("majority.pt", "xag", 2**21))
    assert subject.gates > 9_000_000 > MOST_DRAWN
    for request in (
        Request("gates"),
        Request("gates", Filters(output=0)),
        Request(),
        Request(fold="layer"),
    ):
        assert choose(subject, request).picture.altitude == "architecture"


def test_hostile_names_are_kept_as_text():
    vocabulary = list(HOSTILE)
    interface = {
        "vocabulary": vocabulary,
        "n": 1,
        "wired": [],
        "classes": 1,
        "model": HOSTILE[0],
    }
    ops, fan_in = np.zeros(1, np.uint8), np.array([[2, 5]], np.int32)
    runs = np.array([[0, 0]], np.int64)
    circuit = Circuit(
        "xag", 5, ops, fan_in, np.array([12], np.int32), (HOSTILE[1],), runs, interface
    )
    picture = gates(circuit)
    assert [box.lines[0] for box in picture.boxes[:5]] == [
        f"x0={token}" for token in vocabulary
    ]
    assert_sound(picture)
