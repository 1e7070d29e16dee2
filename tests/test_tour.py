"""The notebook of the examples runs, and prints what it holds.

Its outputs are kept, so that it can be read where it cannot be run; `UPDATE_DOCS=1` writes them anew.
"""

import os
from pathlib import Path

import pytest

FILE = Path(__file__).parent.parent / "examples" / "tour.ipynb"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the libraries that run notebooks
def test_the_notebook_prints_what_it_holds():
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    held = nbformat.read(FILE, as_version=4)
    found = nbformat.read(FILE, as_version=4)
    where = {"metadata": {"path": str(FILE.parent)}}
    how = {"resources": where, "record_timing": False, "coalesce_streams": True}
    nbclient.NotebookClient(found, timeout=300, **how).execute()
    if os.environ.get("UPDATE_DOCS"):
        nbformat.write(nbformat.from_dict({**found, "metadata": held.metadata}), FILE)
        return
    code = [
        [cell for cell in book.cells if cell.cell_type == "code"] for book in (held, found)
    ]
    for before, after in zip(*code, strict=True):
        assert after.outputs, after.source
        assert before.outputs == after.outputs, after.source
