"""Expressions in i and n, as positions and bit counts are written, and their exact values.

The language is in `expression_syntax`; comparisons, and, or, not give 1 or 0. Values are exact rationals.
pi stays symbolic, so that cos(pi*i) is exactly 1 or -1; any other irrational number is rounded to the nearest
float64, which is then read as a rational.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any, NoReturn, TypeAlias

from circuitsim.errors import ModelError
from circuitsim.models.expression_syntax import parse, show
from circuitsim.numbers.irrationals import PiSum, cosine, log2, pi_sum, root

Value: TypeAlias = Fraction | PiSum

LARGEST = 4096  # bits of a numerator or denominator of a power
LARGEST_DEGREE = 64  # of a root written as a fractional power
LARGEST_SOFTMAX_BITS = 16  # of gaps and of weights: a step of the weight for each
LARGEST_BITS = 512  # fraction bits that a `bits` expression may ask for

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)


@dataclass(frozen=True)
class Expression:
    """One expression; parsing it fails on anything outside the small language above.

    Args:
        text: such as "i/n" or "cos(pi*i)".

    Raises:
        ModelError: not an expression of the language, or too long or too deep.
    """

    text: str
    names: frozenset[str] = field(init=False, repr=False, compare=False)
    _tree: ast.expr = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tree = parse(self.text)
        nodes = [tree, *ast.walk(tree)]
        object.__setattr__(
            self, "names", frozenset(n.id for n in nodes if isinstance(n, ast.Name))
        )
        object.__setattr__(self, "_tree", tree)

    def value(self, i: int, n: int) -> Fraction:
        """The value at i and n.

        Raises:
            ModelError: it has none there: a division by zero, a root of a negative number, a huge power.
        """
        return self._evaluate(i, n)[0]

    def exact(self, n: int) -> bool:
        """Whether the values at i = 0, ..., n - 1 all are exact: none needed rounding to float64."""
        if "i" not in self.names:
            return not self._evaluate(0, n)[1]
        return not any(self._evaluate(i, n)[1] for i in range(n))

    def _evaluate(self, i: int, n: int) -> tuple[Fraction, bool]:
        at = _Evaluation(self.text, i, n, "i" in self.names)
        try:
            return at.rationalised(at.value(self._tree)), at.rounded
        except OverflowError:
            at.fail("is beyond the range of float64")


@lru_cache(maxsize=256)
def expression(text: str) -> Expression:
    """The parsed expression, kept for the next call."""
    return Expression(text)


def bits_at(text: str, n: int, what: str = "bits", most: int = LARGEST_BITS) -> int:
    """Bits that the expression `text` asks for at n letters: its value, rounded up.

    Args:
        what: the bits are called so where they are refused.

    Raises:
        ModelError: not an expression in n alone, or its value is not from 0 to `most`.
    """
    parsed = expression(text)
    if "i" in parsed.names:
        raise ModelError(
            f"{what} {text!r} uses i; bits depend on n, the number of letters, alone."
        )
    value = parsed.value(0, n)
    if not 0 <= ceil(value) <= most:
        shown = str(ceil(value)) if abs(value) < 10**9 else "a larger number"
        raise ModelError(f"{what} {text!r} is {shown} at n={n}, expected 0 to {most}.")
    return ceil(value)


class _Evaluation:
    """The value of one tree at one i and n; `rounded` tells whether a float64 stood in for an irrational."""

    def __init__(self, text: str, i: int, n: int, uses_i: bool) -> None:
        self.text, self.i, self.n, self.uses_i = text, i, n, uses_i
        self.rounded = False
        self.constants: dict[str, Value] = {
            "i": Fraction(i),
            "n": Fraction(n),
            "pi": PiSum(ZERO, ONE),
        }

    def fail(self, why: str) -> NoReturn:
        where = f"i={self.i}, n={self.n}" if self.uses_i else f"n={self.n}"
        raise ModelError(f"expression {show(self.text)} {why} at {where}.")

    def rationalised(self, value: Value) -> Fraction:
        if isinstance(value, PiSum):
            self.rounded = True
            return value.nearest()
        return value

    def value(self, node: ast.expr) -> Value:
        return RULES[type(node)](self, node)

    def true(self, node: ast.expr) -> bool:
        return self.value(node) != 0

    def constant(self, node: ast.Constant) -> Value:
        literal: Any = node.value  # the parser has put a Fraction there
        return Fraction(literal)

    def name(self, node: ast.Name) -> Value:
        return self.constants[node.id]

    def unary(self, node: ast.UnaryOp) -> Value:
        if isinstance(node.op, ast.Not):
            return ZERO if self.true(node.operand) else ONE
        value = self.value(node.operand)
        return value if isinstance(node.op, ast.UAdd) else _scaled(value, -ONE)

    def boolean(self, node: ast.BoolOp) -> Value:
        every = all if isinstance(node.op, ast.And) else any
        return Fraction(every(self.true(v) for v in node.values))

    def choice(self, node: ast.IfExp) -> Value:
        return self.value(node.body if self.true(node.test) else node.orelse)

    def comparison(self, node: ast.Compare) -> Value:
        left = self.value(node.left)
        for operator, comparand in zip(node.ops, node.comparators, strict=True):
            right = self.value(comparand)
            if not COMPARISONS[type(operator)](_sign(_sum(left, _scaled(right, -ONE)))):
                return ZERO
            left = right
        return ONE

    def binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        match node.op:
            case ast.Add():
                return _sum(left, right)
            case ast.Sub():
                return _sum(left, _scaled(right, -ONE))
            case ast.Mult():
                if isinstance(left, PiSum) and isinstance(right, PiSum):
                    return self.rationalised(left) * self.rationalised(right)
                return (
                    _scaled(left, right)
                    if isinstance(right, Fraction)
                    else _scaled(right, _plain(left))
                )
            case ast.Div():
                return self.quotient(left, right)
            case ast.Pow():
                return self.power(self.rationalised(left), self.rationalised(right))
        if right == 0:
            self.fail("divides by zero")
        whole = self.quotient(left, right)
        times = Fraction(whole.floor() if isinstance(whole, PiSum) else floor(whole))
        return (
            times if isinstance(node.op, ast.FloorDiv) else _sum(left, _scaled(right, -times))
        )

    def quotient(self, left: Value, right: Value) -> Value:
        if isinstance(right, Fraction):
            if right == 0:
                self.fail("divides by zero")
            return _scaled(left, 1 / right)
        if (
            isinstance(left, PiSum)
            and left.rational * right.pi_part == right.rational * left.pi_part
        ):
            return left.pi_part / right.pi_part
        return self.rationalised(left) / self.rationalised(right)

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        if exponent.denominator > LARGEST_DEGREE:
            self.fail(
                f"has an exponent that is neither whole nor a fraction over at most {LARGEST_DEGREE}"
            )
        if base < 0 and exponent.denominator > 1:
            self.fail("takes a root of a negative number")
        if base == 0 and exponent < 0:
            self.fail("divides by zero")
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if abs(base) != 1 and size * abs(exponent.numerator) > LARGEST:
            self.fail(f"has a power of more than {LARGEST} bits")
        if abs(base) == 1:  # (-1)**i for any i, however large
            return base if exponent.numerator % 2 else ONE
        power = base**exponent.numerator
        if exponent.denominator == 1:
            return power
        return self.noted(root(power, exponent.denominator))

    def noted(self, result: tuple[Fraction, bool]) -> Fraction:
        value, exact = result
        self.rounded |= not exact
        return value

    def call(self, node: ast.Call) -> Value:
        assert isinstance(node.func, ast.Name)  # the parser has checked it
        return FUNCTIONS[node.func.id](self, *map(self.value, node.args))

    def cos(self, x: Value) -> Value:
        return self.noted(cosine(*_parts(x)))

    def sin(self, x: Value) -> Value:
        plain, turn = _parts(x)
        return self.noted(cosine(plain, turn - HALF))

    def sqrt(self, x: Value) -> Value:
        if (value := self.rationalised(x)) < 0:
            self.fail("takes a root of a negative number")
        return self.noted(root(value, 2))

    def log2(self, x: Value) -> Value:
        if (value := self.rationalised(x)) <= 0:
            self.fail("takes a logarithm of a number that is not positive")
        return self.noted(log2(value))

    def abs(self, x: Value) -> Value:
        return x if _sign(x) >= 0 else _scaled(x, -ONE)

    def least(self, first: Value, *rest: Value) -> Value:
        for other in rest:
            first = other if _sign(_sum(first, _scaled(other, -ONE))) > 0 else first
        return first

    def largest(self, first: Value, *rest: Value) -> Value:
        for other in rest:
            first = other if _sign(_sum(first, _scaled(other, -ONE))) < 0 else first
        return first

    def floor(self, x: Value) -> Value:
        return Fraction(x.floor() if isinstance(x, PiSum) else floor(x))

    def ceil(self, x: Value) -> Value:
        return Fraction(x.floor() + 1 if isinstance(x, PiSum) else ceil(x))


RULES: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: _Evaluation.constant,
    ast.Name: _Evaluation.name,
    ast.UnaryOp: _Evaluation.unary,
    ast.BinOp: _Evaluation.binary,
    ast.BoolOp: _Evaluation.boolean,
    ast.IfExp: _Evaluation.choice,
    ast.Compare: _Evaluation.comparison,
    ast.Call: _Evaluation.call,
}

FUNCTIONS: dict[str, Callable[..., Value]] = {
    "cos": _Evaluation.cos,
    "sin": _Evaluation.sin,
    "sqrt": _Evaluation.sqrt,
    "log2": _Evaluation.log2,
    "abs": _Evaluation.abs,
    "floor": _Evaluation.floor,
    "ceil": _Evaluation.ceil,
    "min": _Evaluation.least,
    "max": _Evaluation.largest,
}

# Comparisons by the sign of left - right.
COMPARISONS: dict[type[ast.cmpop], Callable[[int], bool]] = {
    ast.Lt: lambda sign: sign < 0,
    ast.LtE: lambda sign: sign <= 0,
    ast.Gt: lambda sign: sign > 0,
    ast.GtE: lambda sign: sign >= 0,
    ast.Eq: lambda sign: sign == 0,
    ast.NotEq: lambda sign: sign != 0,
}


def _parts(x: Value) -> tuple[Fraction, Fraction]:
    return (x.rational, x.pi_part) if isinstance(x, PiSum) else (x, ZERO)


def _sum(x: Value, y: Value) -> Value:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x + y
    (a, b), (c, d) = _parts(x), _parts(y)
    return pi_sum(a + c, b + d)


def _scaled(x: Value, factor: Fraction) -> Value:
    if isinstance(x, Fraction):
        return x * factor
    return pi_sum(x.rational * factor, x.pi_part * factor)


def _plain(x: Value) -> Fraction:
    assert isinstance(x, Fraction)
    return x


def _sign(x: Value) -> int:
    if isinstance(x, PiSum):
        return 1 if x.positive() else -1
    return (x > 0) - (x < 0)
