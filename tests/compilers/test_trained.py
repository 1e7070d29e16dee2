"""Trained models: integer model = schematic = circuit = file on all inputs of the shortest lengths.

Longer ones are for `make bench` (benchmarks/trained_checks.py). The public models are those that the variable names.
"""

import os
from pathlib import Path

import pytest
from circuitsim.compilers.family import Family

import circuitsim as cs
from circuitsim.analysis.ladder import climb
from circuitsim.schematic.measure import measure

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = Path(os.environ.get("CIRCUITSIM_PUBLIC_MODELS", ""))
BINARY = ["0", "1", "<bos>", "<sep>", "<eos>", "<pad>"]
OPTIONS = {"vocabulary": BINARY, "letters": ["0", "1"], "prepend": ["<bos>"]}
PUBLIC = {
    "bin_majority": OPTIONS | {"append": ["<sep>"], "readout": "last"},
    "tomita_4": OPTIONS | {"readout": "each", "decide": "signs"},
}


def equal_on_all_inputs(model: cs.Model, n: int, bases: tuple[str, ...]) -> bool:
    row = climb([Family(model, basis) for basis in bases], n, exhaustive=True)
    equal = [rung.holds for rung in row.rungs if rung.relation == "="]
    return len(equal) == 3 * len(bases) and all(equal)


@pytest.mark.slow
def test_our_brackets_on_all_inputs():
    assert equal_on_all_inputs(cs.load(EXAMPLES / "brackets"), 2, ("xag", "aig"))


def gates_of_heads(model: cs.Model) -> int:
    scopes = measure(Family(model, "xag")(8)).scopes
    return sum(own.gates for scope, own in scopes.items() if "/head" in scope)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gap_bits", "weight_bits", "most"), [("2", "3", 2), ("4", "8", 3.5)]
)
def test_softmax_costs_little_more_than_saturated_attention(gap_bits, weight_bits, most):
    brackets = cs.load(EXAMPLES / "brackets")
    softmax = gates_of_heads(brackets.with_softmax(gap_bits, weight_bits))
    assert softmax <= most * gates_of_heads(brackets.with_attention("saturated"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "n", "bases"),
    [
        ("bin_majority", 4, ("xag", "aig")),
        ("bin_majority", 8, ("xag",)),
        ("tomita_4", 1, ("xag", "aig")),
    ],
)
def test_public_models_on_all_inputs(name, n, bases):
    weights = FOLDER / name / "model.safetensors"
    if not weights.exists():
        pytest.skip(f"CIRCUITSIM_PUBLIC_MODELS names no folder that has {name}")
    assert equal_on_all_inputs(cs.load(weights, **PUBLIC[name]), n, bases)
