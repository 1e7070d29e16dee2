"""The integer model: what the circuits compute, vectorised over a batch of inputs.

Exact integer arithmetic in 64 bits where every interval fits, in Python integers beyond; the intervals of
`fixed_point` guarantee that no result overflows, and 64-bit wrap-around in partial sums cancels.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.models.fixed_point import FixedHead, FixedModel
from circuitsim.models.pairs import key_mask, over_pairs
from circuitsim.models.stream import apply_each
from circuitsim.models.tables import table_rows
from circuitsim.numbers.rounding import drop_bits, drop_bits_each
from circuitsim.numbers.scaled import same_type_product

WORKING_SET = 1 << 20  # entries of one tensor of scores, or of the stream: about what caches hold is fastest


@dataclass(frozen=True)
class IntegerTrace:
    """Integers of a run; entry l of `residuals` (batch, length, d) is in units of 2^-exponents[l].

    `outputs` (batch, positions, m) are in units of 2^-output_exponent; `decisions` (batch, positions).
    """

    residuals: tuple[npt.NDArray[Any], ...]
    exponents: tuple[int, ...]
    outputs: npt.NDArray[Any]
    output_exponent: int
    decisions: npt.NDArray[np.int64]


def run_integer(fixed: FixedModel, codes: npt.NDArray[np.int64]) -> IntegerTrace:
    """Run the integer model on letter codes (batch, n)."""
    keys = [head.keys(fixed.length) for layer in fixed.model.layers for head in layer.heads]
    per_input = fixed.length * max([1, fixed.model.width, *keys])
    step = max(1, WORKING_SET // per_input)
    pieces = [_run(fixed, codes[i : i + step]) for i in range(0, max(1, len(codes)), step)]
    joined = [np.concatenate(parts) for parts in zip(*(p.residuals for p in pieces), strict=True)]
    outputs = np.concatenate([p.outputs for p in pieces])
    decisions = np.concatenate([p.decisions for p in pieces])
    return IntegerTrace(tuple(joined), pieces[0].exponents, outputs, pieces[0].output_exponent, decisions)


def _run(fixed: FixedModel, codes: npt.NDArray[np.int64]) -> IntegerTrace:
    kind = np.dtype(np.int64 if fixed.largest <= 62 else object)
    tables, positions = fixed.embedded.tables, fixed.embedded.positions
    chosen = zip(tables, table_rows(fixed.model, codes), strict=True)
    x = sum((table.astype(kind)[rows] for table, rows in chosen), np.zeros((), kind))
    if positions is not None:
        x = x + positions.astype(kind)
    residuals, exponents = [x], [fixed.bits]
    for layer, source in zip(fixed.layers, fixed.model.layers, strict=True):
        heads = [
            same_type_product(_attend(h, x), np.stack([o.column for o in h.outputs]).astype(kind)) for h in layer.heads
        ]
        before = x * (1 << (layer.between.exponent - layer.before.exponent)) if source.residual else np.zeros_like(x)
        x = sum(heads, before + layer.bias.astype(kind))
        if layer.net is not None:
            assert source.feed_forward is not None
            relu = np.maximum(drop_bits_each(layer.net.hidden.apply(x), layer.net.shifts), 0)
            added = same_type_product(relu, layer.net.columns.astype(kind, copy=False)) + layer.net.bias.astype(kind)
            x = x + added if source.feed_forward.residual else added
        residuals.append(x)
        exponents.append(layer.after.exponent)
    where = list(fixed.model.readout_positions(fixed.n))
    outputs = fixed.readout.apply(x[:, where])
    one = outputs.shape[-1] == 1
    decisions = (outputs[..., 0] > 0) if one else outputs.argmax(axis=-1)
    unit = exponents[-1] + fixed.bits - fixed.readout.powers[0]
    return IntegerTrace(tuple(residuals), tuple(exponents), outputs, unit, decisions.astype(np.int64))


def _attend(head: FixedHead, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """R(mean of the values at the maximal scores): (batch, queries, v)."""
    length = x.shape[1]
    forms = (head.query, head.key, head.value, head.key2, head.value2)
    q, k, v, *second = apply_each([form for form in forms if form is not None], x)
    if second:
        k, v = over_pairs(k, second[0]), over_pairs(v, second[1])
    weights = np.array([*head.weights], dtype=x.dtype)
    scores = np.zeros((len(x), length, v.shape[1]), x.dtype)
    scores = scores + same_type_product(q * weights, np.swapaxes(k, 1, 2))
    if head.shift is not None:
        scores = drop_bits(scores, head.shift)
    visible = np.broadcast_to(key_mask(head.mask, length, head.third_order), scores.shape)
    lowest = scores.min(initial=0)
    best = np.where(visible, scores, lowest).max(axis=2, keepdims=True)
    chosen = visible & (scores == best)
    if head.attention != "saturated":
        chosen = _first(chosen) if head.attention == "hard-left" else _first(chosen[..., ::-1])[..., ::-1]
    count = chosen.sum(axis=2)[..., None].astype(x.dtype)
    total = same_type_product(chosen.astype(x.dtype), v)
    unit = np.array([1 << s for s in head.value_shifts], x.dtype)
    means = (2 * total + count * unit) // (2 * unit * np.maximum(count, 1))
    return np.where(count > 0, means, 0).astype(x.dtype)


def _first(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return chosen & (np.cumsum(chosen, axis=2) == 1)
