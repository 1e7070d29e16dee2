"""Which inputs an analysis looks at: all of them where they are few, else seeded random and adversarial ones."""

import numpy as np
import numpy.typing as npt

from circuitsim.models.model import Model
from circuitsim.models.sequence import all_inputs

FEW = 2**12  # inputs up to which an analysis is exhaustive unless told otherwise


def chosen_inputs(
    model: Model, n: int, exhaustive: bool | None, samples: int, seed: int
) -> tuple[bool, npt.NDArray[np.int64]]:
    """Whether all inputs are taken, and their letter codes (inputs, n).

    Args:
        exhaustive: True for all, False for samples, None to decide by their number.
    """
    letters = len(model.vocabulary)
    few = letters == 1 or n * np.log2(letters) <= np.log2(FEW)
    if exhaustive or (exhaustive is None and few):
        return True, all_inputs(model, n)
    return False, sample(letters, n, samples, seed)


def sample(letters: int, n: int, samples: int, seed: int) -> npt.NDArray[np.int64]:
    """Letter codes (samples, n): half uniform, half adversarial, in a seeded order.

    Adversarial are: equal letters, one letter that differs at either end, and pairs of letters in nearly equal
    numbers (a tie and its neighbours), shuffled.
    """
    rng = np.random.default_rng((seed, n, letters))
    rows = [np.full(n, a) for a in range(letters)]
    for a in range(min(letters, 4)):
        for at in (0, n - 1):
            row = np.full(n, a)
            row[at] = (a + 1) % letters
            rows.append(row)
    while len(rows) < samples // 2:
        a, b = rng.choice(letters, 2, replace=letters < 2)
        ones = int(np.clip(n // 2 + rng.integers(-2, 3), 0, n))
        rows.append(rng.permutation(np.where(np.arange(n) < ones, a, b)))
    uniform = rng.integers(0, letters, (max(0, samples - len(rows)), n))
    return np.concatenate([np.array(rows[:samples], np.int64).reshape(-1, n), uniform])[:samples]
