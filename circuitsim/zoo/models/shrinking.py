"""The options by which models are made too small: 0 is as much as needed, and less is built and is wrong somewhere."""

from circuitsim.errors import InputError


def as_needed(model: str, option: str, given: int, needed: int) -> int:
    """What a model is built with: all that is needed where 0 is given, else what is given.

    Raises:
        InputError: a negative number, or more than is needed.
    """
    if not 0 <= given <= needed:
        raise InputError(
            f"zoo:{model}: {option} is {given}, expected 1 to {needed}, or 0 for {needed}."
        )
    return given or needed
