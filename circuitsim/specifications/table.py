"""Specifications by name: `NAME` or `NAME:option=value,...`, those of the zoo's tasks and some more."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import cast

import numpy as np

from circuitsim.errors import InputError
from circuitsim.specifications.languages import LOCK, STAR_FREE, first_is, more, nested, odd
from circuitsim.specifications.specification import Specification
from circuitsim.tokens import letters
from circuitsim.zoo.near import nearest
from circuitsim.zoo.option_values import Value, chosen, written
from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.brackets import BoundedDyck
from circuitsim.zoo.tasks.catalogue import TASKS
from circuitsim.zoo.tasks.letter_counts import First, Majority, Parity
from circuitsim.zoo.tasks.star_free import StarFree

OWN = ("lock",)


def specification(text: str) -> Specification:
    """The specification of a name.

    Raises:
        InputError: there is none of that name, or it lacks an option or a value.
    """
    name, _, rest = text.partition(":")
    given = written(text, rest)
    if name == "lock":
        return _lock(text, given)
    if name not in TASKS:
        known = (*OWN, *TASKS)
        meant = nearest(name, known) or f"; there are {', '.join(known)}"
        raise InputError(f"there is no specification {name[:60]!r}{meant}.")
    kind = TASKS[name]
    defaults = {f.name: cast("Value", f.default) for f in fields(kind)}
    return of_task(kind(**chosen(name, given, defaults, kind.choices)), text)


def of_task(task: Task, name: str) -> Specification:
    """The specification of a task of the zoo: its definition, and its other forms where they are written."""
    if task.place == "each":
        raise InputError(f"{name}: a task that answers at each position is no specification.")

    def decide(codes: Sequence[int]) -> int:
        array = np.array([codes], np.int64)
        return int(task.answer(task.format(array.shape[1]).digits(array)[0])[0])

    def legal(codes: Sequence[int]) -> bool:
        array = np.array([codes], np.int64)
        n = array.shape[1]
        return task.legal_length(n) and task.legal(task.format(n).digits(array)[0])

    formula = automaton = None
    match task:
        case Majority():
            formula = more("1", "0")
        case Parity():
            formula = odd("1")
        case First():
            automaton = first_is("1")
        case BoundedDyck():
            automaton = nested(task.format(1).fields[0].values, task.depth)
        case StarFree():
            automaton = STAR_FREE[task.language]
    return Specification(
        name, task.question, task.format, decide, formula, automaton, legal=legal
    )


def _lock(text: str, given: Mapping[str, str]) -> Specification:
    """Every acquire (a) is released (r) before the next one; other letters (.) are free."""
    chosen("lock", given, {}, {})
    form = letters("ar.")
    return Specification(
        text,
        "Is every a followed by an r before the next a, and every r after an a?",
        lambda n: form,
        lambda codes: LOCK.run(["ar."[code] for code in codes]),
        automaton=LOCK,
    )
