"""Lower bounds demonstrated: a working model is squeezed until it first fails, and on until it sends too few messages.

A finite search is evidence at its length and proves nothing about others, and its first failure may be the
construction's own. The count of messages proves, at its size, that every model that sends fewer must fail; of heads, it
is a restriction that proves it (`restricting.py`).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

import numpy as np

from circuitsim.analysis.agreement import few, inputs
from circuitsim.analysis.separations.gadget import LARGEST, Gadget
from circuitsim.analysis.separations.gadgets import gadgets
from circuitsim.analysis.separations.messages import distinguishable, messages
from circuitsim.analysis.separations.observing import observer
from circuitsim.analysis.separations.restricting import EVERY_SIGN, restriction
from circuitsim.analysis.separations.separations import Separation, Side
from circuitsim.analysis.separations.store import remembered
from circuitsim.array_types import Longs
from circuitsim.errors import CircuitSimError, InputError
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from circuitsim.tokens import Codes
from circuitsim.zoo.entry import Built
from circuitsim.zoo.tasks.targets import QSTR

Decisions: TypeAlias = Longs

MOST_ALICE = 10  # bits of a gadget of which all parts are gone through
SAMPLES = 2000


@dataclass(frozen=True)
class Squeezed:
    """The first failure of a model that is squeezed.

    Attributes:
        task, model, n: what was squeezed. option: by which option, or "bits".
        works: the least value that is right on the inputs tried; fails: the first that is not.
        inputs: how many were tried; exhaustive: whether these are all.
        input: one that the squeezed model answers wrongly. expected, got: the right and the wrong decisions.
        replay: the command that shows it.
        gadget: whose messages are counted at this n, with how many of its bits where these are not all; None where
            there is none of which they can be.
        needed: messages that Alice must be able to send, from the task's definition, by enumeration.
        sent, sent_less: messages that the model, and the first that fails, send.
        alike: where heads are squeezed, two inputs to whose first token the squeezed model must answer alike, and the
            right answers differ: `restricted` of the `asked` signs, the same in both, fix what its heads choose.
        too_few: the largest value, from the first that fails on, with which fewer than needed are sent,
            `too_few_sent` of them; None where there is none. least: the smallest value of which they were counted.
    """

    task: str
    model: str
    n: int
    option: str
    works: int
    fails: int
    inputs: int
    exhaustive: bool
    input: str
    expected: list[int]
    got: list[int]
    replay: str
    gadget: str | None = None
    needed: int | None = None
    sent: int | None = None
    sent_less: int | None = None
    too_few: int | None = None
    too_few_sent: int | None = None
    least: int | None = None
    asked: int | None = None
    restricted: int | None = None
    alike: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The model with its options but the one that is squeezed."""
        return self.model.removesuffix(f"{self.option}={self.fails}").rstrip(",:")


