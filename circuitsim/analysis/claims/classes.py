"""Claims about circuit classes: AC0 for hard attention, TC0 for saturated, log depth with gates of two inputs."""

from circuitsim.analysis.claims.agreement import equality, equality_line
from circuitsim.analysis.claims.claim import (
    Claim,
    Entry,
    Measured,
    NotApplicable,
    Study,
    listed,
)
from circuitsim.analysis.claims.ties import Tie, most_tied
from circuitsim.analysis.growth.bounded_growth import (
    LEVELS_A_DOUBLING,
    PowerTest,
    grows_like_log,
    grows_like_power,
    too_few,
)
from circuitsim.analysis.growth.paper import D_PLUS, has_third_order
from circuitsim.bases import AC0, TC0, names
from circuitsim.models.inputs import chosen_inputs
from circuitsim.models.model import Model

AC0_LEVELS = {"depth": 2, "balanced": 4, "size": 4}  # a layer, by what is made small
TC0_LEVELS = 5  # a layer: products, comparisons, selection, mean, function of one number; in third order 6
NORM_LEVELS = 2  # squares and comparisons; one more where components are rounded before
GATE_LEVELS = 2  # products and comparisons
SATURATED = (
    "Saturated attention over O(log n)-bit numbers has threshold circuits of constant depth and polynomial size.",
    "Merrill, Sabharwal and Smith 2022 (2106.16213), Theorem 5; bound of Merrill and Sabharwal 2023 (2207.00729),"
    " Theorem 1",
)
LOG_PRECISION = (
    "A log-precision transformer, softmax included, has threshold circuits of constant depth and polynomial size.",
    "Merrill and Sabharwal 2023 (2207.00729), Theorem 1; here with softmax in whole numbers and the roundings of this"
    " model",
)
HARD = ("hard-left", "hard-right")


def ac0_depth(study: Study) -> Entry:
    """Hard attention has AC0 circuits."""
    name = "ac0-constant-depth"
    found = study.measured(AC0.name)
    all_hard = all(
        head.attention in HARD for layer in study.model.layers for head in layer.heads
    )
    if not found.rows or (found.left_out and not all_hard):
        return NotApplicable(name, found.left_out)
    bound, depths = (
        AC0_LEVELS[study.circuits.optimize] * len(study.model.layers),
        found.column("depth"),
    )
    size, checked = _Size(found), equality(study, AC0.name)
    shallow = max(depths) <= bound
    holds = shallow and size.holds and not checked["differing"]
    evidence = {
        **_columns(found, "depth", "gates", "wires"),
        "bound": bound,
        "argument": "each position holds one of the codes it can reach, one wire a code; the next layer's wires are ORs"
        " of ANDs of these, so that depth a layer does not depend on n",
        "size": size.evidence,
        "equal": checked,
        "left_out": found.left_out,
    }
    parts = [_depth_line(found, bound), size.line, equality_line(checked), found.left_out]
    return Claim(
        name,
        "Hard attention has circuits of AND and OR gates of constant depth and polynomial size.",
        "Hao, Angluin and Frank 2022 (2204.06618)",
        holds,
        "by construction",
        evidence,
        "; ".join(filter(None, parts)),
    )


def tc0_depth(study: Study) -> Entry:
    """Saturated attention, and softmax of log precision, have TC0 circuits."""
    name = "tc0-constant-depth"
    found = study.measured(TC0.name)
    wrong = study.precision_grows()
    if wrong or not found.rows:
        return NotApplicable(name, wrong or found.left_out)
    layers, bound, depths = (
        len(study.model.layers),
        tc0_bound(study.model),
        found.column("depth"),
    )
    published, size = (
        None if has_third_order(study.model) else 3 + (9 + 2 * D_PLUS) * layers,
        _Size(found),
    )
    roundings = study.precision if study.model.has_softmax else {}
    statement, source = LOG_PRECISION if roundings else SATURATED
    same = next(n for k, n in enumerate(found.ns) if len(set(depths[k:])) == 1)
    evidence = {
        **_columns(found, "bits", "depth", "gates", "wires", "max_weight"),
        "bound": bound,
        "published_bound": published,
        "same_depth_from_n": same,
        "precision": roundings,
        "argument": "products, comparisons of keys, selection, means by thresholds and functions of one number take a"
        " level each, whatever n and the precision",
        "size": size.evidence,
        "left_out": found.left_out,
    }
    parts = [
        f"{_depth_line(found, bound)} ({_published(layers, published)})",
        size.line,
        f"largest weight {max(found.column('max_weight')):,}",
        *(f"{name} {listed(study.ns, bits)}" for name, bits in roundings.items()),
        found.left_out,
    ]
    return Claim(
        name,
        statement,
        source,
        max(depths) <= bound and size.holds,
        "by construction",
        evidence,
        "; ".join(filter(None, parts)),
    )


def _published(layers: int, bound: int | None) -> str:
    if bound is None:
        return "published for heads of second order only"
    return f"published: 3 + (9 + 2 d) {layers} = {bound}, d = {D_PLUS}"


