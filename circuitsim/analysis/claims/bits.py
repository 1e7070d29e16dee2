"""Claims about bits: states of O(log n) bits, rationals that need more, the least precision, and constant precision."""

from circuitsim.analysis.claims.claim import Claim, Entry, NotApplicable, Study, listed
from circuitsim.analysis.claims.failures import failure_at
from circuitsim.analysis.claims.state_bits import StateRow, state_bits
from circuitsim.analysis.growth.bounded_growth import SIZE, LogTest, grows_like_log, too_few
from circuitsim.analysis.growth.fits import Fit, fit_log

SAMPLES = 200  # inputs at each n whose states are measured, where there are more than 2^12


def log_state(study: Study) -> Entry:
    """Theorem 4: every number of a state has O(log n) bits."""
    name, wrong = "log-state-bits", study.precision_grows()
    if wrong:
        return NotApplicable(name, wrong)
    layers = _state(study, "dyadic")
    beyond = next(
        (
            row
            for rows in layers.values()
            for row in rows
            if row.bound is not None and row.measured > row.bound
        ),
        None,
    )
    tests = {
        layer: grows_like_log(study.ns, [row.measured for row in rows], SIZE)
        for layer, rows in layers.items()
    }
    if any(test is None for test in tests.values()):
        return NotApplicable(name, too_few(study.ns))
    growing = [layer for layer, test in tests.items() if test is not None and not test.holds]
    evidence = {f"layer{layer}": _layer(rows, tests[layer]) for layer, rows in layers.items()}
    last = layers[max(layers)]
    fit = fit_log(study.ns, [row.measured for row in last])
    parts = [
        f"after the last layer {listed(study.ns, [row.measured for row in last], ' bits')}: {_line(fit)}"
    ]
    parts.append(
        f"EXCEEDS its bound {beyond.bound} with {beyond.measured} at n = {beyond.n} after layer {beyond.layer}"
        if beyond
        else f"never above its bound, {listed(study.ns, [row.bound for row in last])}"
    )
    parts += [f"after layer {layer} {_above(tests[layer])}" for layer in growing]
    return Claim(
        name,
        "With dyadic numbers every entry of a saturated transformer's state has O(log n) bits.",
        "Merrill, Sabharwal and Smith 2022 (2106.16213), Theorem 4, Corollary 4.1 and Lemma 1",
        beyond is None and not growing,
        "fitted",
        {"n": list(study.ns), **evidence},
        "; ".join(parts),
    )


def rationals_grow(study: Study) -> Entry:
    """Negative control: exact rationals do not stay that small, where sums meet many denominators."""
    name = "rationals-need-more"
    sizes = {
        layer: [row.measured for row in rows]
        for layer, rows in _state(study, "rational").items()
    }
    tests = {layer: grows_like_log(study.ns, ys, SIZE) for layer, ys in sizes.items()}
    if any(test is None for test in tests.values()):
        return NotApplicable(name, too_few(study.ns))
    faster = [layer for layer, test in tests.items() if test is not None and not test.holds]
    if not faster:
        why = f"this model's rationals stay small: after the last layer {listed(study.ns, sizes[max(sizes)], ' bits')}"
        return NotApplicable(name, why)
    layer = faster[0]
    dyadic = _state(study, "dyadic")[layer]
    test = grows_like_log(study.ns, [row.measured for row in dyadic], SIZE)
    line = (
        f"after layer {layer} exact rationals have {listed(study.ns, sizes[layer], ' bits')}, {_above(tests[layer])};"
        f" dyadic numbers {listed(study.ns, [row.measured for row in dyadic])}"
    )
    return Claim(
        name,
        "Over exact rationals the same model's state does not stay within O(log n) bits: Theorem 4 needs floats.",
        "Merrill, Sabharwal and Smith 2022 (2106.16213), Theorem 1 and section 3.1",
        test is not None and test.holds,
        "fitted",
        {
            "n": list(study.ns),
            "layer": layer,
            "rational": sizes[layer],
            "dyadic": [row.measured for row in dyadic],
            "test": _test(tests[layer]),
        },
        line,
    )


