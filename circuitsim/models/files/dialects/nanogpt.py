"""nanoGPT: GPT-2's names with maps as nn.Linear stores them, biases or none, and GELU in its exact form."""

from typing import Any

from circuitsim.models.files.contents import Tensors
from circuitsim.models.files.dialects import gpt2
from circuitsim.models.files.dialects.dialect import (
    Dialect,
    Facts,
    Layout,
    without_prefix,
)


def read(tensors: Tensors, facts: Facts) -> Layout:
    """The layout of a checkpoint, whose model_args may be missing."""
    tensors = without_prefix(tensors, "wte.weight")
    config: dict[str, Any] = {"norm_eps": "1e-5"}
    config["mask"] = facts.ask("mask", "causal")
    config["norms"] = facts.ask("norms", "before")
    config["activation"] = facts.ask("activation", default="gelu")
    config["heads"] = facts.ask("heads", facts.number("n_head"))
    gpt2.agree(facts, tensors, "block_size")
    return Layout(tensors, gpt2.table(tensors, transposed=False), config, gpt2.UNREAD)


NANOGPT = Dialect(
    "nanogpt",
    "nanoGPT",
    ("wte.weight", "wpe.weight", "h.*.attn.c_attn.weight"),
    read,
    lambda config: (
        isinstance(config.get("model_args"), dict) and "block_size" in config["model_args"]
    ),
    lambda config: config["model_args"] if isinstance(config.get("model_args"), dict) else {},
    "model_args",
)
