"""Descent by AdamW, with a rate that rises and falls, in one thread, so that equal seeds give equal numbers."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from circuitsim.execution.interrupts import interrupts_later

WARM = 0.05  # of the steps: the rate rises so long


class Descent:
    """The steps of a net.

    Args:
        rate: the largest. steps: how many there will be. decay: of weights.
    """

    def __init__(self, net: nn.Module, rate: float, steps: int, decay: float = 0.0) -> None:
        self.rate, self.steps = rate, steps
        self.optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=decay)
        self.done, self.loss = 0, math.nan

    def step(self, loss: Tensor) -> None:
        """One step down a loss; an interrupt leaves the net as it was before or after it."""
        self.optimizer.zero_grad()
        loss.backward()
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(self.rate, self.steps, self.done)
        with interrupts_later():
            self.optimizer.step()
            self.done, self.loss = self.done + 1, float(loss.detach())


def rate_at(rate: float, steps: int, step: int) -> float:
    """The rate of a step: it rises, then falls along a cosine."""
    warm = min(1.0, (step + 1) / max(1.0, WARM * steps))
    return rate * warm * (1 + math.cos(math.pi * step / steps)) / 2


@contextmanager
def one_thread() -> Iterator[None]:
    """More would make sums of another order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
