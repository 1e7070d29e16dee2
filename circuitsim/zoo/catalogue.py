"""All models of the zoo by name."""

from circuitsim.zoo.entry import Entry
from circuitsim.zoo.models import (
    averaging,
    brackets,
    chains,
    comparing,
    finding,
    finite_states,
    fully_connected,
    gathering,
    hops,
    languages,
    matching,
    registers,
    targets,
)

MODULES = (
    finite_states,
    averaging,
    brackets,
    chains,
    comparing,
    fully_connected,
    gathering,
    hops,
    languages,
    finding,
    matching,
    registers,
    targets,
)

ENTRIES: dict[str, Entry] = {
    entry.name: entry for module in MODULES for entry in module.ENTRIES
}


def addresses() -> list[str]:
    """Every model without zoo:, with its defaults and then with every other word that one of its options may be."""
    found = []
    for name, entry in ENTRIES.items():
        others = [(option, word) for option, words in entry.words.items() for word in words]
        found += [
            name,
            *(
                f"{name}:{option}={word}"
                for option, word in others
                if word != entry.defaults[option]
            ),
        ]
    return found
