"""One browser for all tests of the page."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.render.browser import chromium, need_browser


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    need_browser()
    with chromium() as found:
        yield found
