"""Public trained models and a model of ours: integer model = schematic = circuit = file, on all inputs of some lengths.

And a circuit of ten million gates and more: bounded_dyck_3 read at each position at n = 24, with the offset into the
position table of each string of that length in its decisions.json, run on that string and on 1,000 random ones beside
the integer model. The public models are those of CIRCUITSIM_PUBLIC_MODELS; what is not there is said and left out.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from bert_shape import peak
from circuitsim.compilers.family import Family
from trained_sizes import EXAMPLES, public_model

from circuitsim.analysis.ladder import climb
from circuitsim.bases import BasisName
from circuitsim.errors import CircuitSimError
from circuitsim.models.files.reading import load
from circuitsim.models.model import Model
from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.netlist.interface import output_bits, with_wired
from circuitsim.networks.integer import run_integer

DYCK = "bounded_dyck_3"
MOST_GATES = 100_000_000


def exhaustive(model: Model, n: int, bases: Sequence[BasisName]) -> bool:
    """Whether all rungs from the integer model down hold on all inputs of n letters, in the bases that can be built."""
    started, everything = time.perf_counter(), True
    for basis in bases:
        try:
            row = climb([Family(model, basis)], n, exhaustive=True, max_gates=MOST_GATES)
        except CircuitSimError as error:
            print(f"  n = {n}, {basis}: {error}".split(";")[0])
            continue
        equal = [rung for rung in row.rungs if rung.relation == "="]
        wrong = [rung for rung in equal if not rung.holds]
        everything = everything and len(equal) == 3 and not wrong
        said = f"{wrong[0].start} = {wrong[0].to} FAILS" if wrong else "all equal"
        kept = row.inputs - max(rung.disagreements for rung in row.rungs[:2])
        print(
            f"  n = {n}, {basis}: {said} on all {row.inputs} inputs; {kept} decided alike by float, exact and integer"
            f" models; {time.perf_counter() - started:.0f} s",
            flush=True,
        )
    return everything


def strings_of(name: str, n: int) -> Iterator[tuple[list[int], int, list[list[int]]]]:
    """Letters, offset and decisions of every string of n letters, which stand between <bos> and <eos>."""
    folder = Path(os.environ["CIRCUITSIM_PUBLIC_MODELS"]) / name
    for string in json.loads((folder / "decisions.json").read_text())["strings"]:
        if len(string["ids"]) == n + 2:
            yield string["ids"][1:-1], string["positions"][0], string["decisions"][1:]


def large(n: int, random: int, seed: int = 0) -> None:
    """Circuits of bounded_dyck_3 at every offset that a string of n letters has."""
    for letters, offset, decisions in strings_of(DYCK, n):
        model = public_model(DYCK, offset=offset)
        assert model is not None
        others = np.random.default_rng(seed).integers(0, len(model.vocabulary), (random, n))
        codes = np.concatenate([np.array([letters]), others])
        started = time.perf_counter()
        family = Family(model, "xag")
        circuit = family(n).flatten()
        built = time.perf_counter()
        answers = run_integer(family.fixed(n), codes).answers
        bits = with_wired(circuit.interface, model.format.bits(codes))
        same = evaluate(circuit, bits) == output_bits(circuit.interface, answers)
        first = answers[0].reshape(
            n, -1
        )  # a row a letter, a column a token that may come next
        as_softmax = [np.flatnonzero(own).tolist() for own in first] == decisions
        print(
            f"{DYCK}, n = {n}, offset {offset}: {circuit.gates:,} gates built in {built - started:.0f} s, run in"
            f" {time.perf_counter() - built:.0f} s, {peak()}; {int(same.all(axis=1).sum())} of {len(codes)} inputs as"
            f" the integer model; the string decided {'as' if as_softmax else 'OTHERWISE than'} softmax does",
            flush=True,
        )


def main(smallest: bool = False) -> None:
    ours = load(EXAMPLES / "brackets")
    assert isinstance(ours, Model)
    lengths = (2,) if smallest else (2, 4)
    models: list[tuple[str, Model | None, Sequence[int]]] = [("brackets", ours, lengths)]
    for name, longest in (("bin_majority", 8), ("tomita_4", 8)):
        models.append((name, public_model(name), (1,) if smallest else range(1, longest + 1)))
    for name, model, ns in models:
        if model is None:
            print(
                f"left out: {name}, as CIRCUITSIM_PUBLIC_MODELS names no folder that has it"
            )
            continue
        print(name)
        for n in ns:
            exhaustive(model, n, ("xag", "aig", "tc0"))
    if public_model(DYCK) is not None:
        large(2 if smallest else 24, 20 if smallest else 1000)


if __name__ == "__main__":
    main()
