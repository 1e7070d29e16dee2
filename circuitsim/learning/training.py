"""Training by AdamW, step by step, so that it can be interrupted anywhere and gone on with as if it had not been."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from circuitsim.array_types import Longs
from circuitsim.errors import InputError
from circuitsim.learning.descent import Descent, one_thread
from circuitsim.learning.nets import Net, Shape
from circuitsim.learning.other_nets import FullyConnected, Recurrent
from circuitsim.learning.recipe import Recipe
from circuitsim.learning.task_data import KEPT, Strings, TaskData
from circuitsim.learning.transformers import Transformer

Progress: TypeAlias = Callable[[str], None]
State: TypeAlias = dict[str, Any]

NETS: dict[str, Callable[[Shape], Net]] = {
    "transformer": Transformer,
    **dict.fromkeys(("rnn", "gru", "lstm"), Recurrent),
    "ffn": FullyConnected,
}
SPARE = 30.0  # seconds between two states that are kept
CHECKS = 20  # in a training, of the strings kept apart


@dataclass(frozen=True)
class Right:
    """How many of the answers on strings kept apart are right, at one length.

    Attributes:
        strings: as the task draws them, of which `right` have right answers everywhere.
        hard: the task's adversarial ones, of which `hard_right` have.
    """

    n: int
    strings: int
    right: int
    hard: int
    hard_right: int


@dataclass
class Trained:
    """A net and how it came about."""

    net: Net
    data: TaskData
    steps: int
    loss: float
    right: list[Right] = field(default_factory=list)

    @property
    def parameters(self) -> int:
        """Numbers that are learned."""
        return sum(weights.numel() for weights in self.net.parameters())


def net_for(data: TaskData) -> Net:
    """An untrained net of a recipe; the seed determines its weights.

    Raises:
        InputError: the architecture has no such net.
    """
    recipe = data.recipe
    if recipe.architecture == "ffn" and len(data.lengths.lengths) > 1:
        raise InputError(
            f"a fully connected net reads strings of one length, and --lengths {recipe.lengths} has"
            f" {len(data.lengths.lengths)}."
        )
    shape = Shape(recipe, data.format, data.task.place, len(data.answers), data.longest)
    torch.manual_seed(recipe.seed)
    return NETS[recipe.architecture](shape)


class Training:
    """A training in progress.

    Args:
        keep: called now and then, and when interrupted, with a state that `resume` takes.
    """

    def __init__(
        self, recipe: Recipe, keep: Callable[[State], None] = lambda state: None
    ) -> None:
        self.recipe, self.keep = recipe, keep
        self.data = TaskData(recipe)
        self.net = net_for(self.data)
        self.descent = Descent(self.net, recipe.rate, recipe.steps, recipe.decay)

    @property
    def done(self) -> int:
        """Steps that are done."""
        return self.descent.done

    def resume(self, state: State) -> None:
        """Go on from a state."""
        self.net.load_state_dict(state["net"])
        self.descent.optimizer.load_state_dict(state["optimizer"])
        self.descent.done, self.descent.loss = state["done"], state["loss"]

    def state(self) -> State:
        """All that the next step needs."""
        return {
            "recipe": self.recipe.name,
            "net": self.net.state_dict(),
            "optimizer": self.descent.optimizer.state_dict(),
            "done": self.done,
            "loss": self.descent.loss,
        }

    def run(self, progress: Progress = lambda text: None) -> Trained:
        """Train to the end."""
        try:
            with one_thread():
                self._run(progress)
        except BaseException:
            if self.done:
                self.keep(self.state())
            raise
        found = Trained(self.net, self.data, self.done, self.descent.loss)
        found.right = [right_at(self.net, self.data, n) for n in self.data.tested()]
        return found

    def _run(self, progress: Progress) -> None:
        recipe, kept = self.recipe, time.monotonic()
        every = max(1, recipe.steps // CHECKS)
        share = "not yet counted"
        while self.done < recipe.steps:
            self._step()
            if self.done % every == 0:
                right = self._share()
                share = f"{100 * right:.1f}% of {recipe.task} right"
                if right >= recipe.stop:
                    return
            if self.done % 10 == 0:
                progress(
                    f"step {self.done:,} of {recipe.steps:,}: loss {self.descent.loss:.4f}, {share}"
                )
            if time.monotonic() - kept > SPARE:
                self.keep(self.state())
                kept = time.monotonic()

    def _step(self) -> None:
        strings = self.data.step(self.done)
        logits = self.net(torch.from_numpy(strings.digits))
        self.descent.step(loss_of(logits, torch.from_numpy(strings.answers)))

    def _share(self) -> float:
        """The least share of right answers at the lengths that are tested."""
        found = []
        for n in self.data.tested():
            strings = self.data.kept(n)
            found.append(float((decisions(self.net, strings) == strings.answers).mean()))
        return min(found)


def loss_of(logits: Tensor, answers: Tensor) -> Tensor:
    """Cross-entropy of answers (batch, places), given (batch, places, rows)."""
    if logits.shape[2] == 1:
        return binary_cross_entropy_with_logits(logits[..., 0], answers.to(logits))
    return cross_entropy(logits.flatten(0, 1), answers.flatten())


@torch.no_grad()
def decisions(net: Net, strings: Strings) -> Longs:
    """What a net answers: (batch, places)."""
    logits = net(torch.from_numpy(strings.digits))
    chosen = logits[..., 0] > 0 if logits.shape[2] == 1 else logits.argmax(2)
    return cast("Longs", chosen.numpy().astype(np.int64))


def right_at(net: Net, data: TaskData, n: int, count: int = KEPT) -> Right:
    """How many strings of one length a net answers rightly."""
    found = []
    for hard in (False, True):
        strings = data.kept(n, count, hard)
        found.append(int((decisions(net, strings) == strings.answers).all(1).sum()))
    return Right(n, count, found[0], count, found[1])
