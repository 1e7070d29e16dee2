"""Expressions in i and n: exact where mathematics allows, and harmless whatever is written."""

import contextlib
import math
import time
from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuitsim.errors import ModelError
from circuitsim.models.expressions import Expression, bits_at


@pytest.mark.parametrize(
    ("text", "i", "n", "value"),
    [
        ("i/n", 3, 9, "1/3"),
        ("0.1 + .2", 0, 1, "3/10"),
        ("cos(pi*i)", 3, 9, "-1"),
        ("(-1)**i", 10**30, 9, "1"),
        ("cos(pi*i/3)", 1, 9, "1/2"),
        ("sin(pi*i/2)", 3, 9, "-1"),
        ("cos(2*pi*i/n)", 3, 12, "0"),
        ("sqrt(i/n)", 4, 9, "2/3"),
        ("8**(1/3)", 0, 1, "2"),
        ("log2(n)", 0, 1024, "10"),
        ("log2(1/n)", 0, 8, "-3"),
        ("2*pi/pi", 0, 1, "2"),
        ("floor(10*pi)", 0, 1, "31"),
        ("ceil(-pi)", 0, 1, "-3"),
        ("3 < pi < 22/7", 0, 1, "1"),
        ("abs(3 - pi) == pi - 3", 0, 1, "1"),
        ("1 if i == 1 else 0", 1, 5, "1"),
        ("1/i if i else 7", 0, 5, "7"),
        ("i // 2 % 3", 9, 5, "1"),
        ("-7 // 2", 0, 5, "-4"),
        ("i < 2 < n", 1, 5, "1"),
        ("not i and n > 3 or 0", 0, 5, "1"),
        ("min(i, n, 4) + max(2, 1)", 9, 5, "6"),
    ],
)
def test_these_values_are_exact(text, i, n, value):
    assert Expression(text).value(i, n) == Fraction(value)


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6))
def test_irrational_values_are_floats_next_to_the_truth(x):
    for name, reference in (("cos", math.cos), ("sin", math.sin)):
        value = Expression(f"{name}({x.numerator}/{x.denominator})").value(0, 1)
        assert Fraction(float(value)) == value
        assert abs(value - Fraction(reference(x))) < Fraction(1, 10**12)
    getcontext().prec = 60
    size = abs(x) + 1
    decimal = Decimal(size.numerator) / Decimal(size.denominator)
    text = f"{size.numerator}/{size.denominator}"
    assert float(Expression(f"sqrt({text})").value(0, 1)) == float(decimal.sqrt())
    assert float(Expression(f"log2({text})").value(0, 1)) == float(
        decimal.ln() / Decimal(2).ln()
    )


def test_pi_is_the_nearest_float_and_says_so():
    assert Expression("pi").value(0, 1) == Fraction(math.pi)
    assert not Expression("pi").exact(1)
    assert not Expression("cos(i)").exact(2)
    assert Expression("cos(pi*i) + i/n").exact(9)
    assert Expression("cos(i)").exact(1)  # cos 0 = 1


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "n**n**n",
        "(2**4000)**2",
        "1e999",
        "1e1_000_000_000",
        "(" * 450,
        "-" * 450 + "1",
        "1" * 501,
        "__import__('os')",
        "i.real",
        "(lambda: 1)()",
        "[1]",
        "'a'",
        "1j",
        "True",
        "0x10",
        "x",
        "i & 1",
        "i in n",
        "cos()",
        "cos(i, n)",
        "max(*i)",
        "cos(x=1)",
        "min()",
        "",
        "i :=",
        "exec('1')",
        "(i for i in n)",
        "\x00",
        "i/0",
        "i//0",
        "i%0",
        "0**-1",
        "sqrt(-1)",
        "(-2)**0.5",
        "log2(0)",
        "2**0.123456",
        "2 # 48",
    ],
)
def test_anything_else_is_one_clear_error_at_once(text):
    start = time.process_time()
    with pytest.raises(ModelError) as caught:
        Expression(text).value(3, 1000)
    assert time.process_time() - start < 0.5
    assert repr(text)[:20] in str(caught.value)
    assert len(str(caught.value)) < 400


@given(st.text(alphabet="in+-*/%()<>=., 0123456789e", max_size=30))
def test_no_text_raises_anything_else(text):
    with contextlib.suppress(ModelError):
        Expression(text).value(2, 5)


def test_a_division_by_zero_names_i_and_n():
    with pytest.raises(ModelError, match=r"'1/\(i-2\)' divides by zero at i=2, n=7"):
        Expression("1/(i-2)").value(2, 7)


def test_bits_are_rounded_up_and_bounded():
    assert bits_at("2*log2(n)+4", 5) == 9
    assert bits_at("6", 100) == 6
    for text in ("-1", "513", "i", "1e300"):
        with pytest.raises(ModelError, match="bits"):
            bits_at(text, 5)
