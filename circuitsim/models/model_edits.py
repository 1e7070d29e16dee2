"""Copies of a model with something replaced."""

from dataclasses import replace

from circuitsim.models.model import Attention, Model


def with_attention(model: Model, kind: Attention) -> Model:
    """The model with every head's kind of attention replaced.

    Raises:
        ModelError: `kind` is not a kind of attention.
    """
    layers = tuple(
        replace(layer, heads=tuple(replace(head, attention=kind) for head in layer.heads)) for layer in model.layers
    )
    return replace(model, layers=layers)
