"""Parts of layers as lines of a network, whatever the architecture: norms and feed-forward nets."""

import numpy as np

from circuitsim.models.model import FeedForward, Norm
from circuitsim.numbers.arrays import Matrix
from circuitsim.numbers.scaled import Scaled

from .network import Network
from .primitives import Activate, Multiply, Normalise, Relu, Round, Value


def draw_norm(drawn: Network, norm: Norm | None, name: str, x: Value) -> Value:
    """What a norm makes of every vector; the vectors where there is none."""
    if norm is None:
        return x
    place = ", ".join(filter(None, [drawn.place, name.replace("_", " ")]))
    with drawn.inside(name, place):
        shape = drawn.lines[x].shape
        if drawn.model.inner == "rounded":
            x = drawn.draw(Round((x,)), shape, "rounded component")
        how = Normalise((x,), norm.gain.scaled, norm.bias.scaled, norm.eps, norm.kind)
        return drawn.draw(how, shape, "normalised component")


def draw_net(drawn: Network, net: FeedForward, x: Value) -> Value:
    """What a net makes of every vector."""

    def linear(name: str) -> Value:
        rows, bias = getattr(net, name), getattr(net, f"{name}_bias")
        return drawn.affine(x, scaled_matrix(rows, drawn.width(x)), bias.scaled, "hidden sum")

    hidden = linear("hidden")
    inner = linear("gate") if net.gate else hidden
    activation = (
        Relu((inner,)) if net.activation == "relu" else Activate((inner,), net.activation)
    )
    unit = drawn.draw(activation, drawn.lines[hidden].shape, "hidden unit")
    if net.gate:
        unit = drawn.draw(Multiply((unit, hidden)), drawn.lines[hidden].shape, "hidden unit")
    return drawn.affine(
        unit, scaled_matrix(net.output, len(net.hidden)), net.output_bias.scaled, ""
    )


def with_net(drawn: Network, net: FeedForward, x: Value) -> Value:
    """What a net makes of every vector, added to it where it should be."""
    result = draw_net(drawn, net, x)
    return drawn.add([x, result] if net.residual else [result], "output")


def scaled_matrix(rows: Matrix, columns: int) -> Scaled:
    """A matrix (r, columns), which may have no row."""
    return rows.scaled if rows else Scaled(np.zeros((0, columns), np.int64), 1)
