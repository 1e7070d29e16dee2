"""The pickle instructions that a saved checkpoint needs, interpreted here; nothing is imported or called.

Python's own unpickler is no help with a stranger's file: even restricted, it allocates what a file asks for.
A tensor comes out as a description of where its numbers lie; `checkpoint` reads them. What a training script saves
beside the weights may be anything: objects that are no data come out as their names (`pickled_values`).
"""

import struct
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NoReturn

from circuitsim.errors import ModelError
from circuitsim.models.files.pickled_values import (
    STORAGES,
    Scalar,
    Storage,
    Unread,
    called,
    key,
)

MOST_INSTRUCTIONS = 1_000_000
LONGEST_INTEGER = 64  # bytes


def unpickle(data: bytes, where: str) -> Any:
    """What `data`, a pickle of protocol 2 or later, describes: plain data, StoredTensor, and Unread for all else.

    Keys that are not texts come out as OddKey.

    Raises:
        ModelError: the pickle is damaged.
    """
    return _Machine(data, where).run()


class _Machine:
    """The stack machine of pickle, with instructions for data only."""

    def __init__(self, data: bytes, where: str) -> None:
        self.data, self.where, self.at = data, where, 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        count = 0
        while (code := self.take(1)[0]) != STOP:
            count += 1
            if count > MOST_INSTRUCTIONS:
                self.fail(f"has more than {MOST_INSTRUCTIONS} instructions")
            if code not in INSTRUCTIONS:
                self.fail(
                    f"uses the instruction {code:#04x}, which no saved checkpoint needs"
                )
            INSTRUCTIONS[code](self)
        return self.pop()

    def fail(self, why: str) -> NoReturn:
        raise ModelError(f"{self.where}: the pickle {why}.")

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            self.fail("ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def skip(self, count: int) -> None:
        self.take(count)

    def number(self, layout: str) -> Any:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def line(self) -> str:
        end = self.data.find(b"\n", self.at, self.at + 1000)
        if end < 0:
            self.fail("has an unfinished name")
        name = self.text(end - self.at)
        self.at += 1
        return name

    def text(self, count: int) -> str:
        try:
            return self.take(count).decode("utf-8")
        except UnicodeDecodeError:
            self.fail("has a text that is not UTF-8")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        if not self.stack:
            self.fail("takes more from its stack than it put there")
        return self.stack.pop()

    def top(self) -> Any:
        if not self.stack:
            self.fail("fills a value it does not have")
        return self.stack[-1]

    def mark(self) -> None:
        self.marks.append(len(self.stack))

    def since_mark(self) -> list[Any]:
        if not self.marks or self.marks[-1] > len(self.stack):
            self.fail("has no mark where one is needed")
        start = self.marks.pop()
        values = self.stack[start:]
        del self.stack[start:]
        return values

    def last(self, count: int) -> tuple[Any, ...]:
        return tuple(reversed([self.pop() for _ in range(count)]))

    def remember(self, index: int) -> None:
        if not self.stack:
            self.fail("remembers a value it does not have")
        self.memo[index] = self.stack[-1]

    def recall(self, index: int) -> None:
        if index not in self.memo:
            self.fail("recalls a value it has not remembered")
        self.push(self.memo[index])

    def integer(self, size: int) -> None:
        if not 0 <= size <= LONGEST_INTEGER:
            self.fail(f"has an integer of {size} bytes")
        self.push(int.from_bytes(self.take(size), "little", signed=True))

    def append(self, values: list[Any]) -> None:
        match self.top():
            case list() as target:
                target.extend(values)
            case Unread():  # a list of another class, whose entries nobody reads
                pass
            case _:
                self.fail("fills something that is not a list")

    def set_items(self, values: list[Any]) -> None:
        if len(values) % 2:
            self.fail("has a dictionary with a key and no value")
        match self.top():
            case dict() as target:
                target.update(zip(map(key, values[::2]), values[1::2], strict=True))
            case Unread():
                pass
            case _:
                self.fail("fills something that is not a dictionary")

    def add(self, values: list[Any]) -> None:
        """Entries of a set, which is no plain data."""
        if not isinstance(self.top(), Unread):
            self.fail("fills something that is not a set")

    def frozen_set(self, values: list[Any]) -> None:
        self.push(Unread("builtins.frozenset"))

    def name(self, module: Any, name: Any) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            self.fail("names something by what is not a text")
        self.push(Unread(f"{module}.{name}"))

    def global_name(self) -> None:
        module = self.line()
        self.name(module, self.line())

    def call(self) -> None:
        function, arguments = self.last(2)
        if not isinstance(function, Unread) or not isinstance(arguments, tuple):
            self.fail("calls something that is not a function")
        result = called(function, arguments)
        if result is None:
            self.fail(f"calls {function.name[:100]} with arguments it does not take")
        self.push(result)

    def make(self, arguments: int) -> None:
        """An object of a class: never one that is data."""
        made = self.last(1 + arguments)[0]
        if not isinstance(made, Unread):
            self.fail("makes an object of something that is not a class")
        self.push(made)

    def build(self) -> None:
        state = self.pop()
        match self.top(), state:
            case Scalar() as scalar, (int(), "<" | ">" | "|" as order, *_):
                scalar.order = order
            case (
                OrderedDict(),
                dict(),
            ):  # the _metadata of a module's state dict, which says nothing of its weights
                pass
            case Unread(), _:
                pass
            case _:
                self.fail("gives attributes to something that has none")

    def persistent(self) -> None:
        match self.pop():
            case ("storage", Unread(name=name), str() as place, str(), int() as count):
                self.push(
                    Storage(STORAGES[name], place, count)
                    if name in STORAGES
                    else Unread(name)
                )
            case _:
                self.fail("refers to something that is not a tensor's storage")


STOP = ord(".")

Instruction = Callable[[_Machine], None]

INSTRUCTIONS: dict[int, Instruction] = {
    0x80: lambda m: m.skip(1),  # PROTO
    0x95: lambda m: m.skip(8),  # FRAME
    ord("("): _Machine.mark,
    ord("N"): lambda m: m.push(None),
    0x88: lambda m: m.push(True),
    0x89: lambda m: m.push(False),
    ord("J"): lambda m: m.push(m.number("<i")),  # BININT
    ord("K"): lambda m: m.push(m.number("<B")),
    ord("M"): lambda m: m.push(m.number("<H")),
    0x8A: lambda m: m.integer(m.number("<B")),  # LONG1
    0x8B: lambda m: m.integer(m.number("<i")),
    ord("G"): lambda m: m.push(m.number(">d")),  # BINFLOAT
    ord("X"): lambda m: m.push(m.text(m.number("<I"))),  # BINUNICODE
    0x8C: lambda m: m.push(m.text(m.number("<B"))),
    0x8D: lambda m: m.push(m.text(m.number("<Q"))),
    ord("]"): lambda m: m.push([]),
    ord("a"): lambda m: m.append([m.pop()]),
    ord("e"): lambda m: m.append(m.since_mark()),
    ord("}"): lambda m: m.push({}),
    ord("s"): lambda m: m.set_items(list(m.last(2))),
    ord("u"): lambda m: m.set_items(m.since_mark()),
    ord(")"): lambda m: m.push(()),
    0x85: lambda m: m.push(m.last(1)),  # TUPLE1 to TUPLE3
    0x86: lambda m: m.push(m.last(2)),
    0x87: lambda m: m.push(m.last(3)),
    ord("t"): lambda m: m.push(tuple(m.since_mark())),
    ord("q"): lambda m: m.remember(m.number("<B")),  # BINPUT
    ord("r"): lambda m: m.remember(m.number("<I")),
    0x94: lambda m: m.remember(len(m.memo)),  # MEMOIZE
    ord("h"): lambda m: m.recall(m.number("<B")),  # BINGET
    ord("j"): lambda m: m.recall(m.number("<I")),
    ord("c"): _Machine.global_name,
    0x93: lambda m: m.name(*m.last(2)),  # STACK_GLOBAL
    ord("R"): _Machine.call,
    0x81: lambda m: m.make(1),  # NEWOBJ
    0x92: lambda m: m.make(2),  # NEWOBJ_EX
    ord("b"): _Machine.build,
    ord("Q"): _Machine.persistent,
    0x8F: lambda m: m.push(Unread("builtins.set")),  # EMPTY_SET
    0x90: lambda m: m.add(m.since_mark()),
    0x91: lambda m: m.frozen_set(m.since_mark()),
    ord("B"): lambda m: m.push(m.take(m.number("<I"))),  # BINBYTES
    ord("C"): lambda m: m.push(m.take(m.number("<B"))),
    0x8E: lambda m: m.push(m.take(m.number("<Q"))),
    0x96: lambda m: m.push(m.take(m.number("<Q"))),  # BYTEARRAY8
}
