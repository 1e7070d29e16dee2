"""Sums and trees against a naive simulator, a naive recount, and integer arithmetic."""

import numpy as np
import pytest

from circuitsim.bases import BasisName, names
from circuitsim.netlist.program import AND, XOR, Program
from circuitsim.schematic.plans.sums import Objective, SumPlan, bind_sum, plan_sum
from circuitsim.schematic.plans.trees import bind_tree, plan_tree

BASES = names(unbounded=False)
OBJECTIVES: list[Objective] = ["depth", "size"]


def simulate(program: Program, inputs: np.ndarray) -> np.ndarray:
    """Output words (outputs, words) of input words (inputs, words) of 64 patterns each."""
    wires = [np.zeros(inputs.shape[1], np.uint64), *inputs]

    def value(literal):
        return ~wires[literal >> 1] if literal & 1 else wires[literal >> 1]

    for op, a, b in zip(
        program.ops.tolist(), program.a.tolist(), program.b.tolist(), strict=True
    ):
        wires.append(value(a) & value(b) if op == AND else value(a) ^ value(b))
    out = [value(literal) for literal in program.outputs.tolist()]
    return np.array(out, np.uint64).reshape(len(out), inputs.shape[1])


def recount(program: Program, depths: np.ndarray) -> tuple[tuple[int, int], tuple[int, ...]]:
    """Gates by kind, and a code per output, from the program alone."""
    levels = [-(10**9), *depths.tolist()]
    for g, (a, b) in enumerate(zip(program.a.tolist(), program.b.tolist(), strict=True)):
        assert 2 <= a < 2 * (program.inputs + 1 + g), "a gate reads constants or later wires"
        assert 2 <= b < 2 * (program.inputs + 1 + g), "a gate reads constants or later wires"
        levels.append(max(levels[a >> 1], levels[b >> 1]) + 1)
    codes = tuple(
        literal - 2 if literal < 2 else levels[literal >> 1]
        for literal in program.outputs.tolist()
    )
    return (int((program.ops == AND).sum()), int((program.ops == XOR).sum())), codes


def dead_gates(program: Program) -> int:
    """Gates from which no output is reached."""
    live = np.zeros(program.inputs + 1 + program.gates, bool)
    live[program.outputs >> 1] = True
    for g in range(program.gates - 1, -1, -1):
        if live[program.inputs + 1 + g]:
            live[program.a[g] >> 1] = live[program.b[g] >> 1] = True
    return int((~live[program.inputs + 1 :]).sum())


def counts_of(columns: np.ndarray, depths: np.ndarray, width: int) -> np.ndarray:
    counts = np.zeros((width, int(depths.max(initial=-1)) + 1), np.int64)
    np.add.at(counts, (columns, depths), 1)
    return counts


