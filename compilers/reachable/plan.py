"""One layer as tables of gates: from the codes before it to the codes after it, or to the decisions.

Three forms for queries to which several heads matter (with one head they are the same, 2 levels):
"depth", 2 levels: an AND for every combination of choices;
"balanced", 3 levels: an AND for every choice, then one for every combination of classes, of no choice of another class;
"size", 4 levels: an AND for every choice, an OR for every class, an AND for every combination of classes.
The last level is an OR for every target. What is asked for is the deepest form allowed: a layer takes whichever
allowed form reads least wires, and within it every query whichever seems to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import LimitError
from circuitsim.schematic.schematic import Optimize

from .gates import TRUE, Budget, Gates, Stage, renumber, tables, wires_in_use
from .reach import Query
from .terms import Cases, LiveHead, Writer, cases

Ints = NDArray[np.int64]
NONE = np.zeros(0, np.int64)
FORMS: tuple[Optimize, ...] = ("depth", "balanced", "size")


@dataclass(frozen=True)
class Plan:
    """Tables, which read the constant false, the wires of the codes, and one another; literals of the targets.

    `wires` counts those into gates that a target needs.
    """

    tables: tuple[Gates, ...]
    targets: Ints
    wires: int


@dataclass(frozen=True)
class Term:
    """Literals whose AND, beside the query's own code, leads to a target; made in stage `stage`."""

    stage: int
    body: Ints
    target: int


def plan(
    writer: Writer,
    wires: int,
    queries: Sequence[Query],
    targets: Sequence[Ints],
    count: int,
    optimize: Optimize,
    budget: Budget,
) -> Plan:
    """Gates that say which target every query position reaches.

    Args:
        writer: knows the codes before the layer and their literals. wires: how many there are, the constant included.
        queries: position by position.
        targets: for every query the target of each of its terms; no two positions share one.
        count: number of targets; those that nothing leads to are constant.

    Raises:
        LimitError: the budget is spent.
    """
    heads = max(len(query.heads) for query in queries)
    plans, refused = [], []
    for form in FORMS[: FORMS.index(optimize) + 1] if heads > 1 else FORMS[:1]:
        try:
            plans.append(
                _plan_in(form, writer, wires, queries, targets, count, replace(budget))
            )
        except LimitError as error:
            refused.append(error)
    if not plans:
        raise refused[-1]
    best = min(plans, key=lambda made: made.wires)
    budget.spend(best.wires)
    return best


def _plan_in(
    form: Optimize,
    writer: Writer,
    wires: int,
    queries: Sequence[Query],
    targets: Sequence[Ints],
    count: int,
    budget: Budget,
) -> Plan:
    planner = _Planner(writer, form, budget)
    found = np.zeros(count, np.int64)
    pairs = zip(queries, targets, strict=True)
    for _, group in groupby(pairs, lambda pair: int(writer.codes.positions[pair[0].code])):
        for target, literal in planner.position([cases(query, t) for query, t in group]):
            found[target] = literal
    made, firsts = tables(wires, planner.stages)
    literals = renumber(found, firsts)
    return Plan(tuple(made), literals, wires_in_use(made, wires, literals))


