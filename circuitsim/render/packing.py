"""Boxes in a column, each as near as can be to where it wants to be."""

import numpy as np

from circuitsim.array_types import Floats


def nearest(wanted: Floats, height: Floats, top: float, bottom: float) -> Floats:
    """Centres in the given order, without overlap and between top and bottom, of least squared distance to `wanted`.

    Isotonic regression of the places less the room above them, by pooling adjacent violators (Ayer et al. 1955).
    """
    room = (
        np.cumsum(height) - height / 2
    )  # of each centre below the top, when all stand tight
    slack = max(0.0, bottom - top - float(height.sum()))
    return np.clip(_isotonic(wanted - room), top, top + slack) + room


def _isotonic(values: Floats) -> Floats:
    """The non-decreasing sequence nearest to `values`."""
    if len(values) < 2 or bool((np.diff(values) >= 0).all()):
        return values
    means: list[float] = []
    counts: list[int] = []
    for value in values.tolist():
        mean, count = value, 1
        while means and means[-1] > mean:
            mean = (means[-1] * counts[-1] + mean * count) / (counts[-1] + count)
            count += counts.pop()
            means.pop()
        means.append(mean)
        counts.append(count)
    return np.repeat(means, counts)
