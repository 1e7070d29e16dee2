"""Kernels: plain functions over numbers and arrays, interpreted while they do little and compiled once they do much.

    from circuitsim.kernels import compiled

    @compiled
    def _depths(a, b): ...

`@compiled` is the one way to make a kernel. Python runs the very function that numba compiles, so an answer cannot
depend on which of them ran (tests/kernels/ runs both): a first small circuit needs no compiler at all.
`kernel.py` is the decorator, `worth.py` decides when a kernel is compiled, `kept.py` keeps machine code on disk.
"""

from circuitsim.kernels.kernel import Kernel, compiled, elements

__all__ = ["Kernel", "compiled", "elements"]
