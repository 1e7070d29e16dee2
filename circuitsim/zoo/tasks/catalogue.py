"""All tasks by name."""

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
