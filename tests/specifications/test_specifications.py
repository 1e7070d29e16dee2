"""Every form of a specification against its definition: formulas, automata and circuits, on all short strings."""

from dataclasses import replace

import numpy as np
import pytest

from circuitsim.certificates.inputs import strings
from circuitsim.errors import InputError
from circuitsim.formats.valid import with_valid
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.netlist.extending import MoreGates
from circuitsim.netlist.passes.ands import ANDS
from circuitsim.specifications import counter
from circuitsim.specifications.automaton import counting
from circuitsim.specifications.drawing import draw
from circuitsim.specifications.formulas import AtLeast, Both, Congruent, Either, Not, holds
from circuitsim.specifications.table import specification
from circuitsim.tokens import letters

CASES = [
    ("majority", 6),
    ("majority:margin=2", 5),
    ("majority:margin=n/3", 6),
    ("parity", 5),
    ("first", 4),
    ("bounded-dyck", 5),
    ("bounded-dyck:k=1,depth=3", 8),
    ("star-free", 6),
    ("star-free:language=a-star-b-star", 6),
    ("star-free:language=contains-ab", 6),
    ("star-free:language=no-two-a", 6),
    ("dyck-1", 8),
    ("shuffle-dyck", 4),
    ("anbn", 7),
    ("equality", 8),
    ("inequality", 8),
    ("disjointness", 8),
    ("palindrome", 7),
    ("index-lookup", 7),
    ("index-lookup:letters=3", 5),
    ("lock", 6),
]


def circuit_of(spec, n):
    """Its circuit: bits of the decision, then whether it asks."""
    form = spec.format(n)
    inputs = int(form.bits(np.zeros((1, n), np.int64)).shape[1])
    interface = {"fields": form.document(), "token_code": "fields", "n": n}
    empty = Circuit(
        ANDS, inputs, np.zeros(0, np.uint8), np.zeros((0, 2), np.int32), np.zeros(0, np.int32),
        interface=interface,
    )  # fmt: skip
    gates = MoreGates(empty)
    bits, asked = draw(spec, gates, form, n)
    return gates.circuit([*bits, asked]), form


@pytest.mark.parametrize(("name", "longest"), CASES)
def test_forms_are_the_definition(name, longest):
    spec = specification(name)
    for n in range(1, longest + 1):
        form = spec.format(n)
        if not form.strings(n):
            continue
        codes = np.concatenate(list(strings(form, n)))
        legal = [spec.legal(row) for row in codes.tolist()]
        if not any(legal):
            continue
        codes = codes[legal]
        wanted = np.array([spec.decide(row) for row in codes.tolist()])
        asks = np.array([spec.asks(row) for row in codes.tolist()])
        circuit, form = circuit_of(spec, n)
        out = evaluate(circuit, form.bits(codes))
        bits, asked = out[:, :-1], out[:, -1]
        assert (asked == asks).all()
        assert (bits[asks] @ (1 << np.arange(bits.shape[1])) == wanted[asks]).all()
        if spec.reader is not None:
            words = [[spec.letters[code] for code in row] for row in codes.tolist()]
            found = [spec.reader.run(word) for word in words]
            assert found == [w if a else None for w, a in zip(wanted, asks, strict=True)]
        assert with_valid(circuit)[0].inputs == circuit.inputs


def random_formula(rng, depth, alphabet):
    kind = rng.integers(5 if depth else 2)
    if kind < 2:
        weights = tuple((letter, int(rng.integers(-3, 4))) for letter in alphabet)
        if kind:
            return AtLeast(weights, int(rng.integers(-4, 5)))
        return Congruent(weights, int(rng.integers(4)), int(rng.integers(2, 5)))
    if kind == 4:
        return Not(random_formula(rng, depth - 1, alphabet))
    parts = tuple(random_formula(rng, depth - 1, alphabet) for _ in range(2))
    return Both(parts) if kind == 2 else Either(parts)


@pytest.mark.parametrize("most", [counter.MOST_NUMBERS, 3])
@pytest.mark.parametrize("alphabet", ["abc", "ab"])
def test_random_formulas_are_drawn_and_read_as_they_are_defined(alphabet, most, monkeypatch):
    """Conditions are counters, and where these are long adders."""
    monkeypatch.setattr(counter, "MOST_NUMBERS", most)
    rng = np.random.default_rng(5)
    form, answers = letters(alphabet), []
    for _ in range(40):
        formula = random_formula(rng, 2, alphabet)
        spec = replace(
            specification("lock"), format=lambda n: form, automaton=None, formula=formula
        )
        reader = counting(formula)
        for n in (1, 3, 4):
            codes = np.concatenate(list(strings(form, n)))
            words = [[alphabet[code] for code in row] for row in codes.tolist()]
            wanted = [holds(formula, {x: word.count(x) for x in alphabet}) for word in words]
            circuit, _ = circuit_of(spec, n)
            assert evaluate(circuit, form.bits(codes))[:, 0].tolist() == wanted
            assert [bool(reader.run(word)) for word in words] == wanted
            answers += wanted
    assert 0.2 < np.mean(answers) < 0.8


def test_a_long_specification_has_adders():
    majority = specification("majority")
    gates = [circuit_of(majority, n)[0].gates for n in (255, 256, 4096)]
    assert gates[0] > 20_000 > gates[1]
    assert gates[2] < 100_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("majorty", "there is no specification 'majorty' (did you mean majority?)."),
        (
            "majority:margin=x",
            "majority:margin=x: margin is 'x', expected a whole number, or n/q.",
        ),
        ("majority:margin=n/0", "majority:margin=n/0: margin is 'n/0'"),
        (
            "zoo:majority",
            "there is no specification 'zoo'; of a model or circuit give itself",
        ),
        ("m.npz", "there is no specification 'm.npz'; of a model or circuit give itself"),
        ("lock:k=2", "lock has no option 'k'; it has none."),
        (
            "bounded-dyck:k=two",
            "bounded-dyck: k is 'two', expected a whole number such as 2.",
        ),
        ("bounded-dyck:k", "bounded-dyck:k: expected option=value"),
        ("match2", "match2: a task that answers at each position"),
    ],
)
def test_a_bad_name_is_answered_in_one_sentence(text, said):
    with pytest.raises(InputError) as error:
        specification(text)
    assert str(error.value).startswith(said)
