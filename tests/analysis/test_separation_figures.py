"""Figures of separations: what is drawn against what, and that nothing drawn is hidden."""

from dataclasses import replace

import pytest

from circuitsim.analysis.separations import pictures as separation_figures
from circuitsim.analysis.separations.pictures import curves, separation_figure
from circuitsim.analysis.separations.rows import Row
from circuitsim.analysis.separations.separations import SEPARATIONS, WORDS, Separation
from circuitsim.errors import CircuitSimError


def row(
    one: Separation,
    index: int,
    n: int,
    taken: int | None,
    variant: int = 0,
    bound: float | None = None,
) -> Row:
    """A row of a side, of which a figure reads what it takes and its bound."""
    side = one.sides[index]
    return Row(
        task=one.name,
        variant=f"{one.option}={variant}" if one.option else "",
        model="zoo:x",
        architecture=side.label,
        n=n,
        layers=1,
        heads=2,
        width=3,
        bits=0,
        exhaustive=True,
        cut_bits=None,
        cut_items={},
        precision=5,
        parameters=1,
        size={},
        depth={},
        resource=side.resource,
        taken=taken,
        lower_bound=bound,
        formula=f"bound {index}",
        theorem="Theorem 1",
        source="",
        constant="paper",
        note="",
    )


def drawn(one, rows, tmp_path, monkeypatch):
    """The axes and the legend's texts of a figure, from what is drawn."""
    pytest.importorskip("matplotlib")
    seen = []
    finish = separation_figures._finish

    def kept(axes, *others):
        finish(axes, *others)
        seen.append(axes)

    monkeypatch.setattr(separation_figures, "_finish", kept)
    separation_figure(one, rows, tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").stat().st_size > 1000
    return seen[0]


def test_match2_is_drawn_by_bits_against_the_modulus_with_its_zeros(tmp_path, monkeypatch):
    one = SEPARATIONS["match2"]
    assert {side.resource for side in one.sides} == {"bits"}
    cosines = [row(one, 0, n, 2 * k - 3, 2**k) for n in (8, 16) for k in (3, 4, 5)]
    integers = [row(one, 1, n, 0, 2**k) for n in (8, 16) for k in (3, 4, 5)]
    axes = drawn(one, cosines + integers, tmp_path, monkeypatch)
    assert [list(map(tuple, line.get_xydata())) for line in axes.lines] == [
        [(8, 3), (16, 5), (32, 7)],
        [(8, 0), (16, 0), (32, 0)],
    ]
    assert (axes.get_ylabel(), axes.get_yscale()) == (WORDS["bits"], "linear")
    assert axes.get_xlabel() == "modulus $M$, at $n = 8$"
    assert axes.get_ylim()[0] <= 0


def test_a_precision_that_was_not_found_is_not_drawn():
    one = SEPARATIONS["match2"]
    found = curves(
        one, [row(one, 0, 8, None, 8), row(one, 0, 8, 4, 16), row(one, 1, 8, 0, 8)]
    )
    assert [curve.points for curve in found] == [[(16, 4)], [(8, 0)]]


def test_everything_of_a_single_length_has_a_marker_and_a_curve_below_another_is_wider(
    tmp_path, monkeypatch
):
    one = SEPARATIONS["q-sparse-averaging"]
    taken = (16, 60, 111, 16, 24)
    rows = [
        row(one, index, 8, number, bound=2 + index // 3) for index, number in enumerate(taken)
    ]
    axes = drawn(one, rows, tmp_path, monkeypatch)
    assert len(axes.lines) == 5 + 5
    assert all(line.get_marker() not in ("None", "", None) for line in axes.lines)
    sizes: dict[tuple[float, float], list[float]] = {}
    for line in axes.lines:  # in the order of drawing
        sizes.setdefault(tuple(line.get_xydata()[0]), []).append(line.get_markersize())
    assert max(map(len, sizes.values())) == 3
    for found in sizes.values():
        assert found == sorted(set(found), reverse=True)


def test_curves_that_meet_at_one_point_are_told_apart_and_others_are_left_alone():
    one = SEPARATIONS["index-lookup"]
    rows = [row(one, 0, n, n) for n in (8, 16)] + [
        row(one, 1, 8, 9, bound=7),
        row(one, 1, 16, 16, bound=15),
    ]
    assert [curve.under for curve in curves(one, rows)] == [1, 0, 0]
    rows[-1] = replace(rows[-1], taken=17)
    assert [curve.under for curve in curves(one, rows)] == [0, 0, 0]


def test_the_axis_says_what_the_first_side_takes_and_the_legend_what_others_do(
    tmp_path, monkeypatch
):
    one = SEPARATIONS["q-sparse-averaging"]
    rows = [row(one, 0, 8, 16), row(one, 1, 8, None), row(one, 4, 8, 24)]
    axes = drawn(one, rows, tmp_path, monkeypatch)
    assert axes.get_ylabel() == WORDS["cut_bits"]
    assert [line.get_label() for line in axes.lines] == [
        "transformer, one-hot keys",
        "transformer, polytope keys (m p H)",
        f"fully connected net ({WORDS['width']})",
    ]
    assert [line.get_ydata()[0] for line in axes.lines] == [16, 3 * 5 * 2, 24]
    assert drawn(one, rows[2:], tmp_path, monkeypatch).get_ylabel() == WORDS["width"]


def test_a_figure_of_nothing_or_of_another_kind_is_refused(tmp_path):
    one = SEPARATIONS["match2"]
    with pytest.raises(CircuitSimError, match="no row"):
        separation_figure(one, [row(one, 0, 8, None, 8)], tmp_path / "x.png")
    with pytest.raises(CircuitSimError, match="written as"):
        separation_figure(one, [row(one, 0, 8, 4, 8)], tmp_path / "x.gif")
