"""Models that are another one at every length, as the papers' constructions for N tokens are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Sized:
    """A model for each number n of letters: `at(n)`.

    Args:
        name: for people.
        make: the model for n letters; raises InputError where there is none. Equal arguments give equal models.
        smallest: the shortest length that has a model.
    """

    name: str
    make: Callable[[int], Any]
    smallest: int = 1

    def at(self, n: int) -> Any:
        """The model for n letters, made once."""
        return _made(self, n)

    @property
    def single(self) -> bool:
        """Whether tokens are single characters, so that strings need no spaces."""
        return bool(self.at(self.smallest).format.single)


@lru_cache(maxsize=64)
def _made(model: Sized, n: int) -> Any:
    return model.make(n)
