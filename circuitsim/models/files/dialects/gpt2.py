"""GPT-2 of Hugging Face, as `save_pretrained` writes it: config.json and model.safetensors in a folder.

Causal attention with layer norms before each block and at the end, learned positions, and a head of its own or the
embedding. Maps are stored as (inputs, outputs); queries, keys and values of all heads in one.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import ModelError
from circuitsim.models.blocks import Activation
from circuitsim.models.files.dialects.options import Options, options_file, read_options
from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout
from circuitsim.models.positions import PositionTable

Tensors = Mapping[str, NDArray[Any]]

ACTIVATIONS: dict[Any, Activation] = {
    "gelu_new": "gelu-tanh",
    "gelu_pytorch_tanh": "gelu-tanh",
    "gelu": "gelu",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
}
LAYER = {
    "ln_1.weight": "d",
    "ln_1.bias": "d",
    "attn.c_attn.weight": "dq",
    "attn.c_attn.bias": "q",
    "attn.c_proj.weight": "dd",
    "attn.c_proj.bias": "d",
    "ln_2.weight": "d",
    "ln_2.bias": "d",
    "mlp.c_fc.weight": "dh",
    "mlp.c_fc.bias": "h",
    "mlp.c_proj.weight": "hd",
    "mlp.c_proj.bias": "d",
}
OTHERS = {"wte.weight": "td", "wpe.weight": "pd", "ln_f.weight": "d", "ln_f.bias": "d"}
MOST_LAYERS = 1000
BUFFERS = (".attn.bias", ".attn.masked_bias")  # masks that older files keep


def recognised(config: Any) -> bool:
    """Whether a config.json is of this dialect."""
    return isinstance(config, dict) and config.get("model_type") == "gpt2"


def model(config: Mapping[str, Any], tensors: Tensors, path: Path) -> Model:
    """The model of a checkpoint, a file or a folder at `path`.

    Raises:
        ModelError: what is missing or does not fit, all of it; or nothing names the tokens.
    """
    tensors = {
        name.removeprefix("transformer."): array
        for name, array in tensors.items()
        if not name.endswith(BUFFERS)
    }
    problems = _problems(config)
    sizes = {} if problems else _sizes(config)
    problems = problems or _tensor_problems(config["n_layer"], tensors, sizes)
    if problems:
        raise ModelError(f"{path}: {'; '.join(problems)}.")
    options = read_options(path, sizes["t"])
    problems = options.problems(sizes["t"], sizes["p"])
    if problems:
        raise ModelError(f"{options_file(path)}: {'; '.join(problems)}.")
    return _built(config, tensors, options, path)


def _sizes(config: Mapping[str, Any]) -> dict[str, int]:
    """How long each axis is, by its letter."""
    d = config["n_embd"]
    h = config.get("n_inner") or 4 * d
    return {"d": d, "q": 3 * d, "h": h, "t": config["vocab_size"], "p": config["n_positions"]}


def _problems(config: Mapping[str, Any]) -> list[str]:
    found = []
    if config.get("n_inner") is not None and type(config["n_inner"]) is not int:
        found.append("config.n_inner must be a whole number")
    for name in ("n_embd", "n_head", "n_layer", "vocab_size", "n_positions"):
        if type(config.get(name)) is not int or config[name] < 1:
            found.append(f"config.{name} must be a whole number, at least 1")
    if not found and config["n_layer"] > MOST_LAYERS:
        found.append(f"config.n_layer is {config['n_layer']}, at most {MOST_LAYERS} are read")
    if not found and config["n_embd"] % config["n_head"]:
        found.append(f"{config['n_head']} heads do not share a width of {config['n_embd']}")
    activation = config.get("activation_function", "gelu_new")
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        found.append(f"config.activation_function {activation!r:.40} is not one of {known}")
    for name in ("add_cross_attention", "scale_attn_by_inverse_layer_idx"):
        if config.get(name):
            found.append(f"config.{name} is not read")
    return found


def _tensor_problems(layers: int, tensors: Tensors, sizes: Mapping[str, int]) -> list[str]:
    expected = dict(OTHERS)
    for layer in range(layers):
        expected |= {f"h.{layer}.{name}": axes for name, axes in LAYER.items()}
    found = []
    for name, axes in expected.items():
        shape = tuple(sizes[axis] for axis in axes)
        if name not in tensors:
            found.append(f"tensor {name} is missing")
        elif tensors[name].shape != shape:
            found.append(f"tensor {name} has shape {tensors[name].shape}, expected {shape}")
    known = {*expected, "lm_head.weight"}
    found += [f"unknown tensor {name[:100]!r}" for name in tensors if name not in known]
    return found[:20]


def _built(
    config: Mapping[str, Any], tensors: Tensors, options: Options, path: Path
) -> Model:
    wide: dict[str, Any] = {
        name: np.asarray(array, np.float64) for name, array in tensors.items()
    }
    eps = config.get("layer_norm_epsilon", "1e-5")

    def norm(name: str) -> Norm:
        return Norm(wide[f"{name}.weight"], wide[f"{name}.bias"], eps)

    layers = []
    for index in range(config["n_layer"]):
        place = f"h.{index}"
        net = FeedForward(
            wide[f"{place}.mlp.c_fc.weight"].T,
            wide[f"{place}.mlp.c_proj.weight"].T,
            wide[f"{place}.mlp.c_fc.bias"],
            wide[f"{place}.mlp.c_proj.bias"],
            activation=ACTIVATIONS[config.get("activation_function", "gelu_new")],
        )
        layers.append(
            Layer(
                _heads(
                    wide,
                    f"{place}.attn",
                    config["n_head"],
                    config.get("scale_attn_weights", True),
                ),
                wide[f"{place}.attn.c_proj.bias"],
                feed_forward=net,
                attention_norm=norm(f"{place}.ln_1"),
                net_norm=norm(f"{place}.ln_2"),
            )
        )
    constants = {*options.prepend, *options.append}
    letters = options.letters or tuple(t for t in options.vocabulary if t not in constants)
    ids = {token: number for number, token in enumerate(options.vocabulary)}
    classes = [ids[token] for token in options.classes or options.vocabulary]
    head = wide.get("lm_head.weight", wide["wte.weight"])[classes]
    return Model(
        letters,
        {token: wide["wte.weight"][ids[token]] for token in {*letters, *constants}},
        tuple(layers),
        Readout(
            head,
            position=options.readout,
            answer="signs" if options.decide == "signs" else "decision",
        ),
        positions=PositionTable(wide["wpe.weight"][options.offset :]),
        final_norm=norm("ln_f"),
        prepend=options.prepend,
        append=options.append,
        inner=options.inner,
        bits=options.bits,
        gap_bits=options.gap_bits,
        weight_bits=options.weight_bits,
        name=path.stem if path.is_file() else path.resolve().name,
    )


def _heads(wide: dict[str, Any], place: str, count: int, scaled: bool) -> tuple[Head, ...]:
    weights, bias = wide[f"{place}.c_attn.weight"].T, wide[f"{place}.c_attn.bias"]
    output = wide[f"{place}.c_proj.weight"].T
    maps: list[Any] = np.split(weights, 3)
    biases: list[Any] = np.split(bias, 3)
    size, found = len(output) // count, []
    root = isqrt(size) if isqrt(size) ** 2 == size else sqrt(size)
    for index in range(count):
        own = slice(index * size, (index + 1) * size)
        query, key, value = (each[own] for each in maps)
        of_query, of_key, of_value = (each[own] for each in biases)
        found.append(
            Head(
                query,
                key,
                value=value,
                output=output[:, own],
                query_bias=of_query,
                key_bias=of_key,
                value_bias=of_value,
                attention="softmax",
                mask="causal",
                scale=1 / Fraction(root) if scaled else Fraction(1),
            )
        )
    return tuple(found)
