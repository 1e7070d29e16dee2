"""The checker of DRUP proofs: it accepts what CaDiCaL hands out, and nothing that proves something else."""

import random
from itertools import product

import numpy as np
import pytest

pytest.importorskip("pysat")
from pysat.solvers import Solver

from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.drup import check_drup


def packed(formula):
    """Clauses of DIMACS literals as the checker takes them."""
    literals = [2 * abs(x) + (x < 0) for clause in formula for x in clause]
    starts = np.cumsum([0, *map(len, formula)])
    return np.array(literals, np.int64), starts.astype(np.int64)


def satisfiable(formula, variables):
    """The definition."""
    for values in product((False, True), repeat=variables):
        if all(any(values[abs(x) - 1] == (x > 0) for x in clause) for clause in formula):
            return True
    return False


def random_formula(rng, variables, clauses):
    return [
        [
            v * rng.choice((1, -1))
            for v in rng.sample(range(1, variables + 1), rng.choice((2, 3, 3)))
        ]
        for _ in range(clauses)
    ]


def solved(formula):
    """The proof of a solver, or None where there is a model."""
    with Solver("cadical195", bootstrap_with=formula, with_proof=True) as solver:
        return None if solver.solve() else "\n".join(solver.get_proof())


def accepts(formula, proof):
    try:
        check_drup(packed(formula), proof)
    except Rejected:
        return False
    return True


def test_proofs_of_random_formulas_are_accepted_and_of_satisfiable_ones_none_is():
    rng = random.Random(3)
    proofs, models = [], []
    for _ in range(300):
        formula = random_formula(rng, 8, rng.randint(20, 60))
        proof = solved(formula)
        assert (proof is None) == satisfiable(formula, 8)
        if proof is None:
            models.append(formula)
        else:
            proofs.append(proof)
            assert accepts(formula, proof)
    assert len(proofs) > 100
    assert len(models) > 20
    for formula in models:  # whatever the proof: there is none
        for proof in rng.sample(proofs, 5):
            assert not accepts(formula, proof)
        assert not accepts(formula, "0")


def pigeons(holes):
    """One pigeon more than holes: no short resolution proof, so solvers have to work."""
    at = lambda pigeon, hole: pigeon * holes + hole + 1  # noqa: E731
    some = [[at(p, h) for h in range(holes)] for p in range(holes + 1)]
    one = [
        [-at(p, h), -at(q, h)]
        for h in range(holes)
        for p in range(holes + 1)
        for q in range(p)
    ]
    return some + one


def test_a_long_proof_with_deletions_is_accepted_and_parts_of_it_are_not():
    formula = pigeons(6)
    proof = solved(formula)
    lines = proof.splitlines()
    assert len(lines) > 500
    assert any(line.startswith("d") for line in lines)
    assert check_drup(packed(formula), proof) > 500
    assert not accepts(formula, "\n".join(lines[: len(lines) // 2]))  # cut off
    assert not accepts(formula, "")
    assert not accepts(formula, "0")  # the end without the way
    for clause in range(0, len(formula), 7):  # without any of its clauses it has a model
        assert not accepts(formula[:clause] + formula[clause + 1 :], proof)


def test_a_proof_that_is_altered_is_refused_or_still_one_of_an_unsatisfiable_formula():
    rng = random.Random(1)
    formula = pigeons(4)
    lines = solved(formula).splitlines()
    refused = 0
    for _ in range(500):
        mutated = list(lines)
        at = rng.randrange(len(mutated))
        words = mutated[at].split()
        kind = rng.randrange(5)
        if kind == 0:
            del mutated[at]
        elif kind == 1:
            word = rng.randrange(len(words))
            words[word] = str(-int(words[word])) if words[word] not in "d0" else "1"
            mutated[at] = " ".join(words)
        elif kind == 2:
            mutated[at] = "0"
        elif kind == 3:
            mutated = mutated[:at]
        else:
            mutated[at] = rng.choice(("x 0", "1 2", "d", "999999 0", "1.5 0", "- 0", ""))
        refused += not accepts(
            formula, "\n".join(mutated)
        )  # and never an error of another kind
    assert refused > 200


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        ("1 2", "does not end with 0"),
        ("1 x 0", "no literals"),
        ("9 0", "not of the question"),
        ("-1 0", "line 1 of the proof does not follow"),
        ("", "ends before the empty clause"),
    ],
)
def test_what_is_wrong_is_said(proof, said):
    with pytest.raises(Rejected, match=said):
        check_drup(packed([[1, 2], [-1, 2], [1, -2]]), proof)
