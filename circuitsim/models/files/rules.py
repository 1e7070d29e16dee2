"""How files hold the values of each annotation: what is read, what is written, and what may be left out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_origin

from circuitsim.errors import ModelError
from circuitsim.models.blocks import Activation, Eps, NormKind
from circuitsim.models.embedded import Embedding
from circuitsim.models.files.documents import show
from circuitsim.models.model import Answer, Base, Inner, Norms, Rotary, RowOrRows, row_or_rows
from circuitsim.models.positions import Formula, SoftmaxBits
from circuitsim.models.recurrent import State, StateRows
from circuitsim.numbers.arrays import Bias, Matrix, Vector, matrix, vector
from circuitsim.numbers.rationals import decimal, rational
from circuitsim.tokens import Letters, Values

LARGEST_FIELD = 2**20  # values that are given by their number


def _same(value: Any, owner: Any) -> Any:
    return value


def _is_default(value: Any, owner: Any, default: Any) -> bool:
    return bool(value == default)


def _never(value: Any, owner: Any, default: Any) -> bool:
    return False


@dataclass(frozen=True)
class Rule:
    """How files hold the values of one annotation.

    Args:
        read: a value of what a file holds at a place; None reads part by part what a type is made of.
        write: plain data of a value, given what it is a field of.
        left_out: whether files do without a value, given what it is a field of, and its default.
    """

    read: Callable[[Any, str], Any] | None = None
    write: Callable[[Any, Any], Any] = _same
    left_out: Callable[[Any, Any, Any], bool] = _is_default


def _expecting(kind: type, words: str) -> Callable[[Any, str], Any]:
    """Reads values of one type, and calls it by these words."""

    def read(value: object, place: str) -> object:
        if not isinstance(value, kind):
            raise ModelError(f"{place}: expected {words}, got {show(value)}.")
        return value

    return read


def _texts(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ModelError(f"{place}: expected a list of texts, got {show(value)}.")
    return tuple(value)


def _as_given(value: object, place: str) -> object:
    """A whole number: its class knows the range, and says what else it is."""
    return value


def _formula(value: object, place: str) -> str:
    return value if isinstance(value, str) else str(rational(value, place))


def _letters(value: object, place: str) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, str) else _texts(value, place)


def _values(value: object, place: str) -> tuple[str, ...]:
    if type(value) is not int:
        return _texts(value, place)
    if not 1 <= value <= LARGEST_FIELD:
        raise ModelError(f"{place} is {value}, expected 1 to 2^20, or a list of texts.")
    return tuple(str(index) for index in range(value))


def _listed(value: Iterable[str], owner: Any) -> list[str]:
    return list(value)


def _numbers(value: Vector, owner: Any) -> list[int | str]:
    return [*map(_number, value)]


def _number(x: Fraction) -> int | str:
    """A whole number, or "p/q"."""
    return int(x) if x.denominator == 1 else str(x)


def _rows(value: Matrix, owner: Any) -> list[list[int | str]]:
    return [_numbers(row, owner) for row in value]


def _token_rows(value: Mapping[str, Vector], model: Any) -> dict[str, list[int | str]]:
    return {token: _numbers(value[token], model) for token in model.tokens}


RULES: dict[Any, Rule] = {
    str: Rule(_expecting(str, "a text"), left_out=_never),
    Formula: Rule(_formula, left_out=_never),
    SoftmaxBits: Rule(_formula),
    **dict.fromkeys(
        (Base, Rotary),
        Rule(
            lambda base, place: base and rational(base, place),
            lambda base, head: base and _number(base),
        ),
    ),
    bool: Rule(_expecting(bool, "true or false")),
    int: Rule(_as_given),
    Fraction: Rule(rational),
    State: Rule(_as_given, lambda state, cell: cell.states[state], _never),
    StateRows: Rule(matrix, _rows, lambda rows, cell, default: cell.one_hot),
    tuple[str, ...]: Rule(_texts, _listed),
    Letters: Rule(_letters, _listed, lambda letters, model, default: not letters),
    Values: Rule(_values, _listed),
    Embedding: Rule(None, _token_rows, lambda rows, model, default: not model.tokens),
    Vector: Rule(vector, _numbers),
    Bias: Rule(vector, _numbers, lambda numbers, owner, default: not any(numbers)),
    Matrix: Rule(matrix, _rows),
    RowOrRows: Rule(row_or_rows, _rows),
    Eps: Rule(decimal, lambda eps, norm: str(eps)),
    **dict.fromkeys((Activation, Answer, Inner, NormKind, Norms), Rule()),
}


def rule_of(annotation: Any) -> Rule:
    """The rule of an annotation; one of several fixed texts is always written."""
    literal = get_origin(annotation) is Literal
    return RULES.get(annotation, Rule(left_out=_never) if literal else Rule())
