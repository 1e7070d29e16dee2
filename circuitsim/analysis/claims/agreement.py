"""Claims that descriptions of one function agree: float, exact and integer models, circuits; and where they part."""

from collections.abc import Sequence

from circuitsim.analysis.claims.claim import (
    ROUNDED_FIRST,
    Claim,
    Entry,
    Kind,
    NotApplicable,
    Study,
    listed,
)
from circuitsim.analysis.claims.failures import (
    Failure,
    counted_inputs,
    defined,
    failure_at,
    first_failure,
    longest,
)
from circuitsim.analysis.claims.papers_division import literal_disagreements
from circuitsim.analysis.comparisons import Rung
from circuitsim.bases import BasisName
from circuitsim.models.inputs import few_inputs

LITERAL_NS, LITERAL_BITS = range(1, 13), 8


def float_agrees(study: Study) -> Entry:
    """The float64 model decides as the exact model wherever rounding cannot matter."""
    rungs = _rungs(study, "float", "exact")
    undecided = [sum(rung.undecided for rung in rungs[n]) for n in study.ns]
    inputs = [study.ladder(n).inputs for n in study.ns]
    error = max(rung.largest_error for n in study.ns for rung in rungs[n])
    line = (
        f"{_wrong_line(study, rungs)}; float64 leaves {sum(undecided):,} of {sum(inputs):,} inputs undecided; largest"
        f" error {error:.1e}"
    )
    return Claim(
        "float-agrees",
        "The float64 model decides as the exact model, where its rounding cannot have mattered.",
        "circuitsim, the ladder",
        _all_hold(rungs),
        _kind(study),
        {**_evidence(study, rungs), "undecided": undecided, "largest_error": error},
        line,
    )


def bits_agree(study: Study, searches: bool) -> Entry:
    """The integer model decides as the exact model; `searches`: also beyond the lengths of the study."""
    rungs, bits = _rungs(study, "exact", "integer"), [study.bits_at(n) for n in study.ns]
    counted = [n for n in study.ns if counted_inputs(study.model, n) is not None]
    failures = [found for n in counted if (found := failure_at(study, n, study.bits_at(n)))]
    first, reached, everything = (
        first_failure(study) if searches else (None, max(study.ns), False)
    )
    holds = _all_hold(rungs) and not failures and first is None
    complete = set(counted) | {n for n in study.ns if study.ladder(n).exhaustive}
    evidence = {
        **_evidence(study, rungs),
        "bits": bits,
        "all_counts_n": counted,
        "first_failure": vars(first or failures[0]) if first or failures else None,
        "searched_to": reached if searches else None,
        "searched_all_inputs": everything if searches else None,
    }
    parts = [f"bits {listed(study.ns, bits)}", _wrong_line(study, rungs)]
    right = [n for n in counted if n not in {failure.n for failure in failures}]
    if right:
        parts.append(f"right on all counts of letters at n = {_some(right)}")
    parts += [f"WRONG at n = {failure.n} on '{failure.string}'" for failure in failures[:1]]
    if searches:
        parts.append(_search_line(first, reached, everything))
    return Claim(
        "bits-agree",
        "The integer model, with its fraction bits at n, decides as the exact model.",
        "circuitsim, the ladder; rounded once, as 2207.00729, Definition 15",
        holds,
        "exhaustive" if complete == set(study.ns) else "sampled",
        evidence,
        "; ".join(parts),
    )


def circuits_equal(study: Study) -> Entry:
    """Every circuit computes its model, bit for bit."""
    having = [basis for basis in ROUNDED_FIRST if study.measured(basis).rows]
    built: dict[str, dict[str, object]] = {basis: equality(study, basis) for basis in having}
    if not any(checked["exhaustive_n"] or checked["sampled_n"] for checked in built.values()):
        return NotApplicable(
            "circuits-equal-model", "no circuit of these lengths is small enough to be built"
        )
    sampled = any(checked["sampled_n"] for checked in built.values())
    lines = [f"{basis}: {equality_line(checked)}" for basis, checked in built.items()]
    return Claim(
        "circuits-equal-model",
        "The circuit equals its model: the residual stream after every layer, and the outputs, bit for bit.",
        "circuitsim, the ladder",
        not any(checked["differing"] for checked in built.values()),
        "sampled" if sampled else "exhaustive",
        built,
        "; ".join(lines),
    )


def equality(study: Study, basis: BasisName) -> dict[str, object]:
    """At which lengths all inputs, or some, were run through a built circuit; and the first that differs."""
    exhaustive: list[int] = []
    sampled: list[int] = []
    large: list[int] = []
    differs = None
    for n in study.measured(basis).ns:
        row = study.ladder(n)
        rungs = [
            rung
            for rung in row.rungs
            if rung.relation == "=" and rung.to.endswith(f" {basis}")
        ]
        (large if not rungs else exhaustive if row.exhaustive else sampled).append(n)
        for rung in rungs:
            if differs is None and not rung.holds:
                differs = {
                    "n": n,
                    "rung": f"{rung.start} = {rung.to}",
                    "string": rung.first_difference,
                }
    return {
        "exhaustive_n": exhaustive,
        "sampled_n": sampled,
        "too_large_n": large,
        "differing": differs,
    }


