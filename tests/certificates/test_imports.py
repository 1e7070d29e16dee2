"""The room of checkers: nothing in it searches, and no solver is imported."""

import ast
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "circuitsim" / "certificates"
ALLOWED = {"circuitsim", "numpy", "flint"}  # beside Python's own modules
SOLVERS = {"pysat", "oxidd", "z3", "aigverse", "networkx"}


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_checkers_import_no_solver_and_no_search(path):
    import sys

    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            top = name.split(".")[0]
            assert top in ALLOWED or top in sys.stdlib_module_names, name
            assert top not in SOLVERS
            assert not name.startswith("circuitsim.analysis"), name


def test_checking_loads_no_solver():
    import subprocess
    import sys

    code = (
        "import sys; import circuitsim.certificates.verify;"
        f"print([name for name in {sorted(SOLVERS)} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
