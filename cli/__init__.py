"""The command line: parse, call, print."""

from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """The program `circuitsim`; little is imported before an interrupt is one line and exit code 130."""
    from . import interrupts, streams

    streams.open_closed()
    with interrupts.heard():
        try:
            from circuitsim.kernels import telling

            from .entry import program
            from .printing import say_compiling

            telling.when_compiling(say_compiling)
            program.main()
        except Exception as error:
            if interrupts.was_interrupt(error):
                interrupts.leave()
            raise
        except KeyboardInterrupt:
            interrupts.leave()
