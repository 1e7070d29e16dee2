"""TransformerLens: a tensor a map and layer, with an axis of heads; read-in and read-out of their own.

Norms that were folded into the maps leave no tensors, so that nothing in a file says whether there are norms.
"""

from typing import Any, NamedTuple

import numpy as np

from circuitsim.models.files.contents import Tensors
from circuitsim.models.files.dialects.dialect import (
    Dialect,
    Facts,
    Layout,
    layers_of,
    without_prefix,
)
from circuitsim.models.files.dialects.names import Source, names_of

UNREAD = ("blocks.*.attn.mask", "blocks.*.attn.IGNORE")
OF_GATED = ("blocks.*.mlp.b_in",)  # part of another tensor by then


class Marks(NamedTuple):
    """Names of tensors that show how a library's blocks are made."""

    words: str
    query: str  # what follows the number of a layer
    net: str
    norm: str
    norm_bias: str


OF_HOOKED = Marks(
    "embed.W_E", ".attn.W_Q", "blocks.0.mlp.W_in", "blocks.0.ln1.w", "blocks.0.ln1.b"
)
MAPS = {"query": "Q", "key": "K", "value": "V"}


def read(tensors: Tensors, facts: Facts) -> Layout:
    """The layout of a state dict."""
    tensors = _gated(without_prefix(tensors, "embed.W_E"))
    layout = block_layout(tensors, facts, OF_HOOKED)
    names = set(tensors)
    layout.names = _table(tensors, OF_HOOKED.net in names, OF_HOOKED.norm in names)
    gated = any(name.endswith("mlp.W_gate") for name in tensors)
    layout.unread = UNREAD + OF_GATED if gated else UNREAD
    return layout


def block_layout(tensors: Tensors, facts: Facts, marks: Marks) -> Layout:
    """A layout without names: what is said of a library's blocks, and gains of norms that have no weights."""
    net, normed = marks.net in tensors, marks.norm in tensors
    config: dict[str, Any] = {"norm_eps": "1e-5"}
    # The stored mask is causal, whatever is done with it.
    config["mask"] = facts.ask("mask", default="causal")
    if net:
        config["activation"] = facts.ask("activation")
    layout = Layout(tensors, {}, config)
    if normed:
        config["norms"] = facts.ask("norms", "before")
        config["norm_kind"] = "layer" if marks.norm_bias in tensors else "rms"
        return layout
    kind = facts.ask("bare_norms")
    if kind not in (None, "none"):
        config["norm_kind"] = kind
        layout.made = _bare(tensors, net, marks)
    return layout


def _gated(tensors: Tensors) -> Tensors:
    """Where nets have gates, their first bias is added after the product: it is part of the last one."""
    found = dict(tensors)
    for name in tensors:
        place = name.removesuffix("W_gate")
        parts = [found.get(f"{place}{end}") for end in ("b_in", "W_out", "b_out")]
        if place != name and all(part is not None for part in parts):
            first, output, last = (np.asarray(part, np.float64) for part in parts)
            if (
                output.ndim == 2
                and first.shape == output.shape[:1]
                and last.shape == output.shape[1:]
            ):
                found[f"{place}b_out"] = last + first @ output
    return found


def _table(tensors: Tensors, net: bool, normed: bool) -> dict[str, Source]:
    found: dict[str, str | Source] = {
        "embedding.weight": "embed.W_E",
        "positions.weight": "pos_embed.W_pos",
        "readout.weight": Source("unembed.W_U", transpose=True),
    }
    if "unembed.b_U" in tensors:
        found["readout.bias"] = "unembed.b_U"
    block = "blocks.*"
    for ours, sign in MAPS.items():
        found[f"layers.*.attention.{ours}.weight"] = Source(
            f"{block}.attn.W_{sign}", True, heads=True
        )
        found[f"layers.*.attention.{ours}.bias"] = Source(
            f"{block}.attn.b_{sign}", heads=True
        )
    found["layers.*.attention.output.weight"] = Source(f"{block}.attn.W_O", True, heads=True)
    found["layers.*.attention.output.bias"] = f"{block}.attn.b_O"
    if net:
        found["layers.*.feed_forward.hidden.weight"] = Source(
            f"{block}.mlp.W_in", transpose=True
        )
        found["layers.*.feed_forward.output.weight"] = Source(
            f"{block}.mlp.W_out", transpose=True
        )
        found["layers.*.feed_forward.output.bias"] = f"{block}.mlp.b_out"
        if f"{block}.mlp.W_gate".replace("*", "0") in tensors:
            found["layers.*.feed_forward.gate.weight"] = Source(
                f"{block}.mlp.W_gate", transpose=True
            )
        else:
            found["layers.*.feed_forward.hidden.bias"] = f"{block}.mlp.b_in"
    if normed:
        places = [("layers.*.attention_norm", f"{block}.ln1"), ("final_norm", "ln_final")]
        places += [("layers.*.net_norm", f"{block}.ln2")] if net else []
        biased = any(name.endswith("ln1.b") for name in tensors)
        for ours, theirs in places:
            found[f"{ours}.weight"] = f"{theirs}.w"
            if biased:
                found[f"{ours}.bias"] = f"{theirs}.b"
    return names_of(found)


def _bare(tensors: Tensors, net: bool, marks: Marks) -> Tensors:
    """Gains of norms without weights."""
    table = tensors.get(marks.words)
    gain = np.ones(table.shape[-1] if table is not None and table.ndim else 1)
    found = {"final_norm.weight": gain}
    for layer in range(layers_of(tensors, "blocks.", marks.query)):
        found[f"layers.{layer}.attention_norm.weight"] = gain
        if net:
            found[f"layers.{layer}.net_norm.weight"] = gain
    return found


TRANSFORMER_LENS = Dialect(
    "transformer-lens",
    "TransformerLens",
    ("embed.W_E", "blocks.*.attn.W_Q", "unembed.W_U"),
    read,
)
