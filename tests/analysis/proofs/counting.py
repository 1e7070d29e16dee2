"""What tests of theorems by counts share: specifications by formulas, strings counted, and damaged models."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from circuitsim.models.files.reading import load
from circuitsim.models.model import Model
from circuitsim.specifications.formulas import (
    AtLeast,
    Both,
    Congruent,
    Either,
    Formula,
    Not,
    holds,
)
from circuitsim.specifications.specification import Specification
from circuitsim.specifications.table import specification
from tests.cases import random_model

EXAMPLES = Path(__file__).parents[3] / "examples"
MAJORITY = specification("majority")
ON_CLASSES = [
    "0",
    "0",
    "(-1)**i",
    "1 if i == 0 else 0",
    "1 if i == n - 1 else 0",
    "(i + n) % 2",
]


def counted(model: Model, codes: Sequence[int]) -> Counter[str]:
    """The counts of a string that a formula is about."""
    word = [model.vocabulary[code] for code in codes]
    return Counter([*word, f"first={word[0]}", f"last={word[-1]}"])


def by_formula(model: Model, formula: Formula, where: Formula | None = None) -> Specification:
    """The specification that a formula is."""
    return Specification(
        "by formula",
        "Is it true?",
        lambda n: model.format,
        lambda codes: int(holds(formula, counted(model, codes))),
        formula,
        where=where,
    )


def random_formula(r: random.Random, names: Sequence[str], depth: int = 0) -> Formula:
    """A small formula of counts."""
    kind = r.choice(
        ["least", "least", "rest", "not", "both", "either"][: 6 if depth < 2 else 3]
    )
    weights = tuple((name, r.randint(-2, 2)) for name in names)
    if kind == "least":
        return AtLeast(weights, r.randint(-2, 3))
    if kind == "rest":
        return Congruent(weights, r.randint(0, 2), r.choice([2, 3]))
    if kind == "not":
        return Not(random_formula(r, names, depth + 1))
    parts = tuple(random_formula(r, names, depth + 1) for _ in range(r.randint(1, 3)))
    return Both(parts) if kind == "both" else Either(parts)


def random_countable(seed: int) -> Model:
    """A random model of two letters: saturated or softmax, with positions that classes have, unmasked or one layer."""
    r = random.Random(seed)
    model = replace(random_model(seed, r.choice([1, 1, 2])), positions=None)
    kind = r.choice(["as it is", "saturated", "saturated", "softmax"])
    if kind != "as it is":
        model = model.with_attention(kind)
    if len(model.layers) > 1:
        model = unmasked(model)
    if r.random() < 0.4:
        model = replace(model, positions=[r.choice(ON_CLASSES) for _ in range(model.width)])
    if model.readout.position == "each":
        place = r.choice(["first", "last", "mean"])
        model = replace(model, readout=replace(model.readout, position=place))
    model = replace(model, vocabulary=model.vocabulary[:2])
    return model.with_softmax("1", "3") if model.has_softmax else model


def unmasked(model: Model) -> Model:
    """The model whose heads see all keys."""
    layers = [
        replace(x, heads=tuple(replace(head, mask="none") for head in x.heads))
        for x in model.layers
    ]
    return replace(model, layers=tuple(layers))


def damaged(place: str, change: str) -> Model:
    """majority.pt with something added to the first number of one of its arrays."""
    model, by = load(EXAMPLES / "majority.pt"), Fraction(change)
    [layer] = model.layers
    [head], net = layer.heads, layer.feed_forward

    def moved(array, row=0):
        numbers = array.scaled.fractions().copy()
        numbers[(row, 0) if numbers.ndim == 2 else row] += by
        return numbers.tolist()

    match place:
        case "readout.bias":
            return replace(
                model, readout=replace(model.readout, bias=moved(model.readout.bias))
            )
        case "hidden":
            net = replace(net, hidden=moved(net.hidden))
        case "output":
            head = replace(head, output=moved(head.output, 1))
        case _:
            head = replace(head, **{place: moved(getattr(head, place))})
    return replace(model, layers=(replace(layer, heads=(head,), feed_forward=net),))
