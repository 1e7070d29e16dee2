"""`torch.nn.TransformerEncoder` inside any module: the rest of the module goes by names and shapes.

Nothing in a state dict says how many heads there are, which activation, where norms stand, what the mask is, or how
positions become an answer.
"""

import re
from typing import Any

from circuitsim.models.files.contents import Tensors
from circuitsim.models.files.dialects.dialect import Dialect, Facts, Layout
from circuitsim.models.files.dialects.names import Source, names_of

MARK = "layers.*.self_attn.in_proj_weight"
ENCODER = re.compile(r"((?:.*\.)?)layers\.\d+\.self_attn\.in_proj_weight", re.DOTALL)
POSITION = re.compile(r"pos|wpe|(^|[._])pe($|[._])", re.IGNORECASE)
EMBEDDING = re.compile(r"emb|tok|wte|vocab|src|encoder", re.IGNORECASE)
PARTS = {"query": (0, 3), "key": (1, 3), "value": (2, 3)}


def read(tensors: Tensors, facts: Facts) -> Layout:
    """The layout of a state dict, or of a module that is the encoder alone."""
    prefix = next((hit[1] for name in tensors if (hit := ENCODER.fullmatch(name))), "")
    config: dict[str, Any] = {"norm_eps": "1e-5"}
    for name in ("heads", "mask", "activation", "norms"):
        config[name] = facts.ask(name)
    facts.ask("readout")
    given = facts.options.names
    others = {n: a for n, a in tensors.items() if not n.startswith(f"{prefix}layers.")}
    rest = {"embedding.weight", "positions.weight", "readout.weight"} - set(given)
    names = _encoder(prefix, tensors) | _others(others, prefix, rest, given, facts)
    return Layout(tensors, names, config)


def _encoder(prefix: str, tensors: Tensors) -> dict[str, Source]:
    """Tensors of the encoder's layers and of its norm."""
    biased = any(
        name.startswith(f"{prefix}layers.") and name.endswith("in_proj_bias")
        for name in tensors
    )
    found: dict[str, str | Source] = {}
    layer = f"{prefix}layers.*"
    kinds = ("weight", "bias") if biased else ("weight",)
    for kind in kinds:
        for ours, part in PARTS.items():
            theirs = f"{layer}.self_attn.in_proj_{kind}"
            found[f"layers.*.attention.{ours}.{kind}"] = Source(theirs, part=part)
        for ours, theirs in (
            ("attention.output", "self_attn.out_proj"),
            ("feed_forward.hidden", "linear1"),
            ("feed_forward.output", "linear2"),
            ("attention_norm", "norm1"),
            ("net_norm", "norm2"),
        ):
            found[f"layers.*.{ours}.{kind}"] = f"{layer}.{theirs}.{kind}"
        if f"{prefix}norm.{kind}" in tensors:
            found[f"final_norm.{kind}"] = f"{prefix}norm.{kind}"
    return names_of(found)


def _others(
    tensors: Tensors,
    prefix: str,
    wanted: set[str],
    given: dict[str, Source] | Any,
    facts: Facts,
) -> dict[str, Source]:
    """The embedding, the positions and the head, as far as names and shapes tell them apart."""
    taken = {source.tensor for source in given.values()} | {f"{prefix}norm.weight"}
    maps = [n for n, array in tensors.items() if n not in taken and _width(array)]
    heads = [n for n in maps if n.endswith(".weight") and f"{n[:-6]}bias" in tensors]
    places = [n for n in maps if n not in heads and POSITION.search(n)]
    words = [n for n in maps if n not in heads and n not in places]
    if len(words) > 1:  # a head without a bias
        known = [n for n in words if EMBEDDING.search(n)]
        heads, words = heads + [n for n in words if n not in known], known
    found: dict[str, str | Source] = {}
    for ours, theirs in (
        ("embedding.weight", words),
        ("positions.weight", places),
        ("readout.weight", heads),
    ):
        if ours not in wanted:
            continue
        if len(theirs) == 1:
            found[ours] = theirs[0]
        elif theirs or ours != "positions.weight":
            which = (
                f"one of {', '.join(theirs)[:200]}"
                if theirs
                else "and no tensor looks like it"
            )
            facts.problems.append(
                f"the names do not say which tensor is {ours}, {which}; give it in names"
            )
    if isinstance(head := found.get("readout.weight"), str) and f"{head[:-6]}bias" in tensors:
        found["readout.bias"] = f"{head[:-6]}bias"
    return names_of(found)


def _width(array: Any) -> int:
    """The entries of a row, of what is a table or a map but for axes of length 1; else 0."""
    shape = [size for size in array.shape if size != 1] if array.ndim > 2 else array.shape
    return int(shape[-1]) if len(shape) == 2 else 0


ENCODER_OF_TORCH = Dialect(
    "torch-encoder", "torch.nn.TransformerEncoder inside a module", (MARK,), read
)
