"""Llama, Mistral and Qwen2 of Hugging Face: causal, RMS norms before each block, rotary positions, gated nets.

Several query heads may share the keys and values of one (grouped queries); here each has a copy. Biases are those that
there are tensors of. The read-out is the embedding unless the checkpoint has one of its own, as classifiers have.
"""

import re
from typing import Any

import numpy as np

from circuitsim.errors import ModelError
from circuitsim.models.files.contents import Tensors
from circuitsim.models.files.dialects.dialect import (
    Dialect,
    Facts,
    Layout,
    layers_of,
    size,
    without_prefix,
)
from circuitsim.models.files.dialects.gpt2 import ACTIVATIONS
from circuitsim.models.files.dialects.names import Source, names_of
from circuitsim.models.files.documents import show
from circuitsim.numbers.rationals import rational

KINDS = ("llama", "mistral", "qwen2")
WORDS, ATTENTION = "embed_tokens.weight", "layers.*.self_attn"
SHARED = re.compile(r"layers\.(\d{1,6})\.self_attn\.[kv]_proj\.(weight|bias)", re.ASCII)
UNREAD = (f"{ATTENTION}.rotary_emb.inv_freq", "rotary_emb.inv_freq")  # of some versions
MAPS = {
    "attention.query": "self_attn.q_proj",
    "attention.key": "self_attn.k_proj",
    "attention.value": "self_attn.v_proj",
    "attention.output": "self_attn.o_proj",
    "attention_norm": "input_layernorm",
    "net_norm": "post_attention_layernorm",
    "feed_forward.hidden": "mlp.up_proj",
    "feed_forward.gate": "mlp.gate_proj",
    "feed_forward.output": "mlp.down_proj",
}


def read(tensors: Tensors, facts: Facts) -> Layout:
    """The layout of a checkpoint, whose config.json may be missing."""
    tensors = without_prefix(tensors, WORDS)
    config: dict[str, Any] = {
        "norm_kind": "rms",
        "norm_eps": facts.config.get("rms_norm_eps", "1e-6"),
        "mask": facts.ask("mask", "causal"),
        "norms": facts.ask("norms", "before"),
        "rotary": facts.ask("rotary", _base(facts)),
        "longest": _window(facts),
    }
    named = facts.word("hidden_act", ACTIVATIONS, "silu") if facts.config else None
    config["activation"] = facts.ask("activation", named)
    config["heads"] = facts.ask("heads", facts.number("num_attention_heads"))
    queries = size(tensors.get("layers.0.self_attn.q_proj.weight"), 0)
    heads = config["heads"] if type(config["heads"]) is int else 0
    each = queries // heads if queries and heads > 0 else 0
    _agree(facts, tensors, each)
    headless = not {"lm_head.weight", "score.weight"} & {*tensors}
    untied = facts.config.get("tie_word_embeddings") is False
    if headless and untied and "readout.weight" not in facts.options.names:
        facts.problems.append(
            "there is no head that reads an answer out; name one in names, as readout.weight"
        )
    if "score.bias" in tensors:  # a classifier of tokens
        facts.ask("readout", default="each")
    return Layout(_copied(tensors, heads, each, facts), _table(tensors), config, UNREAD)


def _base(facts: Facts) -> Any:
    """The base of the angles; notes angles of another kind."""
    rope = facts.config.get("rope_parameters") or facts.config.get("rope_scaling") or {}
    found = facts.config.get("rope_theta", 10_000 if facts.config else None)
    if not isinstance(rope, dict):
        facts.problems.append(
            f"{facts.source} has no object of rotary positions: {show(rope)}"
        )
        return None
    kind = rope.get("rope_type", rope.get("type", "default"))
    part = rope.get("partial_rotary_factor", facts.config.get("partial_rotary_factor", 1))
    if kind != "default":
        facts.problems.append(
            f"{facts.source}: rotary positions of type {show(kind)} are not read, only the default ones"
        )
    if any(isinstance(value, dict) for value in rope.values()):
        facts.problems.append(
            f"{facts.source}: rotary positions differ between kinds of layers, and here all layers have one base"
        )
    if part not in (1, None):
        facts.problems.append(
            f"{facts.source}: partial_rotary_factor is {show(part)}, and whole heads are turned here"
        )
    found = rope.get("rope_theta", found)
    try:
        return None if found is None else rational(found, f"{facts.source}.rope_theta")
    except ModelError as error:
        facts.problems.append(str(error).rstrip("."))
        return None


def _window(facts: Facts) -> int | None:
    """How many positions a query sees, itself included: no sequence here may be longer."""
    off = facts.config.get("use_sliding_window") is False
    return None if off else facts.number("sliding_window")


def _agree(facts: Facts, tensors: Tensors, each: int) -> None:
    """Note sizes of the config that are others than the tensors show; a head has so many components `each`."""
    words, keys = tensors.get(WORDS), size(tensors.get("layers.0.self_attn.k_proj.weight"), 0)
    facts.same(
        "num_hidden_layers",
        layers_of(tensors, "layers.", ".input_layernorm.weight"),
        "layers",
    )
    facts.same("vocab_size", size(words, 0), "tokens")
    facts.same("hidden_size", size(words, 1), "entries a token")
    facts.same(
        "intermediate_size",
        size(tensors.get("layers.0.mlp.up_proj.weight"), 0),
        "hidden units",
    )
    if each:
        facts.same("head_dim", each, "components of a head")
        facts.same("num_key_value_heads", keys and keys // each, "heads with keys")


def _copied(tensors: Tensors, heads: int, each: int, facts: Facts) -> Tensors:
    """With keys and values for every head: those of one serve as many queries next to each other."""
    found = dict(tensors)
    for name, array in tensors.items():
        if not each or not SHARED.fullmatch(name) or not array.ndim:
            continue
        many, rest = divmod(len(array), each)
        if rest or not many or heads % many:
            facts.problems.append(
                f"tensor {name} has {len(array)} entries, and heads of {each} that {heads} heads share equally were"
                " expected"
            )
        else:
            apart = array.reshape(many, each, *array.shape[1:])
            copies = np.repeat(apart, heads // many, axis=0)
            found[name] = copies.reshape(heads * each, *array.shape[1:])
    return found


def _table(tensors: Tensors) -> dict[str, Source]:
    """Names; biases where there are any."""
    heads = [n for n in ("score.weight", "lm_head.weight") if n in tensors]
    found = {
        "embedding.weight": WORDS,
        "final_norm.weight": "norm.weight",
        "readout.weight": heads[0] if heads else WORDS,
    }
    if "score.bias" in tensors:
        found["readout.bias"] = "score.bias"
    for ours, theirs in MAPS.items():
        found[f"layers.*.{ours}.weight"] = f"layers.*.{theirs}.weight"
        if any(n.startswith("layers.") and n.endswith(f".{theirs}.bias") for n in tensors):
            found[f"layers.*.{ours}.bias"] = f"layers.*.{theirs}.bias"
    return names_of(found)


LLAMA = Dialect(
    "llama",
    "Llama, Mistral or Qwen2 of Hugging Face",
    (WORDS, f"{ATTENTION}.q_proj.weight", "layers.*.mlp.gate_proj.weight"),
    read,
    lambda config: config.get("model_type") in KINDS,
    source="config.json",
)
