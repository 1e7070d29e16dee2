"""SVG of our own as png or pdf, by cairosvg: an optional package, which needs libcairo."""

import io
import re
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["png", "pdf"]

INSTALL = "pip install 'circuitsim[pdf]'"
PIXELS = 8_000  # of the longer side of a png
LARGEST = {"png": 2.0, "pdf": 1.0}  # scale
LONGEST = 18_000  # of the longer side of a pdf, which readers show up to 200 inches
SIZE = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
HALO = re.compile(r'<text ([^<>]*)( stroke="[^"]*" stroke-width="[^"]*") paint-order="stroke">([^<]*)</text>')


def is_there() -> bool:
    """Whether cairosvg and libcairo are installed."""
    try:
        import cairosvg  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def paint(svg: str, format: Format) -> bytes:  # noqa: A002 - graphviz's word
    """The file; the same picture gives the same bytes.

    Args:
        svg: as `layered.svg` writes it.
    """
    from cairosvg.parser import Tree
    from cairosvg.surface import PDFSurface, PNGSurface

    found = SIZE.search(svg)
    assert found is not None
    longer = max(int(found[1]), int(found[2]))
    scale = min(LARGEST[format], (PIXELS if format == "png" else LONGEST) / longer)
    file = io.BytesIO()
    kind = PNGSurface if format == "png" else PDFSurface
    surface = kind(Tree(bytestring=_with_halos(svg).encode()), file, 96, scale=scale)
    if format == "pdf":
        from cairocffi import PDF_METADATA_CREATE_DATE

        surface.cairo.set_metadata(PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z")
    surface.finish()
    return file.getvalue()


def _with_halos(svg: str) -> str:
    """With texts that have a ground twice, first as its line: cairosvg would paint the line over the letters."""
    return HALO.sub(r"<text \1\2>\3</text><text \1>\3</text>", svg)
