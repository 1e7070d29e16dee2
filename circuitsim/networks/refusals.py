"""What softmax is refused with, by what knows hard and saturated attention alone."""

from circuitsim.errors import ModelError

from .network import Attend, Network


def refuse_softmax(network: Network, what: str) -> None:
    """Raise a ModelError that names the first softmax head, where `what`, such as "this is about", knows none."""
    for line in network.lines:
        if isinstance(line.primitive, Attend) and line.primitive.softmax is not None:
            raise ModelError(
                f"{network.model.name}: {line.place} is softmax, and {what} hard and saturated attention alone; pass"
                " --attention saturated, hard-left or hard-right."
            )
