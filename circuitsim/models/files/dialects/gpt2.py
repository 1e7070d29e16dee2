"""GPT-2 of Hugging Face: causal, layer norms before each block and at the end, learned positions.

Maps are stored as (inputs, outputs); queries, keys and values of all heads in one. The read-out is the embedding unless
the checkpoint has one of its own, as classifiers have.
"""

from typing import Any

from circuitsim.models.files.contents import Tensors
from circuitsim.models.files.dialects.dialect import (
    Dialect,
    Facts,
    Layout,
    layers_of,
    size,
    without_prefix,
)
from circuitsim.models.files.dialects.names import Source, names_of

ACTIVATIONS = {
    "gelu_new": "gelu-tanh",
    "gelu_pytorch_tanh": "gelu-tanh",
    "gelu": "gelu",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
}
UNREAD = ("h.*.attn.bias", "h.*.attn.masked_bias")  # masks that some versions keep


def read(tensors: Tensors, facts: Facts) -> Layout:
    """The layout of a checkpoint, whose config.json may be missing."""
    tensors = without_prefix(tensors, "wte.weight")
    config: dict[str, Any] = {"norm_eps": facts.config.get("layer_norm_epsilon", "1e-5")}
    config["mask"] = facts.ask("mask", "causal")
    config["norms"] = facts.ask("norms", "before")
    named = (
        facts.word("activation_function", ACTIVATIONS, "gelu_new") if facts.config else None
    )
    config["activation"] = facts.ask("activation", named)
    config["heads"] = facts.ask("heads", facts.number("n_head"))
    agree(facts, tensors, "n_positions")
    facts.same("n_inner", size(tensors.get("h.0.mlp.c_fc.weight"), 1), "hidden units")
    facts.refuse(("add_cross_attention", "scale_attn_by_inverse_layer_idx"))
    scaled = bool(facts.config.get("scale_attn_weights", True))
    return Layout(tensors, table(tensors, transposed=True), config, UNREAD, scaled)


def agree(facts: Facts, tensors: Tensors, positions: str) -> None:
    """Note sizes of the config that are others than the tensors show."""
    words, places = tensors.get("wte.weight"), tensors.get("wpe.weight")
    facts.same("n_layer", layers_of(tensors, "h.", ".ln_1.weight"), "layers")
    facts.same("vocab_size", size(words, 0), "tokens")
    facts.same("n_embd", size(words, 1), "entries a token")
    facts.same(positions, size(places, 0), "positions")


def table(tensors: Tensors, *, transposed: bool) -> dict[str, Source]:
    """Names of the GPT-2 family; biases where there are any."""
    maps = {
        "query": ("attn.c_attn", (0, 3)),
        "key": ("attn.c_attn", (1, 3)),
        "value": ("attn.c_attn", (2, 3)),
        "output": ("attn.c_proj", ()),
    }
    places: dict[str, tuple[str, tuple[int, ...]]] = {
        **{f"attention.{ours}": theirs for ours, theirs in maps.items()},
        "feed_forward.hidden": ("mlp.c_fc", ()),
        "feed_forward.output": ("mlp.c_proj", ()),
    }
    biased = any(name.startswith("h.") and name.endswith("c_fc.bias") for name in tensors)
    heads = [
        n for n in ("score.weight", "lm_head.weight") if n in tensors
    ]  # of a classifier first
    found: dict[str, str | Source] = {
        "embedding.weight": "wte.weight",
        "positions.weight": "wpe.weight",
        "final_norm.weight": "ln_f.weight",
        "readout.weight": heads[0] if heads else "wte.weight",
    }
    for ours, theirs in (("attention_norm", "ln_1"), ("net_norm", "ln_2")):
        found[f"layers.*.{ours}.weight"] = f"h.*.{theirs}.weight"
        if biased:
            found[f"layers.*.{ours}.bias"] = f"h.*.{theirs}.bias"
    if biased:
        found["final_norm.bias"] = "ln_f.bias"
    if "lm_head.bias" in tensors:
        found["readout.bias"] = "lm_head.bias"
    for ours, (name, part) in places.items():
        found[f"layers.*.{ours}.weight"] = Source(f"h.*.{name}.weight", transposed, part)
        if biased:
            found[f"layers.*.{ours}.bias"] = Source(f"h.*.{name}.bias", part=part)
    return names_of(found)


def _as_inputs_outputs(tensors: Tensors) -> bool:
    """Whether maps are stored as (inputs, outputs)."""
    fused = [array.shape for name, array in tensors.items() if name.endswith("c_attn.weight")]
    return all(len(shape) == 2 and shape[1] == 3 * shape[0] for shape in fused)


GPT2 = Dialect(
    "gpt2",
    "GPT-2 of Hugging Face",
    ("wte.weight", "wpe.weight", "h.*.attn.c_attn.weight"),
    read,
    lambda config: config.get("model_type") == "gpt2",
    source="config.json",
    shaped=_as_inputs_outputs,
)
