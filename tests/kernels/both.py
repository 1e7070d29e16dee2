"""Runs each call of a kernel in both readings, plain and machine code, and compares answers and arrays written to."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np

from circuitsim.kernels import Kernel
from circuitsim.netlist.evaluator import plain, simulate


class Seen(dict[str, int]):
    """How often each kernel was called from Python."""


@contextmanager
def both_readings(monkeypatch: Any) -> Iterator[Seen]:
    """Inside, a kernel that reads differently in the two ways fails."""
    seen = Seen()

    def call(kernel: Kernel, *arguments: Any) -> Any:
        name = kernel._account.name
        seen[name] = seen.get(name, 0) + 1
        if kernel._plain is None and kernel._account.closed:  # there is no plain reading
            return kernel.machine(*arguments)
        copies = deepcopy(arguments)
        with np.errstate(over="ignore"):
            plain = kernel.plain(*copies)
        machine = kernel.machine(*arguments)
        assert same(plain, machine), f"{name}{arguments}: plain {plain}, machine {machine}"
        for own, other in zip(copies, arguments, strict=True):
            assert same(own, other), f"{name} wrote {own} and {other}"
        return machine

    def words(evaluator: simulate.Evaluator, given: Any, width: int | None = None) -> Any:
        found = lowered(evaluator, given, width or 1)
        assert np.array_equal(found, plain.evaluate_plainly(evaluator._circuit, given))
        return found

    lowered = simulate.Evaluator.words
    with monkeypatch.context() as patch:
        patch.setattr(Kernel, "__call__", call)
        patch.setattr(simulate.Evaluator, "words", words)
        yield seen


def same(a: Any, b: Any) -> bool:
    """Equal, element by element; empty memory that neither reading wrote to is not asked for."""
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    return bool(a == b)
