"""Random models in the scope of automata, their decisions by brute force, and automata that may say the same."""

import random
from dataclasses import replace
from itertools import product

import numpy as np

from circuitsim.models.model import Model
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from circuitsim.numbers.arrays import NO_ROWS
from circuitsim.specifications.automaton import Automaton
from circuitsim.specifications.specification import Specification
from circuitsim.tokens import letters
from tests.blocks import random_block_model
from tests.cases import random_model

WIDE = 10**6  # bits that are allowed
HARD = ("hard-left", "hard-right")


def hard_model(seed: int) -> Model:
    """A random model with hard heads and no positions, every third one with the parts of real blocks."""
    r = random.Random(seed)
    model = random_block_model(seed) if seed % 3 == 0 else random_model(seed)

    def hard(head):
        kind = head.attention if head.attention in HARD else r.choice(HARD)
        single = dict.fromkeys(("key2", "value2"), NO_ROWS)
        return replace(head, attention=kind, **single, key2_bias=(), value2_bias=())

    kept = [1, 2] if seed % 3 == 0 else [0, 1, 2, 2, 3]  # heads of a layer
    layers = [
        replace(layer, heads=tuple(map(hard, layer.heads[: r.choice(kept)])))
        for layer in model.layers
    ]
    place = model.readout.position
    if place in ("each", "mean"):
        place = r.choice(["first", "last"])
    readout = replace(model.readout, position=place, answer="decision")
    return replace(model, layers=layers, positions=None, readout=readout)


def decisions(model: Model, bits: int | None, longest: int) -> dict[tuple[int, ...], int]:
    """The decision on every string of one letter to `longest`."""
    found = {}
    for n in range(1, longest + 1):
        codes = np.array(list(product(range(len(model.vocabulary)), repeat=n)), np.int64)
        if bits is None:
            run = run_exact(model, codes)
        else:
            run = run_integer(fix(model, n, bits, WIDE), codes)
        found.update(
            zip(map(tuple, codes.tolist()), run.decisions[:, 0].tolist(), strict=True)
        )
    return found


def random_automaton(seed: int, alphabet: str, decided: int) -> Automaton:
    """One to four states, with random moves and decisions."""
    r = random.Random(seed)
    states = range(r.randint(1, 4))
    moves = {(q, a): r.choice(states) for q in states for a in alphabet}
    wanted = [r.randrange(decided) for _ in states]
    return Automaton(0, lambda q, a: moves[q, a], lambda q: wanted[q])


def learned(known: dict[tuple[int, ...], int], alphabet: str, longest: int) -> Automaton:
    """The automaton that strings suggest: prefixes are one state if short continuations decide alike."""
    size = range(len(alphabet))
    tails = [tail for n in range(1, 3) for tail in product(size, repeat=n)]

    def row(prefix):
        own = known[prefix] if prefix else None
        return own, tuple(known[prefix + tail] for tail in tails)

    first, moves, queue = {row(()): ()}, {}, [()]
    for prefix in queue:
        for a in size:
            after = (*prefix, a)
            if len(after) <= longest - 2 and row(after) not in first:
                first[row(after)] = after
                queue.append(after)
            moves[prefix, alphabet[a]] = (
                first[row(after)] if len(after) <= longest - 2 else ()
            )
    return Automaton((), lambda q, a: moves[q, a], lambda q: known.get(q, 0))


def as_specification(automaton: Automaton, model: Model) -> Specification:
    """A specification that has this automaton alone."""
    alphabet = model.vocabulary

    def decide(codes):
        return automaton.run([alphabet[code] for code in codes])

    form = letters(alphabet)
    return Specification("random", "?", lambda n: form, decide, automaton=automaton)
