"""How many independent tasks a second a dask cluster of this machine does, beside as many processes of our own.

Seconds begin with the first result: starting processes, or a connection to workers that wait, is a column of its own.
"""

import time
from functools import partial

from peers import there

from circuitsim.execution import Place, Progress, in_order

WORKERS = 2
SIZES = {0.0: 2000, 0.1: 100}  # seconds of a task, and how many there are
SMALLEST = {0.0: 20}


def pause(task: int, progress: Progress, *, seconds: float) -> int:
    time.sleep(seconds)
    return task


def rate(where: Place, seconds: float, tasks: int) -> tuple[float, float]:
    """Seconds until the first result, and tasks a second from then on."""
    begun = time.perf_counter()
    found = in_order(partial(pause, seconds=seconds), range(tasks), where, lambda text: None)
    assert next(found) == 0
    first = time.perf_counter()
    assert list(found) == list(range(1, tasks))
    return first - begun, (tasks - 1) / (time.perf_counter() - first)


def main(smallest: bool = False) -> None:
    if not there("distributed"):
        return
    from distributed import LocalCluster

    print(
        f"{'task, s':>8} {'tasks':>6} {'where':<20} {'first, s':>9} {'tasks/s':>9} {'ratio':>6}"
    )
    with LocalCluster(WORKERS, threads_per_worker=1, dashboard_address=None) as cluster:
        places = {
            f"{WORKERS} processes": Place(WORKERS),
            f"{WORKERS} dask workers": Place(cluster=cluster.scheduler_address),
        }
        for seconds, tasks in (SMALLEST if smallest else SIZES).items():
            processes = None
            for name, where in places.items():
                first, speed = rate(where, seconds, tasks)
                processes = processes or speed
                ratio = speed / processes
                print(
                    f"{seconds:8.1f} {tasks:6,} {name:<20} {first:9.2f} {speed:9.1f} {ratio:6.2f}"
                )
