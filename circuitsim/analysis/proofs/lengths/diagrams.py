"""One length by decision diagrams, which also count: oxidd on the gates of a question, in several orders."""

from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.certificates.question import Question
from circuitsim.specifications.drawing import field_wires

from .child import Failed, OutOfTime, in_child

ENGINE = "decision diagrams"
ASKING_FIRST = "asking fields first"  # the name of an order
MOST_NODES = 1 << 24
MOST_GATES = 500_000
MOST_CHECKED = (
    1 << 18
)  # nodes of diagrams that are made again, in plain Python, to check them
CACHE = 1 << 20


def by_diagrams(question: Question, seconds: float, only: str | None = None) -> Verdict:
    """Proved, refuted by an input, or unknown after so many seconds, which all orders share.

    Args:
        only: the name of an order, where no other is tried.
    """
    found, reason = _first_order(question, seconds, only)
    if found is None:
        return Verdict("unknown", ENGINE, reason)
    _, bits, nodes, order, name = found
    if bits is not None:
        return Verdict("refuted", ENGINE, counterexample=question.codes(np.array(bits)))
    return Verdict(
        "proved",
        ENGINE,
        f"the diagram of {question.circuit.gates:,} gates is false; {nodes:,} nodes, {name}",
        certificate={"kind": "diagrams", "order": order} if nodes <= MOST_CHECKED else None,
    )


def count_by_diagrams(
    question: Question, seconds: float
) -> tuple[tuple[int, Any] | None, str]:
    """How many inputs make the output true, with one of them as token codes; None, and why, after so many seconds."""
    found, reason = _first_order(question, seconds)
    if found is None:
        return None, reason
    count, bits, *_ = found
    return (count, None if bits is None else question.codes(np.array(bits))), reason


def some_ask(question: Question) -> bool:
    """Whether tokens are records: then some fields may ask about the others, and are better first."""
    return len(question.form.fields) > 1


def _first_order(
    question: Question, seconds: float, only: str | None = None
) -> tuple[Any, str]:
    """What the first order that comes to an end finds: a count, bits of one input, nodes, the order and its name."""
    if find_spec("oxidd") is None:
        return None, "oxidd is missing: pip install 'circuitsim[prove]'"
    gates = question.circuit.gates
    if gates > MOST_GATES:
        return None, f"{gates:,} gates are more than {MOST_GATES:,}"
    orders = {name: order for name, order in _orders(question) if only in (None, name)}
    for name, order in orders.items():
        try:
            found = in_child(partial(_build, question, order), seconds / len(orders))
        except (OutOfTime, Failed):
            continue
        return (*found, order, name), ""
    return (
        None,
        f"no order of {gates:,} gates' inputs ends within {MOST_NODES:,} nodes and {seconds:.0f} s",
    )


def _orders(question: Question) -> Iterator[tuple[str, list[int]]]:
    """Orders of the inputs, each once: as a walk through the gates meets them, asking fields first, as they stand."""
    inputs = question.circuit.inputs
    tried: list[list[int]] = []
    named = [
        ("in the order of a walk", _walk(question)),
        ("in natural order", list(range(1, 1 + inputs))),
    ]
    if some_ask(question):
        named.insert(0, (ASKING_FIRST, _asking_first(question)))
    for name, order in named:
        if order not in tried:
            tried.append(order)
            yield name, order


def _walk(question: Question) -> list[int]:
    """Inputs as a depth-first walk from the output meets them, the later gate of two first."""
    circuit = question.circuit
    fan_in, first = circuit.fan_in.tolist(), 1 + circuit.inputs
    seen, found, waiting = {0}, [], [int(circuit.outputs[0]) >> 1]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node < first:
            found.append(node)
        else:
            waiting += sorted(literal >> 1 for literal in fan_in[node - first])
    return found + [node for node in range(1, first) if node not in seen]


def _asking_first(question: Question) -> list[int]:
    """Fields that stand at few positions, which ask, before those that stand at many; each bit by bit."""
    fields = field_wires(question.form, question.n)
    return [int(literal) >> 1 for wires in sorted(fields, key=len) for literal in wires.flat]


def _build(question: Question, order: list[int]) -> tuple[int, list[bool] | None, int]:
    """Inputs that make the output true: how many, the bits of one, and the nodes of the manager."""
    from oxidd.bcdd import BCDDManager

    circuit = question.circuit
    manager = BCDDManager(MOST_NODES, CACHE, 1)
    manager.add_vars(circuit.inputs)
    values: list[Any] = [manager.false(), *[None] * circuit.inputs]
    for level, node in enumerate(order):
        values[node] = manager.var(level)
    last = _last_uses(question)
    for gate, (a, b) in enumerate(circuit.fan_in.tolist()):
        x, y = (~values[k >> 1] if k & 1 else values[k >> 1] for k in (a, b))
        values.append(x & y)
        for literal in (a, b):
            if last[literal >> 1] == gate and literal >> 1 > circuit.inputs:
                values[literal >> 1] = None
    asked = int(circuit.outputs[0])
    output = ~values[asked >> 1] if asked & 1 else values[asked >> 1]
    cube = output.pick_cube()
    bits = None
    if cube is not None:
        chosen = {node: cube[level] is True for level, node in enumerate(order)}
        bits = [chosen[node] for node in range(1, 1 + circuit.inputs)]
    return int(output.sat_count(circuit.inputs)), bits, int(manager.num_inner_nodes())


def _last_uses(question: Question) -> list[int]:
    """The last gate that reads each node; past all gates for what the output reads."""
    circuit = question.circuit
    last = [-1] * circuit.nodes
    for gate, (a, b) in enumerate(circuit.fan_in.tolist()):
        last[a >> 1] = last[b >> 1] = gate
    last[int(circuit.outputs[0]) >> 1] = circuit.gates
    return last
