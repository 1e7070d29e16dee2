"""All tasks by name."""

from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.brackets import BoundedDyck, Dyck1, ShuffleDyck
from circuitsim.zoo.tasks.counting import AnBn, First, Majority, Parity
from circuitsim.zoo.tasks.hops import Composition, KHop
from circuitsim.zoo.tasks.mirrors import Palindrome
from circuitsim.zoo.tasks.star_free import StarFree

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
    KHop,
    Composition,
)

TASKS: dict[str, type[Task]] = {task.name: task for task in CLASSES}
