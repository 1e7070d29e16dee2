"""SVG of our own as png or pdf, by cairosvg: an optional package, which needs libcairo."""

import io
import re
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["png", "pdf"]

INSTALL = "pip install 'circuitsim[pdf]'"
PIXELS = 8_000  # of the longer side of a png
TWICE = 500_000  # characters of svg, up to which a png is drawn at twice its size; of more it would take long
LONGEST = 18_000  # of the longer side of a pdf, which readers show up to 200 inches
SIZE = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
HALO = re.compile(
    r'<text ([^<>]*)( stroke="[^"]*" stroke-width="[^"]*") paint-order="stroke">([^<]*)</text>'
)


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
    tree, file = Tree(bytestring=_with_halos(svg).encode()), io.BytesIO()
    if format == "png":
        surface = PNGSurface(
            tree, file, 96, scale=min(2 if len(svg) <= TWICE else 1, PIXELS / longer)
        )
    else:
        from cairocffi import PDF_METADATA_CREATE_DATE

        surface = PDFSurface(tree, file, 96, scale=min(1, LONGEST / longer))
        surface.cairo.set_metadata(PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z")
    surface.finish()
    return file.getvalue()


def _with_halos(svg: str) -> str:
    """With texts that have a ground twice, first as its line: cairosvg would paint the line over the letters."""
    return HALO.sub(r"<text \1\2>\3</text><text \1>\3</text>", svg)
