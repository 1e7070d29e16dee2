"""What every rung of a model, or a circuit from a file, answers on a block of inputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
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

One: TypeAlias = int | float | Fraction  # a decision, or a number
Answer: TypeAlias = One | list[One] | list[list[One]]
Group: TypeAlias = "tuple[int, list[int], Codes]"  # the length, which inputs of a block have it, and their codes
AT_ONCE = 1024  # inputs that a model runs together
MOST_BUILT = 64  # lengths whose circuits are kept
RUNGS = ("float", "exact", "integer", "circuit")


class Answers:
    """The answers on a block of inputs, in lists by rung; a rung that is not there has none.

    `undecided`: whether rounding may have decided the float's answer (None without exact rung to compare with).
    `numbers`: whether the answers are numbers, which rounding moves, and not decisions.
    """

    def __init__(self, inputs: list[str]) -> None:
        self.inputs = inputs
        self.rungs: dict[str, list[Answer | None]] = {}
        self.undecided: list[bool | None] = [None] * len(inputs)
        self.numbers = False

    def fill(
        self, rung: str, indices: Sequence[int], answers: Any, several: bool, labels: int = 0
    ) -> None:
        """Enter answers (inputs, positions): as a list for each input, or the one that there is.

        With `labels` an answer is a list itself, of as many.
        """
        self.numbers |= answers.dtype.kind != "i"
        if labels:
            answers = answers.reshape(len(answers), -1, labels)
        column = self.rungs.setdefault(rung, [None] * len(self.inputs))
        rows = answers.tolist() if several else answers[:, 0].tolist()
        for index, row in zip(indices, rows, strict=True):
            column[index] = row

    def differing(self) -> int:
        """On how many inputs rungs that must be equal differ: all that decide; of numbers the last two."""
        rungs = [self.rungs[rung] for rung in RUNGS if rung in self.rungs]
        if self.numbers:
            rungs = rungs[-2:] if "circuit" in self.rungs else []
        found = 0
        for row in zip(*rungs, strict=True):
            known = [answer for answer in row if answer is not None]
            found += any(answer != known[0] for answer in known)
        return found

    def rows(self) -> list[dict[str, Any]]:
        """One object an input, for JSON: fractions as models write them, whole numbers or "p/q"."""
        columns = [
            [_plain(answer) for answer in self.rungs.get(rung, [None] * len(self.inputs))]
            for rung in RUNGS
        ]
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
        from circuitsim.netlist.interface import answers, with_wired

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
        found = Answers(block.texts)
        said = answers(self.interface.entries, outputs)
        found.fill(
            "circuit",
            range(len(block.texts)),
            said,
            self.interface.several,
            self.interface.signs,
        )
        return found


@dataclass
class Built:
    """What stands for a model at one length; no evaluator where the circuit is too large, or not built."""

    fixed: Any
    schematic: "Schematic | None"
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
        self, model: Any, length: int, codes: "Codes", found: Answers, indices: list[int]
    ) -> None:
        """Answer inputs of one length."""
        from circuitsim.netlist.interface import answers, with_wired
        from circuitsim.networks.integer import run_integer
        from circuitsim.networks.rungs import run_exact, run_float

        readout = model.readout
        several = readout.position == "each"
        labels = len(readout.weights) if readout.answer == "signs" else 0
        floating = run_float(model, codes)
        found.fill("float", indices, floating.answers, several, labels)
        for index, sure in zip(indices, floating.trusted.tolist(), strict=True):  # type: ignore[union-attr]
            found.undecided[index] = not sure
        found.fill("exact", indices, run_exact(model, codes).answers, several, labels)
        built = self._built(model, length)
        if built.fixed is not None:
            integer = run_integer(built.fixed, codes).answers
            found.fill("integer", indices, integer, several, labels)
        if built.evaluator is not None and built.schematic is not None:
            bits = with_wired(
                {"wired": built.schematic.wired_bits()}, model.format.bits(codes)
            )
            said = answers(built.schematic.interface, built.evaluator(bits))
            found.fill("circuit", indices, said, several, labels)

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
        fixed = None if family.exact else family.fixed(length)
        schematic = family(length)
        cost = measure(schematic)
        if not cost.exceeds(self.max_gates):
            return Built(fixed, schematic, Evaluator(schematic.flatten()), cost.gates)
        self._tell(
            length,
            f"n={length:,}: the circuit has {cost.against(self.max_gates)}; it is not run.",
        )
        return Built(fixed, schematic, None, 0)

    def _tell(self, topic: int, text: str) -> None:
        """Say something once: of a length, or with 0 of the model."""
        if topic not in self.told:
            self.told.add(topic)
            self.status.clear()
            click.echo(f"circuitsim: {text}", err=True)


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


def _plain(answer: Answer | None) -> Any:
    if isinstance(answer, list):
        return [_plain(one) for one in answer]
    if isinstance(answer, Fraction):
        return answer.numerator if answer.denominator == 1 else str(answer)
    return answer


def _show(text: str) -> str:
    return repr(text) if len(text) <= 40 else repr(text[:37] + "...")
