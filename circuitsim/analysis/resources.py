"""What a model takes, in the papers' letters: layers, heads H, width m, and numbers."""

from dataclasses import dataclass

from circuitsim.analysis.description import parameters
from circuitsim.analysis.rival_description import rival_parameters
from circuitsim.models.any_model import AnyModel
from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import Model
from circuitsim.models.recurrent import RecurrentNet


@dataclass(frozen=True)
class Resources:
    """The resources of a model.

    Attributes:
        layers: of attention; 1 of a recurrent net; of ReLU units of a fully connected one.
        heads: the most of a layer.
        width: m, the most components of a head's keys or values; of a recurrent net's states; units of a fully
            connected net's first layer.
        parameters: numbers in its matrices and tables.
    """

    layers: int
    heads: int
    width: int
    parameters: int


def resources(model: AnyModel) -> Resources:
    """The resources of a transformer, a recurrent or a fully connected net."""
    if isinstance(model, RecurrentNet):
        return Resources(1, 0, sum(cell.size for cell in model.cells), rival_parameters(model))
    if isinstance(model, FullyConnected):
        width = len(model.layers[0].hidden) if model.layers else 0
        return Resources(len(model.layers), 0, width, rival_parameters(model))
    assert isinstance(model, Model)
    attending = [layer for layer in model.layers if layer.heads]
    heads = [head for layer in attending for head in layer.heads]
    width = max((max(len(head.key), len(head.value)) for head in heads), default=0)
    most = max((len(layer.heads) for layer in attending), default=0)
    return Resources(len(attending), most, width, parameters(model))
