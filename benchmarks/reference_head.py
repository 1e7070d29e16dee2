"""The reference head, built directly with the builders: depth after every stage, and the time to measure it.

Per position an 8-bit value and a position number of log2 n bits, wired; score = product of two position numbers;
the mean with 4 fraction bits, rounded half up; every position read out. A second layer reads value = the integer
part of the first mean, and number = position number + first mean modulo n, so that all of it arrives late.
"""

import time
from dataclasses import dataclass

import numpy as np
from circuitsim.compilers.bands import Band, Bands
from circuitsim.compilers.bounded.division import quotient
from circuitsim.compilers.bounded.maximum import maximum
from circuitsim.compilers.residual import powers

from circuitsim.bases import BasisName
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.measure import Cost, measure
from circuitsim.schematic.schematic import Optimize, Schematic

GUARD = 4
VALUE = 8
TARGETS = {  # depth asked for at n = 2^10 and 2^20: sum, quotient
    ("xag", 10): (115, 165),
    ("xag", 20): (225, 280),
    ("aig", 10): (135, 185),
    ("aig", 20): (265, 325),
}


@dataclass(frozen=True)
class Stages:
    """Values of one head by stage, as indices of a schematic."""

    score: int
    maximum: int
    selection: int
    count: int
    sum: int
    quotient: int


def draw(
    log_n: int,
    basis: BasisName,
    layers: int,
    mask: str = "none",
    optimize: Optimize = "depth",
) -> tuple[Schematic, list[Stages]]:
    """The head over n = 2^log_n positions, `layers` times."""
    n = 1 << log_n
    drawing = Drawing(basis, optimize)
    value = drawing.input((n, VALUE))
    number = drawing.wired(
        (n, log_n), lambda: (np.arange(n)[:, None] >> np.arange(log_n)) & 1
    )
    position = number
    stages = []
    mean = value
    for _ in range(layers):
        mean, stage = head(
            drawing, value, number, Bands(drawing, n, "wired").over(mask, 0, n)
        )
        stages.append(stage)
        value = mean.slice(1, GUARD, GUARD + VALUE)
        number = drawing.sum(
            [(position, powers(log_n)), (mean, powers(mean.shape[1]))], 0, log_n
        )
    return drawing.finish([mean]), stages


def head(
    drawing: Drawing, value: Wires, number: Wires, bands: list[Band]
) -> tuple[Wires, Stages]:
    """One saturated head: the means, and where each stage stands (of the last band)."""
    width = number.shape[1]
    sums, counts, marks = [], [], []
    weighed = drawing.concat(
        [
            drawing.fill((value.shape[0], 1), True),
            drawing.fill((value.shape[0], GUARD), False),
            value,
        ],
        1,
    )
    for band in bands:
        q, k = number.slice(0, band.start, band.stop), number.slice(0, band.first, band.last)
        pairs = q.expand(1, 3) & k.expand(0, 2)
        score = drawing.sum([(pairs, np.outer(powers(width), powers(width)))], 0, 2 * width)
        if band.mask is not None:
            score = score & band.mask.expand(2)
        best = maximum(drawing, score)
        selected = drawing.all([(~(score ^ best), 1)])
        if band.mask is not None:
            selected = selected & band.mask
        counts.append(drawing.sum([(selected, [1])], 0, value.shape[0].bit_length()))
        terms = selected.expand(2) & weighed.slice(0, band.first, band.last).expand(0)
        total = (((1 << weighed.shape[1]) - 1) * value.shape[0]).bit_length()
        sums.append(
            drawing.sum([(terms, powers(weighed.shape[1]).reshape(1, -1))], 0, total).slice(
                1, 1, total
            )
        )
        marks = [score.index, best.index, selected.index, counts[-1].index, sums[-1].index]
    mean = quotient(
        drawing, drawing.concat(sums, 0), drawing.concat(counts, 0), VALUE + GUARD
    )
    return mean, Stages(*marks, mean.index)


def depths(cost: Cost, stage: Stages) -> list[int]:
    """Depth of each stage."""
    return [int(cost.values[index].codes.max()) for index in vars(stage).values()]


def rows(sizes: list[int]) -> list[list[str]]:
    """One row a basis and size: depth by stage beside what was asked, gates, time."""
    result = []
    for basis in ("xag", "aig"):
        for log_n in sizes:
            for layers in (1, 2):
                schematic, stages = draw(log_n, basis, layers)
                started = time.perf_counter()
                cost = measure(schematic)
                seconds = time.perf_counter() - started
                for layer, stage in enumerate(stages):
                    at = depths(cost, stage)
                    asked = TARGETS.get((basis, log_n)) if layer == 0 else None
                    result.append(
                        [basis, f"2^{log_n}", f"{layer + 1} of {layers}", *map(str, at),
                         f"{at[1] - at[0]} ({7 * log_n})", "" if asked is None else f"{asked[0]}, {asked[1]}",
                         f"{cost.gates:.3e}", f"{seconds:.3f}"]
                    )  # fmt: skip
    return result


HEADER = ["basis", "n", "layer", "score", "maximum", "selection", "count", "sum", "quotient",
          "levels of maximum (7 log2 n)", "asked: sum, quotient", "gates", "seconds"]  # fmt: skip


def main(smallest: bool = False) -> None:
    sizes = [2] if smallest else [10, 15, 20]
    draw(4, "xag", 1)[0].measure()  # compile the kernels first
    for row in [HEADER, *rows(sizes)]:
        print("  ".join(f"{cell:>9}" for cell in row))
    for log_n in sizes:
        for layers in (1, 2):
            schematic, _ = draw(log_n, "xag", layers, "causal")
            started = time.perf_counter()
            cost = schematic.measure()
            print(f"causal xag n=2^{log_n} layers={layers}: depth {cost.depth}, gates {cost.gates:.3e}, "
                  f"{len(schematic)} instructions, {time.perf_counter() - started:.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()
