"""Pages of the site that are not in this folder: the README, and the notebook of the examples with its outputs.

A hook of mkdocs, which mkdocs.yml names.
"""

import json
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
CODE = re.compile("`[^`]*`")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    readme = readme.replace("](docs/", "](").replace("](examples/tour.ipynb)", "](tour.md)")
    notebook = json.loads((ROOT / "examples" / "tour.ipynb").read_text(encoding="utf-8"))
    for name, text in (("index.md", readme), ("tour.md", page(notebook))):
        files.append(File.generated(config, name, content=text))
    listed = str(config.nav)
    # Pages that mkdocs.yml does not place stand at the end.
    config.nav += [f.src_uri for f in files.documentation_pages() if f.src_uri not in listed]
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """In code within tables a bar is written with a backslash on GitHub, and shown with it here."""
    rows = (
        CODE.sub(lambda found: found[0].replace("\\|", "|"), line)
        if line[:1] == "|"
        else line
        for line in markdown.split("\n")
    )
    return "\n".join(rows)


def page(notebook: dict[str, Any]) -> str:
    """A notebook as Markdown; pictures as they are."""
    parts = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        for output in cell["outputs"]:
            data = output.get("data", {"text/plain": output.get("text")})
            picture = "".join(data.get("image/svg+xml", data.get("text/html", "")))
            plain = "".join(data["text/plain"]).rstrip()
            parts.append(f"<div>{picture}</div>" if picture else f"```text\n{plain}\n```")
    return "\n\n".join(parts)
