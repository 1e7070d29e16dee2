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
    """The options by which `make check` runs a few cases of every test, and `make test` some seeds of random ones."""
    parser.addoption(
        "--few", type=int, help="run at most so many cases of a test, evenly spread"
    )
    parser.addoption(
        "--seeds",
        type=int,
        help="run at most so many cases of a test with seeds, evenly spread",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the first case of a test, and others at even distances."""
    few, seeds = config.getoption("few"), config.getoption("seeds")
    cases = defaultdict(list)
    for item in items:
        cases[item.nodeid.split("[")[0]].append(item)
    kept = set()
    for own in cases.values():
        limits = [few, seeds if _has_seeds(own[0]) else None]
        most = min((limit for limit in limits if limit is not None), default=len(own))
        kept |= {id(own[k * len(own) // most]) for k in range(most)}
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in kept])
    items[:] = [item for item in items if id(item) in kept]


def _has_seeds(item: pytest.Item) -> bool:
    return "seed" in getattr(getattr(item, "callspec", None), "params", ())
