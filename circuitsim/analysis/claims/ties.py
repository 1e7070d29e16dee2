"""How many keys a saturated head averages: seen on inputs, in the exact model, where the answer depends on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.model import Layer, Model
from circuitsim.models.sequence import Codes, decode, mask_matrix, score_blocks
from circuitsim.networks.draw import network
from circuitsim.networks.exact import Exact, run_exact
from circuitsim.networks.keys import Flags
from circuitsim.networks.network import Network
from circuitsim.numbers.scaled import Scaled


@dataclass(frozen=True)
class Tie:
    """The most keys that one head of a layer averages at some query position of a string of n letters."""

    n: int
    layer: int
    head: int
    position: int
    keys: int
    string: str


class _Counting(Exact):
    """Exact arithmetic that writes down how many keys every query selects."""

    def __init__(
        self, network: Network, codes: Codes, counts: list[NDArray[np.int64]]
    ) -> None:
        super().__init__(network, codes)
        self.counts = counts

    def mean(self, chosen: Flags, value: Scaled) -> Scaled:
        self.counts.append(chosen.sum(axis=2))
        return super().mean(chosen, value)


def most_tied(model: Model, codes: Codes) -> Tie | None:
    """The largest tie of saturated heads on letter codes (batch, n); None without saturated heads.

    Raises:
        ModelError: a head is softmax.
    """
    length = model.length(codes.shape[1])
    selected: list[NDArray[np.int64]] = []
    run_exact(network(model, codes.shape[1]), codes, partial(_Counting, counts=selected))
    needed, best, seen = needed_queries(model, codes.shape[1]), None, iter(selected)
    for index, layer in enumerate(model.layers):
        for number, head in enumerate(layer.heads):
            counts = np.zeros((len(codes), length), np.int64)
            for rows, queries in score_blocks(len(codes), length, head.keys(length)):
                counts[rows, queries] = next(seen)
            if head.attention != "saturated":
                continue
            counts[:, ~needed[index]] = 0
            row, position = np.unravel_index(int(counts.argmax()), counts.shape)
            keys = int(counts[row, position])
            if best is None or keys > best.keys:
                best = Tie(
                    codes.shape[1],
                    index,
                    number,
                    int(position),
                    keys,
                    decode(model, codes[row]),
                )
    return best


def needed_queries(model: Model, n: int) -> Sequence[NDArray[np.bool_]]:
    """For every layer the positions (length,) whose outcome the answer can depend on."""
    wanted = np.zeros(model.length(n), np.bool_)
    wanted[list(model.readout_positions(n))] = True
    found = []
    for layer in reversed(model.layers):
        found.append(wanted)
        wanted = _seen(layer, wanted)
    return found[::-1]


def _seen(layer: Layer, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    seen = wanted.copy()
    for head in layer.heads:
        seen |= mask_matrix(head.mask, len(wanted))[wanted].any(axis=0)
    return seen
