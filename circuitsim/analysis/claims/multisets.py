"""Models whose decisions depend on counts of letters alone, run on counts: long strings at the cost of short ones.

Where `inputs.counts_decide`, equal letters hold equal vectors at every layer. So one of each stands for all, and its
weight in a mean is how many there are: strings of a million letters run as strings of two.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.inputs import read_letter
from circuitsim.models.model import Model
from circuitsim.models.sequence import MOST_SCORES
from circuitsim.networks.draw import network
from circuitsim.networks.exact import Exact, run_exact
from circuitsim.networks.keys import Flags, over_pairs
from circuitsim.networks.network import Network
from circuitsim.networks.stored import on_grid, stored
from circuitsim.numbers.scaled import Scaled, grid, multiply, narrow, product
from circuitsim.tokens import Codes

AT_ONCE = 1024


class Counted(Exact):
    """Arithmetic in which the key at position j of string i stands for counts[i, j] keys, and pairs for products.

    Args:
        counts: (batch, length), each at least 1. The batch is run in one piece.
        bits: fraction bits to which means and ReLU outputs are rounded, half up, as in the integer model; None for
            none.
    """

    def __init__(
        self, network: Network, codes: Codes, counts: NDArray[np.int64], bits: int | None
    ) -> None:
        super().__init__(network, codes)
        self.counts, self.bits = counts, bits

    def mean(self, chosen: Flags, value: Scaled) -> Scaled:
        """Means of the chosen values, weighted by their counts."""
        counts = self.counts
        if (
            chosen.shape[2] != counts.shape[1]
        ):  # one position is one pair, without a rival to weigh it against
            counts = over_pairs(counts[..., None], counts[..., None])[..., 0]
        weights = chosen * counts[:, None, :]
        sums, counts = product(weights, value.numerators), weights.sum(axis=2)
        if self.bits is not None:
            return self._rounded(
                sums.astype(object),
                (counts * 1)[..., None] * np.array(value.denominator, object),
            )
        found, index = np.unique(counts, return_inverse=True)
        common = int(np.lcm.reduce(found.astype(object)))
        shares = narrow(np.array([common // int(count) for count in found], dtype=object))
        return Scaled(
            multiply(narrow(sums), shares[index.reshape(counts.shape)][..., None]),
            value.denominator * common,
        )

    def positive(self, x: Scaled) -> Scaled:
        """The positive part, rounded."""
        found = super().positive(x)
        return found if self.bits is None else Scaled(grid(found, self.bits), 1 << self.bits)

    def _rounded(self, above: NDArray[np.object_], below: NDArray[np.object_]) -> Scaled:
        """Floor(2^b above / below + 1/2) / 2^b."""
        assert self.bits is not None
        return Scaled(
            narrow((above * (2 << self.bits) + below) // (2 * below)), 1 << self.bits
        )


def differing(model: Model, codes: Codes, bits: int) -> NDArray[np.bool_]:
    """Where the integer model with `bits` fraction bits decides otherwise than the exact model: (batch,).

    Args:
        model: one whose decisions `inputs.counts_decide`. codes: letters (batch, n), of any n.

    Raises:
        ModelError: a head is softmax.
    """
    flags = np.zeros(len(codes), bool)
    for rows, short, counts in _compressed(model, codes):
        drawn = network(model, short.shape[1])
        exact = run_exact(drawn, short, partial(Counted, counts=counts, bits=None)).decisions
        integer = run_exact(
            stored(drawn, on_grid(bits)), short, partial(Counted, counts=counts, bits=bits)
        ).decisions
        flags[rows] = (exact != integer).any(axis=1)
    return flags


def _compressed(
    model: Model, codes: Codes
) -> Iterator[tuple[NDArray[np.int64], Codes, NDArray[np.int64]]]:
    """Strings with the same letters: their rows, one string of each letter once, and how often each token counts.

    The letter that is read out stays where it is read.
    """
    letters, place = len(model.vocabulary), read_letter(model)
    counts = np.stack([(codes == letter).sum(axis=1) for letter in range(letters)], axis=1)
    read = codes[:, place] if place is not None else np.zeros(len(codes), np.int64)
    kinds, which = np.unique(np.column_stack([counts > 0, read]), axis=0, return_inverse=True)
    for number, kind in enumerate(kinds):
        support = np.flatnonzero(kind[:-1])
        if place is not None:
            rest = support[support != kind[-1]]
            support = np.insert(rest, 0 if place == 0 else len(rest), kind[-1])
        same = np.flatnonzero(which.ravel() == number)
        length = model.length(len(support))
        keys = max(
            (head.keys(length) for layer in model.layers for head in layer.heads), default=1
        )
        at_once = min(AT_ONCE, max(1, MOST_SCORES // (length * keys)))
        for start in range(0, len(same), at_once):
            rows = same[start : start + at_once]
            ones = [
                np.ones((len(rows), len(tokens)), np.int64)
                for tokens in (model.prepend, model.append)
            ]
            weights = np.concatenate([ones[0], counts[rows][:, support], ones[1]], axis=1)
            yield rows, np.tile(support, (len(rows), 1)), weights
