"""What softmax is refused with, by meanings that are exact and by circuits."""

from circuitsim.errors import ModelError

from .network import Attend, Network


def refuse_softmax(network: Network) -> None:
    """Raise a ModelError that names the first softmax head: it has no exact meaning."""
    for line in network.lines:
        if isinstance(line.primitive, Attend) and line.primitive.attention == "softmax":
            raise ModelError(
                f"{network.model.name}: {line.place} is softmax, which has no exact meaning; pass --attention"
                " saturated, hard-left or hard-right."
            )


def no_circuit(place: str) -> ModelError:
    """The refusal of a softmax head, such as "layer 0, head 1", by whoever draws circuits."""
    return ModelError(
        f"{place} has softmax attention, which has no exact circuit; compile with --attention saturated, hard-left or"
        " hard-right."
    )
