import builtins
from pathlib import Path
from typing import Any

import pytest

from circuitsim.analysis.growth.figures import COLOURS, MARKERS, growth_figure
from circuitsim.analysis.growth.trends import Plateau, Series, plateau
from circuitsim.errors import CircuitSimError

NS = tuple(2**k for k in range(1, 9))
DEEP = Series(
    "deep, xag",
    NS,
    tuple(3 * k + 7 for k in range(1, 9)),
    NS,
    tuple(2 * n for n in NS),
    "xag",
)
FLAT = Series(
    "flat, tc0",
    NS,
    (9, 10, *[11] * 6),
    tuple(5 * n for n in NS),
    tuple(n * n for n in NS),
    "tc0",
)
EMPTY = Series("wires only, xag", (4,), (0,), (0,), (0,), "xag")
STARTS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", STARTS)
def test_figures_are_the_same_bytes_each_time(tmp_path: Path, suffix: str) -> None:
    written = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}{suffix}"
        growth_figure([DEEP, FLAT], path)
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert written[0].startswith(STARTS[suffix])
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.slow
def test_the_figure_says_what_was_fitted(tmp_path: Path) -> None:
    path = tmp_path / "f.svg"
    growth_figure([DEEP, FLAT], path)
    text = path.read_text()  # which has the words in comments, beside their outlines
    assert "deep, xag: 3.00 $\\log_2 n$ + 7.0" in text
    assert "flat, tc0: 11 for $n \\geq$ 8" in text
    assert "flat, tc0, wires: $n^{2.00}$" in text
    assert "deep, xag, wires" not in text
    assert text.count("input length $n$ (letters)") == 2


@pytest.mark.slow
def test_one_length_no_gates_and_many_series_are_drawn(tmp_path: Path) -> None:
    growth_figure([EMPTY], tmp_path / "one.png")
    many = [Series(f"s{k}", NS, tuple(k + n for n in NS), NS, NS, "tc0") for k in range(9)]
    growth_figure(many, tmp_path / "many.pdf")
    assert len(COLOURS) == len(MARKERS) == len(set(COLOURS)) == len(set(MARKERS))


def test_other_suffixes_and_a_missing_matplotlib_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CircuitSimError, match=r"\.png, \.svg, \.pdf"):
        growth_figure([DEEP], tmp_path / "f.jpeg")
    whole = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ModuleNotFoundError(name)
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CircuitSimError, match=r"pip install 'circuitsim\[plot\]'"):
        growth_figure([DEEP], tmp_path / "f.png")
    assert not list(tmp_path.iterdir())


def test_trends_need_three_lengths() -> None:
    short = Series("s", NS[:2], (1, 2), (3, 4), (5, 6), "tc0")
    assert set(vars(short.trend).values()) == {None}
    assert DEEP.trend.plateau is None
    assert DEEP.trend.depth is not None
    assert (round(DEEP.trend.depth.a, 9), round(DEEP.trend.depth.b, 9)) == (3, 7)


def test_a_plateau_is_the_end_of_a_sweep() -> None:
    assert FLAT.trend.plateau == Plateau(depth=11, n_from=8, n_to=256, points=6)
    assert plateau((1, 2, 3), (5, 5, 5)) == Plateau(5, 1, 3, 3)
    assert plateau((1, 2, 3, 4), (5, 5, 6, 6)) is None
    assert plateau((1, 2, 3, 4), (5, 4, 4, 4)) == Plateau(4, 2, 4, 3)
