"""What all tests share."""

import signal
from collections import defaultdict

import pytest

from circuitsim.kernels import worth

# In this process kernels are machine code from their first call on, and hence the same in every order of tests.
# The programs that tests start choose for themselves; tests/kernels/ compares the two readings.
worth.reading = lambda: worth.Reading.COMPILED

# Started in the background of a script, tests inherit an ignored SIGINT, and so would the programs that they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option by which `make check` runs a few cases of every test."""
    parser.addoption(
        "--few", type=int, help="run at most so many cases of a test, evenly spread"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the first case of a test, and others at even distances."""
    few = config.getoption("few")
    if few is None:
        return
    cases = defaultdict(list)
    for item in items:
        cases[item.nodeid.split("[")[0]].append(item)
    kept = {id(own[k * len(own) // few]) for own in cases.values() for k in range(few)}
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in kept])
    items[:] = [item for item in items if id(item) in kept]
