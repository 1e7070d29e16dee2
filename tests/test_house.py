"""The house: imports go down it, never up; the layout is the one that docs/architecture.md describes."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from circuitsim.bases import BASES

ROOT = Path(__file__).parent.parent
ROOMS = (  # from the top of the house to its ground
    "circuitsim.cli",
    "circuitsim.api",
    "circuitsim.experiments",
    "circuitsim.analysis",
    "circuitsim.learning",
    "circuitsim.certificates",
    "circuitsim.compilers",
    "circuitsim.specifications",
    "circuitsim.zoo",
    "circuitsim.render",
    "circuitsim.networks",
    "circuitsim.models",
    "circuitsim.schematic",
    "circuitsim.formats",
    "circuitsim.netlist",
    "circuitsim.execution",
    "circuitsim.kernels",
    "circuitsim.numbers",
    "circuitsim.tokens",
    "circuitsim.bases",
    "circuitsim.array_types",
    "circuitsim.user_cache",
    "circuitsim.errors",
)
FOLDERS = {"circuitsim.cli": "cli", "circuitsim.compilers": "compilers"}
FACADE = "circuitsim"


def room_of(module: str) -> str | None:
    """The room a module is in; None for the façade."""
    return next(
        (room for room in ROOMS if module == room or module.startswith(room + ".")), None
    )


def modules() -> list[tuple[str, Path]]:
    """Every module of the package with its file."""
    found = []
    folders = {
        "cli": "circuitsim.cli",
        "compilers": "circuitsim.compilers",
        "circuitsim": "circuitsim",
    }
    for folder, package in folders.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            name = ".".join([package, *(p for p in parts if p != "__init__")])
            found.append((name, path))
    return found


def imports(module: str, path: Path) -> set[str]:
    """Modules of the package that a file imports, relative imports resolved."""
    result = set()
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            result |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*up, base] if base else up)
            result |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return {name for name in result if name.split(".")[0] == "circuitsim"}


@pytest.mark.parametrize(
    ("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_imports_go_down_the_house(module, path):
    room = room_of(module)
    if room is None:
        return  # the façade stands over all rooms
    for name in imports(module, path):
        target = room_of(name)
        if target is None:
            assert name == FACADE or room == "circuitsim.cli", (
                f"{module} imports the façade ({name})"
            )
        else:
            assert ROOMS.index(target) >= ROOMS.index(room), (
                f"{module} imports {name}, which is above it"
            )


def test_the_facade_is_complete_and_lazy():
    import circuitsim

    assert set(circuitsim.__all__) == set(circuitsim._WHERE)
    for name in circuitsim.__all__:
        assert getattr(circuitsim, name).__name__


def test_a_basis_is_asked_of_its_record_and_not_of_its_name():
    quoted = re.compile(rf"""["']({"|".join(BASES)})["']""")
    naming = {module for module, path in modules() if quoted.search(path.read_text())}
    assert naming == {"circuitsim.bases", FACADE}


def test_architecture_names_every_room_and_only_folders_that_exist():
    text = (ROOT / "docs" / "architecture.md").read_text()
    for room in ROOMS[:-1]:
        place = FOLDERS.get(room, room.replace(".", "/"))
        place += "/" if (ROOT / place).is_dir() else ".py"
        assert f"`{place}`" in text, f"docs/architecture.md does not name {place}"
    for folder in re.findall(r"`([a-z_/]+/)`", text):
        assert (ROOT / folder).is_dir(), (
            f"docs/architecture.md names {folder}, which does not exist"
        )
    for file in re.findall(r"`([a-z_/]+\.(?:py|md|toml|json|pt))`", text):
        assert (ROOT / file).is_file(), (
            f"docs/architecture.md names {file}, which does not exist"
        )


def test_every_folder_with_code_is_installed():
    folders = {path.parent for _, path in modules() if path.name == "__init__.py"}
    packages = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    )
    found = {name if path.name == "__init__.py" else "" for name, path in modules()} - {""}
    assert found == packages
    assert folders == {path.parent for _, path in modules()}, (
        "a folder with modules has no __init__.py"
    )


def test_every_module_says_what_it_is_for():
    for module, path in modules():
        assert ast.get_docstring(ast.parse(path.read_text())), f"{module} has no docstring"


def test_no_file_is_longer_than_a_reader_can_hold():
    long = [
        f"{path} has {count} lines"
        for _, path in modules()
        if (count := len(path.read_text().splitlines())) > 330
    ]
    assert not long


def test_there_is_one_way_to_make_a_kernel():
    benchmarks = (ROOT / "benchmarks").rglob("*.py")
    paths = [*(path for _, path in modules()), *benchmarks]
    assert [path.name for path in paths if re.search(r"\bn?jit\b", path.read_text())] == [
        "kept.py"
    ]