def least_precision(study: Study) -> Entry:
    """The model's bits are enough, and grow as they have to."""
    least, bits = [study.least(n) for n in study.ns], [study.bits_at(n) for n in study.ns]
    known = [(n, b) for n, b in zip(study.ns, least, strict=True) if b is not None]
    fit = fit_log([n for n, _ in known], [b for _, b in known], "least bits")
    short = [
        n
        for n, need, has in zip(study.ns, least, bits, strict=True)
        if need is None or has < need
    ]
    source = study.circuits.bits_expression or study.model.bits
    line = f"least bits {listed(study.ns, least)}: {_line(fit)}; '{source}' gives {listed(study.ns, bits)}"
    line += (
        f"; TOO FEW at n = {', '.join(map(str, short))}" if short else ", enough at every n"
    )
    return Claim(
        "least-precision",
        "The model's fraction bits are at least the fewest that decide as the exact model (and so do the next two).",
        "circuitsim; that some growth is needed: 2210.02671, Proposition 1",
        not short,
        "exhaustive" if all(study.ladder(n).exhaustive for n in study.ns) else "sampled",
        {
            "n": list(study.ns),
            "least": least,
            "bits": bits,
            "expression": source,
            "model_expression": study.model.bits,
            "fit": None if fit is None else vars(fit),
            "short_at": short,
        },
        line,
    )


def constant_precision(study: Study) -> Entry:
    """Negative control: where the least precision grows, that of the shortest input is wrong on a longer one."""
    name, least = "constant-precision-fails", [study.least(n) for n in study.ns]
    known = [b for b in least if b is not None]
    if not known or least[0] is None or max(known) <= least[0]:
        return NotApplicable(
            name, f"the least precision does not grow: {listed(study.ns, least, ' bits')}"
        )
    failure = next(
        (found for n in study.ns if (found := failure_at(study, n, least[0]))), None
    )
    line = f"{least[0]} bits, the fewest at n = {study.ns[0]}, "
    line += (
        f"decide '{failure.string}' wrongly at n = {failure.n} ({failure.wrong:,} of {failure.inputs:,} inputs)"
        if failure
        else f"decide RIGHTLY at every n of {study.ns[0]}..{study.ns[-1]}"
    )
    return Claim(
        name,
        "Constant precision cannot follow: bits that are enough for the shortest inputs decide longer ones wrongly.",
        "2210.02671, Proposition 1 (fixed precision cannot attend uniformly); 2402.12875, Theorem 3.1",
        failure is not None,
        "exhaustive" if failure is None or failure.exhaustive else "sampled",
        {
            "n": list(study.ns),
            "bits": least[0],
            "least": least,
            "failure": None if failure is None else vars(failure),
        },
        line,
    )


def _state(study: Study, datatype: str) -> dict[int, list[StateRow]]:
    """Rows of one datatype by layer."""
    layers: dict[int, list[StateRow]] = {}
    for n in study.ns:
        study.progress(f"state bits, {datatype}, n = {n}")
        bits = study.bits_at(n)
        for row in state_bits(
            study.model, [n], (datatype,), bits=bits, samples=SAMPLES, seed=study.seed
        ):
            layers.setdefault(row.layer, []).append(row)
    return layers


def _layer(rows: list[StateRow], test: LogTest | None) -> dict[str, object]:
    columns = {
        name: [getattr(row, name) for row in rows]
        for name in ("measured", "bound", "lemma", "inputs")
    }
    return {**columns, "test": _test(test)}


def _test(test: LogTest | None) -> dict[str, object] | None:
    return (
        None
        if test is None
        else {**vars(test), "shorter": vars(test.shorter), "all": vars(test.all)}
    )


def _line(fit: Fit | None) -> str:
    return (
        "no fit"
        if fit is None
        else f"{fit.a:.2f} log2 n {fit.b:+.1f}, off by at most {fit.residual:.1f}"
    )


def _above(test: LogTest | None) -> str:
    if test is None:
        return ""
    return f"{test.value:g} at n = {test.n}, more than the {test.allowed:.1f} that shorter lengths foretell"
