"""What a lower bound of the papers is: about which task and resource, its number at n, and how sure its constant is."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from circuitsim.errors import InputError

Architecture: TypeAlias = Literal["transformer", "recurrent", "fully-connected"]
Constant: TypeAlias = Literal["paper", "recalled"]


@dataclass(frozen=True)
class Bound:
    """What a model of an architecture needs at least to solve a task.

    Attributes:
        task: the task's name. architecture: what the bound is about.
        resource: what is bounded, in words.
        formula: the bound as text.
        rule: the number at n; its other arguments are the facts that the bound depends on, called as the task's
            options or the papers' letters (p precision, d dimension of a value); 0 where the theorem does not apply.
        theorem: in the paper. source: the paper.
        constant: "paper" where the constant is explicit in what was read of the paper, "recalled" where it is from
            memory, reconstructed, counted on the gadget, or not given (Omega).
        layers: the number of layers of the models that it is about; None for any.
        note: conditions, and where a recalled constant comes from.
    """

    task: str
    architecture: Architecture
    resource: str
    formula: str
    rule: Callable[..., float]
    theorem: str
    source: str
    constant: Constant
    layers: int | None = None
    note: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """What `value` must be told beside n."""
        _, *others = inspect.signature(self.rule).parameters.values()
        return tuple(fact.name for fact in others if fact.default is fact.empty)

    def value(self, n: int, **facts: object) -> float:
        """The number at inputs of n tokens; facts that the bound does not depend on, as a task's options, are ignored.

        Raises:
            InputError: a fact is missing.
        """
        missing = [name for name in self.facts if name not in facts]
        if missing:
            raise InputError(
                f"the bound {self.formula} ({self.theorem}) needs {' and '.join(missing)}, not given."
            )
        known = inspect.signature(self.rule).parameters
        return self.rule(n, **{name: fact for name, fact in facts.items() if name in known})