def equality_line(checked: dict[str, object]) -> str:
    """What `equality` found, for people."""
    if isinstance(wrong := checked["differing"], dict):
        return f"{wrong['rung']} FAILS at n = {wrong['n']} on '{wrong['string']}'"
    parts = [
        f"{what} n = {_some(ns)}"
        for key, what in (("exhaustive_n", "all inputs of"), ("sampled_n", "samples of"))
        if isinstance(ns := checked[key], list) and ns
    ]
    large = checked["too_large_n"]
    said = [f"equal on {' and '.join(parts)}"] if parts else []
    said += (
        [f"too large to build at n = {_some(large)}"]
        if isinstance(large, list) and large
        else []
    )
    return ", ".join(said)


def _search_line(first: Failure | None, reached: int, everything: bool) -> str:
    how = "exactly: all counts or strings of every n" if everything else "on samples"
    if first is None:
        return f"no wrong decision at any n in 1..{reached} ({how})"
    return (
        f"FIRST WRONG at n = {first.n} ({how}), with {first.bits} bits, on {first.wrong} of {first.inputs:,}"
        f" inputs, such as '{first.string}'"
    )


def literal_decides(study: Study) -> Entry:
    """The papers' own division decides as the exact model."""
    ns = [
        n
        for n in LITERAL_NS
        if few_inputs(study.model, n) and n <= longest(study.model) and defined(study, n)
    ]
    if not ns:
        return NotApplicable(
            "literal-division",
            "no length up to 12 has a meaning and few enough strings to try all",
        )
    rows = []
    for n in ns:
        study.progress(f"literal division, n = {n}")
        bits = (
            study.bits_at(n)
            if study.circuits.bits_expression is not None
            else max(LITERAL_BITS, study.bits_at(n))
        )
        rows += list(literal_disagreements(study.model, [n], bits))
    wrong, inputs = sum(row.wrong for row in rows), sum(row.inputs for row in rows)
    rounded = [found for row in rows if (found := failure_at(study, row.n, row.bits))]
    first = next((row for row in rows if row.wrong), None)
    line = f"{wrong:,} of {inputs:,} strings of {ns[0]} to {ns[-1]} letters decided otherwise"
    line += "" if first is None else f", the first '{first.first}'"
    line += (
        f"; with means rounded to the same bits ({listed(ns, [row.bits for row in rows])}) "
    )
    line += "none is" if not rounded else f"the first at n = {rounded[0].n}"
    return Claim(
        "literal-division",
        "The papers' own division, floor(2^|C| / C) / 2^|C| for 1/C, decides as exact means do.",
        "Merrill, Sabharwal and Smith 2022 (2106.16213), Appendix A",
        wrong == 0,
        "exhaustive",
        {
            "wrong": wrong,
            "inputs": inputs,
            "rows": [vars(row) for row in rows],
            "rounded_first_failure": vars(rounded[0]) if rounded else None,
        },
        line,
    )


def _rungs(study: Study, start: str, to: str) -> dict[int, list[Rung]]:
    return {
        n: [rung for rung in study.ladder(n).rungs if (rung.start, rung.to) == (start, to)]
        for n in study.ns
    }


def _all_hold(rungs: dict[int, list[Rung]]) -> bool:
    return all(rung.holds for some in rungs.values() for rung in some)


def _kind(study: Study) -> Kind:
    return "exhaustive" if all(study.ladder(n).exhaustive for n in study.ns) else "sampled"


def _evidence(study: Study, rungs: dict[int, list[Rung]]) -> dict[str, object]:
    rows = [study.ladder(n) for n in study.ns]
    first = next(
        (rung.first_difference for n in study.ns for rung in rungs[n] if not rung.holds), None
    )
    return {
        "n": list(study.ns),
        "exhaustive": [row.exhaustive for row in rows],
        "inputs": [row.inputs for row in rows],
        "disagreements": [sum(rung.disagreements for rung in rungs[n]) for n in study.ns],
        "first_difference": first,
        "seed": study.seed,
    }


def _wrong_line(study: Study, rungs: dict[int, list[Rung]]) -> str:
    for n in study.ns:
        for rung in rungs[n]:
            if not rung.holds:
                row = study.ladder(n)
                among = f"all {row.inputs:,}" if row.exhaustive else f"{row.inputs:,} sampled"
                return f"FAILS at n = {n} on {rung.disagreements:,} of {among} inputs, first '{rung.first_difference}'"
    everything = [n for n in study.ns if study.ladder(n).exhaustive]
    others = [n for n in study.ns if not study.ladder(n).exhaustive]
    parts = [f"all inputs of n = {_some(everything)}"] if everything else []
    parts += (
        [f"{study.samples:,} sampled inputs (seed {study.seed}) each of n = {_some(others)}"]
        if others
        else []
    )
    return f"no decision differs on {', '.join(parts)}"


def _some(ns: Sequence[int]) -> str:
    shown = [str(n) for n in ns]
    return ", ".join(shown if len(shown) <= 8 else [*shown[:3], "...", shown[-1]])
