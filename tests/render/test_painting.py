"""Files of pictures: who paints what, limits, no graphviz, notebooks, graphs."""

import shutil
import subprocess
import time

import networkx as nx
import pytest

import circuitsim as cs
from circuitsim.circuits.counting import levels
from circuitsim.errors import LimitError
from circuitsim.render import painting
from circuitsim.render.altitude import Request, Subject
from circuitsim.render.painting import draw

from .test_makers import CASES, HOSTILE, schematic

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz's dot is not installed")


def subject(name="lookup.json", basis="ac0", n=3) -> Subject:
    return Subject(schematic(name, basis, n))


@needs_dot
def test_every_format():
    for form, start in (("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG"), ("dot", b"digraph")):
        drawn = draw(subject(), Request(), form)
        assert drawn.data.startswith(start)
        assert drawn.picture.altitude == "gates"
        assert draw(subject(), Request(), form).data == drawn.data
    assert b"<html" in draw(subject(), Request(), "html").data[:200]


def test_svg_without_graphviz_is_drawn_in_layers(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    drawn = draw(subject(), Request(), "svg")
    assert drawn.painter == "layers"
    assert b"<svg" in drawn.data


def test_graphviz_that_takes_too_long_is_stopped(monkeypatch):
    def slow(*args, **given):
        raise subprocess.TimeoutExpired("dot", 1)

    monkeypatch.setattr("circuitsim.render.graphviz.subprocess.run", slow)
    assert draw(subject(), Request(), "svg").painter == "layers"
    with pytest.raises(LimitError):
        draw(subject("majority.pt", "xag", 4), Request(), "png")


@needs_dot
def test_many_gates_are_for_layers_in_svg_and_for_the_altitude_above_in_png():
    many = subject("majority.pt", "xag", 4)
    assert many.gates > painting.GRAPHVIZ_BOXES
    drawn = draw(many, Request("gates"), "svg")
    assert (drawn.painter, drawn.picture.altitude) == ("layers", "gates")
    drawn = draw(many, Request("gates"), "png")
    assert (drawn.painter, drawn.picture.altitude) == ("graphviz", "schematic")
    assert "936 gates" in drawn.why


def test_a_page_of_ten_million_gates_is_refused_at_once():
    large = subject("majority.pt", "xag", 2**18)
    started = time.perf_counter()
    with pytest.raises(LimitError, match="take a smaller n"):
        draw(large, Request(), "html")
    assert draw(large, Request("gates"), "svg").picture.altitude == "architecture"
    assert time.perf_counter() - started < 10


@pytest.mark.slow
def test_a_hundred_thousand_gates_draw_in_seconds():
    started = time.perf_counter()
    drawn = draw(subject("majority.pt", "xag", 2300), Request("gates"), "svg")
    assert drawn.picture.altitude == "gates"
    assert len(drawn.picture.boxes) > 90_000
    assert time.perf_counter() - started < 20


def test_notebooks_show_small_things_and_summarise_large_ones():
    small, large = schematic("lookup.json", "ac0", 3), schematic("majority.pt", "xag", 4)
    assert small._repr_html_().startswith("<svg")
    assert small.flatten()._repr_html_().startswith("<svg")
    assert large._repr_html_().startswith("<svg")
    table = large.flatten()._repr_html_()
    assert table.startswith("<table>")
    assert "layer0/head0/division" in table


def test_notebooks_show_hostile_scopes_as_text():
    circuit = schematic("majority.pt", "xag", 4).flatten()
    scopes = (HOSTILE[0], *circuit.scopes[1:])
    shown = type(circuit)(**{**vars(circuit), "scopes": scopes})._repr_html_()
    assert "<script" not in shown
    assert "&lt;script" in shown


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
def test_a_circuit_as_a_graph(case):
    circuit = cs.compile(cs.load(f"examples/{case[0]}"), basis=case[1])(case[2]).flatten()
    graph = circuit.to_networkx()
    assert isinstance(graph, nx.DiGraph)
    assert graph.number_of_edges() == circuit.fan_in.size + len(circuit.outputs)
    assert nx.dag_longest_path_length(nx.DiGraph(graph)) == levels(circuit).max() + 1
    gates = [node for node, kind in graph.nodes(data="kind") if kind in ("and", "xor", "or", "threshold")]
    assert len(gates) == circuit.gates
    for node in gates:
        deepest = max(graph.nodes[source]["level"] for source in graph.predecessors(node))
        assert graph.nodes[node]["level"] == deepest + 1
