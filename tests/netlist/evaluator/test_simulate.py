import itertools

import numpy as np
import pytest

from circuitsim.errors import InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator import assembly as lowering
from circuitsim.netlist.evaluator import instructions
from circuitsim.netlist.evaluator.fusion import fuse
from circuitsim.netlist.evaluator.patterns import pack, unpack
from circuitsim.netlist.evaluator.simulate import (
    WIDTHS,
    Evaluator,
    evaluate,
    row_width,
)
from tests.netlist.random_circuits import (
    ADDERS,
    Adder,
    Gates,
    adder_by_generate,
    random_circuit,
    random_words,
    reference_words,
)

BASES = ("xag", "aig")


def empty(inputs: int, outputs: list[int]) -> Circuit:
    return Gates("xag", inputs).circuit(outputs)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("fuse_", [False, True])
def test_random_circuits_mean_what_the_reference_says(basis: str, fuse_: bool) -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        inputs, gates, outputs = (int(rng.integers(0, most)) for most in (7, 90, 9))
        circuit = random_circuit(rng, basis, inputs, gates, outputs)
        words = random_words(rng, inputs, int(rng.integers(1, 20)))
        assert np.array_equal(
            Evaluator(circuit, fuse=fuse_).words(words), reference_words(circuit, words)
        )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("count", [1, 7, 200])
def test_every_row_width_and_thread_count_gives_the_same_words(
    width: int, threads: int, count: int
) -> None:
    rng = np.random.default_rng(width)
    circuit = random_circuit(rng, "xag", 9, 300, 20)
    words = random_words(rng, 9, count)
    assert np.array_equal(
        Evaluator(circuit, threads).words(words, width), reference_words(circuit, words)
    )


