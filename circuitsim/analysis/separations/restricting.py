"""A lower bound on heads, made of the model at hand: signs are fixed until heads have chosen, and none sees the rest.

In one layer of hard attention a head chooses one token, whatever the maps of tokens are. Of all the tokens and signs
that are still possible it has a favourite; fixing the sign of that token at most makes it the head's choice for good.
So H heads leave q - H of q signs free at least, on which the answer does not depend any more. A function that depends
on every sign whatever the others are, such as their parity or sum, needs H >= q. A mean over all maxima is another
matter: one saturated head can have all q tokens at once.
Source: ours, after the restrictions of Hahn 2020 (arXiv 1906.06755), section 5.
"""

from dataclasses import dataclass

import numpy as np

from circuitsim.analysis.separations.observing import attending, before, scored
from circuitsim.array_types import Longs
from circuitsim.errors import InputError
from circuitsim.models.model import Head, Model
from circuitsim.models.sequence import mask_matrix
from circuitsim.numbers.scaled import Scaled
from circuitsim.tokens import Codes
from circuitsim.zoo.tasks.targets import QSTR

EVERY_SIGN = (
    "parity",
    "sum",
)  # the functions g that depend on every sign, whatever the others are
ASKER = 0  # the token whose answer is read; it points to the q tokens after it, of which only the signs are not given


@dataclass(frozen=True)
class Restriction:
    """Signs that are fixed, and what that does.

    Attributes:
        asked: how many signs the answer is a function of.
        fixed: the signs that were fixed, by position: 0 for -, 1 for +.
        codes: two inputs (2, n) with these signs that differ in the first sign left free; None where none is.
    """

    asked: int
    fixed: dict[int, int]
    codes: Codes | None


def restriction(model: Model, task: QSTR, n: int) -> Restriction | None:
    """Fix signs until all heads' choices are fixed, at a token that points to the q next ones.

    Args:
        model: of n tokens.

    Returns:
        What was fixed; None of a model without one layer of attention, or with a head that is not hard.

    Raises:
        InputError: fewer than q + 1 tokens.
    """
    if n <= task.q:
        raise InputError(
            f"{task.name}: a token and the {task.q} that it points to need n > {task.q}, and n is {n}."
        )
    layer = attending(model)
    if layer is None:
        return None
    heads = model.layers[layer].heads
    if any(head.third_order or not head.attention.startswith("hard") for head in heads):
        return None
    start = len(model.prepend)
    both = np.stack(
        [_input(task, n, dict.fromkeys(range(1, task.q + 1), sign)) for sign in (0, 1)]
    )
    stream = before(model, both, layer)
    fixed: dict[int, int] = {}
    for head in heads:
        sign, place = _favourite(head, stream, start, fixed)
        if 1 <= place <= task.q:
            fixed[place] = sign
    free = [place for place in range(1, task.q + 1) if place not in fixed]
    if not free:
        return Restriction(task.q, fixed, None)
    codes = np.stack([_input(task, n, {**fixed, free[0]: sign}) for sign in (0, 1)])
    return Restriction(task.q, fixed, codes)


def _input(task: QSTR, n: int, signs: dict[int, int]) -> Longs:
    """Token codes (n,) with these signs, all others -; the asker points to the next q tokens, the others to it."""
    digits = np.zeros((n, task.q + 1), np.int64)
    digits[list(signs), 0] = list(signs.values())
    digits[ASKER, 1:] = np.arange(1, task.q + 1)
    return task.format(n).codes(digits[None])[0]


def _favourite(
    head: Head, stream: Scaled, start: int, fixed: dict[int, int]
) -> tuple[int, int]:
    """The sign and the position among the letters of the token that a head chooses where no other sign is given.

    Args:
        stream: (2, length, d), before the layer, where all signs that are not given are - or +.
    """
    scores, _ = scored(head, stream, slice(None), start + ASKER)
    possible = np.broadcast_to(
        mask_matrix(head.mask, scores.shape[1])[start + ASKER], scores.shape
    ).copy()
    for place, sign in fixed.items():
        possible[1 - sign, start + place] = False
    if not possible.any():
        return 0, ASKER  # it sees no token
    best = possible & (scores == scores[possible].max())
    places = np.flatnonzero(best.any(axis=0))
    place = int(places[0] if head.attention == "hard-left" else places[-1])
    return int(np.argmax(best[:, place])), place - start
