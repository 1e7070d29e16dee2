"""How many bits the entries of a transformer's state need, against n, in five kinds of numbers.

The theorem (Merrill, Sabharwal and Smith, arXiv 2106.16213, Theorem 4) is about dyadic numbers: O(log n) bits. Over
exact rationals it fails, which reciprocal.json shows: it averages 1/(i + 1). Sizes are those of section 3.1, after
the last layer; "wrong" counts decisions that differ from the exact model's on the inputs that were run.

    python examples/state_bits.py [--longest 64]
"""

import argparse
from pathlib import Path

import circuitsim as cs
from circuitsim.analysis.claims.datatypes import DATATYPES
from circuitsim.analysis.claims.state_bits import fits, state_bits

HERE = Path(__file__).parent
MODELS = ("majority.pt", "parity.json", "first.json", "reciprocal.json")


def main() -> None:
    """Print a line for every model and kind of numbers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--longest", type=int, default=64, help="the largest n, from 4 doubling (default 64)"
    )
    longest = parser.parse_args().longest
    ns = [n for n in (2**k for k in range(2, 30)) if n <= longest]
    if len(ns) < 2:
        parser.error("--longest is at least 8: a fit takes two lengths.")
    print(f"bits after the last layer, n = {ns[0]} to {ns[-1]}")
    print(f"{'model':16}{'numbers':16}{'bits':>6}{'bound':>7}{'wrong':>7}   fit")
    for name in MODELS:
        model = cs.load(HERE / name)
        last = len(model.layers)
        for datatype in DATATYPES:
            rows = [row for row in state_bits(model, ns, (datatype,)) if row.layer == last]
            final, wrong = rows[-1], sum(row.disagreements for row in rows)
            log, power = fits(rows)[0].log, fits(rows)[0].power
            assert log is not None
            assert power is not None
            line = f"{log.a:.2f} log2 n {log.b:+.1f}, off by at most {log.residual:.1f}"
            if log.residual > 4:
                line = f"no line: n^{power.local:.2f} between the two largest"
            bound = "-" if final.bound is None else final.bound
            print(
                f"{model.name:16}{datatype:16}{final.measured:6}{bound!s:>7}{wrong:7}   {line}"
            )


if __name__ == "__main__":
    main()
