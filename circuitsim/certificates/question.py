"""A question about one length, as a circuit whose output is true on the inputs, codes of letters, that are wrong.

It is the circuit of a model beside that of a specification, or two circuits beside each other; the output says that
they decide otherwise. Everything that proves or refutes at one length works on it, and so do the checkers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from circuitsim.array_types import Bools
from circuitsim.bases import BASES
from circuitsim.errors import InputError
from circuitsim.formats.valid import with_valid
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.extending import FALSE, MoreGates
from circuitsim.netlist.interface import Digits, digits_of
from circuitsim.netlist.passes.ands import ands_only
from circuitsim.netlist.passes.share import Share
from circuitsim.netlist.passes.two_inputs import two_inputs
from circuitsim.specifications.drawing import draw, field_wires
from circuitsim.specifications.specification import Specification
from circuitsim.tokens import Format, format_of

NO_LETTERS = "the circuit does not say which letters its inputs are; compile it from a model, or keep our comment."


@dataclass(frozen=True)
class Question:
    """A circuit of ANDs whose one output is true on inputs that are counterexamples.

    Args:
        form, n: the tokens of its inputs, and how many.
    """

    circuit: Circuit
    form: Format
    n: int

    def codes(self, bits: Bools) -> tuple[int, ...]:
        """The string, as token codes, of input bits."""
        found = np.full((1, self.n, len(self.form.fields)), -1, np.int64)
        for index, wires in enumerate(field_wires(self.form, self.n)):
            field = self.form.fields[index]
            present, own = field.present(self.n), np.asarray(bits)[wires // 2 - 1]
            if field.width == 1:
                digits = own[:, 0].astype(np.int64)
            elif field.wires == "binary":
                digits = own.astype(np.int64) @ (1 << np.arange(field.width))
            else:
                digits = own.argmax(axis=1)
            found[0, present, index] = digits
        return tuple(self.form.codes(found)[0].tolist())


def about_specification(
    circuit: Circuit, specification: Specification, accept: int | None
) -> Question:
    """Where a circuit decides otherwise than a specification.

    Args:
        accept: the decision of the circuit that stands for 1; None where its decisions are the specification's.

    Raises:
        InputError: the specification has no circuit.
    """
    plain, form, n = prepared(circuit)
    gates = MoreGates(plain)
    wanted, asked = draw(specification, gates, form, n)
    own = _decision(gates, plain.outputs, accept)
    codes = range(max(len(own), 1 << len(wanted)))
    wrong = [
        gates.both(_is(gates, wanted, code), own[code] ^ 1 if code < len(own) else 1)
        for code in codes
    ]
    wrongly = gates.any([int(literal) for literal in wrong])
    return _asked(gates, gates.all(np.array([asked, wrongly])), form, n)


def about_decisions(circuit: Circuit, other: Circuit, accept: int | None) -> Question:
    """Where a circuit decides otherwise than another one on the same inputs.

    Args:
        accept: the decision of the circuit that stands for the other's 1.

    Raises:
        InputError: they have other inputs, or one of them several decisions.
    """
    check_decision(other)

    def wrong(gates: MoreGates, a: Any, b: Any) -> int:
        own, wanted = _decision(gates, a, accept), _decision(gates, b, None)
        own += [FALSE] * len(wanted)
        return gates.any(
            [int(gates.both(w, o ^ 1)) for w, o in zip(wanted, own, strict=False)]
        )

    return about_pair(circuit, other, wrong)


def about_circuit(left: Circuit, right: Circuit) -> Question:
    """Where two circuits on the same inputs differ, in any output.

    Raises:
        InputError: they have other inputs or outputs, or the same outputs are other answers.
    """
    if len(left.outputs) != len(right.outputs):
        raise _unlike(left, right)
    if _read_as(left) != _read_as(right):
        raise InputError("the outputs of the circuits are read as answers in different ways.")
    return about_pair(left, right, lambda gates, a, b: gates.any(gates.differ(a, b)))


def about_pair(
    left: Circuit, right: Circuit, wrong: Callable[[MoreGates, Any, Any], int]
) -> Question:
    """Where something is true of what two circuits on the same inputs say.

    Args:
        wrong: of gates to add to, and literals of the outputs of both.

    Raises:
        InputError: they have other inputs.
    """
    a, form, n = prepared(left)
    b, other, m = prepared(right)
    if (n, form) != (m, other):
        raise _unlike(left, right)
    gates = MoreGates(a)
    move = np.arange(b.nodes)
    move[1 + b.inputs :] += a.nodes - 1 - b.inputs
    fan_in = 2 * move[b.fan_in >> 1] + (b.fan_in & 1)
    gates.both(fan_in[:, 0], fan_in[:, 1])
    outputs = 2 * move[b.outputs >> 1] + (b.outputs & 1)
    return _asked(gates, wrong(gates, a.outputs, outputs), form, n)


def check_asked(circuit: Circuit, specification: Specification, accept: int | None) -> None:
    """Refuse what a specification cannot be about.

    Raises:
        InputError: the circuit has other letters or another length, several decisions or a number, or no such decision.
    """
    form, n = format_of(circuit.interface), circuit.interface.get("n")
    if form is None or type(n) is not int:
        raise InputError(NO_LETTERS)
    check_letters(form, specification, n)
    check_decision(circuit)
    check_accept(accept, max(2, len(circuit.outputs)))


def check_decision(circuit: Circuit) -> None:
    """Refuse several answers, and numbers.

    Raises:
        InputError: the circuit does not make one decision.
    """
    said = circuit.interface
    answers = len(circuit.outputs) // max(1, int(said.get("classes", 1)))
    if answers != 1 or said.get("decision") == "number" or said.get("signs", 0):
        raise InputError(
            f"a specification is of one decision, and the circuit has {len(circuit.outputs)} outputs"
            f" for {answers} answers."
        )


def check_accept(accept: int | None, decisions: int) -> None:
    """Refuse a decision that there is not.

    Raises:
        InputError: it is none of 0 to `decisions` - 1.
    """
    if accept is not None and not 0 <= accept < decisions:
        raise InputError(f"there are decisions 0 to {decisions - 1}, and {accept} is none.")


def check_letters(form: Format, specification: Specification, n: int | None = None) -> None:
    """Refuse a specification of other tokens, or of other lengths.

    Raises:
        InputError: its letters are not those of the circuit, or it asks nothing of strings of n letters.
    """
    if n is not None:
        specification.check_length(n)
    wanted = specification.format(n or 1)
    if form.plain and wanted.plain:
        given, asked = (set(f.fields[0].values) for f in (form, wanted))
    else:
        given, asked = form, wanted  # type: ignore[assignment]
    if given != asked:
        raise InputError(
            f"{specification.name} is of strings of {_letters(wanted)}, and the circuit reads {_letters(form)}."
        )


def _read_as(circuit: Circuit) -> tuple[int, Digits | None]:
    """How outputs become answers: how many are one, and of numbers which."""
    said = circuit.interface
    return int(said.get("classes", 1)), digits_of(said)


def _letters(form: Format) -> str:
    if not form.plain:
        return "records with " + ", ".join(field.name for field in form.fields)
    values = form.fields[0].values
    return " ".join(values[:8]) + (" ..." if len(values) > 8 else "")


def _unlike(left: Circuit, right: Circuit) -> InputError:
    sides = [
        f"{each.inputs} inputs and {len(each.outputs)} outputs" for each in (left, right)
    ]
    return InputError(f"the circuits differ in what they read or say: {' and '.join(sides)}.")


def prepared(circuit: Circuit) -> tuple[Circuit, Format, int]:
    """A circuit as ANDs, without the inputs that hold constants, and its letters.

    Raises:
        InputError: it does not say what its inputs are, or has more or fewer.
    """
    form, n = format_of(circuit.interface), circuit.interface.get("n")
    if form is None or type(n) is not int:
        raise InputError(NO_LETTERS)
    ands = two_inputs if BASES[circuit.basis].unbounded else ands_only
    plain = without_wired(ands(circuit))
    if plain.inputs != form.inputs(n):
        raise InputError(
            f"the circuit has {plain.inputs} inputs, and its letters {form.inputs(n)} wires."
        )
    return Share()(plain), form, n


def without_wired(circuit: Circuit) -> Circuit:
    """Opaque constants, which are the last inputs, become constants."""
    wired = np.array(circuit.interface.get("wired", []), bool)
    if not len(wired):
        return circuit
    kept = circuit.inputs - len(wired)
    held = holding(circuit, 1 + kept, wired)
    fan_in, outputs = (
        np.where(literals >> 1 > kept, literals - 2 * len(wired), literals)
        for literals in (held.fan_in, held.outputs)
    )
    interface = {**circuit.interface, "wired": []}
    return replace(held, inputs=kept, fan_in=fan_in, outputs=outputs, interface=interface)


def holding(circuit: Circuit, first: int, bits: Any) -> Circuit:
    """The circuit with input nodes from `first` on held constant: they stay, and nothing reads them."""
    now = 2 * np.arange(circuit.nodes, dtype=np.int32)
    now[first : first + len(bits)] = bits
    fan_in, outputs = (
        now[literals >> 1] ^ (literals & 1) for literals in (circuit.fan_in, circuit.outputs)
    )
    return replace(circuit, fan_in=fan_in, outputs=outputs)


def _decision(gates: MoreGates, outputs: Any, accept: int | None) -> list[int]:
    """A literal for each decision that there can be: of several outputs the first that is true, else the first."""
    outputs = [int(literal) for literal in outputs]
    if len(outputs) == 1:
        each = [outputs[0] ^ 1, outputs[0]]
    else:
        before = [gates.any(outputs[:k]) if k else FALSE for k in range(len(outputs) + 1)]
        each = [
            int(gates.both(literal, none ^ 1))
            for literal, none in zip(outputs, before, strict=False)
        ]
        each[0] = int(gates.either(each[0], before[-1] ^ 1))
    return each if accept is None else [each[accept] ^ 1, each[accept]]


def _is(gates: MoreGates, bits: Sequence[int], value: int) -> int:
    """Whether bits, the least first, are a number."""
    return gates.all(np.array([bit ^ (~value >> k & 1) for k, bit in enumerate(bits)]))


def _asked(gates: MoreGates, wrong: int, form: Format, n: int) -> Question:
    """The question, of codes of letters only."""
    circuit = gates.circuit([wrong])
    whole, valid = with_valid(circuit)
    if valid is not None:
        more = MoreGates(whole)
        whole = more.circuit([int(more.both(valid, wrong))])
    return Question(Share()(whole), form, n)
