"""Files of pictures: who paints what, limits, no graphviz, notebooks, graphs."""

import re
import shutil
import struct
import subprocess
import time

import networkx as nx
import pytest

import circuitsim as cs
from circuitsim.errors import LimitError
from circuitsim.netlist.counting import levels
from circuitsim.render import cairo, layered, painting
from circuitsim.render.altitude import Request, Subject
from circuitsim.render.painting import draw

from . import pictures
from .test_makers import CASES, HOSTILE, schematic

needs_cairo = pytest.mark.skipif(
    not cairo.is_there(), reason="libcairo is not installed: apt-get install libcairo2"
)
needs_dot = pytest.mark.skipif(
    shutil.which("dot") is None, reason="graphviz's dot is not installed"
)


def subject(name="lookup.json", basis="ac0", n=3) -> Subject:
    return Subject(schematic(name, basis, n))


@pytest.mark.slow
@needs_dot
def test_every_format():
    for form, start in (
        ("svg", b"<?xml"),
        ("pdf", b"%PDF"),
        ("png", b"\x89PNG"),
        ("dot", b"digraph"),
    ):
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


@needs_cairo
def test_graphviz_that_takes_too_long_is_stopped(monkeypatch):
    def slow(*args, **given):
        raise subprocess.TimeoutExpired("dot", 1)

    monkeypatch.setattr("circuitsim.render.graphviz.subprocess.run", slow)
    for form, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        drawn = draw(subject(), Request(), form)
        assert drawn.painter == "layers"
        assert drawn.data.startswith(start)
    monkeypatch.setattr(cairo, "is_there", lambda: False)
    with pytest.raises(LimitError):
        draw(subject("majority.pt", "xag", 4), Request(), "png")


@pytest.mark.slow
@needs_cairo
@pytest.mark.parametrize(
    ("form", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_many_gates_are_drawn_in_layers(form, start):
    many = subject("majority.pt", "xag", 4)
    assert many.gates > painting.GRAPHVIZ_BOXES
    drawn = draw(many, Request("gates"), form)
    assert (drawn.painter, drawn.picture.altitude) == ("layers", "gates")
    assert drawn.data.startswith(start)


@needs_dot
def test_many_gates_without_cairo_are_for_the_altitude_above_saying_what_to_install(
    monkeypatch,
):
    monkeypatch.setattr(cairo, "is_there", lambda: False)
    drawn = draw(subject("majority.pt", "xag", 4), Request("gates"), "png")
    assert (drawn.painter, drawn.picture.altitude) == ("graphviz", "schematic")
    assert "936 gates" in drawn.why
    assert "pip install 'circuitsim[pdf]'" in drawn.why


@needs_cairo
@pytest.mark.parametrize("form", ["png", "pdf"])
def test_cairo_gives_the_same_bytes(form):
    svg = layered.svg(pictures.gates(clusters=True))
    assert cairo.paint(svg, form) == cairo.paint(svg, form)


@pytest.mark.slow
@needs_cairo
def test_cairo_keeps_pictures_to_a_size_that_is_shown():
    wide = layered.svg(pictures.random_gates(400, 300))
    image = cairo.paint(wide, "png")
    assert max(struct.unpack(">II", image[16:24])) == cairo.PIXELS
    box = re.search(rb"/MediaBox \[ ?0 0 (\d+)", cairo.paint(wide, "pdf"))
    assert box is None or int(box[1]) <= 14_400  # 200 inches


@needs_cairo
def test_letters_stand_over_their_ground_in_cairo():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><text x="2" y="15" fill="#000000" '
        'stroke="#FFFFFF" stroke-width="4" paint-order="stroke">HHH</text></svg>'
    )
    pixels = cairo.paint(svg, "png")
    assert pixels != cairo.paint(svg.replace("#000000", "#FFFFFF"), "png")


def test_a_page_of_ten_million_gates_is_refused_at_once():
    large = subject("majority.pt", "xag", 2**18)
    started = time.process_time()
    with pytest.raises(LimitError, match="take a smaller n"):
        draw(large, Request(), "html")
    assert draw(large, Request("gates"), "svg").picture.altitude == "architecture"
    assert time.process_time() - started < 10


@pytest.mark.slow
def test_a_hundred_thousand_gates_draw_in_seconds():
    started = time.process_time()
    drawn = draw(subject("majority.pt", "xag", 15_000), Request("gates"), "svg")
    assert drawn.picture.altitude == "gates"
    assert len(drawn.picture.boxes) > 90_000
    assert time.process_time() - started < 20


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
    longest = nx.dag_longest_path_length(
        nx.DiGraph(graph), weight="level of an edge"
    )  # 1 each
    assert longest == levels(circuit).max() + 1
    gates = [
        node
        for node, kind in graph.nodes(data="kind")
        if kind in ("and", "xor", "or", "threshold")
    ]
    assert len(gates) == circuit.gates
    for node in gates:
        deepest = max(graph.nodes[source]["level"] for source in graph.predecessors(node))
        assert graph.nodes[node]["level"] == deepest + 1
