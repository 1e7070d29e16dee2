"""What a model may weigh: constructions whose matrices grow with n or an option say so before they make them."""

from circuitsim.errors import LimitError

MOST_NUMBERS = 2**23  # of all matrices of a model together


def affordable(model: str, numbers: int, **given: int) -> None:
    """Raise a LimitError before a model is made whose matrices hold too many numbers.

    Args:
        model: its name in addresses, without "zoo:".
        numbers: how many its large matrices hold together, zeros too.
        given: the length and the options that the number grows with.

    Raises:
        LimitError: more than 2^23 numbers.
    """
    if numbers > MOST_NUMBERS:
        values = [f"{name}={value}" for name, value in given.items()]
        raise LimitError(
            f"zoo:{model} at {listed(values, 'and')} would hold {numbers:,} numbers, at most {MOST_NUMBERS:,};"
            f" lower {listed(list(given), 'or')}."
        )


def listed(words: list[str], last: str) -> str:
    """Such as "a, b and c"."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
