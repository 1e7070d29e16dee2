"""BERT of Hugging Face: norms after each block and of the embedding, every position sees every other.

A classifier reads the first position through a net of tanh (the pooler); one of tokens reads each; a masked language
model reads each through a net with a norm. The first token type is added to every token.
"""

from typing import Any

import numpy as np

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

WORDS, POSITIONS = (
    "embeddings.word_embeddings.weight",
    "embeddings.position_embeddings.weight",
)
TYPES = "embeddings.token_type_embeddings.weight"
UNREAD = (
    "embeddings.position_ids",
    "embeddings.token_type_ids",
    TYPES,
    "cls.seq_relationship.*",
)
MAPS = {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention.output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "feed_forward.hidden": "intermediate.dense",
    "feed_forward.output": "output.dense",
    "net_norm": "output.LayerNorm",
}


def read(tensors: Tensors, facts: Facts) -> Layout:
    """The layout of a checkpoint, whose config.json may be missing."""
    tensors = without_prefix(tensors, WORDS)
    layers = layers_of(tensors, "encoder.layer.", ".attention.self.query.weight")
    mask, norms = facts.ask("mask", "none"), facts.ask("norms", "after")
    named = facts.word("hidden_act", ACTIVATIONS, "gelu") if facts.config else None
    activation = facts.ask("activation", named)
    heads = facts.ask("heads", facts.number("num_attention_heads"))
    facts.same("num_hidden_layers", layers, "layers")
    facts.same("vocab_size", size(tensors.get(WORDS), 0), "tokens")
    facts.same("hidden_size", size(tensors.get(WORDS), 1), "entries a token")
    facts.refuse(("add_cross_attention", "is_decoder"))
    if facts.config.get("position_embedding_type", "absolute") != "absolute":
        facts.problems.append(f"{facts.source}.position_embedding_type is not absolute")
    config: dict[str, Any] = {
        "norm_eps": facts.config.get("layer_norm_eps", "1e-12"),
        "mask": mask, "norms": norms, "activation": activation, "heads": heads,
    }  # fmt: skip
    layout = Layout(_typed(tensors), _table(), config, UNREAD)
    _head(layout, layers, facts)
    return layout


def _typed(tensors: Tensors) -> Tensors:
    """With the first token type as part of every position's row."""
    types, rows = tensors.get(TYPES), tensors.get(POSITIONS)
    if types is None or rows is None or types.shape[1:] != rows.shape[1:] or not len(types):
        return tensors
    return tensors | {POSITIONS: rows.astype(np.float64) + types[0].astype(np.float64)}


def _table() -> dict[str, Source]:
    found = {"embedding.weight": WORDS, "positions.weight": POSITIONS}
    for kind in ("weight", "bias"):
        found[f"embedding_norm.{kind}"] = f"embeddings.LayerNorm.{kind}"
        for ours, theirs in MAPS.items():
            found[f"layers.*.{ours}.{kind}"] = f"encoder.layer.*.{theirs}.{kind}"
    return names_of(found)


def _head(layout: Layout, layers: int, facts: Facts) -> None:
    """The read-out that there are tensors of."""
    there, own = layout.tensors, layers  # a net of its own is one more layer
    heads = (
        "cls.predictions.transform.dense.weight",
        "pooler.dense.weight",
        "classifier.weight",
    )
    masked, pooled, classified = (name in there for name in heads)
    if masked:
        _net(layout, own, "cls.predictions.transform.dense", layout.config["activation"])
        for kind in ("weight", "bias"):
            theirs = f"cls.predictions.transform.LayerNorm.{kind}"
            layout.names[f"final_norm.{kind}"] = Source(theirs)
        decoder = "cls.predictions.decoder.weight"
        layout.names["readout.weight"] = Source(decoder if decoder in there else WORDS)
        layout.names["readout.bias"] = Source("cls.predictions.bias")
        layout.unread += (
            "cls.predictions.decoder.bias",
            "pooler.dense.weight",
            "pooler.dense.bias",
        )
        facts.ask("readout", default="each")
    elif classified:
        layout.names["readout.weight"] = Source("classifier.weight")
        layout.names["readout.bias"] = Source("classifier.bias")
        if pooled:
            _net(layout, own, "pooler.dense", "tanh")
        facts.ask("readout", default="first" if pooled else "each")
    else:
        layout.unread += ("pooler.dense.weight", "pooler.dense.bias")
        if "readout.weight" not in facts.options.names:
            facts.problems.append(
                "there is no head that reads an answer out; name one in names, as readout.weight"
            )


def _net(layout: Layout, layer: int, theirs: str, activation: Any) -> None:
    """One more layer, of a net alone whose output is its hidden units."""
    place = f"layers.{layer}.feed_forward"
    for kind in ("weight", "bias"):
        layout.names[f"{place}.hidden.{kind}"] = Source(f"{theirs}.{kind}")
    weight = layout.tensors[f"{theirs}.weight"]
    layout.made[f"{place}.output.weight"] = np.eye(len(weight) if weight.ndim else 1)
    layout.config["activation"] = [layout.config["activation"]] * layer + [activation]
    layout.config["net_residual"] = [True] * layer + [False]


BERT = Dialect(
    "bert",
    "BERT of Hugging Face",
    (WORDS, "encoder.layer.*.attention.self.query.weight"),
    read,
    lambda config: config.get("model_type") == "bert",
    source="config.json",
)
