"""What somebody may have meant who wrote a name that is none, or a length."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """Such as " (did you mean k-hop?)", which goes on in the sentence, or nothing where no known name is like it."""
    found = get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return f" (did you mean {found[0]}?)" if found else ""


def nearest_lengths(n: int, legal: Callable[[int], bool]) -> str:
    """Such as "; near 6 and 8", or nothing where no length within 64 of n is legal."""
    found = sorted(
        (m for m in range(max(1, n - 64), n + 65) if legal(m)), key=lambda m: abs(m - n)
    )
    return f"; near {' and '.join(str(m) for m in sorted(found[:2]))}" if found else ""
