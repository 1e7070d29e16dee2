"""Evaluate flat circuits on many input patterns at once, 64 in a word and many words in a row.

evaluate(circuit, patterns)         bools, (patterns, inputs) -> (patterns, outputs)
Evaluator(circuit, threads=2)       keeps the lowered program for repeated use
"""

from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from circuitsim.array_types import Array, Bools, Words
from circuitsim.bases import BASES
from circuitsim.errors import InputError
from circuitsim.kernels.worth import Account
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator import plain
from circuitsim.netlist.evaluator.patterns import pack, unpack
from circuitsim.netlist.evaluator.threshold_kernels import UnboundedProgram

if TYPE_CHECKING:
    from circuitsim.netlist.evaluator.assembly import Lowered

WIDTHS = (1, 8, 16, 32, 64, 128)  # words in a row of the value table
LEVEL2, LEVEL3 = 1 << 20, 32 << 20  # bytes of cache assumed when the system does not say


@cache
def cache_bytes(level: int) -> int:
    """Bytes of one core's cache of this level, as Linux describes it; at most 32 MiB, for a share of level 3."""
    for index in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*"):
        try:
            if (index / "level").read_text().strip() == str(level):
                return min(
                    int((index / "size").read_text().strip().rstrip("K")) << 10, LEVEL3
                )
        except (OSError, ValueError):
            continue
    return LEVEL2 if level == 2 else LEVEL3


def row_width(slots: int, words: int, threads: int = 1) -> int:
    """Words in a row: the most whose table stays in the level-2 cache, else in half of level 3.

    Wide rows hide the latency of gates that wait for one another; tables beyond the cache lose more.
    """
    fits = [w for w in WIDTHS if slots * w * 8 <= cache_bytes(2)]
    if not fits or fits[-1] < 8:
        fits = [8] + [w for w in (16,) if slots * w * 8 * threads <= cache_bytes(3) // 2]
    enough = next((w for w in WIDTHS if w >= words), WIDTHS[-1])
    return min(fits[-1], enough)


def aligned_words(rows: int, columns: int) -> Words:
    """(rows, columns) uint64, every row on a 64-byte boundary if columns is a multiple of 8."""
    raw = np.empty(rows * columns + 8, np.uint64)
    skip = -(raw.ctypes.data // 8) % 8
    return raw[skip : skip + rows * columns].reshape(rows, columns)


class Evaluator:
    """A circuit made ready once, for evaluation on any number of patterns.

    Gates of two inputs are lowered to a program, and fused if asked; gates of any fan-in are run as they are. A small
    circuit on few patterns is evaluated plainly, until that has taken as long as making it ready would.
    """

    _bounded = Account("circuitsim.netlist.evaluator.kernels.run")
    _unbounded = Account("circuitsim.netlist.evaluator.threshold_kernels.run")

    def __init__(self, circuit: Circuit, threads: int = 1, fuse: bool = True) -> None:
        self.inputs, self.outputs = circuit.inputs, len(circuit.outputs)
        self.threads = threads
        self._circuit, self._fuse = circuit, fuse
        self._account = self._unbounded if BASES[circuit.basis].unbounded else self._bounded

    @cached_property
    def unbounded(self) -> UnboundedProgram:
        """Gates of any fan-in, ready to run."""
        return UnboundedProgram(self._circuit, self.threads)

    @cached_property
    def program(self) -> "Lowered":
        """Gates of two inputs, ready to run."""
        from circuitsim.netlist.evaluator.assembly import lower  # which needs LLVM

        return lower(self._circuit, self._fuse)

    def words(self, words: Words, width: int | None = None) -> Words:
        """(inputs, W) -> (outputs, W) uint64; `width` words in a row of the value table, a member of WIDTHS."""
        if words.ndim != 2 or words.shape[0] != self.inputs or words.dtype != np.uint64:
            raise InputError(
                f"the circuit takes words of shape ({self.inputs}, W) in uint64, got {words.dtype} "
                f"of shape {words.shape}."
            )
        words = np.ascontiguousarray(words)
        if width is None and self._account.affords(
            plain.steps(self._circuit, words.shape[1])
        ):
            with self._account.charged():
                return plain.evaluate_plainly(self._circuit, words)
        return (
            self.unbounded.words(words, width)
            if BASES[self._circuit.basis].unbounded
            else self._lowered(words, width)
        )

    def _lowered(self, words: Words, width: int | None) -> Words:
        """`words` of gates with two inputs."""
        from numba import get_num_threads, set_num_threads

        from circuitsim.netlist.evaluator import kernels

        out = np.empty((self.outputs, words.shape[1]), np.uint64)
        if not out.size:
            return out
        slots = max(1, self.program.slots)
        job = kernels.Job(self.program.code, self.program.runs, words, out)
        width = width or row_width(slots, -(-words.shape[1] // self.threads), self.threads)
        kind = kernels.row_type(width)
        threads = min(self.threads, -(-words.shape[1] // width))
        if threads == 1:
            kernels.run(aligned_words(1, slots * width)[0], job, kind)
            return out
        # An odd number of cache lines between two threads' tables, and room to keep rows aligned.
        tables = aligned_words(threads, -(-slots * width // 8) * 8 + 8)
        before = get_num_threads()
        set_num_threads(min(threads, before))
        try:
            kernels.run_threads(tables, job, kind)
        finally:
            set_num_threads(before)
        return out

    def __call__(self, patterns: Array) -> Bools:
        """(patterns, inputs) of zeros and ones -> (patterns, outputs)."""
        patterns = np.asarray(patterns)
        if patterns.ndim != 2 or patterns.shape[1] != self.inputs:
            raise InputError(
                f"the circuit takes patterns of shape (patterns, {self.inputs}), got {patterns.shape}."
            )
        return unpack(self.words(pack(patterns.astype(np.bool_, copy=False))), len(patterns))


def evaluate(circuit: Circuit, patterns: Array, threads: int = 1) -> Bools:
    """Outputs (patterns, outputs) of the circuit on (patterns, inputs) of zeros and ones."""
    return Evaluator(circuit, threads)(patterns)
