"""An interpreter of schematics is a table of rules, one for every operation of the instruction set."""

from typing import TypeVar

from circuitsim.schematic.operations import OPERATIONS

Rule = TypeVar("Rule")
RAGGED = ("all_of", "any_of")


def rules(source: Rule, wiring: Rule, ragged: Rule, **gates: Rule) -> dict[str, Rule]:
    """The rule of every operation: one of all sources, one of all wiring, and that of each gate by its name.

    Args:
        ragged: of `all_of` and `any_of`.
        gates: where a name is a word of Python's own, an underscore ends it.
    """
    own = {name.removesuffix("_"): rule for name, rule in gates.items()}
    own |= dict.fromkeys(RAGGED, ragged)
    roles = {"source": source, "wiring": wiring}
    return {name: roles.get(record.role) or own[name] for name, record in OPERATIONS.items()}
