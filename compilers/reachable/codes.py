"""Codes: what every position can hold between two layers, and which positions are needed at all."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.model import Layer, Model
from circuitsim.models.sequence import mask_matrix, position_values
from circuitsim.numbers.scaled import Scaled, add, stacked

from .boxes import Boxes, Fields, InputSets
from .values import distinct

Ints = NDArray[np.int64]
Span = tuple[int, int]


@dataclass(frozen=True)
class Codes:
    """The codes of all needed positions, position by position; a code is its index here.

    Args:
        span: first needed position, and one past the last.
        positions: (codes,) in ascending order, over the whole sequence.
        vectors: (codes,) row of `values` that a position in this code holds.
        values: (distinct vectors, d).
        inputs: for every code a superset of the strings that lead to it; left empty after the last layer.
        length: of the whole sequence.
    """

    span: Span
    positions: Ints
    vectors: Ints
    values: Scaled
    inputs: tuple[Boxes, ...]
    length: int

    def __len__(self) -> int:
        return len(self.positions)

    @cached_property
    def starts(self) -> Ints:
        """(length + 1,) first code of every position; none before and after the span."""
        return np.searchsorted(self.positions, np.arange(self.length + 1)).astype(np.int64)

    @cached_property
    def counts(self) -> Ints:
        """(length,) how many codes every position has."""
        return np.diff(self.starts)

    @cached_property
    def fields(self) -> Fields:
        """Sets of codes allowed at every position; a position without codes has one element that does not matter."""
        return Fields([max(1, int(count)) for count in self.counts])

    def at(self, position: int) -> range:
        """The codes of a position."""
        return range(int(self.starts[position]), int(self.starts[position + 1]))


def embedded(model: Model, n: int, span: Span, sets: InputSets) -> Codes:
    """Codes before the first layer: one for every letter of a letter's position, one for a constant token."""
    row = {token: index for index, token in enumerate(model.tokens)}
    length, first = model.length(n), len(model.prepend)
    positions, tokens, inputs = [], [], []
    for position in range(*span):
        if first <= position < first + n:
            positions += [position] * len(model.vocabulary)
            tokens += list(range(len(model.vocabulary)))
            inputs += [
                sets.letter(position - first, letter)
                for letter in range(len(model.vocabulary))
            ]
        else:
            token = (
                model.prepend[position]
                if position < first
                else model.append[position - first - n]
            )
            positions.append(position)
            tokens.append(row[token])
            inputs.append(sets.everything)
    values = stacked([model.embedding[token].scaled for token in model.tokens])[tokens]
    added = position_values(model, n)
    if added is not None:
        values = add(values, added.scaled[positions])
    rows, vectors = distinct(values.reduced())
    return Codes(span, np.array(positions, np.int64), vectors, rows, tuple(inputs), length)


def letter_literals(model: Model, n: int, codes: Codes) -> Ints:
    """Literals (codes,) 2 * wire + complement of the codes before the first layer; wire 0 is the constant false.

    Input wires follow from 1: one for every position with two letters, else one-hot.
    """
    letters, first = len(model.vocabulary), len(model.prepend)
    literals = np.ones(len(codes), np.int64)
    if letters == 1:
        return literals
    place = codes.positions - first
    letter = np.arange(len(codes)) - codes.starts[codes.positions]
    is_letter = (place >= 0) & (place < n)
    found = (
        2 * (1 + place) + (letter == 0)
        if letters == 2
        else 2 * (1 + place * letters + letter)
    )
    literals[is_letter] = found[is_letter]
    return literals


def needed_spans(model: Model, n: int) -> list[Span]:
    """For every layer boundary 0..L the positions that the answer depends on; always a range of them."""
    where = model.readout_positions(n)
    spans = [(where[0], where[-1] + 1)]
    for layer in reversed(model.layers):
        spans.append(_seen(layer, spans[-1], model.length(n)))
    return spans[::-1]


def _seen(layer: Layer, span: Span, length: int) -> Span:
    start, stop = span
    for mask in {head.mask for head in layer.heads}:
        seen = np.flatnonzero(mask_matrix(mask, length)[slice(*span)].any(axis=0))
        if len(seen):
            start, stop = min(start, int(seen[0])), max(stop, int(seen[-1]) + 1)
    return start, stop
