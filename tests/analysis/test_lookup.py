from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from circuitsim.analysis.growth.lookup_tables import MOST_INPUTS, lemma_1, lemma_2
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import dead_gates, depth
from circuitsim.netlist.program import AND
from circuitsim.netlist.validate import validate
from circuitsim.networks.fixed_point import fix
from tests.analysis.lookup_circuits import lookup_circuit


def run(circuit: Circuit) -> tuple[Any, int, int]:
    """Outputs on all inputs (2^c, d), and depth where NOT is free and where it is a level, gate by gate."""
    every = np.arange(2**circuit.inputs)
    value = [
        np.zeros(len(every), bool),
        *(every >> k & 1 == 1 for k in range(circuit.inputs)),
    ]
    free, costly = [0] * len(value), [0] * len(value)
    for g in range(circuit.gates):
        wires = circuit.fan_in[circuit.starts[g] : circuit.starts[g + 1]].tolist()
        merged = np.logical_and if circuit.ops[g] == AND else np.logical_or
        value.append(merged.reduce([value[w >> 1] ^ (w & 1 == 1) for w in wires]))
        free.append(1 + max(free[w >> 1] for w in wires))
        costly.append(1 + max(costly[w >> 1] + (w & 1) for w in wires))
    ends = circuit.outputs.tolist()
    outputs = np.stack([value[w >> 1] ^ (w & 1 == 1) for w in ends], axis=1)
    return (
        outputs,
        max(free[w >> 1] for w in ends),
        max(costly[w >> 1] + (w & 1) for w in ends),
    )


def nots(circuit: Circuit, outputs: int, shared: bool) -> int:
    """NOT gates as the lemmas count them: one an input that is complemented, for each output unless shared."""
    complemented = {int(w) >> 1 for w in circuit.fan_in if w & 1}
    return len(complemented) * (1 if shared else outputs)


def check(table: Any, shared: bool) -> Circuit:
    rows = np.asarray(table)
    circuit = lookup_circuit(rows, shared)
    inputs, outputs = len(rows).bit_length() - 1, rows.shape[1]
    bound = (lemma_1 if shared else lemma_2)(inputs, outputs)
    assert bound is not None
    assert circuit.gates + nots(circuit, outputs, shared) <= bound
    found, free, costly = run(circuit)
    patterns = np.arange(len(rows))[:, None] >> np.arange(inputs) & 1
    assert np.array_equal(found, rows == 1)
    assert np.array_equal(circuit.evaluate(patterns), found)
    assert (depth(circuit), depth(circuit, count_not=True)) == (free, costly)
    assert free <= 2
    assert costly <= 3
    assert not dead_gates(circuit)
    validate(circuit)
    return circuit


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("inputs", [1, 2, 3, 6])
def test_any_table_has_depth_3_and_the_size_of_the_lemma(inputs: int, shared: bool) -> None:
    generator = np.random.default_rng(inputs)
    for outputs in (1, 3):
        check(generator.integers(0, 2, (2**inputs, outputs)), shared)
        check(np.zeros((2**inputs, outputs), int), shared)


@pytest.mark.parametrize("outputs", [1, 2, 5])
def test_the_lemmas_are_tight_for_the_constant_one(outputs: int) -> None:
    table = np.ones((2**4, outputs), int)
    for shared, lemma in ((False, lemma_2), (True, lemma_1)):
        circuit = check(table, shared)
        assert circuit.gates + nots(circuit, outputs, shared) == lemma(4, outputs)
        assert run(circuit)[1:] == (2, 3)


def tiny() -> Model:
    """Two components; a score that both vectors decide."""
    head = Head(query=[[1, 0]], key=[[1, -1]], value=[[1, 1]], output=[[1], [0]])
    return Model(
        vocabulary=("0", "1"),
        embedding={"0": [0, 1], "1": [1, 0]},
        layers=(Layer((head,), residual=False),),
        readout=Readout([1, 0], ["-1/2"]),
        bits="1",
    )


def decoded(number: int, widths: list[int]) -> list[int]:
    """Components in two's complement, the first in the lowest bits."""
    values = []
    for width in widths:
        word = number & ((1 << width) - 1)
        values.append(word - (1 << width) if word >> (width - 1) else word)
        number >>= width
    return values


def test_the_readout_of_a_model_is_a_table_that_can_be_built() -> None:
    fixed = fix(tiny(), 3)
    stream = fixed.streams()[-1]
    widths, scale = stream.widths(), Fraction(1, 1 << stream.exponent)
    bits = sum(widths)
    decisions = [
        decoded(number, widths)[0] * scale > Fraction(1, 2) for number in range(2**bits)
    ]
    circuit = check(np.array(decisions)[:, None], shared=False)
    assert 0 < circuit.gates <= 2**bits + 1
    (number,) = (
        stream.numbers
    )  # the vectors that there are: the other rows of the table are never asked
    for value in range(number.low, number.high + 1):
        vector = stream.constant + number.column * value
        places = enumerate(zip(vector, widths, strict=True))
        word = sum((int(x) & ((1 << w) - 1)) << sum(widths[:c]) for c, (x, w) in places)
        assert run(circuit)[0][word, 0] == (
            int(fixed.form(fixed.network.outputs[0]).apply(vector)[0]) > 0
        )


def test_the_scores_of_a_model_are_a_table_that_can_be_built() -> None:
    fixed = fix(tiny(), 3)
    stream, (head,) = fixed.streams()[0], fixed.layers()[0]
    widths = stream.widths()
    vectors = [np.array(decoded(v, widths), object) for v in range(2 ** sum(widths))]
    largest = 0
    table = []
    for key, query in product(
        vectors, vectors
    ):  # the query is in the lower bits of a row's number
        terms = zip(head.weights, head.query.apply(query), head.key.apply(key), strict=True)
        score = sum(int(w * q * k) for w, q, k in terms)
        largest = max(largest, abs(score))
        table.append([score >> k & 1 for k in range(8)])
    assert largest < 2**7
    circuit = check(np.array(table), shared=True)
    assert len(table) == 2 ** (2 * sum(widths))
    assert circuit.gates <= len(table) + 8


def test_sizes_that_no_computer_holds_are_not_numbers() -> None:
    assert lemma_2(3, 2) == 2 * (8 + 3 + 1)
    assert lemma_1(3, 2) == 8 + 3 + 2
    assert lemma_1(MOST_INPUTS + 1, 1) is lemma_2(MOST_INPUTS + 1, 1) is None
