"""The command line: parse, call, print."""

from .entry import program as main

__all__ = ["main"]
