"""Kernels are compiled at their first use, and kept on disk: that is said, and is no part of a measured time."""

import time
from functools import lru_cache

import click

from circuitsim.bases import DEFAULT

from .printing import Status


def warm_up(status: Status, builds: bool = False) -> float:
    """Measure (and where the command does, build and share) a tiny circuit, so that its kernels are ready.

    Returns:
        The seconds that took; a first run has said before on standard error that it compiles.
    """
    from numba.core import event

    class Telling(event.Listener):  # type: ignore[misc]
        """Says once that something is being compiled."""

        told = False

        def on_start(self, event: object) -> None:
            if not self.told:
                self.told = True
                status.clear()
                click.echo("circuitsim: compiling kernels (first run only) ...", err=True)

        def on_end(self, event: object) -> None:
            pass

    started = time.perf_counter()
    with event.install_listener("numba:compile", Telling()):
        _use_kernels(builds)
    return time.perf_counter() - started


@lru_cache(maxsize=2)
def _use_kernels(builds: bool) -> None:
    from circuitsim.netlist.passes.share import Share
    from circuitsim.schematic.cells import Recorder
    from circuitsim.schematic.drawing import Drawing
    from circuitsim.schematic.flatten import flatten
    from circuitsim.schematic.measure import measure

    recorder = Recorder(3)
    a, b, c = recorder.argument(0)
    cell = recorder.cell("mux", [recorder.mux(a, b, c)])
    drawing = Drawing(DEFAULT)
    wires = drawing.input((3,))
    twice = wires & wires  # which sharing folds
    schematic = drawing.finish([drawing.sum([(wires, [1, 2, 1])], 1, 3), drawing.call(cell, wires), twice])
    measure(schematic)
    if builds:
        Share()(Share()(flatten(schematic)))  # the second finds nothing
