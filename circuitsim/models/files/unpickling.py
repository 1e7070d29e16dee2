"""The few pickle instructions that a saved state dict needs, interpreted here; nothing is imported or called.

Python's own unpickler is no help with a stranger's file: even restricted, it allocates what a file asks for.
A tensor comes out as a description of where its numbers lie; `checkpoint` reads them.
"""

import struct
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from circuitsim.errors import ModelError

MOST_INSTRUCTIONS = 1_000_000
LONGEST_INTEGER = 64  # bytes

STORAGES = {
    "DoubleStorage": "f8",
    "FloatStorage": "f4",
    "HalfStorage": "f2",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "i8",
    "IntStorage": "i4",
    "ShortStorage": "i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}

REBUILD_TENSOR = ("torch._utils", "_rebuild_tensor_v2")
REBUILD_PARAMETER = ("torch._utils", "_rebuild_parameter")
ORDERED_DICT = ("collections", "OrderedDict")
KNOWN = {REBUILD_TENSOR, REBUILD_PARAMETER, ORDERED_DICT, ("torch", "Size")} | {("torch", s) for s in STORAGES}


@dataclass(frozen=True)
class Storage:
    """A run of `count` numbers of type `kind` (a numpy code or "bfloat16"), kept in the file under `key`."""

    kind: str
    key: str
    count: int


@dataclass(frozen=True)
class StoredTensor:
    """A view of a storage: `offset`, `shape` and `strides` in elements, not yet checked against its size."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True)
class _Name:
    """A name that the pickle would import."""

    module: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        return self.module, self.name


def unpickle(data: bytes, where: str) -> Any:
    """The plain data and StoredTensors that `data`, a pickle of protocol 2 or later, describes.

    Raises:
        ModelError: the pickle is damaged, or holds anything else; it names the type.
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
                self.fail(f"uses the instruction {code:#04x}, which no saved state dict needs")
            INSTRUCTIONS[code](self)
        return self.pop()

    def fail(self, why: str) -> NoReturn:
        raise ModelError(f"{self.where}: the pickle {why}.")

    def refuse(self, kind: str) -> NoReturn:
        raise ModelError(
            f"{self.where} holds a pickled object of type {kind[:100]}; nothing is executed on load. Save plain"
            ' data: torch.save({"config": {...}, "state_dict": model.state_dict()}, path).'
        )

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

    def top(self, kind: type) -> Any:
        if not self.stack or type(self.stack[-1]) not in (kind, OrderedDict if kind is dict else kind):
            self.fail(f"fills something that is not a {kind.__name__}")
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
        self.top(list).extend(values)

    def set_items(self, values: list[Any]) -> None:
        target = self.top(dict)
        if len(values) % 2 or not all(isinstance(key, str) for key in values[::2]):
            self.fail("has a dictionary whose keys are not texts")
        target.update(zip(values[::2], values[1::2], strict=True))

    def name(self, module: Any, name: Any) -> None:
        if (module, name) not in KNOWN:
            self.refuse(f"{module}.{name}")
        self.push(_Name(module, name))

    def stack_name(self) -> None:
        module, name = self.last(2)
        if not isinstance(module, str) or not isinstance(name, str):
            self.fail("names something by what is not a text")
        self.name(module, name)

    def global_name(self) -> None:
        module = self.line()
        self.name(module, self.line())

    def call(self) -> None:
        function, arguments = self.last(2)
        if not isinstance(function, _Name) or not isinstance(arguments, tuple):
            self.refuse(type(function).__name__)
        match function.key, arguments:
            case key, () if key == ORDERED_DICT:
                self.push(OrderedDict())
            case key, (StoredTensor() as tensor, *_) if key == REBUILD_PARAMETER:
                self.push(tensor)
            case key, (Storage() as storage, int() as offset, tuple() as shape, tuple() as strides, *rest) if (
                key == REBUILD_TENSOR and all(type(x) is int for x in (*shape, *strides))
            ):
                if any(rest[2:]):  # after requires_grad and hooks: a view whose numbers are still to be negated
                    self.fail("holds a negated view of a tensor's numbers; call resolve_neg() before saving")
                self.push(StoredTensor(storage, offset, shape, strides))
            case key, (tuple() as shape,) if key == ("torch", "Size"):
                self.push(shape)
            case _:
                self.fail(f"calls {function.module}.{function.name} with arguments it does not take")

    def build(self) -> None:
        # The state dict of a torch module carries an attribute _metadata, which says nothing about weights.
        state, target = self.pop(), self.pop()
        if type(target) is not OrderedDict or type(state) is not dict:
            self.refuse(type(target).__name__)
        self.push(target)

    def persistent(self) -> None:
        match self.pop():
            case ("storage", _Name(module="torch", name=name), str() as key, str(), int() as count) if name in STORAGES:
                self.push(Storage(STORAGES[name], key, count))
            case _:
                self.fail("refers to something that is not a tensor's storage")

    def new_object(self) -> None:
        self.refuse("some class")


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
    0x93: _Machine.stack_name,
    ord("R"): _Machine.call,
    ord("b"): _Machine.build,
    ord("Q"): _Machine.persistent,
    0x81: _Machine.new_object,  # NEWOBJ, NEWOBJ_EX, INST, OBJ
    0x92: _Machine.new_object,
    ord("i"): _Machine.new_object,
    ord("o"): _Machine.new_object,
}
