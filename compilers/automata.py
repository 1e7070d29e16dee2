"""Finite automata as circuits: the state after every token, from a table.

In bounded fan-in a state is its number in binary, and a step is a look-up cell with the state's bits next to the
outputs: two or three levels for each of them. With threshold gates a state is one-hot, and a step is an AND for
every state and token and an OR for every next state: two levels.
"""

import numpy as np

from circuitsim.bases import BASES
from circuitsim.models.recurrent import Automaton, RecurrentNet
from circuitsim.networks.known import StateForms
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.tokens import Field

from .lookup import Operand, combinations, looked_up
from .residual import Block, Residual


def draw_automaton(drawing: Drawing, fixed: StateForms, model: RecurrentNet) -> Residual:
    """What the read-out sees of the states after the positions of the span, in the order of positions."""
    tokens, one_hot = token_wires(drawing, model), BASES[drawing.basis].unbounded
    with drawing.scope("transition"):
        steps = (
            _one_hot(drawing, fixed, tokens) if one_hot else _binary(drawing, fixed, tokens)
        )
        states = drawing.concat([steps[place] for place in sorted(steps)], 0)
    with drawing.scope("state"):
        if one_hot:
            blocks, offset = [Block(states, fixed.rows.T)], fixed.rows[0] * 0
        elif len(fixed.rows) == 1:
            blocks, offset = [], fixed.rows[0]
        else:
            offset, found = looked_up(drawing, [(_states(fixed.cell), states)], fixed.rows)
            blocks = [Block(wires, columns) for wires, columns in found]
    return Residual(
        drawing, tuple(blocks), offset, fixed.after(fixed.span[-1]), len(fixed.span)
    )


def token_wires(drawing: Drawing, model: RecurrentNet) -> list[Operand]:
    """The input wires (n, w) of every field that has a choice, drawn before as the embedding's."""
    inputs = [
        (index, line)
        for index, line in enumerate(drawing.instructions)
        if line.operation == "input"
    ]
    wires = [Wires(drawing, index, line.shape) for index, line in inputs]
    return [
        (field, w)
        for field, w in zip(model.format.fields, wires, strict=True)
        if field.size > 1
    ]


def _states(cell: Automaton) -> Field:
    return Field("state", cell.states, "binary")


def _binary(drawing: Drawing, fixed: StateForms, tokens: list[Operand]) -> dict[int, Wires]:
    """The number of the state (1, bits) after each position."""
    cell = fixed.cell
    width = cell.code_bits
    after = np.array([move for row in cell.moves for move in row], dtype=object)
    table = (
        np.stack([after >> k & 1 for k in range(width)], axis=1)
        if width
        else after[:, None][:, :0]
    )
    code = drawing.constant([[cell.initial >> k & 1 for k in range(width)]])
    found = {}
    for place in fixed.span:
        if width:
            here = [(field, wires.slice(0, place, place + 1)) for field, wires in tokens]
            base, bits = looked_up(drawing, [(_states(cell), code), *here], table)
            code = _assembled(drawing, [bool(bit) for bit in base], bits)
        found[place] = code
    return found


def _assembled(
    drawing: Drawing, base: list[bool], bits: list[tuple[Wires, np.ndarray]]
) -> Wires:
    """Bits (1, k) from those that a look-up gives and those that are constant."""
    wires = {}
    for found, columns in bits:
        for index in range(found.shape[1]):
            wires[int(np.flatnonzero(columns[:, index])[0])] = found.slice(
                1, index, index + 1
            )
    return drawing.concat(
        [wires.get(k, drawing.fill((1, 1), bit)) for k, bit in enumerate(base)], 1
    )


def _one_hot(drawing: Drawing, fixed: StateForms, tokens: list[Operand]) -> dict[int, Wires]:
    """[the automaton is in state q] (1, states) after each position."""
    cell, states = fixed.cell, len(fixed.cell.states)
    marks = combinations(drawing, tokens) if tokens else None
    hot = drawing.constant([[state == cell.initial for state in range(states)]])
    before: tuple[int, ...] = (cell.initial,)
    found = {}
    for place, possible in zip(fixed.span, fixed.possible, strict=True):
        pairs = (
            hot if marks is None else _pairs(drawing, hot, marks.slice(0, place, place + 1))
        )
        into: dict[int, list[int]] = {state: [] for state in possible}
        for state in before:
            for token, move in enumerate(cell.moves[state]):
                into[move].append(token * states + state)
        nothing = drawing.fill((1, 1), False)
        columns = [
            drawing.any([(pairs.take(into[state], 1), 1)]).expand(1)
            if state in into
            else nothing
            for state in range(states)
        ]
        hot, before = drawing.concat(columns, 1), possible
        found[place] = hot
    return found


def _pairs(drawing: Drawing, hot: Wires, marks: Wires) -> Wires:
    """[state q and token c], (1, tokens * states), the token slowest."""
    both = hot.expand(2) & marks.expand(1)
    return drawing.concat(
        [both.slice(2, c, c + 1).squeeze(2) for c in range(marks.shape[1])], 1
    )
