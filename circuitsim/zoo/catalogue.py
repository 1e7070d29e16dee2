"""All models of the zoo by name."""

from circuitsim.zoo.entry import Entry

ENTRIES: dict[str, Entry] = {entry.name: entry for entry in ()}
