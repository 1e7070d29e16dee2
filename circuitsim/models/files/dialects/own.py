"""The names of docs/model-format.md without its config, or with names of the user's own: any module's state dict."""

from typing import Any

from circuitsim.models.files.contents import Tensors
from circuitsim.models.files.dialects.dialect import Dialect, Facts, Layout
from circuitsim.models.files.dialects.names import Source
from circuitsim.models.files.tensors import LAYER, OF_LAYERS, OF_MODELS


def read(tensors: Tensors, facts: Facts) -> Layout:
    """The layout of tensors that are named as ours, or by `names` of the options."""
    given = facts.options.names
    named = {source.tensor for source in given.values()}
    names: dict[str, Source] = {}
    for name in tensors:
        hit = LAYER.fullmatch(name)
        known = name in OF_MODELS or (hit is not None and hit[2] in OF_LAYERS)
        whole = {name, f"layers.*.{hit[2]}" if hit else name}
        if known and not whole & {*given, *named}:
            names[name] = Source(name)
    config: dict[str, Any] = {"mask": facts.ask("mask"), "norm_eps": "1e-5"}
    every = {*names, *given}
    config["rotary"] = facts.options.rotary
    config["heads"] = facts.ask("heads") if not _by_head(given) else None
    if any(".feed_forward." in name for name in every):
        config["activation"] = facts.ask("activation")
    if any("_norm." in name and name.startswith("layers") for name in every):
        config["norms"] = facts.ask("norms")
    facts.ask("readout")
    for name in ("embedding.weight", "readout.weight"):
        if name not in every:
            facts.problems.append(
                f"no tensor is named as {name}; say in names which one it is"
            )
    return Layout(tensors, names, config)


def _by_head(names: Any) -> bool:
    """Whether tensors show how many heads there are."""
    return any(source.heads or "#" in source.tensor for source in names.values())


OWN = Dialect(
    "own",
    "a module of one's own, with names as in docs/model-format.md",
    ("embedding.weight", "layers.*.attention.query.weight"),
    read,
)