def tc0_bound(model: Model) -> int:
    """Levels of our tc0 circuits: 5 a layer, and those of what else a layer has; the read-out takes 1, an argmax 2."""
    inner = int(model.inner == "rounded")
    norm = NORM_LEVELS + inner
    norms = sum(map(bool, (model.embedding_norm, model.final_norm)))
    levels = 0
    for layer in model.layers:
        norms += sum(map(bool, (layer.attention_norm, layer.net_norm)))
        rounded = any(head.score_bits is not None for head in layer.heads)
        pairs = any(head.third_order for head in layer.heads)
        gated = layer.feed_forward is not None and bool(layer.feed_forward.gate)
        anew = inner or any(head.rotary is not None for head in layer.heads)
        levels += TC0_LEVELS + rounded + pairs + anew + GATE_LEVELS * gated
    readout = model.readout
    argmax = len(readout.weights) > 1 and readout.answer == "decision"
    return levels + norm * norms + (2 if argmax else 1)


def log_depth(study: Study) -> Entry:
    """TC0 is in NC1: gates of two inputs, logarithmic depth."""
    name, wrong = "nc1-log-depth", study.precision_grows()
    if wrong:
        return NotApplicable(name, wrong)
    evidence: dict[str, object] = {}
    lines, holds = [], True
    for basis in names(unbounded=False):
        found = study.measured(basis)
        depths = found.column("depth")
        test = grows_like_log(found.ns, depths, _levels_a_doubling(study.model))
        if test is None:
            return NotApplicable(name, found.left_out or too_few(found.ns))
        holds = holds and test.holds
        slope = test.all.a / max(1, len(study.model.layers))
        evidence[basis] = {
            **_columns(found, "depth", "gates"),
            "a": test.all.a,
            "b": test.all.b,
            "residual": test.all.residual,
            "slope_per_layer": slope,
            "test": vars(test) | {"shorter": vars(test.shorter), "all": vars(test.all)},
            "left_out": found.left_out,
        }
        verdict = "at most" if test.holds else "MORE THAN"
        lines.append(
            f"{basis}: depth {test.all.a:.1f} log2 n {test.all.b:+.0f}, off by at most {test.all.residual:.0f}"
            f" ({slope:.1f} a layer); {test.value:g} at n = {test.n}, {verdict} the {test.allowed:.0f} that shorter"
            " lengths foretell"
        )
        lines += [f"{basis}: {found.left_out}"] if found.left_out else []
    return Claim(
        name,
        "With gates of two inputs, depth O(log n) is enough (TC0 is in NC1).",
        "Merrill, Goldberg, Schwartz and Smith 2021 (2106.16213v1)",
        holds,
        "fitted",
        evidence,
        "; ".join(lines),
    )


def _levels_a_doubling(model: Model) -> float:
    """The slope that depth may have in log2 n: a layer's for n keys, twice that for n^2."""
    orders = (any(head.third_order for head in layer.heads) for layer in model.layers)
    return sum(LEVELS_A_DOUBLING * (2 if third else 1) for third in orders)


def ac0_refused(study: Study) -> Entry:
    """Negative control: what would count must not be compiled to AND and OR gates."""
    name = "ac0-refuses-ties"
    if has_third_order(study.model):
        return NotApplicable(
            name,
            "ac0 is built for keys at single positions, and refuses third-order heads as such",
        )
    found = study.measured(AC0.name)
    tied: Tie | None = None
    everything = True
    for n in study.ns:
        study.progress(f"ties, n = {n}")
        everything, codes = chosen_inputs(
            study.model, n, None, min(study.samples, 100), study.seed
        )
        tied = most_tied(study.model, codes)
        if tied is not None and tied.keys > study.circuits.max_ties:
            break
    if tied is None or tied.keys <= study.circuits.max_ties:
        most = 0 if tied is None else tied.keys
        why = f"no saturated head was seen to average more than {study.circuits.max_ties} keys (at most {most})"
        return NotApplicable(name, why)
    refused = tied.n not in found.ns
    line = (
        f"at n = {tied.n}, layer {tied.layer}, head {tied.head} averages {tied.keys} keys on '{tied.string}'; "
        f"ac0 is {'refused' if refused else 'NOT refused'}"
    )
    return Claim(
        name,
        "A saturated head that averages tied keys counts, which AND and OR gates cannot do in constant depth and"
        " polynomial size: ac0 must be refused.",
        "Furst, Saxe and Sipser 1984; Hastad 1986; the gap of 2106.16213, Theorem 3",
        refused,
        "exhaustive" if everything else "sampled",
        {**vars(tied), "refused": refused, "refusal": found.left_out},
        line,
    )


class _Size:
    """Whether the gates of some rows grow like a power of n."""

    def __init__(self, found: Measured) -> None:
        self.test: PowerTest | None = grows_like_power(found.ns, found.column("gates"))
        self.holds = self.test is None or self.test.holds
        self.evidence = (
            None if self.test is None else vars(self.test) | {"all": vars(self.test.all)}
        )
        self.line = self._line(found)

    def _line(self, found: Measured) -> str:
        if self.test is None:
            return f"gates {listed(found.ns, found.column('gates'))}"
        fit = self.test.all
        verdict = "at most" if self.holds else "MORE THAN"
        return (
            f"gates ~ n^{fit.exponent:.2f}, off by at most {fit.residual:.0%}; n^{self.test.exponent:.2f} over the"
            f" longer lengths, {verdict} n^{self.test.allowed:.2f}"
        )


def _depth_line(found: Measured, bound: int) -> str:
    deep = [(row.n, row.depth) for row in found.rows if row.depth > bound]
    said = f", EXCEEDED at n = {deep[0][0]} with {deep[0][1]}" if deep else ""
    return f"depth {listed(found.ns, found.column('depth'))}, at most {bound} by construction{said}"


def _columns(found: Measured, *names: str) -> dict[str, object]:
    return {"n": found.ns, **{name: found.column(name) for name in names}}
