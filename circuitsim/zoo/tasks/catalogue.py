"""All tasks by name, and one with its options."""

from collections.abc import Mapping
from dataclasses import fields
from typing import cast

from circuitsim.zoo.option_values import Value, chosen
from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.averaging import QSparseAveraging, SparseTokenSelection
from circuitsim.zoo.tasks.brackets import BoundedDyck, Dyck1, ShuffleDyck
from circuitsim.zoo.tasks.comparing import Disjointness, Equality, Inequality, Threshold
from circuitsim.zoo.tasks.finding import AssociativeRecall, IndexLookup, NearestNeighbour
from circuitsim.zoo.tasks.hops import Composition, KHop
from circuitsim.zoo.tasks.letter_counts import AnBn, First, Majority, Parity
from circuitsim.zoo.tasks.matching import Match2, Match3, Match3Bigram, Match3Local
from circuitsim.zoo.tasks.mirrors import Palindrome
from circuitsim.zoo.tasks.star_free import StarFree
from circuitsim.zoo.tasks.targets import QSTR, SimpleQSTR

CLASSES: tuple[type[Task], ...] = (
    First,
    Majority,
    Parity,
    AnBn,
    Dyck1,
    ShuffleDyck,
    BoundedDyck,
    Palindrome,
    StarFree,
    QSparseAveraging,
    SparseTokenSelection,
    QSTR,
    SimpleQSTR,
    Match2,
    Match3,
    Match3Bigram,
    Match3Local,
    IndexLookup,
    AssociativeRecall,
    NearestNeighbour,
    Equality,
    Inequality,
    Disjointness,
    Threshold,
    KHop,
    Composition,
)

TASKS: dict[str, type[Task]] = {task.name: task for task in CLASSES}


def task_with(name: str, given: Mapping[str, str]) -> Task:
    """The task of a known name with options, which are texts.

    Raises:
        InputError: an option that it does not have, or a value that it cannot have.
    """
    kind = TASKS[name]
    defaults = {f.name: cast("Value", f.default) for f in fields(kind)}
    return kind(**chosen(name, given, defaults, kind.choices))
