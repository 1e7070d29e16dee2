"""Trained models as circuits: gates by part, what softmax costs beside saturated attention, what inner rounding saves.

In tc0 a circuit is measured as shallow as it gets, and with numbers in two digits; where that is too much to draw, what
would be drawn is estimated. The estimate is held against what is drawn of a model of ours.

Ours are those of examples/. The public ones are those that arXiv 2602.08857 is about, if CIRCUITSIM_PUBLIC_MODELS names
a folder of them. A position that a model has no row for, and a circuit that is refused, are said and left out.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from circuitsim.compilers.family import Family
from parts import gates_by_part, shares
from threshold_estimates import beside_drawn, work_of

from circuitsim.bases import BasisName
from circuitsim.errors import CircuitSimError
from circuitsim.models.files.reading import load
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.schematic.cost import Cost
from circuitsim.schematic.measure import measure
from circuitsim.schematic.schematic import Optimize

EXAMPLES = Path(__file__).parent.parent / "examples"
OURS = ("brackets", "recall.pt", "addition.pt")
LONGEST = {"addition": 4}  # letters
SPECIAL = ["<bos>", "<sep>", "<eos>", "<pad>"]
DRAWN = "to be drawn"  # in the refusal of what tc0 would have to draw
CIRCUITS: tuple[
    tuple[BasisName, Optimize, int], ...
] = (  # and the longest that are measured in minutes
    ("xag", "depth", 128),
    ("aig", "depth", 128),
    ("tc0", "depth", 8),
    ("tc0", "balanced", 16),
)
FULL_WIDTH = 62, 128  # bits that numbers may have, with inner rounding and without
ROUNDINGS = ((2, 3), (4, 8))  # bits of gaps and of weights


def of_letters(*letters: str, **others: Any) -> dict[str, Any]:
    """Options of a model of these letters."""
    given = {"vocabulary": [*letters, *SPECIAL], "letters": [*letters], "prepend": ["<bos>"]}
    return given | others


DECIDES: dict[str, Any] = {"append": ["<sep>"], "readout": "last"}
NEXT: dict[str, Any] = {"readout": "each", "decide": "signs"}
NUMBERS = tuple(map(str, range(150)))
PUBLIC = {
    "bin_majority": of_letters("0", "1", **DECIDES),
    "bin_majority_interleave": of_letters("0", "1", **DECIDES),
    "bounded_dyck_3": of_letters("a", "b", **NEXT),
    "tomita_4": of_letters("0", "1", **NEXT),
    "ab_d_bc": of_letters("a", "b", "c", "d", **NEXT),
    "unique_copy": of_letters(*NUMBERS, letters=[*NUMBERS, "<sep>"], readout="last"),
}


def public_model(name: str, **options: Any) -> Model | None:
    """A public model with its options; None where they are not there."""
    folder = Path(os.environ.get("CIRCUITSIM_PUBLIC_MODELS", "")) / name
    if not (folder / "model.safetensors").exists():
        return None
    found = load(folder / "model.safetensors", **PUBLIC[name] | options)
    assert isinstance(found, Model)
    return replace(found, name=name)


def models() -> Iterator[Model]:
    """Ours, and the public ones that are there."""
    for name in OURS:
        found = load(EXAMPLES / name)
        assert isinstance(found, Model)
        yield found
    for name in PUBLIC:
        public = public_model(name)
        if public is None:
            print(
                f"left out: {name}, as CIRCUITSIM_PUBLIC_MODELS names no folder that has it"
            )
        else:
            yield public


def cost_of(
    model: Model,
    basis: BasisName,
    n: int,
    max_bits: int = FULL_WIDTH[0],
    optimize: Optimize = "depth",
) -> Cost | str:
    """The cost of a circuit, or why there is none."""
    try:
        return measure(Family(model, basis, optimize=optimize, max_bits=max_bits)(n))
    except CircuitSimError as error:
        return str(error).split(";")[0].split(". ")[0]


def table(model: Model, ns: Sequence[int]) -> None:
    """One line a circuit, to the first that is refused; of what is too much to draw in tc0 what is estimated."""
    print(
        f"{model.name}, {len(model.layers)} layers of {len(model.layers[0].heads)} heads, width {model.width}"
    )
    for basis, optimize, longest in CIRCUITS:
        for n in (n for n in ns if n <= longest):
            where = f"  {basis}, {optimize}, n = {n}"
            cost = cost_of(model, basis, n, optimize=optimize)
            if not isinstance(cost, str):
                wires = f" {cost.wires:,} wires," if basis == "tc0" else ""
                said = f"{cost.gates:,} gates,{wires} depth {cost.depth}: {shares(gates_by_part(cost))}"
            elif DRAWN in cost:
                family = Family(model, "tc0", optimize=optimize, max_bits=FULL_WIDTH[0])
                said = "".join(work_of(family, n))
            else:
                print(f"{where}: {cost}", flush=True)
                break
            print(f"{where}: {said}", flush=True)


def of_heads(cost: Cost) -> int:
    """Gates of attention alone."""
    return sum(own.gates for scope, own in cost.scopes.items() if "/head" in scope)


def ratios(model: Model, n: int, what: str) -> None:
    """Softmax beside saturated attention in the same heads, and what exact q, k, v cost."""
    saturated = cost_of(model.with_attention("saturated"), "xag", n)
    if isinstance(saturated, str):
        print(f"{what}, n = {n}: {saturated}")
        return
    base = of_heads(saturated)
    for gap_bits, weight_bits in ROUNDINGS:
        softmax = model.with_attention("softmax").with_softmax(
            str(gap_bits), str(weight_bits)
        )
        cost = cost_of(softmax, "xag", n)
        if not isinstance(cost, str):
            own = of_heads(cost)
            print(
                f"{what}, n = {n}: heads of {own:,} gates with gaps of {gap_bits} bits and weights of {weight_bits},"
                f" {base:,} saturated, a ratio of {own / base:.2f}",
                flush=True,
            )


def saved(model: Model, n: int) -> None:
    """What inner rounding saves."""
    each = [
        cost_of(replace(model, inner=inner), "xag", n, most)
        for inner, most in zip(("rounded", "exact"), FULL_WIDTH, strict=True)
    ]
    said = [cost if isinstance(cost, str) else f"{cost.gates:,} gates" for cost in each]
    print(
        f"{model.name}, n = {n}: {said[0]} with inner rounding, {said[1]} without", flush=True
    )


def wide_head(width: int, seed: int = 0) -> Model:
    """One random head of so many components, which every position asks and every position reads out."""
    rng = np.random.default_rng(seed)
    query, key, value, output = rng.normal(0, 0.3, (4, width, width)).astype(np.float32)
    words = rng.normal(0, 1, (4, width)).astype(np.float32)
    return Model(
        "abcd",
        dict(zip("abcd", words, strict=True)),
        [Layer([Head(query, key, value=value, output=output, attention="softmax")])],
        Readout(np.ones(width), position="each"),
        positions=["i/n"] + ["0"] * (width - 1),
        inner="rounded",
        bits="10",
        name=f"a head of width {width}",
    )


def main(smallest: bool = False) -> None:
    ns = (2,) if smallest else (8, 16, 32, 64, 128)
    for model in models():
        if smallest:
            if model.name not in ("brackets", "bin_majority"):
                continue
            model = replace(model, bits="3")
        longest = LONGEST.get(model.name, max(ns))
        table(model, [n for n in ns if n <= longest] or [longest])
        saved(model, min(2 if smallest else 8, longest))
    brackets = load(EXAMPLES / "brackets")
    assert isinstance(brackets, Model)
    for bits in ("1",) if smallest else ("2", "4", "10"):
        said = beside_drawn(Family(replace(brackets, bits=bits), "tc0"), 2)
        print(f"brackets with {bits} fraction bits, tc0, n = 2: {said}", flush=True)
    ratios(brackets, 4 if smallest else 14, "the heads of brackets")
    for width in (4,) if smallest else (16, 32):
        ratios(wide_head(width), 4 if smallest else 16, f"a head of width {width}, all read")


if __name__ == "__main__":
    main()
