"""What circuits the project builds, as a table that two versions of the code can be compared by.

Run it from the root of the repository, once before a change and once after:

    python benchmarks/frozen.py --out before.tsv
    python benchmarks/frozen.py --out after.tsv
    python benchmarks/frozen.py --compare before.tsv after.tsv

One row is one circuit, or the first sentence of its refusal. Nothing in a row depends on the machine or on time.
"""

import argparse
import csv
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from hashlib import sha256
from importlib import import_module
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path.cwd()
sys.path.insert(0, str(ROOT))  # for `tests`, whose random models are used here

import numpy as np  # noqa: E402

import circuitsim as cs  # noqa: E402

BASES = ("xag", "aig", "tc0", "ac0")
OPTIMIZE = ("depth", "balanced", "size")
POSITIONS = ("folded", "wired")
MODEL_FILES = (".pt", ".safetensors", ".json")
RANDOM = {
    "transformer": range(110),
    "third-order": range(30),
    "recurrent": range(30),
    "connected": range(30),
}

ALL_INPUTS = 256  # inputs up to which all are run
SOME_INPUTS = 64  # seeded ones, where there are more
FLAT_GATES = 200_000  # up to which the flat circuit is built and run, too
FLAT_WIRES = 1_000_000
RUN_GATES = 1_000_000  # up to which the schematic is run
RUN_WIRES = 5_000_000


class Case(NamedTuple):
    """One circuit to build. The fields are the key of its row."""

    model: str  # an address of `cs.load`, or "random:KIND:SEED"
    attention: str  # replaces that of every head; "" keeps it
    basis: str
    n: int
    optimize: str
    positions: str
    asked_bits: str  # "" takes the model's own


KEY = Case._fields
MEASURED = (
    "bits",
    "gates",
    "depth",
    "wires",
    "wires_weighted",
    "gates_by_kind",
    "max_fan_in",
    "max_weight",
)
FAILED = "FAILED"  # begins a refusal that is a bug
COLUMNS = (*KEY, *MEASURED, "run", "outputs", "refusal")


# Which circuits


def all_cases() -> list[Case]:
    """Every circuit of the table, in the order of its rows."""
    return sorted(
        {*example_cases(), *zoo_cases(), *random_cases(), *long_cases(), *bits_cases()}
    )


def example_cases() -> Iterator[Case]:
    """Every shipped model in every basis and mode; in ac0 made hard, too."""
    names = sorted(
        str(path) for path in Path("examples").iterdir() if path.suffix in MODEL_FILES
    )
    for name, basis, optimize, n in product(names, BASES, OPTIMIZE, (1, 2, 3, 5, 8)):
        for positions in POSITIONS if basis != "ac0" else POSITIONS[:1]:
            yield Case(name, "", basis, n, optimize, positions, "")
        if basis == "ac0":
            yield Case(name, "hard-right", basis, n, optimize, "folded", "")


def zoo_cases() -> Iterator[Case]:
    """Every model of the zoo in every basis, at its first lengths, with modes by turns."""
    for number, name in enumerate(zoo_names()):
        lengths = [n for n in range(2, 12) if is_length(name, n)][:4]
        for turn, (n, basis) in enumerate(product(lengths, BASES)):
            yield in_turn(name, basis, n, number + turn)


def zoo_names() -> list[str]:
    """Addresses of the models that the command `zoo list` names."""
    command = [
        sys.executable,
        "-c",
        "from circuitsim.cli import main; main()",
        "zoo",
        "list",
        "--json",
    ]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    models = json.loads(listed)["models"]
    return sorted(f"zoo:{model['name']}" for model in models)


def is_length(name: str, n: int) -> bool:
    """Whether the zoo has such a model for n tokens."""
    try:
        cs.load(name).at(n)
    except cs.CircuitSimError:
        return False
    return True


def random_cases() -> Iterator[Case]:
    """Random models in every basis, at three lengths, with modes by turns."""
    for kind, seeds in RANDOM.items():
        for seed, basis in product(seeds, BASES):
            lengths = (1 + seed % 2, 3 + seed % 2, 5 + seed % 4)
            few, bits = (
                (2, str(seed % 2)) if basis == "tc0" else (3, "")
            )  # threshold gates soon are too many
            for turn, n in enumerate(lengths[:few]):
                yield in_turn(f"random:{kind}:{seed}", basis, n, seed + turn, bits)