class _Planner:
    """The stages of one layer while they grow."""

    def __init__(self, writer: Writer, optimize: Optimize, budget: Budget) -> None:
        self.writer, self.optimize = writer, optimize
        self.select = Stage(1, "all", "selection", budget)
        self.gather = Stage(2, "any", "outputs", budget)
        self.combine = Stage(3, "all", "combination", budget)
        self.unite = Stage(4, "any", "codes", budget)
        self.stages = (self.select, self.gather, self.combine, self.unite)

    def position(self, some: Sequence[Cases]) -> Iterator[tuple[int, int]]:
        """Every target that a position reaches, in one of its codes each, with its literal."""
        reached = sorted({int(t) for case in some for t in np.unique(case.targets)})
        if len(reached) == 1:
            yield reached[0], TRUE
            return
        terms = self._terms(some)
        rest = _dearest(terms, reached)
        made = {
            target: np.unique(
                [self.stages[t.stage - 1].gate(t.body) for t in terms if t.target == target]
            )
            for target in reached
            if target != rest
        }
        for target, gates in made.items():
            yield target, self.unite.gate(gates)
        if rest is not None:
            yield rest, self.unite.gate(np.unique(np.concatenate(list(made.values())))) ^ 1

    def _terms(self, some: Sequence[Cases]) -> list[Term]:
        """All terms of a position; the query's own code is named unless every code has the same term."""
        shared: dict[tuple[int, int, bytes], set[int]] = {}
        for case in some:
            for term in self._of(case):
                shared.setdefault((term.target, term.stage, term.body.tobytes()), set()).add(
                    case.code
                )
        result = []
        for (target, stage, body), queries in shared.items():
            literals = np.frombuffer(body, np.int64)
            if len(queries) == len(some):
                result.append(Term(stage, literals, target))
            else:
                for query in sorted(queries):
                    own = self.writer.literals[[query]]
                    result.append(Term(stage, np.union1d(literals, own), target))
        return result

    def _of(self, case: Cases) -> Iterator[Term]:
        """The terms of one query, in whichever allowed form takes least wires by estimate."""
        codes = self.writer.codes
        absent = [
            [head.absent(k, codes) for k in range(len(head.choices))] for head in case.heads
        ]
        form = self._form(case, absent)
        return (
            self._by_choice(case, absent)
            if form == "depth"
            else self._by_class(case, absent, form)
        )

    def _form(self, case: Cases, absent: Sequence[Sequence[Ints]]) -> Optimize:
        """The form whose gates read least wires, no deeper than asked for; what gates share counts twice."""
        if len(case.heads) < 2 or self.optimize == "depth":
            return "depth"
        widths = [np.array([1 + len(some) for some in head]) for head in absent]
        tuples = np.unique(case.class_rows, axis=0)
        wires = {
            "depth": 2 * len(case.terms),
            "balanced": 2 * len(tuples),
            "size": (2 + len(widths)) * len(tuples),
        }
        for k, (head, width) in enumerate(zip(case.heads, widths, strict=True)):
            sizes = np.bincount(head.classes, minlength=int(head.classes.max()) + 1)
            wires["depth"] += int(width[case.terms[:, k]].sum())
            wires["balanced"] += int(
                width.sum() + np.where(sizes == 1, 1, len(width) - sizes)[tuples[:, k]].sum()
            )
            wires["size"] += int(width.sum()) + len(width)
        return min(FORMS[: FORMS.index(self.optimize) + 1], key=lambda form: wires[form])

    def _by_choice(self, case: Cases, absent: Sequence[Sequence[Ints]]) -> Iterator[Term]:
        """One term for every combination of choices."""
        for term, target in zip(case.terms.tolist(), case.targets.tolist(), strict=True):
            members = [
                m
                for head, k in zip(case.heads, term, strict=True)
                for m in head.choices[k].members
            ]
            gone = np.unique(
                np.concatenate([NONE, *(a[k] for a, k in zip(absent, term, strict=True))])
            )
            yield Term(1, self.writer.literals_of(case.code, members, gone), target)

    def _by_class(
        self, case: Cases, absent: Sequence[Sequence[Ints]], form: Optimize
    ) -> Iterator[Term]:
        """One term for every combination of the heads' classes, over literals that say which class it is."""
        says = [
            self._says(case.code, head, gone, form)
            for head, gone in zip(case.heads, absent, strict=True)
        ]
        different, first = np.unique(case.class_rows, axis=0, return_index=True)
        for row, target in zip(different.tolist(), case.targets[first].tolist(), strict=True):
            body = np.unique(
                np.concatenate([say[c] for say, c in zip(says, row, strict=True)])
            )
            yield Term(3, body[body != TRUE], target)

    def _says(
        self, query: int, head: LiveHead, absent: Sequence[Ints], form: Optimize
    ) -> dict[int, Ints]:
        """For every class of a head's choices, literals whose AND says that it selects one of them."""
        bodies = (
            self.writer.literals_of(query, choice.members, gone)
            for choice, gone in zip(head.choices, absent, strict=True)
        )
        selected = np.array([self.select.gate(body) for body in bodies])
        groups = {
            int(c): np.unique(selected[head.classes == c]) for c in np.unique(head.classes)
        }
        if form == "balanced":
            others = {c: np.unique(selected[head.classes != c]) ^ 1 for c in groups}
            return {c: group if len(group) == 1 else others[c] for c, group in groups.items()}
        small, *large = sorted(groups, key=lambda c: len(groups[c]))
        ones = {small: self.gather.gate(groups[small])}
        for c in large:  # of two classes one is the other's complement
            ones[c] = ones[small] ^ 1 if len(groups) == 2 else self.gather.gate(groups[c])
        return {c: np.array([literal]) for c, literal in ones.items()}


def _dearest(terms: Sequence[Term], reached: Sequence[int]) -> int | None:
    """The target that costs most wires, if "none of the others" costs less."""
    cost, count = dict.fromkeys(reached, 0), dict.fromkeys(reached, 0)
    for term in terms:
        cost[term.target] += 1 + (len(term.body) if len(term.body) > 1 else 0)
        count[term.target] += 1
    dearest = max(reached, key=lambda target: cost[target])
    instead = 0 if len(reached) == 2 else sum(count.values()) - count[dearest]
    return dearest if cost[dearest] > instead else None
