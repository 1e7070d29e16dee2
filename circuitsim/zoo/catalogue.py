"""All models of the zoo by name."""

from circuitsim.zoo import primes
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models import brackets, chains, comparing, gathering, hops, languages

MODULES = (brackets, chains, comparing, gathering, hops, languages, primes)

ENTRIES: dict[str, Entry] = {entry.name: entry for module in MODULES for entry in module.ENTRIES}
