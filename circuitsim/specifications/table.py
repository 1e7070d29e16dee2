"""Specifications by name: `NAME` or `NAME:option=value,...`, those of the zoo's tasks and some more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from circuitsim.errors import InputError
from circuitsim.specifications.automaton import Automaton
from circuitsim.specifications.circuits import (
    equal_halves,
    looked_up,
    meeting_halves,
    mirrored,
    unequal_halves,
)
from circuitsim.specifications.formulas import AtLeast, Either, Formula
from circuitsim.specifications.languages import (
    A_THEN_B,
    LOCK,
    STAR_FREE,
    first_is,
    more,
    nested,
    odd,
    shuffled,
)
from circuitsim.specifications.specification import Draw, Specification
from circuitsim.tokens import letters
from circuitsim.zoo.near import nearest
from circuitsim.zoo.option_values import chosen, written
from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.brackets import BoundedDyck, Dyck1, ShuffleDyck
from circuitsim.zoo.tasks.catalogue import TASKS, task_with
from circuitsim.zoo.tasks.comparing import Disjointness, Equality, Inequality
from circuitsim.zoo.tasks.finding import IndexLookup
from circuitsim.zoo.tasks.letter_counts import AnBn, First, Majority, Parity
from circuitsim.zoo.tasks.mirrors import Palindrome
from circuitsim.zoo.tasks.star_free import StarFree

OWN = ("lock",)


def known() -> tuple[str, ...]:
    """Names, without options."""
    return (*OWN, *TASKS)


def names_model(text: str) -> bool:
    """Whether a text is a file or an address of the zoo, and no name of a specification."""
    name = text.partition(":")[0]
    return name not in known() and (name == "zoo" or "." in text or "/" in text)


def specification(text: str) -> Specification:
    """The specification of a name.

    Raises:
        InputError: there is none of that name, or it lacks an option or a value.
    """
    name, _, rest = text.partition(":")
    if name in known():
        given = written(text, rest)
    if name == "lock":
        return _lock(text, given)
    if name not in TASKS:
        meant = nearest(name, known()) or f"; there are {', '.join(known())}"
        if names_model(text):
            meant = "; of a model or circuit give itself, loaded, in place of its name"
        raise InputError(f"there is no specification {name[:60]!r}{meant}.")
    margin = given.pop("margin", None) if TASKS[name] is Majority else None
    found = of_task(task_with(name, given), text)
    return found if margin is None else replace(found, where=_margin(text, margin))


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

    formula: Formula | None = None
    automaton: Automaton | None = None
    draw: Draw | None = None
    match task:
        case Majority():
            formula = more("1", "0")
        case Parity():
            formula = odd("1")
        case First():
            formula, automaton = AtLeast((("first=1", 1),), 1), first_is("1")
        case BoundedDyck():
            automaton = nested(task.format(1).fields[0].values, task.depth)
        case StarFree():
            automaton = STAR_FREE[task.language]
        case Dyck1() | ShuffleDyck():
            automaton = shuffled(task.format(1).fields[0].values)
        case AnBn():
            automaton = A_THEN_B
        case Inequality():
            draw = unequal_halves
        case Equality():
            draw = equal_halves
        case Disjointness():
            draw = meeting_halves
        case Palindrome():
            draw = mirrored
        case IndexLookup():
            draw = looked_up(task.letters)
    return Specification(
        name, task.question, task.format, decide, formula, automaton, draw,
        legal=legal, check_length=task.check_length,
    )  # fmt: skip


def _margin(text: str, margin: str) -> Formula:
    """|#1 - #0| is more than a whole number k, or than n/q.

    Raises:
        InputError: it is neither.
    """
    whole = margin.removeprefix("n/")
    if not whole.isdecimal() or len(whole) > 9 or (whole != margin and int(whole) == 0):
        raise InputError(
            f"{text[:60]}: margin is {margin[:20]!r}, expected a whole number, or n/q."
        )
    if whole == margin:
        apart = [AtLeast((("1", sign), ("0", -sign)), int(whole) + 1) for sign in (1, -1)]
    else:
        q = int(whole)
        apart = [AtLeast((("1", sign * q - 1), ("0", -sign * q - 1)), 1) for sign in (1, -1)]
    return Either(tuple(apart))


def _lock(text: str, given: Mapping[str, str]) -> Specification:
    """Every acquire (a) is released (r) before the next one; other letters (.) are free."""
    chosen("lock", given, {}, {})
    form = letters("ar.")
    return Specification(
        text,
        "Is every a followed by an r before the next a, and every r after an a?",
        lambda n: form,
        lambda codes: int(LOCK.run(["ar."[code] for code in codes]) == 1),
        automaton=LOCK,
    )
