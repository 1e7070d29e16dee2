"""`make bench`: every performance figure as a ratio against a named peer, measured in one run.

Appends a dated line a section to benchmarks/results.md with the machine's CPU. Debian's ABC (`apt-get install
berkeley-abc`) is used where it is installed.
"""

import argparse
import contextlib
import datetime
import importlib
import io
import os
import platform
import shutil
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SECTIONS = {
    "startup": "first commands on an empty cache, and the same again",
    "popcount": "counting n bits, beside the published figures",
    "reference_head": "one head and two layers to n = 2^20, by stage",
    "slopes": "depth against log2 n and size against n, fitted to n = 2^20",
    "growth": "time to measure the shipped models, by n",
    "evaluator": "evaluating flat circuits, beside a streaming AND and ABC",
    "fusion": "fusing full adders, on the compiled reference head",
    "wide_exact": "the exact model past 64 bits, beside numpy's objects and fractions",
    "building": "building netlists, beside aigverse",
    "exchange": "reading and writing AIGER, beside aigverse",
    "large_file": "info and convert on an AIGER file of 10^8 gates",
    "page": "the page of a circuit of 10^5 gates, in headless Chromium",
    "run_stream": "running a file of inputs, beside the evaluator alone",
    "large_layer": "a layer of about 10^8 gates, step by step",
    "bert_shape": "a transformer of 22 million weights, and a layer of GPT-2's shape, measured",
    "trained_sizes": "trained models as circuits, part by part",
    "trained_checks": "trained models on all inputs, and one of tens of millions of gates",
    "throughput": "independent tasks by a dask cluster, beside processes",
    "drawing": "time to draw, and the size of the file, beside graphviz",
}


def cpu() -> str:
    """The processor's name, as the system gives it."""
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def run(section: str, smallest: bool = False) -> str:
    """Run one section in this process, printing as it goes; its output."""
    seen = io.StringIO()
    with contextlib.redirect_stdout(_Both(sys.stdout, seen)):
        importlib.import_module(section).main(smallest)
    return seen.getvalue()


class _Both(io.TextIOBase):
    """Writes to two streams."""

    def __init__(self, *streams: io.TextIOBase) -> None:
        self.streams = streams

    def write(self, text: str) -> int:
        for stream in self.streams:
            stream.write(text)
            stream.flush()
        return len(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sections", nargs="*", default=list(SECTIONS), help=f"of {', '.join(SECTIONS)}"
    )
    parser.add_argument(
        "--smallest",
        action="store_true",
        help="small sizes, which show that it runs; not saved",
    )
    parser.add_argument(
        "--no-save", action="store_true", help="do not append to benchmarks/results.md"
    )
    arguments = parser.parse_args()
    sys.path.insert(0, str(HERE))
    os.environ.setdefault("CIRCUITSIM_KERNELS", "compiled")  # throughput is of machine code
    if shutil.which("berkeley-abc") is None:
        print(
            "berkeley-abc is not installed (apt-get install berkeley-abc): its column stays empty",
            file=sys.stderr,
        )
    for section in arguments.sections:
        print(f"\n## {section}: {SECTIONS[section]}\n", flush=True)
        started = time.perf_counter()
        text = run(section, arguments.smallest)
        if not (arguments.no_save or arguments.smallest):
            date = datetime.date.today().isoformat()
            seconds = time.perf_counter() - started
            head = f"\n### {date} {section}, {cpu()}, Python {platform.python_version()}, {seconds:.0f} s"
            with (HERE / "results.md").open("a") as results:
                results.write(f"{head}\n\n```text\n{text.rstrip()}\n```\n")


if __name__ == "__main__":
    main()
