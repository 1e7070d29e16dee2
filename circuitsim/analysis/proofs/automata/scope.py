"""Which claims automata decide: hard attention over letters, with nothing that tells positions apart."""

from circuitsim.certificates.claim import Claim
from circuitsim.models.any_model import AnyModel
from circuitsim.models.model import Model


def outside(claim: Claim) -> str | None:
    """What prevents a theorem by automata, in one sentence; None where nothing does."""
    model, specification = claim.model, claim.specification
    if claim.other is None and (
        specification.reader is None or not specification.reader.finite
    ):
        return f"the specification {specification.name} is no finite automaton."
    strange = [t for t in model.vocabulary if t not in specification.letters]
    if strange:
        return f"the specification {specification.name} has no letter {strange[0]!r}, which {model.name} reads."
    others = [] if claim.other is None else [claim.other.model]
    return next(filter(None, map(outside_model, [model, *others])), None)


def outside_model(model: AnyModel) -> str | None:
    """What of a model automata do not follow."""
    if not isinstance(model, Model):
        return f"{model.name} is a {model.architecture} model, and automata follow the heads of transformers."
    if model.fields:
        return f"{model.name} reads tokens that are records, and automata read letters."
    if model.placed:
        return f"{model.name} has positions, and automata follow models that cannot tell places apart."
    return _heads(model) or _readout(model)


def _heads(model: Model) -> str | None:
    for number, layer in enumerate(model.layers):
        for index, head in enumerate(layer.heads):
            place = f"layer {number}, head {index}"
            if head.attention not in ("hard-left", "hard-right"):
                return f"{place}: {head.attention} attention weighs counts, and automata follow hard attention."
            if head.third_order:
                return f"{place}: its keys are pairs of positions, and automata follow single ones."
    return None


def _readout(model: Model) -> str | None:
    if model.readout.answer != "decision":
        return f"the read-out answers with {model.readout.answer}, and a theorem is about one decision."
    if model.readout.position in ("mean", "each"):
        return (
            f"the read-out is at {model.readout.position!r}, and automata read one position: "
            "first, last or a constant token."
        )
    return None