def squeeze(
    separation: Separation,
    side: Side,
    n: int,
    variant: int,
    start: int,
    *,
    seed: int = 0,
    fresh: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> Squeezed | None:
    """Lower the option that a side's model can be squeezed by, from `start`, until it first fails, and count messages.

    Args:
        start: the value that the model has by itself at this n.

    Returns:
        The failure; None if the model is right down to 1, or nothing can be squeezed.
    """
    if side.squeeze is None or start < 1:
        return None
    question = {"squeeze": side.name(n, variant), "option": side.squeeze, "start": start}
    return _kept(
        question,
        n,
        seed,
        fresh,
        lambda: _squeeze(separation, side, n, variant, start, seed, progress),
    )


def _kept(
    question: dict[str, Any],
    n: int,
    seed: int,
    fresh: bool,
    search: Callable[[], Squeezed | None],
) -> Squeezed | None:
    """What a search finds, from disk if it was made before."""

    def answer() -> dict[str, Any] | None:
        found = search()
        return None if found is None else asdict(found)

    found = remembered(
        {**question, "n": n, "seed": seed, "samples": SAMPLES}, answer, not fresh
    )
    return None if found is None else Squeezed(**found)


def _squeeze(
    separation: Separation,
    side: Side,
    n: int,
    variant: int,
    start: int,
    seed: int,
    progress: Callable[[str], None],
) -> Squeezed | None:
    entry = side.built(n, variant)
    codes, everything = tried(entry, n, seed)
    truth = entry.task.decisions(codes)
    works = start
    for value in range(start, 0, -1):
        progress(f"{separation.name}, {side.label}: {side.squeeze} = {value} at n = {n}")
        try:
            less = side.built(n, variant, value)
            found = run_exact(less.at(n), codes).decisions
        except InputError:  # a value that the option cannot have
            continue
        wrong = (found != truth).any(axis=1)
        if not wrong.any():
            works = value
            continue
        shown = (
            _restricted(less, n)
            if side.resource == "heads"
            else _counted(side, n, variant, value)
        )
        said = {"option": side.squeeze, "works": works, "fails": value, **shown}
        return _failure(less, n, codes, truth, found, everything, f"zoo:{less.name}", said)
    return None


def squeeze_bits(
    entry: Built, n: int, bits: int | None, *, seed: int = 0, fresh: bool = False
) -> Squeezed | None:
    """The failure with one fraction bit less than the least; None where none can be taken away."""
    if not bits:
        return None
    question = {"squeeze": entry.name, "option": "bits", "start": bits}
    return _kept(question, n, seed, fresh, lambda: _squeeze_bits(entry, n, bits, seed))


def _squeeze_bits(entry: Built, n: int, bits: int, seed: int) -> Squeezed | None:
    codes, everything = tried(entry, n, seed)
    truth = entry.task.decisions(codes)
    found = run_integer(fix(entry.at(n), n, str(bits - 1)), codes).decisions
    if (found == truth).all():
        return None
    said = {"option": "bits", "works": bits, "fails": bits - 1}
    return _failure(
        entry, n, codes, truth, found, everything, f"zoo:{entry.name} --bits {bits - 1}", said
    )


def _failure(
    entry: Built, n: int, codes: Codes, truth: Decisions, found: Decisions, everything: bool, run: str,
    said: dict[str, Any],
) -> Squeezed:  # fmt: skip
    """The first of some inputs on which the decisions found are wrong.

    Args:
        run: the model as the command `run` takes it. said: what was squeezed, and the messages counted.
    """
    first = int(np.argmax((found != truth).any(axis=1)))
    text = entry.task.format(n).text(codes[first])
    return Squeezed(
        task=entry.task.name,
        model=f"zoo:{entry.name}",
        n=n,
        inputs=len(codes),
        exhaustive=everything,
        input=text,
        expected=truth[first].tolist(),
        got=found[first].tolist(),
        replay=f"circuitsim run {run} -- '{text}'",
        **said,
    )


def tried(entry: Built, n: int, seed: int) -> tuple[Codes, bool]:
    """The inputs on which a squeezed model is tried: all where few; else drawn ones, and those of the gadgets."""
    if few(entry, n):
        return inputs(entry, n, True, 0, seed), True
    parts = [inputs(entry, n, False, SAMPLES, seed)]
    for gadget in _gadgets(entry, n):
        small = gadget.first(min(gadget.full, MOST_ALICE))
        parts += [small.inputs(question) for question in small.questions[:MOST_ALICE]]
    return np.concatenate(parts), False


def _restricted(less: Built, n: int) -> dict[str, Any]:
    """The signs that fix what too few heads choose, and two inputs that these heads cannot tell apart then."""
    task = less.task
    if not isinstance(task, QSTR) or task.g not in EVERY_SIGN or n <= task.q:
        return {}
    found = restriction(less.at(n), task, n)
    if found is None or found.codes is None:
        return {}
    alike = [task.format(n).text(codes) for codes in found.codes]
    return {"asked": found.asked, "restricted": len(found.fixed), "alike": alike}


def _counted(side: Side, n: int, variant: int, fails: int) -> dict[str, Any]:
    """Messages needed and sent, by the gadget by which the most of what fails sends too few."""
    found = [
        _sends(side, n, variant, fails, gadget)
        for gadget in _gadgets(side.built(n, variant), n)
    ]
    return max(
        (f for f in found if f is not None), key=lambda f: f["too_few"] or 0, default={}
    )


def _sends(
    side: Side, n: int, variant: int, fails: int, whole: Gadget
) -> dict[str, Any] | None:
    """Messages by one gadget, from the first value that fails on down; None where the model's cannot be counted."""
    if side.single_query and len(whole.alice) > 1:
        return None
    gadget = countable(whole)
    needed, sent = distinguishable(gadget), _messages(side, side.built(n, variant), gadget)
    if sent is None:
        return None
    found = {"gadget": whole.name, "needed": needed, "sent": sent}
    if gadget.bits < whole.bits:
        found["gadget"] = f"{whole.name} ({gadget.bits} of {whole.bits} bits)"
    for value in range(fails, 0, -1):
        try:
            less = _messages(side, side.built(n, variant, value), gadget)
        except InputError:  # a value that the option cannot have
            continue
        if less is None:
            return None
        found |= {"sent_less": found.get("sent_less", less), "least": value}
        if less < needed:
            return {**found, "too_few": value, "too_few_sent": less}
    return {**found, "too_few": None, "too_few_sent": None}


def _messages(side: Side, entry: Built, gadget: Gadget) -> int | None:
    """How many messages a model sends; None where what crosses the cut is not Alice's alone."""
    see = observer(entry.at(gadget.n), gadget, side.single_query)
    try:
        return None if see is None else messages(see, gadget)
    except InputError:
        return None


def countable(gadget: Gadget) -> Gadget:
    """The gadget with as many of its bits as messages are counted of: at most 10, and 2^17 inputs."""
    small = gadget.first(min(gadget.full, MOST_ALICE))
    while small.size > LARGEST:
        small = small.first(small.bits - 1)
    return small


def _gadgets(entry: Built, n: int) -> list[Gadget]:
    try:
        return list(gadgets(entry.task, n))
    except CircuitSimError:
        return []
