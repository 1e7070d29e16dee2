"""What all tests share."""


def pytest_collection_finish() -> None:
    """Compile kernels now: a first run says on standard error that it does, and the tests know what belongs there."""
    from circuitsim.cli.printing import Status
    from circuitsim.cli.warming import warm_up

    warm_up(Status(), builds=True)
