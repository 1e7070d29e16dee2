"""What a model adds at whole classes of positions, at every length: expressions in i and n that are constant there.

A class is what is known of i and n: each is a constant plus whole multiples of two numbers s and t, which are at
least 0 and may be known to be even or odd. An expression is evaluated on that knowledge: it is one number, or cannot be
told.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import inf
from typing import TypeAlias

from circuitsim.models.expression_syntax import parse
from circuitsim.models.expressions import expression

Linear: TypeAlias = tuple[Fraction, Fraction, Fraction]  # constant, of s, of t

ZERO, ONE = Fraction(0), Fraction(1)


class UnknownError(Exception):
    """A value cannot be told, or depends on more than the class."""


@dataclass(frozen=True)
class Place:
    """A class of positions.

    Args:
        i: their positions, from 0 over the whole sequence. n: its length.
        odd: whether s and t are odd, where that is known.
    """

    i: tuple[int, int, int]
    n: tuple[int, int, int]
    odd: tuple[bool, bool] | None


@lru_cache(maxsize=1 << 12)
def constant_at(text: str, place: Place) -> Fraction | None:
    """The value of an expression at all positions of a class, if it is one."""
    if not any((*place.i[1:], *place.n[1:])):
        return expression(text).value(place.i[0], place.n[0])
    try:
        return _constant(_Values(text, place).of(parse(text)))
    except UnknownError:
        return None


def _constant(x: Linear) -> Fraction:
    if any(x[1:]):
        raise UnknownError
    return x[0]


class _Values:
    """Values of the parts of an expression."""

    def __init__(self, text: str, place: Place) -> None:
        self.text = text.strip()
        self.names = {"i": place.i, "n": place.n}
        self.odd = place.odd

    def of(self, node: ast.AST) -> Linear:
        """The value of a part."""
        match node:
            case ast.Name(id="i" | "n"):
                constant, s, t = self.names[node.id]
                return Fraction(constant), Fraction(s), Fraction(t)
            case ast.IfExp():
                return self.of(node.body if self.true(node.test) else node.orelse)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                return Fraction(self.true(node)), ZERO, ZERO
            case ast.UnaryOp(operand=operand):
                sign = -1 if isinstance(node.op, ast.USub) else 1
                a, b, c = self.of(operand)
                return sign * a, sign * b, sign * c
            case ast.Call(func=ast.Name(id="cos"), args=[ast.BinOp() as product]):
                return self.cosine(product)
            case ast.BinOp(left=left, op=ast.Pow(), right=right) if self.uses_names(right):
                if _constant(self.of(left)) != -1:
                    raise UnknownError
                return -ONE if self.is_odd(self.of(right)) else ONE, ZERO, ZERO
            case ast.BinOp() if self.uses_names(node):
                return self.joined(node)
        if self.uses_names(node):
            raise UnknownError
        written = ast.get_source_segment(self.text, node)
        if written is None or "pi" in written:  # multiples of pi are rounded only as a whole
            raise UnknownError
        return expression(written).value(0, 1), ZERO, ZERO

    def joined(self, node: ast.BinOp) -> Linear:
        """A sum, a difference, a product, a quotient, or what is left modulo 2."""
        x, y = self.of(node.left), self.of(node.right)
        match node.op:
            case ast.Add():
                return x[0] + y[0], x[1] + y[1], x[2] + y[2]
            case ast.Sub():
                return x[0] - y[0], x[1] - y[1], x[2] - y[2]
            case ast.Mult():
                x, y = (y, x) if any(y[1:]) else (x, y)
                factor = _constant(y)
                return x[0] * factor, x[1] * factor, x[2] * factor
            case ast.Div() if _constant(y):
                return x[0] / y[0], x[1] / y[0], x[2] / y[0]
            case ast.Mod() if _constant(y) == 2:
                return Fraction(self.is_odd(x)), ZERO, ZERO
        raise UnknownError

    def cosine(self, product: ast.BinOp) -> Linear:
        """cos(pi*x) of a whole number x."""
        match product:
            case ast.BinOp(left=ast.Name(id="pi"), op=ast.Mult(), right=x):
                return -ONE if self.is_odd(self.of(x)) else ONE, ZERO, ZERO
            case ast.BinOp(left=x, op=ast.Mult(), right=ast.Name(id="pi")):
                return -ONE if self.is_odd(self.of(x)) else ONE, ZERO, ZERO
        raise UnknownError

    def is_odd(self, x: Linear) -> bool:
        """Whether a whole number is odd."""
        if any(part.denominator > 1 for part in x):
            raise UnknownError
        if self.odd is None and any(part % 2 for part in x[1:]):
            raise UnknownError
        s, t = self.odd or (False, False)
        return bool((x[0] + x[1] * s + x[2] * t) % 2)

    def true(self, node: ast.AST) -> bool:
        """Whether a part is not zero."""
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                pairs = zip([left, *others], ops, others, strict=False)
                return all(self.compared(a, op, b) for a, op, b in pairs)
            case ast.BoolOp(op=op, values=parts):
                return (all if isinstance(op, ast.And) else any)(map(self.true, parts))
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return not self.true(part)
        low, high = _ends(self.of(node))
        if low <= 0 <= high and low < high:
            raise UnknownError
        return not low == high == 0

    def compared(self, left: ast.AST, op: ast.cmpop, right: ast.AST) -> bool:
        """Whether a comparison holds."""
        x, y = self.of(left), self.of(right)
        low, high = _ends((x[0] - y[0], x[1] - y[1], x[2] - y[2]))
        always, never = COMPARED[type(op)](low, high)
        if not always and not never:
            raise UnknownError
        return always

    def uses_names(self, node: ast.AST) -> bool:
        """Whether a part depends on i or n."""
        return any(isinstance(x, ast.Name) and x.id in self.names for x in ast.walk(node))


def _ends(x: Linear) -> tuple[Fraction | float, Fraction | float]:
    """Between which numbers a value lies, as s and t are at least 0."""
    low = x[0] if min(x[1:]) >= 0 else -inf
    high = x[0] if max(x[1:]) <= 0 else inf
    return low, high


# Of a difference that lies between two numbers: whether it always compares so with 0, and whether never.
COMPARED: dict[type[ast.cmpop], Callable[..., tuple[bool, bool]]] = {
    ast.Lt: lambda low, high: (high < 0, low >= 0),
    ast.LtE: lambda low, high: (high <= 0, low > 0),
    ast.Gt: lambda low, high: (low > 0, high <= 0),
    ast.GtE: lambda low, high: (low >= 0, high < 0),
    ast.Eq: lambda low, high: (low == high == 0, low > 0 or high < 0),
    ast.NotEq: lambda low, high: (low > 0 or high < 0, low == high == 0),
}
