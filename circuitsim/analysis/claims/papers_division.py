"""Where the papers' own division changes a model's answers: 2106.16213, Appendix A, against exact means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from circuitsim.models.expressions import bits_at
from circuitsim.models.inputs import chosen_inputs
from circuitsim.models.model import Model
from circuitsim.models.sequence import decode
from circuitsim.networks.datatypes.literal import run_literal
from circuitsim.networks.draw import network
from circuitsim.networks.exact import run_exact


@dataclass(frozen=True)
class LiteralRow:
    """At length n: of `inputs` strings `wrong` get another answer than the exact model's; `first` is one of them."""

    n: int
    bits: int
    exhaustive: bool
    inputs: int
    wrong: int
    first: str | None


def literal_disagreements(
    model: Model,
    ns: Sequence[int],
    bits: int | str | None = None,
    *,
    samples: int = 1000,
    seed: int = 0,
) -> Iterator[LiteralRow]:
    """The integer model with literal division against the exact model, one row for each n as they come.

    Args:
        bits: fraction bits of stored numbers, or an expression in n; None takes the model's own.
        samples, seed: the inputs where there are more than 2^12; below, all are run.

    Raises:
        ModelError: the model has a softmax head.
    """
    for n in ns:
        exhaustive, codes = chosen_inputs(model, n, None, samples, seed)
        b = bits_at(model.bits if bits is None else str(bits), n)
        drawn = network(model, n)
        differs = (
            run_literal(drawn, codes, b).decisions != run_exact(drawn, codes).decisions
        ).any(axis=1)
        first = decode(model, codes[int(np.argmax(differs))]) if differs.any() else None
        yield LiteralRow(n, b, exhaustive, len(codes), int(differs.sum()), first)
