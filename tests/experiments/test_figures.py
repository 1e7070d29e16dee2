"""Figures of experiments: lines that can be told apart."""

from circuitsim.experiments.report import Curve, Panel, _looks, draw

POINTS = ((1.0, 2.0), (10.0, 20.0))


def test_a_published_line_looks_like_the_one_beside_it_and_no_other() -> None:
    looks = _looks(
        [
            Curve("transformer", POINTS),
            Curve("transformer, published", POINTS, published=True),
            Curve("LSTM", POINTS),
        ]
    )
    assert looks["transformer"] == looks["transformer, published"] != looks["LSTM"]


def test_two_lines_of_one_net_are_told_apart() -> None:
    labels = ["transformer, one layer", "transformer, two layers", "LSTM"]
    looks = _looks([Curve(label, POINTS) for label in labels])
    assert len({looks[label] for label in labels}) == 3


def test_small_numbers_of_logarithmic_axes_are_plain(tmp_path) -> None:
    for y, plain in ((20.0, True), (20_000.0, False), (0.02, False)):
        panel = Panel("widths", "n", "width", (Curve("a", ((1.0, 2.0), (10.0, y))),), "y")
        draw((panel,), tmp_path / "figure.svg")
        assert ("10^{" not in (tmp_path / "figure.svg").read_text()) == plain
