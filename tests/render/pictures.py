"""Pictures made by hand, for the painters: every kind and sign, other altitudes, hostile text, any size."""

import random

from circuitsim.render.picture import Box, Picture, Wire

HOSTILE = (
    "</text><script>alert(\"x\")</script> & 'q' &lt; \\N \\l \n "
    "\u202e\u200f \x00\x1b \U0001d53d \ud800 ]]> --> %3"
)


def gates(*, values: bool = False, clusters: bool = False) -> Picture:
    """Every kind of gate, complemented wires, weights and a critical path."""

    def box(key, kind, lines, level, scope="", value=None, critical=False):
        return Box(
            key,
            kind,
            lines,
            level,
            scope,
            f"{kind} {key}",
            value if values else None,
            critical,
        )

    def wire(source, target, complemented=False, label="", value=None, critical=False):
        return Wire(source, target, complemented, label, value if values else None, critical)

    head, net = "layer0/head0/scores", "layer0/net"
    boxes = (
        box("x0", "input", ("x[0]",), 0, value=True, critical=True),
        box("x1", "input", ("x[1]",), 0, value=False),
        box("x2", "input", ("x[2]",), 0, value=True),
        box("p0", "wired", ("position 0",), 0, value=True),
        box("c", "constant", ("1",), 0, value=True),
        box("a", "and", ("and",), 1, head, value=True, critical=True),
        box("o", "or", ("or",), 1, head, value=True),
        box("x", "xor", ("xor",), 2, "layer0/head0/maximum", value=False, critical=True),
        box("t", "threshold", ("at least 3",), 3, net, value=True, critical=True),
        box("f", "folded", ("layer1/head0", "12 gates"), 3, "layer1"),
        box("y", "output", ("accept",), 4, value=True, critical=True),
    )
    wires = (
        wire("x0", "a", value=True, critical=True),
        wire("x1", "a", complemented=True, value=True),
        wire("x1", "o", value=False),
        wire("x2", "o", value=True),
        wire("a", "x", value=True, critical=True),
        wire("o", "x", complemented=True, value=False),
        wire("x", "t", label="2", value=False, critical=True),
        wire("p0", "t", label="-1", value=True),
        wire("c", "t", label="3", value=True),
        wire("x2", "t", complemented=True, label="5", value=False),
        wire("x", "f", value=False),
        wire("t", "y", value=True, critical=True),
        wire("f", "y", complemented=True),
    )
    notes = ("Cone of output 0 only: --output all draws the rest.",) if clusters else ()
    return Picture(
        "parity.json, n = 3, tc0: 5 gates, depth 4", "gates", boxes, wires, clusters, notes
    )


def architecture() -> Picture:
    """A model of two layers, with shares."""
    boxes = [Box("embed", "source", ("tokens and positions", "n = 16"), 0)]
    wires = []
    before = "embed"
    for layer in range(2):
        for head in range(3):
            key, share = f"h{layer}{head}", (0.02, 0.31, 0.12)[head]
            lines = (
                f"layer {layer}, head {head}",
                f"{share:.0%} of the gates",
                f"depth {3 + head}",
            )
            boxes.append(
                Box(
                    key,
                    "part",
                    lines,
                    2 * layer + 1,
                    f"layer{layer}",
                    critical=head == 1,
                    share=share,
                )
            )
            wires.append(Wire(before, key, critical=head == 1))
            wires.append(Wire(key, f"n{layer}", critical=head == 1))
        lines = (f"layer {layer}, feed-forward", "8% of the gates", "depth 2")
        boxes.append(
            Box(
                f"n{layer}",
                "part",
                lines,
                2 * layer + 2,
                f"layer{layer}",
                critical=True,
                share=0.08,
            )
        )
        wires.append(Wire(before, f"n{layer}", label="residual"))
        before = f"n{layer}"
    boxes.append(Box("read", "output", ("read-out", "accept"), 5, critical=True, share=0.01))
    wires.append(Wire(before, "read", critical=True))
    return Picture(
        "majority.pt, n = 16: architecture", "architecture", tuple(boxes), tuple(wires), True
    )


def hostile() -> Picture:
    """Every text of files and users is an attack."""
    boxes = (
        Box("a", "input", (HOSTILE, ""), 0, HOSTILE, HOSTILE),
        Box("b", "output", (HOSTILE,), 1, "s/t", HOSTILE),
    )
    return Picture(
        HOSTILE,
        "gates",
        boxes,
        (Wire("a", "b", True, HOSTILE[:20]),),
        True,
        (HOSTILE, HOSTILE),
    )


def random_gates(
    count: int, levels: int, *, seed: int = 0, clusters: bool = False, far: float = 0.1
) -> Picture:
    """A circuit of random gates of two wires, most of them from the level before."""
    draw = random.Random(seed)
    inputs = max(2, count // (levels + 1))
    boxes = [Box(f"i{k}", "input", (f"x[{k}]",), 0, "", f"input {k}") for k in range(inputs)]
    wires = []
    below = [box.key for box in boxes]
    before = below
    for level in range(1, levels + 1):
        here = []
        for k in range((count - inputs) // levels):
            key, kind = f"g{level}_{k}", draw.choice(("and", "or", "xor"))
            scope = f"layer{(level - 1) * 3 // levels}/head{k * 4 * levels // max(1, count - inputs)}"
            boxes.append(
                Box(key, kind, (kind,), level, scope, f"{kind} {key}", critical=k == 0)
            )
            near = min(
                len(before) - 1,
                max(
                    0, round(k * len(before) / max(1, count // levels)) + draw.randint(-4, 4)
                ),
            )
            sources = (
                before[near],
                draw.choice(below)
                if draw.random() < far
                else draw.choice(before[near - 3 : near + 4] or before),
            )
            wires += [Wire(source, key, draw.random() < 0.2) for source in sources]
            here.append(key)
        below = below + here
        before = here
    return Picture(f"{count:,} random gates", "gates", tuple(boxes), tuple(wires), clusters)
