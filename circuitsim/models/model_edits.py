"""Copies of a model with something replaced."""

from dataclasses import replace
from typing import TypeVar

from circuitsim.errors import ModelError
from circuitsim.models.model import Attention, Model
from circuitsim.models.sized import Sized

AnyModel = TypeVar("AnyModel", Model, Sized)


def with_attention(model: AnyModel, kind: Attention) -> AnyModel:
    """The model with every head's kind of attention replaced.

    Raises:
        ModelError: `kind` is not a kind of attention, or the model has no attention.
    """
    if isinstance(model, Sized):
        sized = model
        return replace(sized, make=lambda n: with_attention(sized.make(n), kind))
    if not isinstance(model, Model):
        raise ModelError(f"{model.name} has no attention to replace; leave out --attention.")
    layers = tuple(
        replace(layer, heads=tuple(replace(head, attention=kind) for head in layer.heads)) for layer in model.layers
    )
    return replace(model, layers=layers)