def patterns(wires: int, rng: np.random.Generator) -> np.ndarray:
    """All patterns of up to 12 wires, else 128 random ones with extremes; (wires, words) of 64 patterns."""
    if wires <= 12:
        rows = (np.arange(1 << max(wires, 6))[:, None] >> np.arange(wires)) & 1
    else:
        rows = rng.integers(0, 2, (128, wires)) & (
            rng.random((128, 1)) < rng.random((128, wires))
        )
        rows[0], rows[1] = 0, 1
    bits = rows.T.astype(np.uint64).reshape(wires, len(rows) // 64, 64)
    return (bits << np.arange(64, dtype=np.uint64)).sum(2, dtype=np.uint64)


def check(columns, depths, constant, keep, basis, optimize, rng, chain=1) -> SumPlan:
    """A sum computes the right bits, exactly as planned, without dead gates."""
    columns, depths = np.array(columns, np.int32), np.array(depths, np.int32)
    plan = plan_sum(
        counts_of(columns, depths, keep[-1] + 1), constant, keep, basis, optimize, chain
    )
    program = bind_sum(plan, columns, depths)
    assert recount(program, depths) == (plan.gates, plan.depths)
    assert dead_gates(program) == 0
    assert basis == "xag" or plan.gates[1] == 0
    words = patterns(len(columns), rng)
    out = simulate(program, words)
    for word in range(words.shape[1]):
        for place in range(0, 64, 1 if words.shape[1] == 1 else 7):
            bits = [int(w) >> place & 1 for w in words[:, word]]
            total = constant + sum(
                bit << int(c) for bit, c in zip(bits, columns, strict=True)
            )
            expected = [total >> k & 1 for k in keep]
            assert [int(w) >> place & 1 for w in out[:, word]] == expected
    return plan


@pytest.mark.slow
@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("start", [1, 75, 150, 225])
def test_counting_ones_is_exact(basis, start):
    rng = np.random.default_rng(start)
    for n in range(start, start + 75):
        for optimize in OBJECTIVES:
            keep = tuple(range(n.bit_length()))
            plan = check([0] * n, [0] * n, 0, keep, basis, optimize, rng)
            full_adders = 5 * n - 3 * n.bit_length() - 2 * n.bit_count()
            if basis == "xag" and optimize == "size":
                assert sum(plan.gates) <= full_adders


def random_heap(rng):
    width = int(
        rng.choice([1, 2, 3, 4, 6, 9, 14, 70], p=[0.05, 0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0.05])
    )
    wires = int(rng.choice([0, 1, 2, 3, 5, 8, 12, 20, 40, 90]))
    if rng.random() < 0.3:
        columns = rng.integers(0, max(1, width // 2), wires)
    else:
        columns = rng.integers(0, width, wires)
    spread = int(rng.choice([1, 2, 5, 30, 400]))
    depths = rng.integers(0, spread, wires)
    if rng.random() < 0.2:
        depths = depths + int(rng.integers(-3, 4)) * columns
        depths -= depths.min(initial=0)
    constant = (
        0 if rng.random() < 0.3 else int.from_bytes(rng.bytes(10), "little") - (1 << 79)
    )
    if rng.random() < 0.3:
        constant = int(rng.integers(-3, 4))
    chance = rng.choice([0.1, 0.5, 1.0])
    keep = [k for k in range(width - 1) if rng.random() < chance] + [width - 1]
    return columns, depths, constant, tuple(keep)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("optimize", OBJECTIVES)
@pytest.mark.parametrize("seed", range(4))
def test_random_heaps_are_exact(basis, optimize, seed):
    rng = np.random.default_rng(seed)
    for _ in range(100):
        check(*random_heap(rng), basis, optimize, rng)


@pytest.mark.parametrize("basis", BASES)
def test_constants_and_bare_wires_need_no_gates(basis):
    rng = np.random.default_rng(0)
    assert check([], [], 6, (0, 1, 2, 3), basis, "depth", rng).depths == (-2, -1, -1, -2)
    assert check([], [], -1, (69,), basis, "depth", rng).depths == (-1,)
    assert check([3], [5], 0, (0, 3, 4), basis, "depth", rng).depths == (-2, 5, -2)
    assert check([0, 1, 2], [7, 0, 3], 0, (0, 1, 2), basis, "depth", rng).gates == (0, 0)
    # x + 1 = 2x + not x; and minus one bit is its sign extended.
    assert check([0], [4], 1, (0, 1, 2), basis, "depth", rng).depths == (4, 4, -2)
    assert check([0], [4], -1, (0, 1, 2, 40), basis, "depth", rng).gates == (0, 0)


@pytest.mark.parametrize("basis", BASES)
def test_columns_that_cannot_reach_a_kept_bit_cost_nothing(basis):
    rng = np.random.default_rng(0)
    parity = 1 if basis == "xag" else 3
    low = check([0] * 7, [0] * 7, 0, (1,), basis, "depth", rng)
    far = check([0] * 7 + [5, 5], [0] * 9, 0, (5,), basis, "depth", rng)
    both = check([0] * 7 + [5, 5], [0] * 9, 0, (1, 5), basis, "depth", rng)
    assert sum(far.gates) == parity
    assert sum(both.gates) == sum(low.gates) + parity


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("optimize", OBJECTIVES)
def test_only_differences_of_depths_matter(basis, optimize):
    rng = np.random.default_rng(5)
    for _ in range(40):
        columns, depths, constant, keep = random_heap(rng)
        counts = counts_of(columns, depths, keep[-1] + 1)
        late = np.pad(counts, ((0, 0), (37, 0)))
        plan = plan_sum(counts, constant, keep, basis, optimize)
        shifted = plan_sum(late, constant, keep, basis, optimize)
        assert shifted.gates == plan.gates
        assert shifted.depths == tuple(d if d < 0 else d + 37 for d in plan.depths)


def count_ones(n: int, basis: BasisName, optimize: Objective = "depth") -> SumPlan:
    counts = np.zeros((n.bit_length(), 1), np.int64)
    counts[0] = n
    return plan_sum(counts, 0, range(n.bit_length()), basis, optimize)


@pytest.mark.parametrize(
    ("n", "basis", "depth", "gates"),
    [
        (63, "xag", 18, 288),
        (64, "xag", 19, 300),
        (1023, "xag", 32, 5071),
        (1024, "xag", 33, 5088),
        (65535, "xag", 55, 327601),
        (65536, "xag", 55, 327636),
        (2**20 - 1, "xag", 69, 5242787),
        (2**20, "xag", 69, 5242830),
        (63, "aig", 26, 462),
        (1023, "aig", 47, 8149),
        (65536, "aig", 78, 524233),
        (2**20 - 1, "aig", 99, 8388464),
        (2**20, "aig", 99, 8388538),
    ],
)
def test_counting_is_as_shallow_as_published(n, basis, depth, gates):
    plan = count_ones(n, basis)
    assert plan.depth <= depth
    assert sum(plan.gates) <= gates


def test_counting_takes_3_70_levels_a_doubling_with_these_adders():
    """Paterson, Pippenger and Zwick (1992): 3.71 log2 n for full adders of this shape."""
    assert (count_ones(2**60, "xag").depth - count_ones(2**40, "xag").depth) / 20 < 3.75


@pytest.mark.slow
@pytest.mark.parametrize("basis", BASES)
def test_a_million_wires_are_counted_exactly_as_planned(basis):
    n = 2**20
    plan = count_ones(n, basis)
    program = bind_sum(plan, np.zeros(n, np.int32), np.zeros(n, np.int32))
    assert recount(program, np.zeros(n, np.int64)) == (plan.gates, plan.depths)
    assert dead_gates(program) == 0


def test_trees_are_as_shallow_as_kraft_allows():
    rng = np.random.default_rng(0)
    for _ in range(300):
        depths = rng.integers(0, rng.choice([1, 2, 9, 300]), rng.integers(0, 40)).astype(
            np.int32
        )
        plan = plan_tree(np.bincount(depths))
        program = bind_tree(depths)
        assert recount(program, depths) == ((plan.gates, 0), (plan.depth,))
        assert dead_gates(program) == 0
        assert plan.gates == max(0, len(depths) - 1)
        if len(depths):
            assert plan.depth == (sum(1 << int(d) for d in depths) - 1).bit_length()
        words = ~(1 << np.arange(len(depths), dtype=np.uint64))[
            :, None
        ]  # pattern w has wire w false
        words[:, 0] |= ~np.uint64((1 << len(depths)) - 1)
        out = int(simulate(program, words)[0, 0]) if len(depths) else -1 % 2**64
        assert out == (2**64 - (1 << len(depths)) if len(depths) else 2**64 - 1)


def test_a_tree_over_a_million_wires_is_quick():
    depths = (np.arange(2**20) % 300).astype(np.int32)
    program = bind_tree(depths)
    assert program.gates == 2**20 - 1
    assert (
        plan_tree(np.bincount(depths)).depth
        == (sum(int(c) << d for d, c in enumerate(np.bincount(depths))) - 1).bit_length()
    )


@pytest.mark.parametrize("chain", [1, 2, 8, 1000])
def test_double_adders_of_any_chain_are_exact(chain):
    rng = np.random.default_rng(chain)
    for n in (5, 6, 11, 23, 40, 77, 150):
        check([0] * n, [0] * n, 0, tuple(range(n.bit_length())), "xag", "size", rng, chain)
    for _ in range(60):
        check(*random_heap(rng), "xag", "size", rng, chain)


@pytest.mark.parametrize("n", [511, 512, 1000, 1023, 4096, 1 << 16, 1 << 20])
def test_size_counts_bits_in_4_7_n_gates_of_two_inputs(n):
    plan = count_ones(n, "xag", "size")
    assert sum(plan.gates) <= 4.7 * n
    assert plan.depth <= 6 * n.bit_length()


def test_longer_chains_take_fewer_gates_and_more_levels():
    counts = np.array([[1023]] + [[0]] * 9)
    plans = [plan_sum(counts, 0, range(10), "xag", "size", chain) for chain in (1, 2, 16)]
    gates, depths = [sum(p.gates) for p in plans], [p.depth for p in plans]
    assert gates == sorted(gates, reverse=True)
    assert depths == sorted(depths)
    assert gates[0] <= 4800
    assert depths[0] <= 60
