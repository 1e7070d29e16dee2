"""What an engine answers: proved, refuted by a counterexample, or unknown with the reason."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Status: TypeAlias = Literal["proved", "refuted", "unknown"]


@dataclass(frozen=True)
class Verdict:
    """The answer of one engine.

    Args:
        engine: which one, such as "counts".
        reason: in words: why the theorem holds, or what gave out and where.
        counterexample: token codes of a string on which the model errs; its length is that of the string.
        shortest: whether no shorter string is one.
        certificate: what a checker of `circuitsim.certificates` accepts, as JSON: "kind" and its parts.
    """

    status: Status
    engine: str
    reason: str = ""
    counterexample: tuple[int, ...] | None = None
    shortest: bool = False
    certificate: dict[str, Any] | None = None
