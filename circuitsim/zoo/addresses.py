"""Models by address: a file, or `zoo:NAME:option=value,...`."""

from pathlib import Path
from typing import Any

from circuitsim.errors import InputError
from circuitsim.models.files.reading import load
from circuitsim.zoo.entry import Built
from circuitsim.zoo.near import nearest
from circuitsim.zoo.option_values import written

PREFIX = "zoo:"


def load_any(address: str | Path, **options: Any) -> Any:
    """The model of a file, or the models (`Sized`) of a zoo address.

    Args:
        options: what a checkpoint of another library does not say; see `files.reading.load`.

    Raises:
        ModelError: the file cannot be read, or holds no model.
        InputError: no such model in the zoo, or an option it does not have.
    """
    if isinstance(address, str) and address.startswith(PREFIX):
        if options:
            raise InputError(
                f"{address}: a model of the zoo needs no {', '.join(options)}; checkpoints of other libraries do."
            )
        return built(address.removeprefix(PREFIX)).model
    return load(address, **options)


def built(text: str) -> Built:
    """The entry that `NAME` or `NAME:option=value,...` names, with its options.

    Raises:
        InputError: with the nearest name that there is.
    """
    from circuitsim.zoo.catalogue import ENTRIES  # all constructions, which are many

    name, _, rest = text.partition(":")
    if name not in ENTRIES:
        meant = nearest(name, ENTRIES) or "; `circuitsim zoo list` names them all"
        raise InputError(
            f"there is no model {PREFIX}{name[:60] or ' without a name'}{meant}."
        )
    return ENTRIES[name].built(written(f"{PREFIX}{text}", rest))
