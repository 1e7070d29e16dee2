"""AIGER, ASCII (.aag) and binary (.aig): AND gates, whose literals are ours: 2 * node + complement, node 0 false.

Written are the format's version 1.9 (a constraint where inputs may be no codes of letters), symbols, and a comment
with our interface, which makes the file a circuit of letters again. Read are combinational files: no latches.
Source: Biere, Heljanko, Wieringa, AIGER 1.9 and beyond, 2011.
"""

from pathlib import Path
from typing import Any

import numpy as np

from circuitsim.array_types import Bytes, Ints
from circuitsim.errors import CircuitSimError
from circuitsim.formats.atomic import replacing
from circuitsim.formats.interfaces import comment, interface_of_comment
from circuitsim.formats.lines import WireNames, write_lines
from circuitsim.formats.sorting import in_order
from circuitsim.formats.valid import with_valid
from circuitsim.formats.wires import VALID, input_names, output_names
from circuitsim.kernels import compiled
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.passes.ands import ANDS, ands_only
from circuitsim.netlist.validate import validate

TEXT, BINARY = (
    f"a{kind}" for kind in ("ag", "ig")
)  # words of the format, which name no basis
LARGEST = 2**33  # bytes of a file
MOST_NODES = 2**30
AT_ONCE = 2**20  # gates that are written together


