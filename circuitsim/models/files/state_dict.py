"""Models from named tensors and a config, the layout that training code saves (docs/model-format.md)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import LimitError, ModelError
from circuitsim.models.files.documents import (
    at,
    check_format,
    flag,
    formula,
    items,
    key_problems,
    letters,
    plain,
    refuse_all,
    show,
    text,
    texts,
)
from circuitsim.models.model import (
    PROJECTIONS,
    FeedForward,
    Head,
    Layer,
    Model,
    Readout,
)
from circuitsim.models.positions import PositionExpressions, PositionTable
from circuitsim.numbers.arrays import EMPTY, Matrix, Vector, matrix, vector
from circuitsim.numbers.rationals import rational

Tensors = Mapping[str, NDArray[Any]]

MOST_WEIGHTS = 4_000_000  # of a model; exact rationals take some 150 bytes each
MOST_HEADS = 10_000  # of a layer
LONGEST_NAME = 100  # of a tensor, in a message

CONFIG_KEYS = ("format", "version", "vocabulary")
CONFIG_OPTIONS = (
    *("name", "prepend", "append", "positions", "heads", "attention", "mask", "score_bits"),
    *("residual", "scale", "readout_position", "bits"),
)
EMBEDDINGS = ("embedding", "embedding.weight")
EMBEDDING = re.compile(r"((?:.*\.)?)embedding(?:\.weight)?", re.DOTALL)
LAYER_TENSOR = re.compile(
    r"layers\.(\d{1,6})\.(attention\.(query|key2?|value2?|output)|feed_forward\.(hidden|output))\.(weight|bias)",
    re.ASCII,
)


def model_from_state(config: object, tensors: Tensors, where: str) -> Model:
    """Build a model.

    Args:
        config: plain data: format, version, vocabulary and options.
        tensors: name -> array of floats or integers, in nn.Linear layouts.
        where: the file, for errors.

    Raises:
        ModelError: unknown or missing keys and tensors (all of them), wrong shapes, NaN or infinite weights.
        LimitError: more weights than a model may have.
    """
    if isinstance(config, Mapping):  # a comment may be anything
        config = {key: value for key, value in config.items() if key != "comment"}
    config = check_format(plain(config, f"{where}, config"), f"{where}, config")
    refuse_all(key_problems(config, "config", CONFIG_KEYS, CONFIG_OPTIONS), where)
    prefix = _prefix(tensors)
    with at(f"{where}, names without {show(prefix)}" if prefix else where):
        return _Reader(
            config, {name.removeprefix(prefix): array for name, array in tensors.items()}
        ).model()


def _prefix(tensors: Tensors) -> str:
    """What wrappers such as DataParallel (`module.`) and torch.compile (`_orig_mod.`) put before all names.

    Empty where the names have nothing in common, or do not become a model's without it.
    """
    if not tensors:
        return ""
    first, last = min(tensors), max(tensors)  # what begins both begins all names between them
    before = (found[1] for name in tensors if (found := EMBEDDING.fullmatch(name)))
    return next(
        (prefix for prefix in before if first.startswith(prefix) and last.startswith(prefix)),
        "",
    )


class _Reader:
    """A config and tensors on their way to a model; remembers which tensors have been used."""

    def __init__(self, config: dict[str, Any], tensors: Tensors) -> None:
        self.config, self.tensors = config, tensors
        self.read: dict[str, Matrix] = {}  # every head takes a share of the same few matrices
        indices = {
            int(found[1]) for name in tensors if (found := LAYER_TENSOR.fullmatch(name))
        }
        refuse_all(self._name_problems(indices), "state_dict")
        self.layers = len(indices)
        total = sum(array.size for array in tensors.values())
        if total > MOST_WEIGHTS:
            raise LimitError(
                f"state_dict: {total} weights, and a model may have {MOST_WEIGHTS}."
            )
        for name, array in tensors.items():
            _check_finite(name, array)

    def _name_problems(self, indices: set[int]) -> Iterator[str]:
        """Tensors that no model has, and tensors that this one lacks."""
        known = {
            *EMBEDDINGS,
            "positions",
            "positions.weight",
            "readout.weight",
            "readout.bias",
        }
        odd = [n for n in self.tensors if n not in known and not LAYER_TENSOR.fullmatch(n)]
        yield from (f"unused tensor {show(name, LONGEST_NAME)}" for name in odd)
        for name in ("embedding", "positions"):
            if name in self.tensors and f"{name}.weight" in self.tensors:
                yield f"both {name} and {name}.weight"
        if not any(name in self.tensors for name in EMBEDDINGS):
            yield "missing tensor embedding.weight"
        if "readout.weight" not in self.tensors:
            yield "missing tensor readout.weight"
        missing = [index for index in range(min(len(indices), 1000)) if index not in indices]
        yield from (f"no tensor of layers.{index}" for index in missing)
        for index in sorted(indices):
            third_order = self._any(f"layers.{index}.attention", ("key2", "value2"))
            projections = PROJECTIONS if third_order else ("query", "key", "value")
            for part, names in (
                ("attention", (*projections, "output")),
                ("feed_forward", ("hidden", "output")),
            ):
                yield from self._part_problems(f"layers.{index}.{part}", names)

    def _part_problems(self, place: str, names: tuple[str, ...]) -> Iterator[str]:
        weights = [f"{place}.{name}.weight" for name in names]
        if self._any(place, names):
            yield from (
                f"missing tensor {name}" for name in weights if name not in self.tensors
            )

    def _any(self, place: str, names: tuple[str, ...]) -> bool:
        """Whether there is a weight or a bias of any of these names."""
        return any(
            f"{place}.{name}.{kind}" in self.tensors
            for name in names
            for kind in ("weight", "bias")
        )

    def model(self) -> Model:
        config = self.config
        vocabulary = letters(config["vocabulary"], "config.vocabulary")
        prepend = texts(config.get("prepend") or [], "config.prepend")
        append = texts(config.get("append") or [], "config.append")
        constants = [t for t in dict.fromkeys(prepend + append) if t not in vocabulary]
        tokens = [*vocabulary, *constants]
        name = "embedding" if "embedding" in self.tensors else "embedding.weight"
        embedding = self.matrix(name)
        if len(embedding) != len(tokens):
            raise ModelError(
                f"{name} has {len(embedding)} rows, expected {len(tokens)}: {len(vocabulary)} letters and"
                f" {len(constants)} constant tokens."
            )
        return Model(
            vocabulary=vocabulary,
            embedding=dict(zip(tokens, embedding, strict=True)),
            layers=tuple(
                self.layer(index, len(embedding[0])) for index in range(self.layers)
            ),
            readout=Readout(
                self.matrix("readout.weight"),
                self.vector("readout.bias"),
                text(config.get("readout_position", "last"), "config.readout_position"),
            ),
            positions=self.positions(),
            prepend=prepend,
            append=append,
            bits=formula(config.get("bits", "8"), "config.bits"),
            name=text(config.get("name", "model"), "config.name"),
        )

    def positions(self) -> PositionTable | PositionExpressions | None:
        name = next((n for n in ("positions", "positions.weight") if n in self.tensors), None)
        given = self.config.get("positions")
        if name is not None and given is not None:
            raise ModelError(
                f"both a tensor {name} and expressions in config.positions; give one."
            )
        if name is not None:
            return PositionTable(self.matrix(name))
        if given is None:
            return None
        listed = items(given, "config.positions")
        return PositionExpressions(
            tuple(formula(c, f"config.positions[{i}]") for i, c in enumerate(listed))
        )

    def layer(self, index: int, width: int) -> Layer:
        place = f"layers.{index}"
        residual = flag(self.option("residual", True, index), "config.residual")
        net = None
        if f"{place}.feed_forward.hidden.weight" in self.tensors:
            part = f"{place}.feed_forward"
            with at(part):
                net = FeedForward(
                    hidden=self.matrix(f"{part}.hidden.weight"),
                    output=self.matrix(f"{part}.output.weight"),
                    hidden_bias=self.vector(f"{part}.hidden.bias"),
                    output_bias=self.vector(f"{part}.output.bias"),
                    residual=residual,
                )
        heads: tuple[Head, ...] = ()
        if f"{place}.attention.query.weight" in self.tensors:
            count = self.option("heads", 1, index)
            if type(count) is not int or not 1 <= count <= MOST_HEADS:
                raise ModelError(
                    f"config.heads: expected a whole number from 1 to {MOST_HEADS:,}, got {show(count)}."
                )
            heads = tuple(self.head(index, number, count, width) for number in range(count))
        return Layer(heads, self.vector(f"{place}.attention.output.bias"), residual, net)

    def head(self, index: int, number: int, count: int, width: int) -> Head:
        place = f"layers.{index}.attention"
        scale = rational(self.option("scale", 1, index, number), "config.scale")
        with at(f"layers.{index}, head {number}"):
            given: dict[str, Any] = {}
            for name in PROJECTIONS:
                if f"{place}.{name}.weight" in self.tensors:
                    given[name] = self.rows(f"{place}.{name}.weight", number, count)
                    given[f"{name}_bias"] = self.rows(f"{place}.{name}.bias", number, count)
            if scale != 1:
                given["query"], given["query_bias"] = (
                    given[name].times(scale) for name in ("query", "query_bias")
                )
            return Head(
                **given,
                output=self.columns(f"{place}.output.weight", number, count),
                attention=self.option("attention", "saturated", index, number),
                mask=self.option("mask", "none", index, number),
                score_bits=self.option("score_bits", None, index, number),
            )

    def option(self, name: str, default: Any, index: int, number: int | None = None) -> Any:
        """The value of an option for a layer, or a head of it: one value, a list by layer, or lists by head."""
        value = self.config.get(name, default)
        if isinstance(value, list):
            if len(value) != self.layers:
                raise ModelError(
                    f"config.{name} has {len(value)} entries, and there are {self.layers} layers."
                )
            value = value[index]
        if isinstance(value, list):
            if (
                number is None
                or number >= len(value)
                or len(value) != self.option("heads", 1, index)
            ):
                raise ModelError(
                    f"config.{name}[{index}]: {len(value)} entries do not fit the layer's heads."
                )
            value = value[number]
        return value

    def rows(self, name: str, number: int, count: int) -> Any:
        """One head's share of the rows of a weight or the entries of a bias; empty for a bias that is absent."""
        return _share(
            self.vector(name) if name.endswith("bias") else self.matrix(name),
            name,
            number,
            count,
        )

    def columns(self, name: str, number: int, count: int) -> Matrix:
        """One head's share of the columns of a weight."""
        whole = self.matrix(name)
        part = _share(range(whole.scaled.shape[1]), name, number, count)
        return whole.columns(part.start, part.stop)

    def matrix(self, name: str) -> Matrix:
        array = self.tensors[name]
        if array.ndim == 1 and name == "readout.weight":
            array = array[None, :]
        if array.ndim != 2 or 0 in array.shape:
            raise ModelError(
                f"tensor {name} has shape {array.shape}, expected two dimensions, none of them 0."
            )
        if name not in self.read:
            self.read[name] = matrix(_numbers(array), name)
        return self.read[name]

    def vector(self, name: str) -> Vector:
        if name not in self.tensors:
            return EMPTY
        array = self.tensors[name]
        if array.ndim > 1:
            raise ModelError(
                f"tensor {name} has shape {array.shape}, expected one dimension."
            )
        return vector(_numbers(array.reshape(-1)), name)


def _share(sequence: Any, name: str, number: int, count: int) -> Any:
    size, rest = divmod(len(sequence), count)
    if rest:
        raise ModelError(
            f"tensor {name} has {len(sequence)} entries, which {count} heads cannot share equally."
        )
    return sequence[number * size : (number + 1) * size]


def _numbers(array: NDArray[Any]) -> NDArray[Any]:
    """Truth values as numbers."""
    return array.astype(np.int64) if array.dtype.kind == "b" else array


def _check_finite(name: str, array: NDArray[Any]) -> None:
    if array.dtype.kind not in "fiub":
        raise ModelError(f"tensor {name} holds {array.dtype}, expected real numbers.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ModelError(
            f"tensor {name} holds {array[place]} at {list(place)}; weights must be finite."
        )
