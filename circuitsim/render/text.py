"""Text of files and users inside pictures: shown, never obeyed."""

import unicodedata
from xml.sax.saxutils import escape

NARROW = "fijlrtI.,:;|!'()[] "
WIDE = "mwMW@%"


def shown(text: str) -> str:
    """The text with whatever does not print (controls, marks of direction, lone surrogates) as Python escapes."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def xml(text: str) -> str:
    """Any text as a text node or a quoted attribute of XML."""
    return escape(shown(text), {'"': "&quot;", "'": "&#39;"})


def clipped(text: str, most: int) -> str:
    """The text as it is shown, in at most this many characters; an ellipsis says that there was more."""
    whole = shown(text)
    return whole if len(whole) <= most else whole[: most - 1] + "…"


def width(text: str, size: float) -> float:
    """About the room that a line needs in a sans-serif face of this size; rather too much than too little."""
    return size * sum(map(_advance, text))


def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF" or character in WIDE:
        return 1.0
    if character in NARROW:
        return 0.4
    return 0.76 if character.isupper() else 0.64
