"""What every rung of a model, or a circuit from a file, decides on a block of inputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from circuitsim.errors import InputError

from .construction import Construction
from .files import interface_of
from .input_strings import Block
from .lengths import LONGEST_RUN, limit_lengths
from .printing import Status

if TYPE_CHECKING:
    from circuitsim.formats.table import CircuitFile
    from circuitsim.models.sequence import Codes
    from circuitsim.netlist.evaluator.simulate import Evaluator
    from circuitsim.schematic.schematic import Schematic
    from circuitsim.tokens import Format

Decision: TypeAlias = int | list[int]
Group: TypeAlias = "tuple[int, list[int], Codes]"  # the length, which inputs of a block have it, and their codes
AT_ONCE = 1024  # inputs that a model runs together
MOST_BUILT = 64  # lengths whose circuits are kept
RUNGS = ("float", "exact", "integer", "circuit")


class Answers:
    """The decisions on a block of inputs, in lists by rung; a rung that is not there has none.

    `undecided`: whether rounding may have decided the float's answer (None without exact rung to compare with).
    """

    def __init__(self, inputs: list[str]) -> None:
        self.inputs = inputs
        self.rungs: dict[str, list[Decision | None]] = {}
        self.undecided: list[bool | None] = [None] * len(inputs)

    def fill(self, rung: str, indices: Sequence[int], decisions: Any, several: bool) -> None:
        """Enter decisions (inputs, positions): as a list for each input, or the one that there is."""
        column = self.rungs.setdefault(rung, [None] * len(self.inputs))
        rows = decisions.tolist() if several else decisions[:, 0].tolist()
        for index, row in zip(indices, rows, strict=True):
            column[index] = row

    def differing(self) -> int:
        """On how many inputs two rungs that are there decide differently."""
        found = 0
        for row in zip(*self.rungs.values(), strict=True):
            known = [decision for decision in row if decision is not None]
            found += any(decision != known[0] for decision in known)
        return found

    def rows(self) -> list[dict[str, Any]]:
        """One object an input, for JSON."""
        columns = [self.rungs.get(rung, [None] * len(self.inputs)) for rung in RUNGS]
        names = ("input", *RUNGS, "undecided")
        return [
            dict(zip(names, row, strict=True))
            for row in zip(self.inputs, *columns, self.undecided, strict=True)
        ]


class CircuitAnswers:
    """Answers of the circuit in a file."""

    def __init__(self, form: "CircuitFile", path: str) -> None:
        from circuitsim.netlist.evaluator.simulate import Evaluator

        circuit = form.load(path)
        self.path, self.interface = path, interface_of(circuit, path)
        self.evaluator = Evaluator(circuit)

    @property
    def blanks(self) -> bool:
        """Whether a blank is a letter."""
        return self.interface.format.blanks

    def __call__(self, block: Block) -> Answers:
        """The answers to inputs, in their order."""
        from circuitsim.netlist.interface import decisions, with_wired

        tokens, n = self.interface.format, self.interface.n
        for index, length in enumerate(map(tokens.letters_in, block.texts)):
            if length != n:
                with block.at(index):
                    raise InputError(
                        f"input {_show(block.texts[index])} has {length} letters, and {self.path} is the circuit for"
                        f" {n}."
                    )
        codes = _encoded(lambda _: tokens, block, [n] * len(block.texts))[0][2]
        outputs = self.evaluator(with_wired(self.interface.entries, tokens.bits(codes)))
        answers = Answers(block.texts)
        everyone = range(len(block.texts))
        answers.fill(
            "circuit",
            everyone,
            decisions(self.interface.entries, outputs),
            self.interface.several,
        )
        return answers


@dataclass
class Built:
    """What stands for a model at one length; no evaluator where the circuit is too large."""

    fixed: Any
    schematic: "Schematic"
    evaluator: "Evaluator | None"
    gates: int


class ModelAnswers:
    """Answers of all rungs of a model."""

    def __init__(
        self, how: Construction, path: str, basis: str, max_gates: int, status: Status
    ) -> None:
        self.how, self.basis, self.max_gates, self.status = how, basis, max_gates, status
        self.sized = how.model(path)
        self.built: dict[int, Built] = {}
        self.told: set[int] = set()

    @property
    def blanks(self) -> bool:
        """Whether a blank is a letter."""
        return bool(self.sized.blanks)

    def __call__(self, block: Block) -> Answers:
        """The answers to inputs, in their order."""
        lengths = [self.sized.letters_in(text, LONGEST_RUN) for text in block.texts]
        for index, length in enumerate(lengths):
            if length > LONGEST_RUN:
                with block.at(index):
                    limit_lengths((length,), "run")
        answers = Answers(block.texts)
        for length, indices, codes in _encoded(
            lambda n: self.sized.at(n).format, block, lengths
        ):
            model = self.sized.at(length)
            for start in range(0, len(indices), AT_ONCE):
                there, part = indices[start : start + AT_ONCE], codes[start : start + AT_ONCE]
                self.status(f"running {len(part)} inputs of {length} letters")
                with block.at(there[0]):  # the model may have no such length
                    self._run(model, length, part, answers, there)
        return answers

    def _run(
        self, model: Any, length: int, codes: "Codes", answers: Answers, indices: list[int]
    ) -> None:
        """Answer inputs of one length."""
        from circuitsim.netlist.interface import decisions, with_wired
        from circuitsim.networks.integer import run_integer
        from circuitsim.networks.rungs import run_exact, run_float

        several = model.readout.position == "each"
        floating = run_float(model, codes)
        answers.fill("float", indices, floating.decisions, several)
        if any(head.attention == "softmax" for head in model.heads):
            return
        for index, sure in zip(indices, floating.trusted.tolist(), strict=True):  # type: ignore[union-attr]
            answers.undecided[index] = not sure
        answers.fill("exact", indices, run_exact(model, codes).decisions, several)
        built = self._built(model, length)
        if built.fixed is not None:
            answers.fill(
                "integer", indices, run_integer(built.fixed, codes).decisions, several
            )
        if built.evaluator is not None:
            bits = with_wired(
                {"wired": built.schematic.wired_bits()}, model.format.bits(codes)
            )
            chosen = decisions(built.schematic.interface, built.evaluator(bits))
            answers.fill("circuit", indices, chosen, several)

    def _built(self, model: Any, length: int) -> Built:
        """The circuit of a length, kept for the next block while there is room for its gates."""
        if length not in self.built:
            found = self._build(model, length)
            while self.built and (
                len(self.built) >= MOST_BUILT
                or found.gates + sum(kept.gates for kept in self.built.values())
                > self.max_gates
            ):
                del self.built[next(iter(self.built))]
            self.built[length] = found
        return self.built[length]

    def _build(self, model: Any, length: int) -> Built:
        from circuitsim.netlist.evaluator.simulate import Evaluator
        from circuitsim.schematic.measure import measure

        family = self.how.family(model, self.basis, self.how.bits_at(model, length), length)
        schematic = family(length)
        fixed = None if family.exact else family.fixed(length)
        cost = measure(schematic)
        if not cost.exceeds(self.max_gates):
            return Built(fixed, schematic, Evaluator(schematic.flatten()), cost.gates)
        if length not in self.told:
            self.told.add(length)
            self.status.clear()
            told = f"circuitsim: n={length:,}: the circuit has {cost.against(self.max_gates)}; it is not run."
            click.echo(told, err=True)
        return Built(fixed, schematic, None, 0)


def _encoded(
    tokens_at: "Callable[[int], Format]", block: Block, lengths: list[int]
) -> list[Group]:
    """A block by length; an error names the first line that has one."""
    by_length: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        by_length.setdefault(length, []).append(index)
    try:
        return [
            (
                length,
                indices,
                tokens_at(length).parse([block.texts[index] for index in indices]),
            )
            for length, indices in sorted(by_length.items())
        ]
    except InputError:
        for index, length in enumerate(lengths):
            with block.at(index):
                tokens_at(length).parse([block.texts[index]])
        raise


def _show(text: str) -> str:
    return repr(text) if len(text) <= 40 else repr(text[:37] + "...")
