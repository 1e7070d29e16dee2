"""The interactive page of PARITY on 160 letters, about 10^5 gates: its size, its load, and what a reader waits for.

In headless Chromium without a graphics processor, by real clicks and keys. Each time is the least and the median of
several: of a click, from the event to the painted frame.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import circuitsim as cs

sys.path.insert(0, str(Path(__file__).parent.parent))

from circuitsim.render.names import compile_named
from circuitsim.render.page import page
from tests.render.browser import Page, chromium, why_not

ROOT = Path(__file__).parent.parent
N = 160

# From the event to the frame after it: what is asked for in the event is painted in the next animation frame.
WATCH = """
window.waited = [];
addEventListener(arguments[0], () => {
  const begun = performance.now();
  requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => window.waited.push(performance.now() - begun); channel.port2.postMessage(0); });
}, true);
"""


def waits(shown: Page, event: str, act: Callable[[int], Any], repeats: int) -> str:
    """Least and median milliseconds of `act`, measured in the page."""
    shown.driver.execute_script(WATCH, event)
    for i in range(repeats):
        act(i)
        time.sleep(0.4)
    return spread(shown.driver.execute_script("return window.waited"))


def spread(times: list[float]) -> str:
    return f"{min(times):9.1f}{statistics.median(times):9.1f}"


def main(smallest: bool = False) -> None:
    if reason := why_not():
        print(f"left out: {reason}")
        return
    repeats = 1 if smallest else 7
    circuit, names = compile_named(
        cs.compile(cs.load(ROOT / "examples" / "parity.json"), "xag")(N)
    )
    started = time.perf_counter()
    text = page(circuit, names)
    written = time.perf_counter() - started
    print(f"parity, n={N}, xag: {circuit.gates:,} gates, {circuit.fan_in.size:,} wires")
    print(
        f"file {len(text.encode()) / 1e6:.2f} MB ({len(page(circuit)) / 1e6:.2f} MB without names of gates),",
        end=" ",
    )
    print(f"written in {written:.2f} s\n")
    print(f"{'milliseconds':42}{'least':>9}{'median':>9}")
    with tempfile.TemporaryDirectory() as folder, chromium() as driver:
        path = Path(folder) / "page.html"
        path.write_text(text)
        loads = []
        for _ in range(repeats):
            shown = Page(driver, path)
            loads.append(shown.says("times()")["ready"])
        print(f"{'from opening the file to interactive':42}{spread(loads)}")
        letter = shown.find('[data-letter="7"]')
        flips: list[float] = []

        def flip(_: int) -> None:
            letter.click()
            flips.append(shown.says("times()")["evaluate"])

        print(f"{'a letter flipped, to the frame':42}{waits(shown, 'click', flip, repeats)}")
        print(f"{'  of it, evaluating all gates':42}{spread(flips)}")
        print(
            f"{'a scope folded or unfolded':42}{waits(shown, 'click', lambda _: sign(shown).click(), repeats)}"
        )
        shown = Page(driver, path)
        shown.keys("e")
        shown.settle()
        print(
            f"{'all unfolded: a frame of all gates':42}{spread([shown.says('paint()') for _ in range(repeats)])}"
        )
        node = circuit.inputs + 1 + circuit.gates // 2
        print(
            f"{'a gate clicked':42}{waits(shown, 'click', lambda i: click(shown, node + 100 * i), repeats)}"
        )
        print(
            f"{'its cone, by key':42}{waits(shown, 'keydown', lambda i: shown.keys('oi'[i % 2]), repeats)}"
        )


def sign(shown: Page) -> Any:
    return shown.find('tr[data-scope] .name[title="layer1/head0/values"] .sign')


def click(shown: Page, node: int) -> None:
    shown.click_at(*shown.says(f"placeOf({node})"))


if __name__ == "__main__":
    main()
