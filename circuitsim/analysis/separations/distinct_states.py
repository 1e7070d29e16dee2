"""How many states a recurrent net is in after some tokens: what a lower bound on its memory counts.

The state is all that later tokens and the read-out know of those before: two prefixes in one state are answered alike
whatever follows. So a net that answers a gadget with 2^k different prefixes is in 2^k states after them.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from math import ceil, log2
from typing import cast

import numpy as np

from circuitsim.errors import InputError
from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.limits import MAX_BITS
from circuitsim.networks.rungs import run_exact
from circuitsim.tokens import Codes


@dataclass(frozen=True)
class StateCount:
    """Forward states after `step` tokens of some inputs.

    Args:
        distinct: how many there are among the inputs. needed: bits that tell so many apart.
        bits: of the state in the integer model, from its intervals: of all its numbers, or of an automaton's code.
    """

    step: int
    inputs: int
    distinct: int
    needed: int
    bits: int


def distinct_states(
    net: RecurrentNet,
    codes: Codes,
    step: int,
    bits: int | str | None = None,
    max_bits: int = MAX_BITS,
) -> StateCount:
    """Count the forward states after `step` tokens over inputs (inputs, n).

    Args:
        bits: fraction bits of the integer model, or an expression in n; None takes the net's own.

    Raises:
        InputError: inputs have fewer tokens than `step`.
    """
    n = codes.shape[1]
    fixed = fix(_to_the_end(net), n, bits, max_bits)
    distinct = len(set(states_after(net, codes, step, fixed.bits)))
    width = sum(fixed.state_widths(0)[step - 1])
    return StateCount(step, len(codes), distinct, ceil(log2(max(distinct, 1))), width)


def states_after(
    net: RecurrentNet, codes: Codes, step: int, bits: int | None = None
) -> list[Hashable]:
    """The forward state after `step` tokens of each input (inputs, n): its numbers, or an automaton's state.

    Args:
        bits: fraction bits; then the states are those of the integer model, in its units.

    Raises:
        InputError: inputs have fewer tokens than `step`.
    """
    n = codes.shape[1]
    if not 1 <= step <= n:
        raise InputError(f"step is {step}, expected 1 to {n}, the tokens of the inputs.")
    return STATES[type(net.forward)](net, codes, step, bits)


def _of_automaton(
    net: RecurrentNet, codes: Codes, step: int, bits: int | None
) -> list[Hashable]:
    cell = cast("Automaton", net.forward)
    moves, state = np.array(cell.moves, np.int64), np.full(len(codes), cell.initial)
    for place in range(step):
        state = moves[state, codes[:, place]]
    return [int(number) for number in state]


def _of_nets(net: RecurrentNet, codes: Codes, step: int, bits: int | None) -> list[Hashable]:
    whole = _to_the_end(net)
    if bits is None:
        return [*run_exact(whole, codes).residuals[1][:, step - 1].row_keys()]
    numbers = run_integer(fix(whole, codes.shape[1], bits), codes).residuals[1]
    return [tuple(row) for row in numbers[:, step - 1].tolist()]


STATES: dict[type, Callable[[RecurrentNet, Codes, int, int | None], list[Hashable]]] = {
    Automaton: _of_automaton,
    NetCell: _of_nets,
}


def _to_the_end(net: RecurrentNet) -> RecurrentNet:
    """The net read out at its last token, so that the forward cell reads all of them."""
    return replace(net, readout=replace(net.readout, position="last"))
