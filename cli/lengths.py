"""Input lengths as options give them: `8`, `1:12`, `4,8,16`, `2:1048576:*2`, `100:1000:+100`."""

import re

from circuitsim.errors import InputError, LimitError

LONGEST = 2**24  # letters of an input
LONGEST_RUN = 2**12  # where a model is run: its attention takes n^2 steps an input
MOST_LENGTHS = 10_000
MOST_LETTERS = 2**24  # of all samples of one length together
HINT = "write 8, 1:12 (12 included), 4,8,16, 2:1024:*2 or 100:1000:+100"
RANGE = re.compile(r"(\d+)(?::(\d+)(?::([*+])(\d+))?)?", re.ASCII)


def parse_lengths(text: str) -> tuple[int, ...]:
    """The lengths, in the order given, each once.

    Raises:
        InputError: not lengths, a length below 1, an empty range.
        LimitError: a length beyond 2^24, or more than 10,000 of them.
    """
    found: dict[int, None] = {}
    for part in text.split(","):
        for n in _range(part.strip(), text):
            found[n] = None
            if len(found) > MOST_LENGTHS:
                raise LimitError(f"-n {_show(text)} is more than {MOST_LENGTHS:,} lengths.")
    return tuple(found)


def parse_length(text: str) -> int:
    """One length.

    Raises:
        InputError: as `parse_lengths`, or there are several.
    """
    lengths = parse_lengths(text)
    if len(lengths) > 1:
        raise InputError(
            f"-n {_show(text)} is {len(lengths):,} lengths; one circuit has one, such as -n 8."
        )
    return lengths[0]


def limit_lengths(lengths: tuple[int, ...], command: str) -> None:
    """Refuse lengths at which running the model on many inputs would not end."""
    if max(lengths) > LONGEST_RUN:
        raise LimitError(
            f"{command} runs the model, in n^2 steps an input, for n up to {LONGEST_RUN:,}; n is {max(lengths):,}."
            " `measure` goes further."
        )


def limit_samples(samples: int, lengths: tuple[int, ...]) -> None:
    """Refuse more samples than memory holds."""
    if samples * max(lengths) > MOST_LETTERS:
        raise LimitError(
            f"--samples {samples:,} of {max(lengths):,} letters are too many for memory; take fewer."
        )


def words(lengths: tuple[int, ...]) -> str:
    """Lengths as a reader would say them: "n = 8", "n = 1..12", "n = 4, 8, 16"."""
    ordered = sorted(lengths)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"n = {ordered[0]}..{ordered[-1]}"
    shown = [f"{n:,}" for n in ordered]
    if len(shown) > 8:
        shown = [*shown[:3], "...", shown[-1]]
    return "n = " + ", ".join(shown)


def _range(part: str, text: str) -> range | list[int]:
    match = RANGE.fullmatch(part) if len(part) <= 100 else None
    if match is None:
        raise InputError(f"-n {_show(text)} is not a length or a list of lengths; {HINT}.")
    start, end, sign, by = match.groups()
    first, last, step = int(start), int(end or start), int(by or 1)
    if first < 1:
        raise InputError(f"-n {_show(text)}: a length is at least 1.")
    if max(first, last) > LONGEST:
        raise LimitError(f"-n {_show(text)}: a length is at most {LONGEST:,} (2^24).")
    if last < first:
        raise InputError(f"-n {_show(text)}: the range {first}:{last} is empty.")
    if sign == "*":
        if step < 2:
            raise InputError(f"-n {_show(text)}: a factor is at least 2.")
        return _powers(first, last, step)
    if step < 1:
        raise InputError(f"-n {_show(text)}: a step is at least 1.")
    return range(first, last + 1, step)


def _powers(first: int, last: int, factor: int) -> list[int]:
    found = []
    while first <= last:
        found.append(first)
        first *= factor
    return found


def _show(text: str) -> str:
    return repr(text) if len(text) <= 40 else repr(text[:37] + "...")
