"""The serialisation of circuits of Merrill and Sabharwal: a line of text in which pointers are written in unary.

    Circuit -> Gate[0] Gate[1] ... Gate[g]      the last one is the output
    Gate[i] -> X                                the next input
             | NOT Arg[i] | AND Arg[i]* | OR Arg[i]*
             | Dir 1^k 0^(m - k) Arg[i]^m       whether at most k, or at least k, of m arguments are true
    Dir     -> <= | >=
    Arg[i]  -> & 1^j                            gate j, where j < i

Circuits with weights are written in X and thresholds alone: weights are arguments that are repeated, NOT is `<= 0`, AND
`>= 1^m`, OR `>= 1 0^(m - 1)`. All others are written in X, NOT, AND and OR. An AND of nothing is true, as is `>=`.

Two things are ours: what follows a `#` is a comment, to the end of its line, and says what our letters are; and where
there is not one output, the comment `# outputs k` says that the last k gates are.
Source: Merrill and Sabharwal, The Parallelism Tradeoff: Limitations of Log-Precision Transformers, 2023.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from circuitsim.bases import BASES, names
from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.formats.atomic import replacing
from circuitsim.formats.interfaces import comment, interface_of_comment
from circuitsim.formats.nets import text_of
from circuitsim.formats.pieces import wires_of
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import wires_weighted
from circuitsim.netlist.memory import words
from circuitsim.netlist.passes.ands import ands_only
from circuitsim.netlist.passes.unweighted import unweighted
from circuitsim.netlist.program import AND, OR, THRESHOLD
from circuitsim.netlist.validate import validate

LARGEST = 2**28  # bytes of a file
PLAIN, WEIGHTED = names(kinds=("and", "or"))[0], names(weighted=True)[0]
COMMENT = re.compile(r"#[^\n]*")
OUTPUTS = re.compile(r"^# outputs (\d{1,10})[ \t\r]*$", re.MULTILINE)
WORD = re.compile(r"\s*(X|NOT|AND|OR|<=|>=|[01]+|&1*)")


def save(circuit: Circuit, path: Any) -> None:
    """Write a circuit; of gates of two inputs an XOR is three ANDs.

    Raises:
        LimitError: the file would be too large, as it grows with the square of the gates.
        CircuitSimError: the path cannot be written.
    """
    plain = circuit if BASES[circuit.basis].unbounded else ands_only(circuit)
    if BASES[circuit.basis].weighted:
        # A wire takes two bytes at least; this is asked before there are as many wires as weights say.
        _refuse(path, 2 * wires_weighted(plain))
        plain = unweighted(plain, LARGEST)
    writer = _Writer(plain)
    _refuse(path, writer.size)
    with replacing(Path(path)) as file:
        file.write(f"# {comment(circuit)}\n".encode() if circuit.interface else b"")
        ends = len(circuit.outputs)
        file.write(f"# outputs {ends}\n".encode() if ends != 1 else b"")
        writer.write(file)


def _refuse(path: Any, size: int) -> None:
    """Refuse what is too large."""
    if size > LARGEST:
        raise LimitError(
            f"{path}: the serialisation would have {words(size)} at least, as its pointers are unary; at most"
            f" {words(LARGEST)} are written. Lower n or the bits, or choose another format."
        )


class _Writer:
    """Writes every node of a circuit, its complement behind it where that is read, and the outputs last.

    Attributes:
        least: (gates,) how many wires have to be true. place: (literals,) which gate of the file each is, or -1.
        ends: outputs that are written once more, so that they are the last gates.
        size: bytes of all pointers.
    """

    def __init__(self, circuit: Circuit) -> None:
        self.given, self.weighted = circuit, BASES[circuit.basis].weighted
        self.starts, self.literals = wires_of(circuit)
        sizes = np.diff(self.starts)
        self.least = np.where(circuit.ops == OR, 1, sizes)
        if circuit.thresholds is not None:
            self.least = np.where(circuit.ops == THRESHOLD, circuit.thresholds, self.least)
        read = np.zeros(2 * circuit.nodes, bool)
        read[self.literals] = read[circuit.outputs] = True
        written = read.copy()
        written[2::2] = True
        # Node 0 is false: its complement is written, and itself behind that.
        written[:2] = read[:2].any() or (self.least > sizes).any(), read[0]
        index = np.cumsum(written) - 1
        self.place = np.where(written, index, -1)
        self.place[:2] = self.place[1::-1]
        last = np.arange(int(written.sum()))[-len(circuit.outputs) :]
        same = np.array_equal(self.place[circuit.outputs], last)
        self.ends = [] if same else circuit.outputs.tolist()
        pointers = (
            self.place[self.literals],
            self.place[self.ends],
            index[::2][written[1::2]],
        )
        self.size = sum(int(to.sum()) + 2 * len(to) for to in pointers)

    def write(self, file: BinaryIO) -> None:
        """Write the gates, one a line."""
        ones = b"1" * int(self.place.max(initial=0))
        first = 1 + self.given.inputs
        bounds = self.least.tolist()

        def gate(head: str, arguments: Any) -> None:
            file.write(
                head.encode() + b"".join(b" &" + ones[:to] for to in arguments) + b"\n"
            )

        for node in range(self.given.nodes):
            own, other = (1, 0) if node == 0 else (2 * node, 2 * node + 1)
            if node >= first:
                wires = slice(self.starts[node - first], self.starts[node - first + 1])
                gate(*self._at_least(bounds[node - first], self.place[self.literals[wires]]))
            elif self.place[own] >= 0:
                gate(*(self._at_least(0, []) if node == 0 else ("X", [])))
            if self.place[other] >= 0:
                gate(*self._not(self.place[own]))
        for literal in self.ends:
            gate(*self._at_least(1, [self.place[literal]]))

    def _at_least(self, least: int, arguments: Any) -> tuple[str, Any]:
        """Whether so many of the arguments are true, as a gate; of all and of one, AND and OR."""
        most = len(arguments)
        if least > most:
            return self._not(self.place[1])
        if not self.weighted:
            return "AND" if least == most else "OR", arguments
        ones = max(0, least)
        return f">= {'1' * ones}{'0' * (most - ones)}".strip(), arguments

    def _not(self, place: int) -> tuple[str, list[int]]:
        return "<= 0" if self.weighted else "NOT", [place]


def load(path: Any) -> Circuit:
    """Read a circuit, without weights where no gate is a threshold.

    A gate that is always its one argument, the complement of that, or true, becomes a literal.

    Raises:
        CircuitSimError: the file is missing, too large, damaged, or not in the grammar.
    """
    source = Path(path)
    text = text_of(source, LARGEST)
    body, said = COMMENT.sub(" ", text), OUTPUTS.search(text)
    reader = _Reader(source, body.count("X"))
    for gate in reader.gates(body):
        reader.take(gate)
    return reader.circuit(
        int(said[1]) if said else 1, interface_of_comment(text.encode("latin-1"))
    )


class _Gate(NamedTuple):
    """A gate as it stands in the text."""

    head: str
    digits: str
    arguments: list[int]


class _Reader:
    """Gates as they are read; `literals` are those of the gates of the text, inputs among them."""

    def __init__(self, source: Path, inputs: int) -> None:
        self.source, self.inputs = source, inputs
        self.seen, self.weighted = 0, False
        self.literals: list[int] = []
        self.ops: list[int] = []
        self.thresholds: list[int] = []
        self.starts, self.fan_in, self.weights = [0], list[int](), list[int]()

    def fail(self, why: str) -> CircuitSimError:
        """What is wrong with the file."""
        return CircuitSimError(f"{self.source}: {why}.")

    def gates(self, body: str) -> Iterator[_Gate]:
        """The gates of a text without comments."""
        at, end, count = 0, len(body.rstrip()), 0
        gate = None
        while at < end:
            found = WORD.match(body, at)
            word = found[1] if found else body[at : at + 20].strip()
            if found is not None and word[0] not in "01&":
                if gate is not None:
                    yield gate
                count += 1
                gate = _Gate(word, "", [])
            elif gate is None or found is None:
                raise self.fail(f"{word[:20]!r} after {count} gates begins no gate")
            elif word[0] == "&":
                gate.arguments.append(len(word) - 1)
            elif gate.digits or gate.arguments:
                raise self.fail(
                    f"{word[:20]!r} stands behind the arguments of gate {count - 1}"
                )
            else:
                gate = gate._replace(digits=word)
            at = found.end()
        if gate is not None:
            yield gate

    def take(self, gate: _Gate) -> None:
        """Add a gate to the circuit."""
        head, digits, arguments = gate
        index, most = len(self.literals), len(arguments)
        comparing = head in ("<=", ">=")
        fixed = {"X": 0, "NOT": 1}.get(head, most)
        if most != fixed or len(digits) != most * comparing or "01" in digits:
            said = f"{head} {digits[:20]}".strip()
            raise self.fail(
                f"gate {index}, {said}, has {most} arguments, which the grammar has not"
            )
        if any(place >= index for place in arguments):
            raise self.fail(
                f"gate {index} points to gate {max(arguments)}, which is not before it"
            )
        reads = [self.literals[place] for place in arguments]
        if head == "X":
            self.seen += 1
            reads = [2 * self.seen]
        least = {"X": 1, "OR": 1, ">=": digits.count("1")}.get(head, most)
        if head == "<=":  # at most k are true where at least m - k are false
            least = most - digits.count("1")
        if head in ("<=", "NOT"):
            reads = [literal ^ 1 for literal in reads]
        self.weighted |= comparing
        self.literals.append(self._literal(head, reads, least))

    def _literal(self, head: str, reads: list[int], least: int) -> int:
        """What is true where so many of some literals are: one of them, a constant, or a new gate."""
        if least == 0 or not reads:
            return int(least == 0)
        if len(reads) == 1:
            return reads[0]
        wires = Counter(reads) if head in ("<=", ">=") else None
        self.ops.append({"AND": AND, "OR": OR}.get(head, THRESHOLD))
        self.thresholds.append(0 if wires is None else least)
        self.fan_in += reads if wires is None else wires.keys()
        self.weights += [1] * len(reads) if wires is None else wires.values()
        self.starts.append(len(self.fan_in))
        return 2 * (self.inputs + len(self.ops))

    def circuit(self, count: int, interface: dict[str, Any]) -> Circuit:
        """The circuit whose outputs are the last gates."""
        first = len(self.literals) - count
        if first < 0:
            raise self.fail(
                f"{len(self.literals)} gates, and {count} of them should be outputs"
            )
        found = Circuit(
            WEIGHTED if self.weighted else PLAIN,
            self.inputs,
            np.array(self.ops, np.uint8),
            np.array(self.fan_in, np.int32),
            np.array(self.literals[first:], np.int32),
            interface=interface,
            starts=np.array(self.starts, np.int64),
            weights=np.array(self.weights, np.int64) if self.weighted else None,
            thresholds=np.array(self.thresholds, np.int64) if self.weighted else None,
        )
        try:
            validate(found)
        except CircuitSimError as error:
            raise self.fail(str(error).removesuffix(".")) from error
        return found
