"""Train three small transformers as people train theirs: softmax, layer norms, GELU or ReLU; nothing for circuits.

- brackets: is a string of brackets balanced? Saved as GPT-2 of Hugging Face saves: a folder.
- recall: keys with their values, then a key again; what was its value? Saved as nanoGPT saves: a training checkpoint.
- addition: what is the sum of four digits, modulo 5? `torch.nn.TransformerEncoder`; saved as a state dict.

    pip install 'circuitsim[train]'
    python examples/train_softmax.py                  # all three, and examples/softmax.log
    python examples/train_softmax.py recall --seed 1  # one of them

What the circuits of these files are: docs/trained.md.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations, product
from math import cos, pi
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, gelu, scaled_dot_product_attention

from circuitsim.models.files.reading import load
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_float

HERE = Path(__file__).parent
UNASKED = -100  # a position whose answer nobody asks for
BATCH = 256


# --- the models ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """Of a GPT, in nanoGPT's words."""

    vocab_size: int
    block_size: int
    n_layer: int
    n_head: int
    n_embd: int
    hidden: int
    bias: bool
    gelu: str  # "tanh" as GPT-2 has it, "none" as nanoGPT


class Block(nn.Module):
    """Causal attention and a net, with a norm before each."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, d, bias = shape, shape.n_embd, shape.bias
        self.ln_1 = nn.LayerNorm(d, bias=bias)
        self.attn = nn.ModuleDict(
            {
                "c_attn": nn.Linear(d, 3 * d, bias=bias),
                "c_proj": nn.Linear(d, d, bias=bias),
            }
        )
        self.ln_2 = nn.LayerNorm(d, bias=bias)
        self.mlp = nn.ModuleDict(
            {
                "c_fc": nn.Linear(d, shape.hidden, bias=bias),
                "c_proj": nn.Linear(shape.hidden, d, bias=bias),
            }
        )

    def forward(self, x: Tensor) -> Tensor:
        """The residual stream after the block."""
        parts = self.attn["c_attn"](self.ln_1(x)).chunk(3, dim=2)
        query, key, value = (
            part.unflatten(2, (self.shape.n_head, -1)).transpose(1, 2) for part in parts
        )
        seen = scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.attn["c_proj"](seen.transpose(1, 2).flatten(2))
        hidden = gelu(self.mlp["c_fc"](self.ln_2(x)), approximate=self.shape.gelu)
        return x + self.mlp["c_proj"](hidden)


class GPT(nn.Module):
    """A transformer whose tensors have nanoGPT's names; Hugging Face's are the same, with maps transposed."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        parts = {
            "wte": nn.Embedding(shape.vocab_size, shape.n_embd),
            "wpe": nn.Embedding(shape.block_size, shape.n_embd),
            "h": nn.ModuleList([Block(shape) for _ in range(shape.n_layer)]),
            "ln_f": nn.LayerNorm(shape.n_embd, bias=shape.bias),
        }
        self.transformer = nn.ModuleDict(parts)
        self.lm_head = nn.Linear(shape.n_embd, shape.vocab_size, bias=False)
        self.lm_head.weight = self.transformer["wte"].weight
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.1)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of the next token after every position (batch, n, tokens)."""
        parts = self.transformer
        x = parts["wte"](tokens) + parts["wpe"].weight[: tokens.shape[1]]
        for block in parts["h"]:
            x = block(x)
        return self.lm_head(parts["ln_f"](x))


class Encoder(nn.Module):
    """Torch's own encoder: ReLU, norms after, no mask; read from the mean over positions."""

    def __init__(
        self, letters: int, longest: int, width: int, heads: int, hidden: int
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(letters, width)
        self.positions = nn.Embedding(longest, width)
        layer = nn.TransformerEncoderLayer(
            width, heads, hidden, dropout=0.0, batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, num_layers=1)
        self.head = nn.Linear(width, letters)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits (batch, 1, classes)."""
        x = self.embedding(tokens) + self.positions.weight[: tokens.shape[1]]
        return self.head(self.encoder(x).mean(1, keepdim=True))


# --- the tasks -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """What to learn, with what, and where it goes.

    Args:
        batch: random tokens (batch, n), and a target at every position that is read.
        tests: tokens (strings, n) that no batch has had, and the answer at the last position read.
        classes: tokens among which the answer is.
        options: what no checkpoint says.
    """

    model: nn.Module
    batch: Callable[[torch.Generator], tuple[Tensor, Tensor]]
    tests: dict[str, tuple[Tensor, Tensor]]
    classes: list[int]
    options: dict[str, Any]
    save: Callable[[nn.Module, dict[str, Any]], Path]
    steps: int = 2000
    rate: float = 3e-3
    decay: float = 0.01


def brackets(longest: int = 16) -> Task:
    """Of every prefix: is it balanced? A quarter of the strings of each kind is kept for the test."""
    strings = torch.tensor(list(product((0, 1), repeat=longest)))
    depths = (1 - 2 * strings).cumsum(1)
    sound = depths.cummin(1).values >= 0
    answers = 2 + (sound & (depths == 0)).long()  # the tokens "no" and "yes"
    even, balanced = depths[:, -1] == 0, answers[:, -1] == 3
    kinds = {"balanced": balanced, "as many of each": even & ~balanced, "others": ~even}
    generator = torch.Generator().manual_seed(0)
    learned, tests = [], {}
    for kind, chosen in kinds.items():
        codes = chosen.nonzero()[:, 0]
        codes = codes[torch.randperm(len(codes), generator=generator)]
        kept = len(codes) // 4
        tests[kind] = strings[codes[:kept]], answers[codes[:kept], -1]
        learned.append(codes[kept:])

    def batch(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        codes = torch.cat(
            [
                part[torch.randint(len(part), (BATCH // 3,), generator=generator)]
                for part in learned
            ]
        )
        return strings[codes], answers[codes]

    shape = Shape(4, longest, 2, 2, 8, 16, True, "tanh")
    options = {
        "vocabulary": ["(", ")", "no", "yes"],
        "letters": ["(", ")"],
        "classes": ["no", "yes"],
    }
    return Task(GPT(shape), batch, tests, [2, 3], options, save_gpt2)


def recall(pairs: int = 4) -> Task:
    """Keys a..d, each with a value 0..3, then a key: its value. A quarter of the maps is kept for the test."""
    maps = torch.tensor(list(product(range(4), repeat=4)))
    maps = maps[torch.randperm(len(maps), generator=torch.Generator().manual_seed(0))]
    kept, learned = maps[: len(maps) // 4], maps[len(maps) // 4 :]
    orders = torch.tensor(list(permutations(range(4))))

    def strings(keys: Tensor, values: Tensor) -> Tensor:
        """Key, value, key, value, ..., key."""
        both = torch.stack([keys, 4 + values.gather(1, keys)], 2).flatten(1)
        return both[:, :-1]

    def batch(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        values = learned[torch.randint(len(learned), (BATCH,), generator=generator)]
        keys = torch.randint(4, (BATCH, pairs + 1), generator=generator)
        seen = nn.functional.one_hot(keys, 4).cumsum(1)
        again = seen.gather(2, keys[..., None])[..., 0] > 1
        tokens = strings(keys, values)
        targets = torch.full_like(tokens, UNASKED)
        targets[:, ::2] = torch.where(again, 4 + values.gather(1, keys), UNASKED)
        return tokens, targets

    tests = {}
    for count in range(1, pairs + 1):
        cases = [
            (order[:count], order[asked], values)
            for order in orders
            for asked in range(count)
            for values in kept
        ]
        keys = torch.stack([torch.cat([order, asked[None]]) for order, asked, _ in cases])
        values = torch.stack([values for _, _, values in cases])
        answers = 4 + values.gather(1, keys[:, -1:])[:, 0]
        tests[f"{count} pairs"] = strings(keys, values), answers
    shape = Shape(8, 2 * pairs + 1, 2, 2, 12, 48, False, "none")
    options = {"vocabulary": [*"abcd0123"], "classes": [*"0123"]}
    return Task(GPT(shape), batch, tests, [4, 5, 6, 7], options, save_nanogpt)


def addition(modulus: int = 5, digits: int = 4) -> Task:
    """The sum of digits; a quarter of the strings is kept for the test."""
    strings = torch.tensor(list(product(range(modulus), repeat=digits)))
    strings = strings[
        torch.randperm(len(strings), generator=torch.Generator().manual_seed(0))
    ]
    answers = strings.sum(1) % modulus
    kept = len(strings) // 4

    def batch(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return strings[kept:], answers[kept:, None]

    tests = {
        "kept": (strings[:kept], answers[:kept]),
        "learned": (strings[kept:], answers[kept:]),
    }
    options = {
        "vocabulary": [str(digit) for digit in range(modulus)],
        "heads": 2,
        "mask": "none",
        "activation": "relu",
        "norms": "after",
        "readout": "mean",
    }
    model = Encoder(modulus, digits, 16, 2, 32)
    return Task(
        model, batch, tests, list(range(modulus)), options, save_encoder, 6000, decay=0.5
    )


TASKS = {"brackets": brackets, "recall": recall, "addition": addition}


def train(task: Task, seed: int, say: Callable[[str], None]) -> None:
    """Train by AdamW, with a warm start and a cosine down to nothing."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(
        task.model.parameters(), lr=task.rate, weight_decay=task.decay, betas=(0.9, 0.98)
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1.0, step / 100) * (1 + cos(pi * step / task.steps)) / 2,
    )
    for step in range(1, task.steps + 1):
        tokens, targets = task.batch(generator)
        logits = task.model(tokens)
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=UNASKED)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % (task.steps // 8) == 0:
            say(f"step {step}: loss {loss.item():.5f}; {shares(task)}")


@torch.no_grad()
def shares(task: Task) -> str:
    """How many of the strings of each test are answered rightly."""
    found = []
    for kind, (tokens, answers) in task.tests.items():
        logits = task.model(tokens)[:, -1, task.classes]
        chosen = torch.tensor(task.classes)[logits.argmax(1)]
        found.append(f"{kind}: {int((chosen == answers).sum()):,} of {len(answers):,}")
    return ", ".join(found)


# --- the files -----------------------------------------------------------------------------------------------


def save_gpt2(model: nn.Module, options: dict[str, Any]) -> Path:
    """A folder, as `save_pretrained` writes it: maps are (inputs, outputs), and the tied head is left out."""
    shape = model.shape
    config = {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
        "n_embd": shape.n_embd,
        "n_head": shape.n_head,
        "n_inner": shape.hidden,
        "n_layer": shape.n_layer,
        "n_positions": shape.block_size,
        "vocab_size": shape.vocab_size,
    }
    tensors = {
        name: (
            tensor.T
            if name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight"))
            else tensor
        ).contiguous()
        for name, tensor in model.state_dict().items()
        if name != "lm_head.weight"
    }
    folder = HERE / "brackets"
    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    write(folder / "config.json", config)
    write(folder / "circuitsim.json", options)
    return folder


def save_nanogpt(model: nn.Module, options: dict[str, Any]) -> Path:
    """A file, as nanoGPT's train.py writes it (without the state of its optimizer)."""
    shape = model.shape
    names = ("n_layer", "n_head", "n_embd", "block_size", "bias", "vocab_size")
    arguments = {name: getattr(shape, name) for name in names}
    path = HERE / "recall.pt"
    torch.save(
        {"model": model.state_dict(), "model_args": {**arguments, "dropout": 0.0}}, path
    )
    write(path.with_name("recall.pt.circuitsim.json"), options)
    return path


def save_encoder(model: nn.Module, options: dict[str, Any]) -> Path:
    """A bare state dict."""
    path = HERE / "addition.pt"
    torch.save(model.state_dict(), path)
    write(path.with_name("addition.pt.circuitsim.json"), options)
    return path


def write(path: Path, value: dict[str, Any]) -> None:
    """A JSON file."""
    path.write_text(json.dumps(value) + "\n")


def read_back(path: Path, task: Task) -> list[str]:
    """What circuitsim's float model and the whole numbers of its circuits answer on the strings of each test."""
    model, found = load(path), []
    for kind, (tokens, answers) in task.tests.items():
        codes = tokens.numpy()
        right = np.searchsorted(task.classes, answers.numpy())
        fixed = fix(model, codes.shape[1])
        floats, wholes = (
            trace.decisions[:, 0]
            for trace in (run_float(model, codes), run_integer(fixed, codes))
        )
        found.append(
            f"{kind}: of {len(codes):,} strings softmax is right on {(floats == right).sum():,},"
            f" and {(floats == wholes).sum():,} decisions are kept with {fixed.bits} bits"
        )
    return found


@click.command(context_settings={"show_default": True})
@click.argument("names", nargs=-1, type=click.Choice(list(TASKS)))
@click.option("--seed", default=0, help="Of the first weights and of the batches.")
@click.option("--log", default=HERE / "softmax.log", type=click.Path(path_type=Path))
def main(names: tuple[str, ...], seed: int, log: Path) -> None:
    """Train the models of these NAMES, all unless given, and write their files."""
    torch.set_num_threads(1)
    lines: list[str] = []
    for name in names or TASKS:

        def say(line: str, name: str = name) -> None:
            lines.append(f"{name}: {line}")
            click.echo(lines[-1])

        torch.manual_seed(seed)
        task = TASKS[name]()
        started = time.monotonic()
        train(task, seed, say)
        path = task.save(task.model, task.options)
        weights = sum(parameter.numel() for parameter in task.model.parameters())
        say(
            f"{weights:,} weights, seed {seed}, written to {path.name}"
            f" after {time.monotonic() - started:.0f} seconds"
        )
        for line in read_back(path, task):
            say(f"read back by circuitsim, {line}")
    log.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
