"""What softmax is refused with, by what knows hard and saturated attention alone; what the theorems leave out."""

from collections.abc import Iterator

from circuitsim.errors import ModelError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.blocks import FeedForward
from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import Model
from circuitsim.models.recurrent import NetCell

from .network import Network
from .primitives import Attend


def refuse_softmax(network: Network, what: str) -> None:
    """Raise a ModelError that names the first softmax head, where `what`, such as "this is about", knows none."""
    for line in network.lines:
        if isinstance(line.primitive, Attend) and line.primitive.softmax is not None:
            raise ModelError(
                f"{network.model.name}: {line.place} is softmax, and {what} hard and saturated attention alone; pass"
                " --attention saturated, hard-left or hard-right."
            )


def modern_part(model: AnyModel) -> str | None:
    """The first part of a model that the theorems leave out, such as "layer 0 has a norm"."""
    return next(_parts(model), None)


def refuse_parts(model: AnyModel, why: str) -> None:
    """Raise a ModelError where a model has such a part."""
    if found := modern_part(model):
        raise ModelError(f"{model.name}: {found}, and {why}.")


def _parts(model: AnyModel) -> Iterator[str]:
    nets: dict[str, FeedForward] = {}
    if isinstance(model, Model):
        if model.embedding_norm:
            yield "the embedding has a norm"
        for index, layer in enumerate(model.layers):
            if any(head.rotary is not None for head in layer.heads):
                yield f"layer {index} has rotary positions"
            if layer.attention_norm or layer.net_norm:
                yield f"layer {index} has a norm"
            if layer.feed_forward:
                nets[f"layer {index}"] = layer.feed_forward
        if model.final_norm:
            yield "the read-out has a norm"
    elif isinstance(model, FullyConnected):
        nets = {f"layer {index}": net for index, net in enumerate(model.layers)}
    else:
        for where, cell in zip(("forward", "backward"), model.cells, strict=False):
            of_cell = cell.nets if isinstance(cell, NetCell) else ()
            nets |= {f"{where}, net {index}": net for index, net in enumerate(of_cell)}
        nets |= {f"the read-out, net {index}": net for index, net in enumerate(model.nets)}
    for where, net in nets.items():
        if net.gate:
            yield f"{where} has a gate"
        if net.activation != "relu":
            yield f"{where} has the activation {net.activation}"
    if model.inner == "rounded":
        yield "the model has inner rounding"
    if model.readout.position == "mean":
        yield "the read-out is at the mean of all positions"
    if model.readout.answer == "signs":
        yield "the read-out answers by signs"
