"""Standard streams that were closed before the program began (`>&-` in a shell)."""

import os
import sys


def open_closed() -> None:
    """Write into the void where nobody listens; closed standard input stays closed.

    Python has None for a closed stream. Its number would go to the next file that is opened, and what is meant for
    the stream into that file.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - for as long as the program runs
