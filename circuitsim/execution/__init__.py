"""Many tasks that do not depend on each other: done here, by processes, or by a cluster, with the same results."""

from .in_order import Place, in_order
from .started import Progress

__all__ = ["Place", "Progress", "in_order"]
