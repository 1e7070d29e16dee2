"""Models that are another one at every length, as the papers' constructions for N tokens are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast, final

from circuitsim.errors import CircuitSimError

if TYPE_CHECKING:
    from circuitsim.models.model import Attention


class UnknownLengthError(TypeError):
    """A length was asked for that is not known."""


class AnyLength:
    """A length of which nothing is known but that it is at least 1: to ask for more fails."""

    def __ge__(self, other: object) -> bool:
        if type(other) is int and other <= 1:
            return True
        raise UnknownLengthError


ARITHMETIC = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul"),
    *("lshift", "rshift", "and", "xor", "or"),
)
ASKED = (
    *ARITHMETIC,
    *(f"r{name}" for name in ARITHMETIC),
    *("neg", "pos", "abs", "invert", "round", "trunc", "floor", "ceil"),
    *("eq", "ne", "lt", "le", "gt", "hash", "bool", "int", "float", "complex", "index"),
    *("str", "repr", "format", "len", "iter", "getattr"),
)


def _unknown(*_: object) -> Any:
    raise UnknownLengthError


for _name in ASKED:
    setattr(AnyLength, f"__{_name}__", _unknown)


@final
@dataclass(frozen=True)
class Sized:
    """A model for each number n of letters: `at(n)`.

    Args:
        name: for people.
        make: the model for n letters; raises InputError where there is none. Equal arguments give equal models.
    """

    name: str
    make: Callable[[int], Any]

    def __repr__(self) -> str:
        return f"<{self.name}: a model for each n>"

    def at(self, n: int) -> Any:
        """The model for n letters, made once."""
        return _made(self, n)

    @property
    def blanks(self) -> bool:
        """Whether a blank is a letter: it separates the letters that the lengths of a model here are told by."""
        return False

    def always(self) -> Any:
        """The one model for every length of at least one letter; None where it may be another one at some.

        It is made for a length that cannot be known: a construction that asks for it, or writes it down, fails.
        """
        try:
            return self.make(cast(Any, AnyLength()))
        except UnknownLengthError:
            return None

    def with_attention(self, kind: "Attention") -> "Sized":
        """The models with every head's kind of attention replaced."""
        return replace(self, make=lambda n: self.make(n).with_attention(kind))

    def with_softmax(self, gap_bits: str | None, weight_bits: str | None) -> "Sized":
        """The models with other roundings of softmax."""
        return replace(self, make=lambda n: self.make(n).with_softmax(gap_bits, weight_bits))

    def letters_in(self, text: str, most: int) -> int:
        """How many letters a string has: those between spaces, or its characters.

        Beyond `most` characters a word is read as the model for `most` letters reads one: no larger one is made.
        """
        words = len(text.split())
        return len(text) if words == 1 and self._single(min(len(text), most)) else words

    def first(self, least: int) -> int:
        """The first length from `least` on that has a model.

        Raises:
            CircuitSimError: none of the next 64 has; the reason is that of the last.
        """
        for n in range(least, least + 64):
            try:
                self.at(n)
            except CircuitSimError as error:
                why = str(error)
                continue
            return n
        raise CircuitSimError(
            f"{self.name} has no model for {least} to {least + 63} tokens: {why}"
        )

    def _single(self, n: int) -> bool:
        try:
            return bool(self.at(n).format.single)
        except CircuitSimError:
            return False


@lru_cache(maxsize=64)
def _made(model: Sized, n: int) -> Any:
    return model.make(n)
