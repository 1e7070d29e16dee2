"""All models of the zoo by name."""

from circuitsim.zoo import primes
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models import (
    averaging,
    brackets,
    chains,
    comparing,
    gathering,
    hops,
    languages,
    lookup,
    matching,
    targets,
)

MODULES = (averaging, brackets, chains, comparing, gathering, hops, languages, lookup, matching, targets, primes)

ENTRIES: dict[str, Entry] = {entry.name: entry for module in MODULES for entry in module.ENTRIES}
