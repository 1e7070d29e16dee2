"""Headless Chromium for the tests of the page: Debian's, driven by its own driver, nothing fetched."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator.simulate import evaluate

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1440,1000",
    "--disable-dev-shm-usage",
)  # fmt: skip


def why_not() -> str:
    """What keeps the browser from running here; "" if nothing does."""
    missing = [path for path in (CHROMIUM, DRIVER) if shutil.which(path) is None]
    if missing:
        return f"no {' and no '.join(missing)}: apt-get install chromium chromium-driver"
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "selenium is not installed: pip install -e '.[dev]'"
    return ""


def required() -> bool:
    """Whether a missing browser is a failure: in `.ci/run`, and wherever `CI` is set."""
    return os.environ.get("CIRCUITSIM_BROWSER") == "required" or bool(os.environ.get("CI"))


def need_browser() -> None:
    """Skip with the reason, or fail where the browser must be there."""
    if reason := why_not():
        (pytest.fail if required() else pytest.skip)(reason)


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """A driver of a browser with a profile of its own, which is gone afterwards."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory(
        prefix="circuitsim-chromium-", ignore_cleanup_errors=True
    ) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(executable_path=DRIVER))
        try:
            yield driver
        finally:
            driver.quit()


class Page:
    """A page in the browser: real clicks and keys, and what the page says of itself (`window.circuitsim`)."""

    def __init__(self, driver: Any, path: Path) -> None:
        self.driver = driver
        driver.get_log("browser")  # of the page before
        driver.get(path.as_uri())
        self.says("times()")

    def says(self, what: str) -> Any:
        """What an expression of the page's hook gives, such as "values()"."""
        return self.driver.execute_script(f"return window.circuitsim.{what}")

    def find(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[Any]:
        return self.driver.find_elements("css selector", selector)

    def text(self, selector: str) -> str:
        return self.find(selector).get_attribute("textContent")

    def keys(self, *keys: str) -> None:
        """Keys to whatever has the focus."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver, duration=20).send_keys(*keys).perform()

    def retype(self, field: Any, text: str) -> None:
        """Another text in a field, as somebody at a keyboard enters it."""
        field.send_keys("\ue009a\ue000", text)  # control and a, then released

    def click_at(self, x: float, y: float, twice: bool = False) -> None:
        """A click at a place of the drawing."""
        from selenium.webdriver.common.action_chains import ActionChains

        canvas = self.find("#drawing")
        dx, dy = round(x - canvas.size["width"] / 2), round(y - canvas.size["height"] / 2)
        chain = ActionChains(self.driver, duration=20).move_to_element_with_offset(
            canvas, dx, dy
        )
        (chain.double_click() if twice else chain.click()).perform()

    def settle(self) -> None:
        """Wait until nothing moves."""
        before = None
        for _ in range(100):
            now = self.driver.execute_async_script(
                "const done = arguments[0]; requestAnimationFrame(() => setTimeout(() =>"
                " done(JSON.stringify(window.circuitsim.camera())), 20))"
            )
            if now == before:
                return
            before = now
        raise AssertionError("the page does not come to rest")

    def errors(self) -> list[Any]:
        """What the console has said since the page was opened."""
        return self.driver.get_log("browser")


def values_of_all_nodes(circuit: Circuit, bits: Any) -> Any:
    """What Circuit.evaluate says of every node: the same circuit with all of them as outputs."""
    everything = 2 * np.arange(circuit.nodes, dtype=np.int32)
    parts = (
        circuit.scopes,
        circuit.scope_runs,
        circuit.interface,
        circuit.starts,
        circuit.weights,
        circuit.thresholds,
    )
    return evaluate(
        Circuit(
            circuit.basis, circuit.inputs, circuit.ops, circuit.fan_in, everything, *parts
        ),
        np.atleast_2d(bits),
    )
