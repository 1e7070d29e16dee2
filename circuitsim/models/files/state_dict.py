"""Models from named tensors and a config, the layout that training code saves (docs/model-format.md).

What the classes of a model have besides numbers are keys of the config.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from circuitsim.errors import LimitError
from circuitsim.models.files.annotations import Key, Reader, keys_of, unfit_keys
from circuitsim.models.files.documents import check_format, plain, show
from circuitsim.models.files.tensors import (
    HEAD,
    LAYER_NORMS,
    MODEL_NORMS,
    NET,
    NORM,
    OUTPUT_BIAS,
    PARTS,
    READOUT,
    ROWS,
    State,
    Tensors,
    prefix_of,
)
from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout
from circuitsim.models.positions import PositionTable
from circuitsim.numbers.arrays import Matrix, Vector

MOST_WEIGHTS = (
    64_000_000  # of a model; 8 bytes each while they fit, and some 60 where they do not
)
MOST_HEADS = 10_000  # of a layer

Options: TypeAlias = dict[str, Key]
Given: TypeAlias = tuple[Any, str]  # a value of the config, and its place there


def _options(cls: type) -> Options:
    """The keys of a class that are no arrays of numbers."""
    return {n: key for n, key in keys_of(cls).items() if key.base not in (Matrix, Vector)}


MADE_OF_TENSORS = ("fields", "tables", "embedding", "layers", "readout", *MODEL_NORMS)
OF_MODEL = {name: key for name, key in keys_of(Model).items() if name not in MADE_OF_TENSORS}
OF_READOUT = {f"readout_{name}": key for name, key in _options(Readout).items()}
OF_HEADS, OF_NETS = _options(Head), _options(FeedForward)
OF_LAYERS = {name: keys_of(Layer)[name] for name in ("residual", "norms")}
OF_NORMS = {f"norm_{name}": key for name, key in _options(Norm).items()}  # the same for all
BY_LAYER = tuple(dict.fromkeys(("heads", "net_residual", *OF_HEADS, *OF_NETS, *OF_LAYERS)))
REQUIRED = ("format", "version", "vocabulary")


def model_from_state(
    config: object, tensors: Tensors, where: str, theirs: Mapping[str, str] | None = None
) -> Model:
    """Build a model.

    Args:
        config: plain data: format, version, vocabulary and options; what is None counts as left out.
        tensors: name -> array of floats or integers, in nn.Linear layouts.
        where: the file, for errors.
        theirs: what the file calls tensors, where it has other names.

    Raises:
        ModelError: unknown or missing keys and tensors, wrong shapes, NaN or infinite weights; all of them.
        LimitError: more weights than a model may have.
    """
    if isinstance(config, Mapping):  # a comment may be anything
        config = {key: value for key, value in config.items() if key != "comment"}
    given = check_format(plain(config, f"{where}, config"), f"{where}, config")
    total = sum(array.size for array in tensors.values())
    if total > MOST_WEIGHTS:
        raise LimitError(f"{where}: {total} weights, and a model may have {MOST_WEIGHTS}.")
    prefix = prefix_of(tensors)
    if prefix:
        where = f"{where}, names without {show(prefix)}"
    own = {name.removeprefix(prefix): array for name, array in tensors.items()}
    state = State(own, theirs or {})
    given = {key: value for key, value in given.items() if value is not None}
    return _Maker(given, state).model(where)


class _Maker:
    """Makes a model of a config and tensors, as far as they are right, and notes what is wrong with them."""

    def __init__(self, config: dict[str, Any], state: State) -> None:
        self.config, self.state = config, state
        self.sizes: dict[str, int] = {}  # of tensors, by their letters
        self.reader = Reader()
        self.problems = self.reader.problems
        self.of_norms: dict[str, Any] = {}

    def model(self, where: str) -> Model:
        known = (*REQUIRED, *BY_LAYER, *OF_MODEL, *OF_READOUT, *OF_NORMS)
        self.problems += unfit_keys(self.config, "config", REQUIRED, known)
        self.problems += self.state.strange_names()
        self.problems += self.state.problems("", [*ROWS, *READOUT], self.sizes)
        once = {name: (value, f"config.{name}") for name, value in self.config.items()}
        options = self.values(OF_MODEL, once)
        tokens = self.tokens(options)
        readout = self.values(OF_READOUT, once)
        self.of_norms = self.values(OF_NORMS, once)
        options |= self.norms("", MODEL_NORMS)
        shares = self.shares(once, BY_LAYER, len(self.state.layers), "layers")
        layers = list(map(self.layer, sorted(self.state.layers), shares))
        self.reader.refuse(where)
        rows = self.state.fields("", ROWS)
        if "positions" in rows:
            options["positions"] = PositionTable(rows["positions"])
        options["embedding"] = dict(zip(tokens, rows["embedding"], strict=True))
        options["layers"] = tuple(layers)
        readout |= self.state.fields("", READOUT)
        options["readout"] = self.reader.build(Readout, readout)
        self.reader.refuse(where)
        model: Model = self.reader.build(Model, options)
        self.reader.refuse(where)
        return model

    def tokens(self, options: dict[str, Any]) -> list[str]:
        """Letters, then constant tokens that are none: what the rows of the embedding stand for."""
        letters, *framing = (
            options.get(n) or () for n in ("vocabulary", "prepend", "append")
        )
        constants = dict.fromkeys(t for listed in framing for t in listed if t not in letters)
        tokens = [*letters, *constants]
        rows = self.sizes.get("tokens", len(tokens))
        if letters and rows != len(tokens):
            self.problems.append(
                f"embedding.weight has {rows} rows, expected {len(tokens)}: {len(letters)} letters and"
                f" {len(constants)} constant tokens"
            )
        if "positions" in options and "N" in self.sizes:
            self.problems.append(
                "both a tensor positions and expressions in config.positions; give one"
            )
        return tokens

    def layer(self, index: int, given: dict[str, Given]) -> Any:
        """A layer, of what the config has for it; None if there is anything wrong."""
        before = len(self.problems)
        count, place = given.get("heads", (1, ""))
        if type(count) is not int or not 1 <= count <= MOST_HEADS:
            expected = f"expected a whole number from 1 to {MOST_HEADS:,}"
            self.problems.append(f"{place}: {expected}, got {show(count)}")
            return None
        attention, feed_forward = (
            f"layers.{index}.{n}." for n in ("attention", "feed_forward")
        )
        for where, part in ((attention, PARTS["attention"]), (feed_forward, NET)):
            if self.state.has(where, part):
                self.problems += self.state.problems(where, part, dict(self.sizes), count)
        norms = self.norms(f"layers.{index}.", LAYER_NORMS)
        shares = self.shares(given, OF_HEADS, count, "heads")
        options = [self.values(OF_HEADS, share) for share in shares]
        own, of_layer = self.values(OF_NETS, given), self.values(OF_LAYERS, given)
        if "net_residual" in given:
            own["residual"] = self.reader.value(bool, *given["net_residual"])
        if len(self.problems) > before:
            return None
        heads = [
            self.reader.build(
                Head,
                {**self.state.fields(attention, HEAD, number, count), **options[number]},
                f"layers.{index}, head {number}",
            )
            for number in range(count if self.state.has(attention, HEAD) else 0)
        ]
        net = self.state.fields(feed_forward, NET)
        bias = self.state.fields(attention, [OUTPUT_BIAS])
        return Layer(
            tuple(heads),
            feed_forward=FeedForward(**net, **own) if net else None,
            **bias,
            **norms,
            **of_layer,
        )

    def norms(self, place: str, names: Iterable[str]) -> dict[str, Any]:
        """The norms that there are tensors of, as far as they are right."""
        found = {}
        for name in names:
            where, before = f"{place}{name}", len(self.problems)
            if self.state.has(f"{where}.", NORM):
                self.problems += self.state.problems(f"{where}.", NORM, dict(self.sizes))
                if len(self.problems) == before:
                    fields = self.state.fields(f"{where}.", NORM) | self.of_norms
                    found[name] = self.reader.build(Norm, fields, where)
        return found

    def values(self, known: Options, given: dict[str, Given]) -> dict[str, Any]:
        """The fields that the config has a value of."""
        return {
            key.field.name: self.reader.value(key.annotation, *given[name])
            for name, key in known.items()
            if name in given
        }

    def shares(
        self, given: dict[str, Given], names: Iterable[str], count: int, parts: str
    ) -> list[dict[str, Given]]:
        """What each of so many parts is given: the one value that there is for all, or its own of a list."""
        found: list[dict[str, Given]] = [{} for _ in range(count)]
        for name in names:
            value, place = given.get(name, ([], ""))
            if not isinstance(value, list):
                for own in found:
                    own[name] = value, place
            elif len(value) == count:
                for index, own in enumerate(found):
                    own[name] = value[index], f"{place}[{index}]"
            elif name in given:
                self.problems.append(
                    f"{place} has {len(value)} entries, and there are {count} {parts}"
                )
        return found