@pytest.mark.parametrize("patterns", [0, 1, 63, 64, 65, 1000])
def test_patterns_need_not_fill_a_word(patterns: int) -> None:
    rng = np.random.default_rng(patterns)
    circuit = random_circuit(rng, "xag", 5, 40, 6)
    bits = rng.integers(0, 2, (patterns, 5)).astype(bool)
    padded = np.zeros((-(-patterns // 64) * 64, 5), bool)
    padded[:patterns] = bits
    expected = unpack(reference_words(circuit, pack(padded)), len(padded))[:patterns]
    assert np.array_equal(evaluate(circuit, bits), expected)
    assert np.array_equal(evaluate(circuit, bits.astype(np.uint8)), expected)
    assert np.array_equal(unpack(pack(bits), patterns), bits)


@pytest.mark.parametrize("adder", ADDERS)
@pytest.mark.parametrize("basis", BASES)
def test_every_way_to_write_a_full_adder_becomes_one_instruction(
    adder: Adder, basis: str
) -> None:
    patterns = np.arange(8)[:, None] >> np.arange(3) & 1
    for phases in range(16):
        gates = Gates(basis, 3)
        x, y, z = (2 * (1 + k) ^ (phases >> k & 1) for k in range(3))
        total, carry = adder(gates, x, y, z)
        circuit = gates.circuit([total ^ (phases >> 3), carry])
        evaluator = Evaluator(circuit)
        assert evaluator.program.instructions == 1
        count = (patterns ^ (phases >> np.arange(3) & 1)).sum(axis=1)
        expected = np.stack([(count & 1) ^ (phases >> 3), count >> 1], axis=1) == 1
        assert np.array_equal(evaluator(patterns), expected)


@pytest.mark.parametrize("adder", ADDERS)
def test_adders_with_other_readers_inside_stay_exact(adder: Adder) -> None:
    rng = np.random.default_rng(5)
    for _ in range(30):
        gates = Gates(str(rng.choice(BASES)), 6)
        wires = list(range(2, 14))
        for _ in range(8):
            start = len(gates.ops)
            wires += adder(gates, *(int(w) for w in rng.choice(wires, 3)))
            inner = 2 * (7 + int(rng.integers(start, len(gates.ops))))
            wires.append(gates.and_(inner ^ int(rng.integers(2)), int(rng.choice(wires))))
        circuit = gates.circuit([int(w) for w in rng.choice(wires, 9)])
        words = random_words(rng, 6, 3)
        assert np.array_equal(
            Evaluator(circuit).words(words), reference_words(circuit, words)
        )


def tree(n: Gates, leaves: list[int]) -> dict[int, tuple[int, ...]]:
    """Outputs by the instruction that does all their gates at once."""
    a, b, c, d = leaves
    return {
        instructions.AND_AND_AND: (n.and_(n.and_(a, b), n.and_(c, d)),),
        instructions.NAND_AND_AND: (n.and_(n.and_(a, b) ^ 1, n.and_(c, d)),),
        instructions.NAND_NAND: (n.or_(n.and_(a, b), n.and_(c, d)),),
        instructions.NAND3_AND: (n.and_(n.and_(n.and_(a, b), c) ^ 1, d),),
        instructions.NAND_NAND_AND: (n.and_(n.and_(n.and_(a, b) ^ 1, c) ^ 1, d),),
        instructions.XOR_AND_AND: (n.and_(n.and_(n.xor(a, b), c), d),),
        instructions.XOR_AND_XOR: (n.and_(n.xor(a, b) ^ 1, n.xor(c, d)),),
        instructions.HALF: (n.and_(a, b), n.xor(b ^ 1, a)),
        instructions.AND_ADDER: tuple(reversed(adder_by_generate(n, n.and_(a, b) ^ 1, c, d))),
    }


@pytest.mark.parametrize(
    "opcode",
    [*range(instructions.AND_AND_AND, instructions.HALF + 1), instructions.AND_ADDER],
)
@pytest.mark.parametrize("basis", BASES)
def test_trees_of_four_sources_and_half_adders_become_one_instruction(
    opcode: int, basis: str
) -> None:
    words = random_words(np.random.default_rng(0), 4, 1)
    for phases in range(32):
        gates = Gates(basis, 4)
        outputs = tree(gates, [2 * (1 + k) ^ (phases >> k & 1) for k in range(4)])[opcode]
        circuit = gates.circuit([o ^ (phases >> 4) for o in outputs])
        evaluator = Evaluator(circuit)
        assert evaluator.program.instructions == 1
        assert opcode in evaluator.program.runs[:, 0]
        assert np.array_equal(evaluator.words(words), reference_words(circuit, words))


@pytest.mark.parametrize("adder", ADDERS)
@pytest.mark.parametrize("basis", BASES)
def test_products_are_drawn_into_their_adder(adder: Adder, basis: str) -> None:
    words = random_words(np.random.default_rng(0), 6, 2)
    for phases in range(16):
        gates = Gates(basis, 6)
        products = [gates.and_(2 + 4 * k, 5 + 4 * k) ^ (phases >> k & 1) for k in range(3)]
        total, carry = adder(gates, *products)
        circuit = gates.circuit([total ^ (phases >> 3), carry])
        evaluator = Evaluator(circuit)
        whole = phases & 7 in (0, 7)
        assert (
            instructions.AND3_ADDER if whole else instructions.AND_ADDER
        ) in evaluator.program.runs[:, 0]
        assert evaluator.program.instructions == (1 if whole else 3)
        assert np.array_equal(evaluator.words(words), reference_words(circuit, words))


@pytest.mark.parametrize("basis", BASES)
def test_random_trees_use_every_instruction_and_stay_exact(basis: str) -> None:
    rng = np.random.default_rng(7)
    seen: set[int] = set()
    for _ in range(150):
        gates = Gates(basis, 8)
        wires = [int(w) for w in rng.permutation(np.arange(2, 18))]
        for _ in range(20):
            picked = [int(w) for w in rng.choice(wires, 4, replace=False)]
            if rng.integers(3) == 0:
                wires += ADDERS[int(rng.integers(len(ADDERS)))](gates, *picked[:3])
            elif rng.integers(2):
                wires.append(
                    (gates.and_ if rng.integers(3) else gates.xor)(
                        picked[0], picked[1] ^ int(rng.integers(2))
                    )
                )
            else:
                products = [gates.and_(x, int(rng.choice(wires))) for x in picked[:3]]
                wires += ADDERS[0](gates, *products)
            wires = wires[-14:]
        circuit = gates.circuit([w ^ int(rng.integers(2)) for w in wires])
        words = random_words(rng, 8, 3)
        evaluator = Evaluator(circuit)
        seen |= set(evaluator.program.runs[:, 0].tolist())
        assert np.array_equal(evaluator.words(words), reference_words(circuit, words))
    assert len(seen) >= instructions.STORE - 2


def test_outputs_may_be_constants_inputs_repeated_and_complemented() -> None:
    circuit = empty(2, [0, 1, 2, 3, 5, 5, 4])
    a, b = np.array([0, 0, 1, 1], bool), np.array([0, 1, 0, 1], bool)
    expected = np.stack([a & False, a | True, a, ~a, ~b, ~b, b], axis=1)
    assert np.array_equal(evaluate(circuit, np.stack([a, b], axis=1)), expected)


def test_a_circuit_may_have_no_inputs_or_no_outputs_or_no_gates() -> None:
    assert evaluate(empty(0, [1, 0]), np.zeros((3, 0), bool)).tolist() == [[True, False]] * 3
    assert evaluate(empty(3, []), np.zeros((5, 3), bool)).shape == (5, 0)
    assert evaluate(empty(3, [2]), np.zeros((0, 3), bool)).shape == (0, 1)
    constants = Gates("xag", 0)
    assert evaluate(
        constants.circuit([constants.and_(1, constants.xor(0, 1))]), np.zeros((1, 0), bool)
    ).all()


@pytest.mark.parametrize("fuse_", [False, True])
def test_a_chain_of_depth_100000_is_no_recursion(fuse_: bool) -> None:
    n = 100_000
    fan_in = np.empty((n, 2), np.int32)
    fan_in[:, 0] = 2 * np.arange(1, n + 1)
    fan_in[:, 1] = 2
    fan_in[0] = 2, 4
    fan_in[1:, 0] = 2 * np.arange(3, n + 2)
    circuit = Circuit(
        "xag", 2, np.ones(n, np.uint8), fan_in, np.array([2 * (n + 2)], np.int32)
    )
    net = fuse(circuit, fuse_)
    order = lowering.depth_first_order(net)
    assert np.array_equal(order, lowering.construction_order(net))
    patterns = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], bool)
    assert np.array_equal(Evaluator(circuit, fuse=fuse_)(patterns)[:, 0], patterns[:, 1])


@pytest.mark.slow
def test_breadth_first_netlists_are_reordered_to_need_few_slots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trees, depth = 256, 7
    gates = Gates("xag", 16)
    rng = np.random.default_rng(0)
    layer = rng.integers(2, 34, (trees, 2**depth)).tolist()
    for _ in range(depth):
        layer = [
            [gates.and_(a, b ^ 1) for a, b in zip(t[::2], t[1::2], strict=True)]
            for t in layer
        ]
    circuit = gates.circuit([t[0] for t in layer])
    words = random_words(rng, 16, 2)
    monkeypatch.setattr(lowering, "CACHED_SLOTS", 10**9)
    wide = Evaluator(circuit, fuse=False)
    slots = wide.program.slots  # made ready now
    monkeypatch.setattr(lowering, "CACHED_SLOTS", 1000)
    narrow = Evaluator(circuit, fuse=False)
    assert narrow.program.slots < slots / 10
    assert np.array_equal(narrow.words(words), wide.words(words))
    assert np.array_equal(narrow.words(words), reference_words(circuit, words))


@pytest.mark.parametrize("basis", BASES)
def test_depth_first_order_changes_no_value(
    basis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    monkeypatch.setattr(lowering, "CACHED_SLOTS", 0)
    counts = itertools.cycle([1, 0])  # of the order as built, of the depth-first one
    monkeypatch.setattr(lowering, "live_slots", lambda *_: next(counts))
    for _ in range(60):
        circuit = random_circuit(rng, basis, 6, 150, 8)
        words = random_words(rng, 6, 2)
        assert np.array_equal(
            Evaluator(circuit).words(words), reference_words(circuit, words)
        )


def test_gates_no_output_needs_are_not_evaluated() -> None:
    gates = Gates("aig", 2)
    kept = gates.and_(2, 4)
    gates.and_(kept, 3)
    assert Evaluator(gates.circuit([kept])).program.instructions == 1


def test_rows_fill_the_cache_and_no_more() -> None:
    assert row_width(100, 10_000) == 128
    assert row_width(100, 3) == 8
    assert row_width(100, 1) == 1
    assert row_width(10**7, 10_000) == 8
    for slots in (1000, 5000, 10_000):
        assert row_width(slots, 10_000) in WIDTHS


def test_input_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(InputError, match=r"patterns of shape \(patterns, 2\)"):
        evaluate(empty(2, [2]), np.zeros((4, 3), bool))
    with pytest.raises(InputError, match="words of shape"):
        Evaluator(empty(2, [2])).words(np.zeros((2, 4), np.int64))  # type: ignore[arg-type]
