"""Distillation: a model's numbers are trained until it decides, on stated inputs, as another model decided."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import torch

from circuitsim.learning.descent import Descent, one_thread
from circuitsim.learning.differentiable import Differentiable
from circuitsim.learning.named_numbers import NamedNumbers
from circuitsim.learning.recipe import Steps
from circuitsim.learning.training import loss_of
from circuitsim.models.model import Model
from circuitsim.networks.decided import Decided, kept

Progress: TypeAlias = Callable[[str], None]

BATCH = 64  # inputs of a step
CHECKS = 20  # in a training, of all the inputs


def distilled(
    model: Model,
    inputs: Sequence[Decided],
    how: Steps,
    progress: Progress = lambda text: None,
) -> Model:
    """The model, none of whose heads is softmax, with the numbers that kept most of the decisions on these inputs.

    Numbers that are zero stay zero, and those of queries and keys stay as they are: a selection has no gradient. What
    is best is counted in float64 of the numbers as they would be written, the first ones among them.
    """
    net = Differentiable(NamedNumbers(model))
    descent = Descent(net, how.rate, how.steps)
    sizes = np.array([len(some.codes) for some in inputs])
    best, most = model, kept(model, inputs)
    with one_thread():
        while descent.done < how.steps:
            rng = np.random.default_rng((how.seed, descent.done))
            some = inputs[rng.choice(len(inputs), p=sizes / sizes.sum())]
            rows = rng.permutation(len(some.codes))[:BATCH]
            logits = net(some, some.codes[rows])
            decisions = some.decisions[rows, some.first :]
            if model.readout.answer == "signs":
                logits = logits.flatten(1)[..., None]
            descent.step(loss_of(logits[:, some.first :], torch.from_numpy(decisions)))
            if descent.done % max(1, how.steps // CHECKS) == 0 or descent.done == how.steps:
                now = net.model()
                found = kept(now, inputs)
                best, most = (now, found) if found >= most else (best, most)
            progress(
                f"fine-tuning, step {descent.done:,} of {how.steps:,}: loss {descent.loss:.4f}, "
                f"{most:,} of {sizes.sum():,} kept"
            )
    return best
