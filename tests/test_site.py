"""The documentation site is built without a warning, and asks no other host for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOADED = re.compile(
    r"""<(?:script|img|iframe|source)[^>]*\ssrc=["']?([^"'\s>]+)|<link[^>]*\shref=["']?([^"'\s>]+)"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


@pytest.mark.slow
def test_every_page_is_there(site):
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} | {"index", "tour", "404"}
    assert {path.stem for path in site.glob("*.html")} == pages
    index = (site / "index.html").read_text()
    assert "Transformers with hard or saturated attention" in index
    assert all(f'href="{page}.html' in index for page in pages - {"index", "404"})
    assert "refuted: 68 ones in 135 letters" in (site / "tour.html").read_text()
    assert "xag|aig|ac0|tc0" in (site / "commands.html").read_text()


@pytest.mark.slow
def test_nothing_comes_from_other_hosts(site):
    loaded = set()
    for path in site.glob("*.html"):
        loaded |= {a or b for a, b in LOADED.findall(path.read_text())}
    assert len(loaded) > 3
    assert [place for place in loaded if "//" in place] == []
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:)?//", path.read_text()), path
