from pathlib import Path

import pytest

from .runs import write_models


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return write_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def circuit(models: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the circuit of majority on 5 letters."""
    from .runs import succeed

    path = tmp_path_factory.mktemp("circuits") / "majority5.npz"
    succeed("compile", models["majority"], "-n", 5, "-o", path)
    return path
