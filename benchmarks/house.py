"""How the code reads, in numbers: a checkout's, or two beside each other.

    python benchmarks/house.py
    python benchmarks/house.py --against ../circuitsim-before

Only what is installed is counted, no tests, benchmarks or examples. Tokens are names, operators, numbers and strings,
without docstrings and comments; a line counts where it has one.
"""

import argparse
import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("circuitsim", "compilers", "cli")
BASES = ("xag", "aig", "ac0", "tc0")
MODELS = (
    r"Model|Sized|RecurrentNet|FullyConnected|Automaton|NetCell|Fixed\w+"  # kinds of models
)
MANY_ARGUMENTS = 6
DENSE = 14  # tokens a line, from which on a file is named
# Rooms of circuits, of which the first has become the others.
CIRCUITS = ("circuitsim/circuits", "circuitsim/netlist", "circuitsim/schematic")
CODE = {tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING}

NAMES_A_BASIS = re.compile(rf"""["']({"|".join(BASES)})["']""")
ASKS_FOR_A_KIND = re.compile(rf"isinstance\(.*\b({MODELS})\b")


@dataclass(frozen=True)
class File:
    """What is counted of one file."""

    name: str
    room: str
    names_a_basis: bool
    kinds_asked: int  # lines with `isinstance` of a kind of model
    tokens: int
    lines: int
    functions: int
    long_signatures: int

    @property
    def density(self) -> float:
        """Tokens a line."""
        return self.tokens / max(1, self.lines)


def files(root: Path) -> list[File]:
    """Every module of a checkout."""
    return [
        counted(path, root)
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
    ]


def counted(path: Path, root: Path) -> File:
    """One module."""
    text = path.read_text()
    tree = ast.parse(text)
    tokens = list(code_tokens(text, docstrings(tree)))
    signatures = [
        arguments(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    ]
    name = path.relative_to(root)
    return File(
        name=str(name),
        room=room_of(name),
        names_a_basis=NAMES_A_BASIS.search(text) is not None,
        kinds_asked=sum(
            ASKS_FOR_A_KIND.search(line) is not None for line in text.splitlines()
        ),
        tokens=len(tokens),
        lines=len({token.start[0] for token in tokens}),
        functions=len(signatures),
        long_signatures=sum(count >= MANY_ARGUMENTS for count in signatures),
    )


def room_of(name: Path) -> str:
    """The folder that a module is in, without its inner folders; a module of the package itself is its own room."""
    return "/".join(name.parts[:2]) if name.parts[0] == "circuitsim" else name.parts[0]


def docstrings(tree: ast.Module) -> set[tuple[int, int]]:
    """Where the docstrings begin: strings that are statements."""
    strings = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
    return {
        (node.lineno, node.col_offset)
        for node in strings
        if isinstance(node.value.value, str)
    }


def code_tokens(text: str, left_out: set[tuple[int, int]]) -> Iterator[tokenize.TokenInfo]:
    """The tokens that are counted."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in CODE and token.start not in left_out:
            yield token


def arguments(function: ast.FunctionDef) -> int:
    """How many a function takes, `self` counted as one."""
    own = function.args
    return len([*own.posonlyargs, *own.args, *own.kwonlyargs])


def twice(found: list[File]) -> dict[str, list[str]]:
    """Names of modules that several rooms have, with the rooms."""
    rooms: dict[str, set[str]] = defaultdict(set)
    for file in found:
        rooms[Path(file.name).stem].add(file.room)
    return {
        name: sorted(where)
        for name, where in sorted(rooms.items())
        if len(where) > 1 and name != "__init__"
    }


def share(found: list[File]) -> float:
    """Percent of functions with many arguments."""
    return (
        100
        * sum(file.long_signatures for file in found)
        / max(1, sum(file.functions for file in found))
    )


def by_room(found: list[File]) -> dict[str, list[File]]:
    """Files by their room."""
    rooms: dict[str, list[File]] = defaultdict(list)
    for file in found:
        rooms[file.room].append(file)
    return rooms


def figures(found: list[File]) -> dict[str, str]:
    """The figures of a checkout, as they are printed."""
    tokens, lines = sum(file.tokens for file in found), sum(file.lines for file in found)
    circuits = [file for room in CIRCUITS for file in by_room(found).get(room, [])]
    many = f"functions with {MANY_ARGUMENTS} arguments and more"
    return {
        "files": f"{len(found):,}",
        "files that name a basis in a string": str(sum(file.names_a_basis for file in found)),
        "lines that ask for a kind of model": str(sum(file.kinds_asked for file in found)),
        "tokens": f"{tokens:,}",
        "lines with code": f"{lines:,}",
        "tokens a line": f"{tokens / max(1, lines):.1f}",
        f"files above {DENSE} tokens a line": str(len(dense(found))),
        "names of modules in several rooms": str(len(twice(found))),
        many: f"{share(found):.1f} %",
        "  of circuits": f"{share(circuits):.1f} %",
        **{
            f"  in {room}": f"{share(inside):.1f} %"
            for room, inside in by_room(found).items()
            if share(inside)
        },
    }


def dense(found: list[File]) -> list[File]:
    """The files with many tokens a line, the densest first."""
    return sorted(
        (file for file in found if file.density > DENSE), key=lambda file: -file.density
    )


def report(root: Path, against: Path | None) -> str:
    """What is printed: the figures, beside those of another checkout if there is one, and what is to be mended."""
    found = files(root)
    if not found:
        raise SystemExit(
            f"house: {root} is no checkout of circuitsim, with the folders {', '.join(FOLDERS)}."
        )
    columns = (
        [figures(found)] if against is None else [figures(files(against)), figures(found)]
    )
    names = list(dict.fromkeys(name for column in columns for name in column))
    heads = [[] if against is None else ["", "before", "now"]]
    rows = [
        *heads,
        *([name, *(column.get(name, "-") for column in columns)] for name in names),
    ]
    width = max(map(len, names))
    lines = [
        f"{row[0]:{width}}" + "".join(f"{cell:>12}" for cell in row[1:])
        for row in rows
        if row
    ]
    naming = [file.name for file in found if file.names_a_basis]
    kinds = sorted(
        ((file.kinds_asked, file.name) for file in found if file.kinds_asked), reverse=True
    )
    lists = {
        "name a basis": naming,
        "ask for a kind of model": [f"{name} {count}" for count, name in kinds],
        f"above {DENSE} tokens a line": [
            f"{file.name} {file.density:.1f}" for file in dense(found)
        ],
        "modules of one name": [
            f"{name}: {', '.join(rooms)}" for name, rooms in twice(found).items()
        ],
    }
    for title, members in lists.items():
        lines += ["", f"{title}:", *(f"  {member}" for member in members or ["none"])]
    return "\n".join(lines)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="How the code reads, in numbers.")
    parser.add_argument(
        "root", type=Path, nargs="?", default=Path(__file__).parent.parent, help="a checkout"
    )
    parser.add_argument(
        "--against",
        type=Path,
        help="another checkout, such as one of the code before a change",
    )
    given = parser.parse_args()
    print(report(given.root, given.against))


if __name__ == "__main__":
    main()
