"""Outlines of boxes as paths of SVG, from the upper left corner on, in relative steps."""

import math

from circuitsim.render.colours import Shape

ROUND = 9.0  # of a corner


def outline(shape: Shape, width: float, height: float) -> str:
    """The outline of a box of this size."""
    if shape == "rounded":
        return _rounded(width, height, min(ROUND, width / 4, height / 3))
    w, h, q = f"{width:g}", f"{height:g}", f"{min(width / 4, height / 3):g}"
    wide, high = f"{width - float(q):g}", f"{height - float(q):g}"
    middle = f"{width - 2 * float(q):g}"
    tall = f"{height - 2 * float(q):g}"
    half_w, half_h = f"{width / 2:g}", f"{height / 2:g}"
    inside = min(4.0, width / 4, height / 4)
    inner_w, inner_h = f"{width - 2 * inside:g}", f"{height - 2 * inside:g}"
    paths: dict[Shape, str] = {
        "rectangle": f"h{w}v{h}h-{w}z",
        "ellipse": f"m0 {half_h}a{half_w} {half_h} 0 1 0 {w} 0a{half_w} {half_h} 0 1 0 -{w} 0z",
        "hexagon": f"m{q} 0h{middle}l{q} {half_h}l-{q} {half_h}h-{middle}l-{q} -{half_h}z",
        "octagon": f"m{q} 0h{middle}l{q} {q}v{tall}l-{q} {q}h-{middle}l-{q} -{q}v-{tall}z",
        "arrow": f"h{wide}l{q} {half_h}l-{q} {half_h}h-{wide}z",
        "note": f"h{wide}l{q} {q}v{high}h-{w}z",
        "diamond": f"m{half_w} 0l{half_w} {half_h}l-{half_w} {half_h}l-{half_w} -{half_h}z",
        "double": f"h{w}v{h}h-{w}zm{inside:g} {inside:g}h{inner_w}v{inner_h}h-{inner_w}z",
        "stack": f"h{w}v{h}h-{w}zm0 0l3 -3h{w}v{h}l-3 3",
    }
    return paths[shape]


def _rounded(width: float, height: float, radius: float) -> str:
    across, down, corner = width - 2 * radius, height - 2 * radius, f"{radius:g}"
    return (
        f"m{corner} 0h{across:g}q{corner} 0 {corner} {corner}v{down:g}q0 {corner} -{corner} {corner}"
        f"h-{across:g}q-{corner} 0 -{corner} -{corner}v-{down:g}q0 -{corner} {corner} -{corner}z"
    )


def inset(shape: Shape, width: float, height: float, off: float) -> float:
    """How far right of its left edge a box begins, at this distance from its middle line."""
    part = min(1.0, abs(2 * off / height))
    corner = min(width / 4, height / 3)
    if shape == "ellipse":
        return width / 2 * (1 - math.sqrt(1 - part * part))
    if shape == "octagon":
        return max(0.0, abs(off) - height / 2 + corner)
    return {"hexagon": corner, "diamond": width / 2}.get(shape, 0.0) * part
