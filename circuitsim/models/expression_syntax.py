"""The language of expressions: which texts are one, as a checked syntax tree.

Allowed: numbers, i, n, pi, + - * / // % **, comparisons, and, or, not, `a if c else b`, and FUNCTIONS.
"""

import ast
import re
import warnings
from typing import NoReturn

from circuitsim.errors import ModelError
from circuitsim.numbers.rationals import rational

LONGEST = 500  # characters
DEEPEST = 40  # levels of nesting

FUNCTIONS = ("cos", "sin", "sqrt", "log2", "abs", "floor", "ceil", "min", "max")
OF_ANY_NUMBER = ("min", "max")
NUMBER = re.compile(r"(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)

OPERATORS: tuple[type[ast.AST], ...] = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or),
    *(ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
)


def parse(text: object) -> ast.expr:
    """The tree of `text`, with its number literals as exact rationals.

    Raises:
        ModelError: not an expression of the language, or too long or too deep.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise ModelError(
            f"expression {show(text)} is not a text of at most {LONGEST} characters."
        )
    if "#" in text:  # what is shown of an expression is what it means
        raise ModelError(f"expression {show(text)} has a comment; leave it out.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # Python's remarks on style, such as on "1if i else 0"
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ModelError(
            f"expression {show(text)} cannot be read; write it as in Python, in i and n."
        ) from None
    _check(tree, text.strip(), 0)
    return tree


def _check(node: ast.AST, text: str, depth: int) -> None:
    def refuse(what: str) -> NoReturn:
        raise ModelError(
            f"expression {show(text)}: {what} is not allowed; numbers, i, n, pi, + - * / // % **,"
            f" comparisons, and/or/not, `a if c else b` and {', '.join(FUNCTIONS)} are."
        )

    if depth > DEEPEST:
        raise ModelError(f"expression {show(text)} is nested deeper than {DEEPEST} levels.")
    match node:
        case ast.Constant():
            written = ast.get_source_segment(text, node) or ""
            if isinstance(node.value, bool) or not NUMBER.fullmatch(written):
                refuse(repr(written))
            node.value = rational(written, f"expression {show(text)}")  # type: ignore[assignment]
            return
        case ast.Name(id=name):
            if name not in ("i", "n", "pi"):
                refuse(f"the name {name!r}")
            return
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if (
            name in FUNCTIONS
        ):
            if not arguments or (len(arguments) > 1 and name not in OF_ANY_NUMBER):
                raise ModelError(
                    f"expression {show(text)}: {name} takes {_arity(name)}, not {len(arguments)}."
                )
            children: list[ast.AST] = list(arguments)
        case ast.UnaryOp() | ast.BinOp() | ast.BoolOp() | ast.IfExp() | ast.Compare():
            children = [c for c in ast.iter_child_nodes(node) if not isinstance(c, OPERATORS)]
        case _:
            refuse(repr(ast.get_source_segment(text, node) or type(node).__name__))
    for child in children:
        _check(child, text, depth + 1)


def _arity(name: str) -> str:
    return "one value or more" if name in OF_ANY_NUMBER else "one value"


def show(text: object) -> str:
    """The text as an error message quotes it."""
    shown = repr(text)
    return shown if len(shown) <= 80 else shown[:77] + "..."
