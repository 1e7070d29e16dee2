from pathlib import Path

import pytest

from .runs import write_models


def pytest_collection_finish() -> None:
    """Compile kernels now: a first run says on standard error that it does, and the tests know what belongs there."""
    from circuitsim.cli.printing import Status
    from circuitsim.cli.warming import warm_up

    warm_up(Status(), builds=True)


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
