"""Inputs that bits are looked for on, as `--inputs` states them; what is found is said, and kept."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circuitsim.errors import InputError

from .input_strings import Inputs
from .lengths import limit_samples, parse_lengths

if TYPE_CHECKING:
    from circuitsim.compilers.calibration import Calibrated, Stated

    from circuitsim.models.any_model import AnyModel

    from .construction import Construction
    from .printing import Status

ALL = "all"
SAMPLES = 1000


def stated(text: str, model: "AnyModel", seed: int, samples: int = SAMPLES) -> "list[Stated]":
    """Inputs of a file, of a task at some lengths, or all.

    Args:
        text: FILE, with an input in each line and perhaps OFFSET or OFFSET:FROM and a tab before it; TASK:LENGTHS, or
            all:LENGTHS.
        samples: of a task, at each length, unless there are fewer.

    Raises:
        InputError: no such inputs, or they are none of the model.
    """
    from circuitsim.compilers.calibration import Stated

    from circuitsim.models.sequence import all_inputs
    from circuitsim.zoo.tasks.catalogue import TASKS

    name, _, lengths = text.partition(":")
    if name == ALL:
        return [Stated(all_inputs(model, n)) for n in _lengths(text, lengths)]
    if name in TASKS:
        ns = _lengths(text, lengths)
        limit_samples(samples, ns)
        return [Stated(_of_task(name, n, model, seed, samples)) for n in ns]
    return _of_file(text.removeprefix("@"), model)


def _lengths(text: str, lengths: str) -> tuple[int, ...]:
    if not lengths:
        raise InputError(f"--inputs {text}: at which lengths? Write {text}:1:8, say.")
    return parse_lengths(lengths)


def _of_task(name: str, n: int, model: "AnyModel", seed: int, samples: int) -> Any:
    """Inputs of a task of the zoo, whose letters the model has to have."""
    import numpy as np

    from circuitsim.zoo.tasks.catalogue import TASKS

    task = TASKS[name]()
    task.check_length(n)
    form = task.format(n)
    if task.count(n) <= samples:
        codes = task.inputs(n)
    else:
        rng = np.random.default_rng((seed, n))
        half = samples // 2
        plain, hard = task.sample(n, samples - half, rng), task.adversarial(n, half, rng)
        codes = np.concatenate([plain, hard])
    try:
        return model.format.parse([form.text(row) for row in codes])
    except InputError as error:
        raise InputError(
            f"--inputs {name}: the task's inputs are none of the model: {error}"
        ) from None


def _of_file(path: str, model: "AnyModel") -> "list[Stated]":
    """The lines of a file, those of one length and one offset together."""
    from circuitsim.compilers.calibration import Stated

    found: dict[tuple[int, int, int], list[str]] = {}
    for block in Inputs([f"@{path}"], model.format.blanks):
        for index, line in enumerate(block.texts):
            with block.at(index):
                before, tab, text = line.rpartition("\t")
                offset, start = _place(before) if tab else (0, 0)
                n = model.format.letters_in(text)
                model.format.parse([text])
                found.setdefault((n, offset, start), []).append(text)
    return [
        Stated(model.format.parse(texts), offset, start)
        for (_, offset, start), texts in found.items()
    ]


def _place(text: str) -> tuple[int, int]:
    """OFFSET or OFFSET:FROM."""
    parts = text.split(":")
    if len(parts) > 2 or not all(part.isdecimal() and part.isascii() for part in parts):
        raise InputError(
            f"{text[:40]!r} before a tab is no place: OFFSET in the position table, or OFFSET:FROM, the first position"
            " whose decision counts."
        )
    return int(parts[0]), int(parts[1]) if len(parts) > 1 else 0


def calibrated(
    path: str, model: Any, how: "Construction", wanted: list[Any], status: "Status"
) -> Any:
    """The model with the least bits that keep its decisions; says them, and keeps them beside a checkpoint."""
    from circuitsim.compilers.calibration import calibrate

    inputs = stated(how.stated or "", model, how.seed)
    found = calibrate(model, inputs, wanted, max_bits=how.max_bits, progress=status)
    status.clear()
    said = ", ".join(f"{name.replace('_', ' ')} {bits}" for name, bits in found.found.items())
    kept = _kept(Path(path), found)
    click.echo(
        f"circuitsim: auto: {said} keep the decisions on all {found.inputs - found.undecided:,} inputs that are decided"
        f"{f' (of {found.inputs:,})' if found.undecided else ''}{kept}",
        err=True,
    )
    return found.model


def _kept(path: Path, found: "Calibrated") -> str:
    """Write what was found into a checkpoint's options file, and say so."""
    from circuitsim.models.files.dialects.options import options_file
    from circuitsim.models.files.reading import contents_of

    from .files import target, write_text

    if not path.exists():  # a model of the zoo
        return ""
    contents = contents_of(path)
    if contents is None or contents.own:
        return ""
    file = options_file(path)
    words = json.loads(file.read_text()) if file.is_file() else {}
    words |= {name: str(bits) for name, bits in found.found.items()}
    write_text(target(str(file)), json.dumps(words, indent=2, ensure_ascii=False) + "\n")
    return f"; written into {file}"
