"""All models of the zoo by name."""

from circuitsim.zoo import primes
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models import (
    automata,
    averaging,
    brackets,
    chains,
    comparing,
    connected,
    gathering,
    hops,
    languages,
    lookup,
    matching,
    registers,
    targets,
)

MODULES = (
    automata,
    averaging,
    brackets,
    chains,
    comparing,
    connected,
    gathering,
    hops,
    languages,
    lookup,
    matching,
    primes,
    registers,
    targets,
)

ENTRIES: dict[str, Entry] = {entry.name: entry for module in MODULES for entry in module.ENTRIES}