def save(circuit: Circuit, path: Any) -> None:
    """Write a circuit, in binary unless the file's name ends in .aag.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    target = Path(path)
    whole, valid = with_valid(ands_only(circuit))
    gates, inputs = whole.gates, whole.inputs
    constraints = [] if valid is None else [valid]
    form = TEXT if target.suffix == ".aag" else BINARY
    header = f"{form} {inputs + gates} {inputs} 0 {len(circuit.outputs)} {gates}"
    header += " 0 1" if constraints else ""
    no_names = WireNames(())
    with replacing(target) as file:
        file.write(f"{header}\n".encode())
        if form == TEXT:
            write_lines(
                file, ["{#0}\n"], np.zeros(inputs), 2 * np.arange(1, inputs + 1), no_names
            )
        ends = np.array([*whole.outputs, *constraints], np.int64)
        write_lines(file, ["{#0}\n"], np.zeros(len(ends)), ends, no_names)
        if form == TEXT:
            pairs = np.sort(whole.fan_in, axis=1)
            own = 2 * np.arange(1 + inputs, 1 + inputs + gates)
            columns = np.stack([own, pairs[:, 1], pairs[:, 0]], 1)
            write_lines(file, ["{#0} {#1} {#2}\n"], np.zeros(gates), columns, no_names)
        else:
            out = np.empty(10 * AT_ONCE, np.uint8)
            for start in range(0, gates, AT_ONCE):
                part = np.ascontiguousarray(whole.fan_in[start : start + AT_ONCE])
                file.write(out[: encode(part, 1 + inputs + start, out)].data)
        symbols = [f"i{k} {name}\n" for k, name in enumerate(input_names(circuit))]
        symbols += [f"o{k} {name}\n" for k, name in enumerate(output_names(circuit))]
        symbols += [f"c{k} {VALID}\n" for k in range(len(constraints))]
        file.write("".join([*symbols, "c\n", f"{comment(circuit)}\n"]).encode())


@compiled(work=lambda fan_in, first, out: 12 * len(fan_in))
def encode(fan_in: Ints, first: int, out: Bytes) -> int:
    """Both differences of every gate, seven bits a byte, the lowest first; says where they end."""
    at = 0
    for g in range(len(fan_in)):
        a, b = int(fan_in[g, 0]), int(fan_in[g, 1])
        if a < b:
            a, b = b, a
        for delta in (2 * (first + g) - a, a - b):
            while delta > 127:
                out[at] = 128 | (delta & 127)
                delta >>= 7
                at += 1
            out[at] = delta
            at += 1
    return at


def load(path: Any) -> Circuit:
    """Read a combinational file.

    Raises:
        CircuitSimError: the file is missing, truncated, damaged, or has latches.
    """
    source = Path(path)
    try:
        if source.stat().st_size > LARGEST:
            raise CircuitSimError(f"{source}: more than {LARGEST >> 30} GiB.")
        data = source.read_bytes()
    except OSError as error:
        raise CircuitSimError(
            f"{source}: cannot be read ({error.strerror or error})."
        ) from error
    return _Reader(data, source).circuit()


class _Reader:
    """Reads a file from its first byte to its last."""

    def __init__(self, data: bytes, source: Path) -> None:
        self.data, self.source, self.at = data, source, 0

    def fail(self, why: str) -> CircuitSimError:
        """What is wrong with the file."""
        return CircuitSimError(f"{self.source}: {why}.")

    def line(self) -> str:
        """The next line of text."""
        end = self.data.find(b"\n", self.at)
        if end < 0 or end - self.at > 10**6:
            raise self.fail("the file ends early")
        text = self.data[self.at : end]
        self.at = end + 1
        return text.decode("latin-1")

    def numbers(self, count: int, most: int, what: str) -> list[int]:
        """Whole numbers of a line."""
        words = self.line().split(" ")
        if len(words) != count or not all(
            w.isdecimal() and w.isascii() and len(w) < 12 for w in words
        ):
            raise self.fail(f"expected {count} whole number{'s' * (count > 1)} of {what}")
        found = [int(word) for word in words]
        if max(found) > most:
            raise self.fail(
                f"{what} has the literal {max(found)}, and at most {most} is there"
            )
        return found

    def circuit(self) -> Circuit:
        """The circuit of the file; a constraint is left out, as what letters are follows from the interface."""
        form, *words = self.line().split(" ")
        if form not in (TEXT, BINARY) or not 5 <= len(words) <= 9:
            raise self.fail("not a header of AIGER, such as aig 7 3 0 1 4")
        if not all(word.isdecimal() and word.isascii() and len(word) < 12 for word in words):
            raise self.fail("the header has more than whole numbers")
        most, inputs, latches, outputs, gates, *rest = (int(word) for word in words)
        bad, constraints, *others = [*rest, 0, 0][: max(2, len(rest))]
        if latches or any(others):
            raise self.fail("latches, justice or fairness; combinational files are read")
        if most != inputs + gates or most >= MOST_NODES:
            raise self.fail(
                f"the header says {most} variables, {inputs} inputs and {gates} gates, of at most {MOST_NODES}"
            )
        if len(self.data) < outputs + (0 if form == BINARY else inputs + gates):
            raise self.fail("the file ends early")
        largest = 2 * most + 1
        if form == TEXT:
            listed = [self.numbers(1, largest, "an input")[0] for _ in range(inputs)]
        ends = [
            self.numbers(1, largest, "an output")[0]
            for _ in range(outputs + bad + constraints)
        ]
        literals = np.array(ends[:outputs], np.int64)
        if form == TEXT:
            fan_in, names = self._ascii(gates, inputs, self._numbered(listed, most), largest)
            literals = 2 * names[literals >> 1] + (literals & 1)
        else:
            fan_in = self._binary(gates, 1 + inputs)
        if (literals < 0).any():
            raise self.fail("an output that no gate defines")
        interface = interface_of_comment(self.data[self.at :])
        found = Circuit(
            ANDS,
            inputs,
            np.zeros(gates, np.uint8),
            fan_in,
            literals.astype(np.int32),
            interface=interface,
        )
        try:
            validate(found)
        except CircuitSimError as error:
            raise self.fail(str(error).removesuffix(".")) from error
        return found

    def _numbered(self, inputs: list[int], most: int) -> Any:
        """Our node of each variable; -1 where it has none yet."""
        names = np.full(most + 1, -1, np.int64)
        names[0] = 0
        for index, literal in enumerate(inputs):
            if literal & 1 or literal < 2 or names[literal >> 1] >= 0:
                raise self.fail(f"{literal} is no literal of an input of its own")
            names[literal >> 1] = index + 1
        return names

    def _ascii(self, gates: int, inputs: int, names: Any, largest: int) -> tuple[Ints, Any]:
        """Gates in whatever order they stand, sorted so that each reads earlier ones."""
        rows = np.array(
            [self.numbers(3, largest, "a gate") for _ in range(gates)], np.int64
        ).reshape(gates, 3)
        targets = rows[:, 0] >> 1
        if (
            (rows[:, 0] & 1).any()
            or (names[targets] >= 0).any()
            or len(set(targets.tolist())) < gates
        ):
            raise self.fail(
                "a gate that defines a complement, an input or another gate's variable"
            )
        defined = np.full(len(names), -1, np.int64)
        defined[targets] = np.arange(gates)
        order = in_order(defined[rows[:, 1:] >> 1])
        if order is None:
            raise self.fail("a cycle of gates")
        names[targets[order]] = 1 + inputs + np.arange(gates)
        read = names[rows[order, 1:] >> 1]
        if (read < 0).any():
            raise self.fail("a gate reads a variable that nothing defines")
        return (2 * read + (rows[order, 1:] & 1)).astype(np.int32), names

    def _binary(self, gates: int, first: int) -> Ints:
        """Gates of the binary format."""
        fan_in = np.empty((gates, 2), np.int32)
        data = np.frombuffer(self.data, np.uint8)
        if gates > len(data):
            raise self.fail("the file ends early")
        end = int(_decode(data, self.at, first, fan_in))
        if end < 0:
            raise self.fail(f"gate {-1 - end} is cut off, or reads itself or a later one")
        self.at = end
        return fan_in


@compiled(work=lambda data, at, first, fan_in: 12 * len(fan_in))
def _decode(data: Bytes, at: int, first: int, fan_in: Ints) -> int:
    """Read every gate's differences from a place on; says where they end, or -1 - g for a gate g that is wrong."""
    for g in range(len(fan_in)):
        literal = 2 * (first + g)
        for k in range(2):
            delta, shift = 0, 0
            while True:
                if at >= len(data) or shift > 28:
                    return -1 - g
                byte = int(data[at])
                at += 1
                delta |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            if delta > literal or (k == 0 and delta == 0):
                return -1 - g
            literal -= delta
            fan_in[g, k] = literal
    return at