def in_turn(model: str, basis: str, n: int, turn: int, bits: str = "") -> Case:
    """A case with the mode whose turn it is."""
    optimize = OPTIMIZE[turn % 3]
    positions = "folded" if basis == "ac0" else POSITIONS[turn // 3 % 2]
    return Case(model, "", basis, n, optimize, positions, bits)


def long_cases() -> Iterator[Case]:
    """Lengths at which most circuits are measured only."""
    for basis, log_n, optimize in product(("xag", "aig", "tc0"), (6, 10, 20), OPTIMIZE):
        yield Case("examples/majority.pt", "", basis, 1 << log_n, optimize, "wired", "")
    for basis, n, optimize in product(("xag", "aig"), (64, 1000), OPTIMIZE):
        yield Case("examples/parity.json", "", basis, n, optimize, "wired", "")
    for name, log_n, optimize in product(("dense-1", "dense-2"), (6, 10, 20), OPTIMIZE):
        yield Case(f"examples/{name}.json", "", "tc0", 1 << log_n, optimize, "wired", "")
    for seed, basis in product(range(0, 110, 3), BASES[:3]):
        for n in (12, 40):
            yield in_turn(
                f"random:transformer:{seed}",
                basis,
                n,
                seed // 3,
                "0" if basis == "tc0" else "",
            )
    for seed, basis in product(
        range(0, 110, 5), ("xag", "aig")
    ):  # folding would take minutes
        yield Case(
            f"random:transformer:{seed}", "", basis, 300, OPTIMIZE[seed % 3], "wired", ""
        )
    for seed, basis in product(range(0, 30, 3), ("xag", "aig")):
        yield in_turn(f"random:recurrent:{seed}", basis, 40, seed // 3, "0")
        yield in_turn(f"random:third-order:{seed}", basis, 14, seed // 3)


def bits_cases() -> Iterator[Case]:
    """Numbers of bits that are asked for: the least that decide rightly, an expression, and too many."""
    names = ("examples/majority.pt", "examples/parity.json", "examples/dense-1.json")
    for name, basis, bits in product(names, BASES, ("auto", "2*log2(n)+1", "20", "60")):
        yield Case(name, "", basis, 6, "depth", "folded", bits)


# One row


def row_of(case: Case) -> dict[str, str]:
    """What the circuit is, or why there is none."""
    row = dict.fromkeys(COLUMNS, "") | {
        name: str(value) for name, value in case._asdict().items()
    }
    try:
        row |= built(case)
    except cs.CircuitSimError as error:
        row["refusal"] = first_sentence(error)
    except Exception as error:  # a bug is a row, too, so that all others are still seen
        row["refusal"] = f"{FAILED} {type(error).__name__}: {first_sentence(error)}"
    return row


def built(case: Case) -> dict[str, str]:
    """The columns of a circuit that there is."""
    family = cs.compile(
        model_of(case),
        case.basis,
        case.asked_bits or None,
        attention=case.attention or None,
        optimize=case.optimize,
        positions=None if case.basis == "ac0" else case.positions,
    )
    schematic = family(case.n)
    cost = schematic.measure()
    measured = {name: written(getattr(cost, name)) for name in MEASURED if name != "bits"}
    return (
        {"bits": written(family.bits(case.n))} | measured | run(family, schematic, cost, case)
    )


def model_of(case: Case) -> Any:
    """The model that a case names."""
    if not case.model.startswith("random:"):
        return cs.load(case.model)
    from tests.cases import random_model
    from tests.models.random_nets import random_connected, random_recurrent
    from tests.third_order import third_order_model

    _, kind, seed = case.model.split(":")
    if kind == "connected":
        return random_connected(int(seed), case.n)
    make = {
        "transformer": random_model,
        "third-order": third_order_model,
        "recurrent": random_recurrent,
    }[kind]
    return make(int(seed))


def run(family: Any, schematic: Any, cost: Any, case: Case) -> dict[str, str]:
    """A digest of the outputs, and what was run: the schematic, and the flat circuit where it is small."""
    if cost.gates > RUN_GATES or cost.wires > RUN_WIRES:
        return {"run": "nothing"}
    bits = inputs(family.model.at(case.n).format, case.n)
    outputs = schematic.evaluate(bits)
    digest = sha256(repr(outputs.shape).encode() + outputs.tobytes()).hexdigest()[:16]
    if cost.gates > FLAT_GATES or cost.wires > FLAT_WIRES:
        return {"run": "schematic", "outputs": digest}
    circuit = schematic.flatten()
    assert circuit.gates == cost.gates, (
        f"{circuit.gates} gates are built and {cost.gates} measured."
    )
    assert (circuit.evaluate(bits) == outputs).all(), (
        "the flat circuit computes something else than the schematic."
    )
    return {"run": "both", "outputs": digest}


def inputs(tokens: Any, n: int) -> Any:
    """Input bits of all strings of n tokens where they are few, else of seeded ones."""
    sizes = tokens.sizes(n)
    if prod(sizes) <= ALL_INPUTS:
        strings = list(product(*map(range, sizes)))
    else:
        r = random.Random(n)
        # Every other string has two kinds of tokens only, so that tokens are often equal.
        limits = [[min(size, 2) for size in sizes], sizes]
        strings = [[r.randrange(size) for size in limits[i % 2]] for i in range(SOME_INPUTS)]
    return tokens.bits(np.array(strings, np.int64))


def text(key: tuple[Any, ...]) -> str:
    """The key of a row in words."""
    return " ".join(str(part) for part in key if part != "")


def first_sentence(error: Exception) -> str:
    """The first sentence of an error, on one line."""
    return re.split(r"(?<=\.)\s+(?=[A-Z])", " ".join(str(error).split()))[0]


def written(value: Any) -> str:
    """A value as the table holds it."""
    return (
        json.dumps(value, sort_keys=True)
        if isinstance(value, dict)
        else ""
        if value is None
        else str(value)
    )


# Tables


def write(cases: list[Case], file: Any) -> int:
    """Write the rows of all cases, tab-separated, as they come; how many failed."""
    table = csv.DictWriter(
        file,
        COLUMNS,
        delimiter="\t",
        lineterminator="\n",
        quoting=csv.QUOTE_NONE,
        quotechar=None,
    )
    table.writeheader()
    failed = 0
    for number, case in enumerate(cases, 1):
        show(f"{number:,} of {len(cases):,}: {text(case)}")
        row = row_of(case)
        failed += row["refusal"].startswith(FAILED)
        table.writerow(row)
    show(f"{len(cases):,} rows\n")
    return failed


def show(progress: str) -> None:
    """Show how far it is, where a person is looking."""
    if sys.stderr.isatty():
        print(f"\r\033[K{progress[:110]}", end="", file=sys.stderr, flush=True)


def read(path: Path, only: str) -> dict[tuple[str, ...], dict[str, str]]:
    """The rows of a table by key."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    keyed = {tuple(row[name] for name in KEY): row for row in rows}
    return {key: row for key, row in keyed.items() if only in text(key)}


def compare(before: Path, after: Path, only: str, without: list[str]) -> bool:
    """Print the rows that differ; whether none does."""
    old, new = read(before, only), read(after, only)
    counts = dict.fromkeys(("same", "changed", "added", "removed"), 0)
    for key in sorted({*old, *new}):
        outcome, changes = difference(old.get(key), new.get(key), without)
        counts[outcome] += 1
        if outcome != "same":
            print(f"{outcome}: {text(key)}", *changes, sep="\n    ")
    print(", ".join(f"{count:,} {outcome}" for outcome, count in counts.items()))
    return counts["same"] == sum(counts.values())


def difference(
    old: dict[str, str] | None, new: dict[str, str] | None, without: list[str]
) -> tuple[str, list[str]]:
    """How two rows differ, in a word and column by column."""
    if old is None or new is None:
        return ("added" if old is None else "removed"), []
    columns = [name for name in COLUMNS if name not in without and old[name] != new[name]]
    changes = [f"{name}: {old[name] or '-'} -> {new[name] or '-'}" for name in columns]
    return ("changed" if changes else "same"), changes


# The command


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the table there, and not to stdout"
    )
    parser.add_argument(
        "--only", default="", metavar="SUBSTRING", help="only rows whose key holds it"
    )
    parser.add_argument(
        "--compare",
        type=Path,
        nargs=2,
        metavar=("A", "B"),
        help="print the rows that differ; exit 1 if any does",
    )
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=COLUMNS,
        help="a column that may differ",
    )
    asked = parser.parse_args()
    if asked.compare:
        sys.exit(0 if compare(*asked.compare, asked.only, asked.without) else 1)
    check_tree()
    cases = [case for case in all_cases() if asked.only in text(case)]
    with asked.out.open("w") if asked.out else nullcontext(sys.stdout) as file:
        failed = write(cases, file)
    if failed:
        sys.exit(f"{failed:,} circuits failed by a bug; their refusals begin with {FAILED}.")


def check_tree() -> None:
    """Stop if the circuitsim that is installed is not the one in this folder."""
    for module in (
        cs,
        import_module("circuitsim.cli"),
        import_module("circuitsim.compilers"),
    ):
        where = Path(module.__file__ or "")
        if ROOT not in where.parents:
            sys.exit(
                f"{module.__name__} is {where}, not below {ROOT}; run this from the root of its repository."
            )


if __name__ == "__main__":
    main()
