"""TransformerLens: a tensor a map and layer, with an axis of heads; read-in and read-out of their own.

Norms that were folded into the maps leave no tensors, so that nothing in a file says whether there are norms.
"""

from typing import Any

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
MAPS = {"query": "Q", "key": "K", "value": "V"}


def read(tensors: Tensors, facts: Facts) -> Layout:
    """The layout of a state dict."""
    tensors = _gated(without_prefix(tensors, "embed.W_E"))
    net = any(name.startswith("blocks.") and name.endswith("mlp.W_in") for name in tensors)
    normed = any(name.startswith("blocks.") and name.endswith("ln1.w") for name in tensors)
    config: dict[str, Any] = {"norm_eps": "1e-5"}
    config["mask"] = facts.ask(
        "mask", default="causal"
    )  # the stored one is, whatever is done with it
    if net:
        config["activation"] = facts.ask("activation")
    if normed:
        config["norms"] = facts.ask("norms", "before")
        config["norm_kind"] = "layer" if any(n.endswith("ln1.b") for n in tensors) else "rms"
    gated = any(name.endswith("mlp.W_gate") for name in tensors)
    unread = UNREAD + OF_GATED if gated else UNREAD
    layout = Layout(tensors, _table(tensors, net, normed), config, unread)
    kind = None if normed else facts.ask("bare_norms")
    if kind not in (None, "none"):
        config["norm_kind"] = kind
        layout.made = _bare(tensors, net)
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


def _bare(tensors: Tensors, net: bool) -> Tensors:
    """Gains of norms without weights."""
    table = tensors.get("embed.W_E")
    gain = np.ones(table.shape[-1] if table is not None and table.ndim else 1)
    found = {"final_norm.weight": gain}
    for layer in range(layers_of(tensors, "blocks.", ".attn.W_Q")):
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
