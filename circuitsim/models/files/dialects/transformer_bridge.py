"""TransformerLens 4, whose models are bridges: tensors as the bridged library stores them, heads side by side.

So the number of heads is in no tensor. Maps of the bridge's own models are those of nn.Linear; those of GPT-2 are kept
as Hugging Face has them, transposed but for queries, keys and values.
"""

from circuitsim.models.files.contents import Tensors
from circuitsim.models.files.dialects.dialect import (
    Dialect,
    Facts,
    Layout,
    size,
    without_prefix,
)
from circuitsim.models.files.dialects.names import Source
from circuitsim.models.files.dialects.transformer_lens import Marks, block_layout

OF_BRIDGES = Marks(
    "embed.weight",
    ".attn.q.weight",
    "blocks.0.mlp.in.weight",
    "blocks.0.ln1.weight",
    "blocks.0.ln1.bias",
)
OURS = {
    "embed": "embedding",
    "pos_embed": "positions",
    "unembed": "readout",
    "ln_final": "final_norm",
    "blocks.*.attn.q": "layers.*.attention.query",
    "blocks.*.attn.k": "layers.*.attention.key",
    "blocks.*.attn.v": "layers.*.attention.value",
    "blocks.*.attn.o": "layers.*.attention.output",
    "blocks.*.mlp.in": "layers.*.feed_forward.hidden",
    "blocks.*.mlp.gate": "layers.*.feed_forward.gate",
    "blocks.*.mlp.out": "layers.*.feed_forward.output",
    "blocks.*.ln1": "layers.*.attention_norm",
    "blocks.*.ln2": "layers.*.net_norm",
}
OF_CONV1D = ("attn.o", "mlp.in", "mlp.out")  # transposed by GPT-2
ALWAYS = ("embed", "pos_embed", "unembed", *(f"blocks.*.attn.{sign}" for sign in "qkvo"))


def read(tensors: Tensors, facts: Facts) -> Layout:
    """The layout of a state dict, whose optional tensors are those of its first layer."""
    tensors = without_prefix(tensors, OF_BRIDGES.words)
    layout = block_layout(tensors, facts, OF_BRIDGES)
    layout.config["heads"] = facts.ask("heads")
    transposed = _of_gpt2(tensors, facts)
    for theirs, ours in OURS.items():
        for kind in ("weight", "bias"):
            like = "blocks.0.ln1" if theirs == "ln_final" else theirs.replace("*", "0")
            there = f"{like}.{kind}" in tensors
            if there or (kind == "weight" and theirs in ALWAYS):
                turned = transposed and kind == "weight" and theirs.endswith(OF_CONV1D)
                layout.names[f"{ours}.{kind}"] = Source(f"{theirs}.{kind}", turned)
    return layout


def _of_gpt2(tensors: Tensors, facts: Facts) -> bool:
    """Whether the first map of a net is stored as (inputs, outputs), as only GPT-2 has it, always with a bias."""
    name = "blocks.0.mlp.in"
    outputs = size(tensors.get(f"{name}.bias"), 0)
    stored = [size(tensors.get(f"{name}.weight"), axis) for axis in (0, 1)]
    if outputs is not None and stored == [outputs, outputs]:
        facts.problems.append(
            f"{name}.weight is square, so nothing says whether it is transposed (as in GPT-2), unless `names` do"
        )
    return outputs is not None and stored[0] not in (None, outputs)


TRANSFORMER_BRIDGE = Dialect(
    "transformer-bridge",
    "TransformerBridge of TransformerLens 4",
    (OF_BRIDGES.words, "blocks.*.attn.q.weight", "unembed.weight"),
    read,
)
