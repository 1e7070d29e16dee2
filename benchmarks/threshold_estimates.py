"""What tc0 is to draw, by the estimate that refuses too much of it, and the same beside what is drawn."""

from circuitsim.compilers.family import Family
from circuitsim.compilers.lower import spans
from circuitsim.compilers.thresholds.estimate import Work, estimate
from parts import shares

from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.schematic import Thresholds


def _work(family: Family, n: int) -> Work:
    fixed, drawing = family.fixed(n), Drawing("tc0", family.optimize)
    return estimate(fixed, spans(fixed.network), drawing, family.positions_at(n))


def work_of(family: Family, n: int) -> list[str]:
    """Thresholds to be drawn; then their shares: attend is a head, activate a net's units, round the maps."""
    work, found = _work(family, n), dict[str, int]()
    for line, own in zip(family.fixed(n).network.lines, work.thresholds, strict=True):
        found[line.primitive.name] = found.get(line.primitive.name, 0) + own
    total = f"about {sum(work.thresholds):,} thresholds to be drawn, estimated"
    norms = f", and {sum(work.pairs):,} pairs of digits in norms"
    return [total + norms, f"  {shares(found)}"]


def beside_drawn(family: Family, n: int) -> str:
    """The estimate of thresholds, and how many are drawn."""
    said = sum(_work(family, n).thresholds)
    each = [line.attributes for line in family(n).instructions]
    drawn = sum(len(how.thresholds) for how in each if isinstance(how, Thresholds))
    return f"{said:,} thresholds estimated, {drawn:,} drawn, a ratio of {said / drawn:.2f}"
