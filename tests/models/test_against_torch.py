"""Torch itself: what it saves is read exactly, and what it computes in float64 is what `run_float` computes.

The network below is written from docs/model-format.md alone, in torch's own operations.
"""

import json
import math
import random
from fractions import Fraction

import numpy as np
import pytest

from circuitsim.errors import CircuitSimError
from circuitsim.models.files.reading import load
from circuitsim.models.model import ATTENTIONS, MASKS
from circuitsim.models.positions import PositionTable
from circuitsim.networks.rungs import run_float

torch = pytest.importorskip("torch", reason="needs torch: pip install 'circuitsim[train]'")
torch.set_num_threads(1)

LOG2_OF_E = 1 / math.log(2)
DTYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
MASKED = {
    "none": lambda i, j: (i >= 0) & (j >= 0),
    "causal": lambda i, j: j <= i,
    "strict-causal": lambda i, j: j < i,
    "anti-causal": lambda i, j: j >= i,
    "strict-anti-causal": lambda i, j: j > i,
}
EXPRESSIONS = {
    "0": lambda i, n: 0,
    "i/n": lambda i, n: i / n,
    "(-1)**i": lambda i, n: (-1) ** i,
    "1 if i == 1 else 0": lambda i, n: float(i == 1),
    "cos(i)/(n+1)": lambda i, n: np.cos(i) / (n + 1),
}


def part(chance, layers):
    """The given layers by name, each with or without a bias."""
    linear = {
        n: torch.nn.Linear(a, b, bias=chance.random() < 0.5) for n, (a, b) in layers.items()
    }
    return torch.nn.ModuleDict(linear)


class Network(torch.nn.Module):
    """A random transformer in the documented names, and its config."""

    def __init__(
        self,
        seed,
        kinds=ATTENTIONS,
        depth=3,
        positions=("none", "table", "expressions"),
        rational=True,
    ):
        super().__init__()
        torch.manual_seed(seed)
        chance = random.Random(seed)
        d, depth = chance.randint(1, 5), chance.randint(1, depth)
        layers = range(depth)
        vocabulary = list("abc"[: chance.randint(1, 3)])
        prepend = chance.choice([[], [], ["BOS"], ["a", "BOS"]])
        append = chance.choice([[], [], ["CLS"], ["BOS", "CLS"]])
        self.tokens = [
            *vocabulary,
            *(t for t in dict.fromkeys(prepend + append) if t not in vocabulary),
        ]
        once = [
            t
            for t in prepend + append
            if t not in vocabulary and (prepend + append).count(t) == 1
        ]
        heads = [chance.randint(1, 3) for _ in layers]

        def each_head(values):
            return [[chance.choice(values) for _ in range(count)] for count in heads]

        self.config = {
            "format": "circuitsim-model",
            "version": 1,
            "name": f"seed {seed}",
            "vocabulary": vocabulary,
            "prepend": prepend,
            "append": append,
            "heads": heads,
            "attention": each_head(kinds),
            "mask": each_head(["none", *MASKS]),
            "score_bits": each_head([None, None, 0, 2, 5]),
            "scale": chance.choice([1, "1/2", "2", *(["1/3", "7/5"] if rational else [])]),
            "residual": [chance.random() < 0.6 for _ in layers],
            "readout_position": chance.choice(["first", "last", "each", *once]),
        }
        self.embedding = torch.nn.Embedding(len(self.tokens), d)
        where = chance.choice(positions)
        if where == "table":
            self.positions = torch.nn.Embedding(12, d)
        elif where == "expressions":
            self.config["positions"] = [chance.choice(list(EXPRESSIONS)) for _ in range(d)]
        self.layers = torch.nn.ModuleList()
        for count in heads:
            layer = torch.nn.ModuleDict()
            has = chance.choice(
                [("attention",), ("feed_forward",), ("attention", "feed_forward")]
            )
            if "attention" in has or len(self.layers) == 0:
                k, v = count * chance.randint(1, 3), count * chance.randint(1, 3)
                sizes = {"query": (d, k), "key": (d, k), "value": (d, v), "output": (v, d)}
                layer["attention"] = part(chance, sizes)
            if "feed_forward" in has:
                h = chance.randint(1, 6)
                layer["feed_forward"] = part(chance, {"hidden": (d, h), "output": (h, d)})
            self.layers.append(layer)
        self.readout = torch.nn.Linear(d, chance.randint(1, 3), bias=chance.random() < 0.5)
        self.ties = 0  # maxima beyond the first that saturated heads have met

    def forward(self, codes):
        """The residual stream before and after every layer, and the outputs, of letter codes (batch, n)."""
        config = self.config
        before, after = (
            torch.tensor(
                [self.tokens.index(t) for t in config[side]], dtype=torch.int64
            ).expand(len(codes), -1)
            for side in ("prepend", "append")
        )
        x = self.embedding(torch.cat([before, codes, after], dim=1))
        length = x.shape[1]
        if hasattr(self, "positions"):
            x = x + self.positions(torch.arange(length))
        elif "positions" in config:
            table = [
                [EXPRESSIONS[text](i, length) for text in config["positions"]]
                for i in range(length)
            ]
            x = x + torch.tensor(table, dtype=torch.float64)
        residuals = [x]
        for index, layer in enumerate(self.layers):
            kept = 1 if config["residual"][index] else 0
            x = kept * x + (
                self.attend(layer["attention"], x, index) if "attention" in layer else 0
            )
            if "feed_forward" in layer:
                net = layer["feed_forward"]
                x = kept * x + net["output"](torch.relu(net["hidden"](x)))
            residuals.append(x)
        start, where = len(config["prepend"]), config["readout_position"]
        whole = [*config["prepend"], *["letter"] * codes.shape[1], *config["append"]]
        read = {
            "first": [0],
            "last": [length - 1],
            "each": list(range(start, start + codes.shape[1])),
        }.get(where) or [whole.index(where)]
        return residuals, self.readout(x[:, read])

    def attend(self, part, x, index):
        batch, length, _ = x.shape
        count = self.config["heads"][index]
        query, key, value = (
            part[name](x).view(batch, length, count, -1).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        scores = float(Fraction(self.config["scale"])) * (query @ key.transpose(2, 3))
        i = torch.arange(length)
        shares = []
        for head in range(count):
            kind, mask, bits = (
                self.config[name][index][head] for name in ("attention", "mask", "score_bits")
            )
            score = scores[:, head] * (LOG2_OF_E if kind == "softmax" else 1)  # powers of two
            if bits is not None:
                score = torch.floor(score * 2**bits + 0.5) / 2**bits
            score = score.masked_fill(~MASKED[mask](i[:, None], i[None, :]), -torch.inf)
            if kind == "softmax":
                share = torch.softmax(score / LOG2_OF_E, dim=2)
            else:
                largest = (score == score.amax(dim=2, keepdim=True)) & (score > -torch.inf)
                rank, total = largest.cumsum(dim=2), largest.sum(dim=2, keepdim=True)
                if kind == "saturated":
                    self.ties += int((total - 1).clamp(min=0).sum())
                chosen = {
                    "saturated": largest,
                    "hard-left": largest & (rank == 1),
                    "hard-right": largest & (rank == total),
                }[kind]
                share = chosen.to(value.dtype) / chosen.sum(dim=2, keepdim=True)
            shares.append(share.nan_to_num(0))  # 0/0 where nothing is visible
        seen = torch.stack(shares, dim=1) @ value
        return part["output"](seen.transpose(1, 2).reshape(batch, length, -1))


def fill(network, number):
    """Set every weight to `number(shape)`."""
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(number(weight.shape))
    return network


def dyadic(shape):
    """Few small multiples of 1/4, so that sums of products are exact and ties common."""
    return torch.randint(-4, 5, shape) / 4 * (torch.rand(shape) < 0.6)


def save(path, network, states=None, **options):
    torch.save(
        {"config": network.config, "state_dict": states or network.state_dict()},
        path,
        **options,
    )
    return path


def exact(tensor):
    """A tensor's numbers as nested lists of Fractions; every type here fits into float64."""

    def convert(item):
        return [convert(x) for x in item] if isinstance(item, list) else Fraction(item)

    return convert(tensor.detach().to(torch.float64).tolist())


def weights(model, network):
    """The weights of a loaded model under their names in a state dict, heads joined again and unscaled."""
    found = {"embedding.weight": [model.embedding[t] for t in network.tokens]}
    if isinstance(model.positions, PositionTable):
        found["positions.weight"] = model.positions.rows
    scale = Fraction(network.config["scale"])
    for index, layer in enumerate(model.layers):
        place, heads = f"layers.{index}.attention", layer.heads
        for name in ("query", "key", "value"):
            by = scale if name == "query" else 1
            found[f"{place}.{name}.weight"] = [
                [x / by for x in r] for head in heads for r in getattr(head, name)
            ]
            found[f"{place}.{name}.bias"] = [
                x / by for head in heads for x in getattr(head, f"{name}_bias")
            ]
        rows = zip(*(head.output for head in heads), strict=True)
        found[f"{place}.output.weight"] = [sum(map(tuple, parts), ()) for parts in rows]
        found[f"{place}.output.bias"] = layer.output_bias
        if net := layer.feed_forward:
            place = f"layers.{index}.feed_forward"
            found |= {
                f"{place}.hidden.weight": net.hidden,
                f"{place}.hidden.bias": net.hidden_bias,
            }
            found |= {
                f"{place}.output.weight": net.output,
                f"{place}.output.bias": net.output_bias,
            }
    found |= {"readout.weight": model.readout.weights, "readout.bias": model.readout.bias}
    return {
        name: [x if isinstance(x, Fraction) else list(x) for x in value]
        for name, value in found.items()
    }


def assert_same_weights(path, network, states):
    found = weights(load(path), network)
    for name, tensor in states.items():
        assert found.pop(name) == exact(tensor), f"{network.config['name']}: {name}"
    assert not any(any(value) for value in found.values()), (
        "a bias that was not saved is not zero"
    )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_state_dicts_come_out_exactly(tmp_path, dtype):
    bounds = torch.finfo(dtype)
    corners = [
        bounds.max,
        bounds.min,
        bounds.smallest_normal,
        bounds.smallest_normal * bounds.eps,
        bounds.eps,
        0.1,
    ]
    for seed in range(12):
        network = fill(
            Network(seed).to(dtype),
            lambda s: torch.randn(s) * 2.0 ** torch.randint(-12, 9, s),
        )
        with torch.no_grad():
            network.embedding.weight.view(-1)[0] = corners[seed % len(corners)]
            network.readout.weight.view(-1)[0] = -0.0
        states = network.state_dict()
        assert hasattr(states, "_metadata")
        kept = network.state_dict(keep_vars=True)
        assert isinstance(kept["readout.weight"], torch.nn.Parameter)
        for number, (form, options) in enumerate(
            [
                (states, {}),
                (dict(states), {}),
                (kept, {}),
                *((states, {"pickle_protocol": p}) for p in (3, 4, 5)),
            ]
        ):
            path = save(tmp_path / f"modèle {seed} {number}.pt", network, form, **options)
            assert_same_weights(path, network, states)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_views_and_shared_tensors_come_out_exactly(tmp_path, dtype):
    views = 0
    for seed in range(12):
        network = fill(Network(seed).to(dtype), torch.randn)
        states = network.state_dict()
        one = torch.randn(7 + sum(t.numel() for t in states.values())).to(
            dtype
        )  # one storage for all
        start, flat, turned, strided = 7, {}, {}, {}
        for name, tensor in states.items():
            flat[name] = one[start : start + tensor.numel()].view(tensor.shape)
            start += tensor.numel()
            turned[name] = tensor.mT.contiguous().mT if tensor.ndim == 2 else tensor
            wide = torch.randn(*(2 * size + 1 for size in tensor.shape)).to(dtype)
            strided[name] = wide[tuple(slice(1, None, 2) for _ in tensor.shape)]
        views += sum(not t.is_contiguous() for t in (*turned.values(), *strided.values()))
        for form in (flat, turned, strided):
            assert [t.shape for t in form.values()] == [t.shape for t in states.values()]
            assert_same_weights(save(tmp_path / "view.pt", network, form), network, form)
    assert views > 50


def test_tied_weights_come_out_exactly(tmp_path):
    for seed in range(12):
        network = Network(seed)
        first = network.layers[0]["attention"]
        first["key"].weight = first["query"].weight
        network.readout = torch.nn.Linear(
            network.embedding.embedding_dim, len(network.tokens), bias=False
        )
        network.readout.weight = network.embedding.weight
        fill(network, torch.randn)
        states = network.state_dict()
        assert states["readout.weight"].data_ptr() == states["embedding.weight"].data_ptr()
        assert_same_weights(save(tmp_path / "tied.pt", network), network, states)


@pytest.mark.parametrize(
    "dtype",
    [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool],
    ids=str,
)
def test_whole_numbers_come_out_exactly(tmp_path, dtype):
    network = Network(3)
    states = {
        n: torch.randint(0, 100, t.shape).to(dtype) for n, t in network.state_dict().items()
    }
    assert_same_weights(save(tmp_path / "whole.pt", network, states), network, states)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_safetensors_come_out_exactly(tmp_path, dtype):
    save_file = pytest.importorskip("safetensors.torch").save_file
    for seed in range(12):
        network = fill(Network(seed).to(dtype), torch.randn)
        path = tmp_path / "model.safetensors"
        save_file(network.state_dict(), path, {"circuitsim": json.dumps(network.config)})
        assert_same_weights(path, network, network.state_dict())


def negated(tensor):
    return (
        torch.complex(tensor, tensor).conj().imag
    )  # whose storage holds the numbers before the negation


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: torch.randn(1).expand(t.shape), "reaches past its storage"),
        (negated, r"negated view.*resolve_neg"),
        (lambda t: t * float("nan"), "weights must be finite"),
        (lambda t: (t * float("nan")).bfloat16(), "weights must be finite"),
        (lambda t: t.to(torch.complex64), "ComplexFloatStorage"),
        (lambda t: t.to(torch.float8_e4m3fn), "_rebuild_tensor_v3"),
        (lambda t: t.to_sparse(), "_rebuild_sparse_tensor"),
        (lambda t: t.to("meta"), "_rebuild_meta_tensor"),
        (lambda t: t.tolist(), "is a list"),
    ],
)
def test_other_tensors_are_refused(tmp_path, change, message):
    network = Network(3)
    states = network.state_dict()
    states["embedding.weight"] = change(torch.randn(len(network.tokens), 4))
    with pytest.raises(CircuitSimError, match=message):
        load(save(tmp_path / "odd.pt", network, states))


@pytest.mark.parametrize("zipped", [True, False])
def test_a_whole_module_is_refused(tmp_path, zipped):
    path = tmp_path / "whole.pt"
    network = Network(3)
    for value in (
        network,
        {"config": network.config, "state_dict": network},
        torch.nn.Linear(2, 2),
    ):
        torch.save(value, path, _use_new_zipfile_serialization=zipped)
        with pytest.raises(
            CircuitSimError,
            match="pickled object of type .*(Network|Linear)" if zipped else "bare",
        ):
            load(path)
    torch.save(network.state_dict(), path)
    with pytest.raises(
        CircuitSimError, match=r"names as in docs/model-format.md.*missing: mask .*vocabulary"
    ):
        load(path)


def test_a_file_of_the_old_format_is_refused_in_one_sentence(tmp_path):
    path = save(tmp_path / "old.pt", Network(3), _use_new_zipfile_serialization=False)
    with pytest.raises(
        CircuitSimError, match=r"a bare pickle, as torch before 1\.6 wrote it"
    ) as caught:
        load(path)
    message = str(caught.value).removeprefix(str(path))
    assert "\n" not in message
    assert message.count(". ") == 0


def assert_runs_agree(tmp_path, network, dtype):
    """Save in a type, load, and compare everything that a run returns on random inputs."""
    seed = network.config["name"]
    network.to(dtype)
    model = load(save(tmp_path / "run.pt", network))
    network.to(torch.float64)
    constants = len(network.config["prepend"]) + len(network.config["append"])
    for n in (1, 2, 3, 5, 12 - constants):
        codes = torch.randint(0, len(network.config["vocabulary"]), (6, n))
        with torch.no_grad():
            residuals, outputs = network(codes)
        trace = run_float(model, codes.numpy())
        for ours, theirs in zip(
            (*trace.residuals, trace.outputs), (*residuals, outputs), strict=True
        ):
            assert ours.shape == tuple(theirs.shape)
            np.testing.assert_allclose(
                ours, theirs.numpy(), rtol=1e-9, atol=1e-9, err_msg=f"{seed}, n={n}"
            )
        one = outputs.shape[2] == 1
        decisions = (outputs[:, :, 0] > 0).long() if one else outputs.numpy().argmax(axis=2)
        assert (trace.decisions == np.asarray(decisions))[trace.trusted].all(), (
            f"{seed}, n={n}"
        )
        yield trace.trusted


SEEDS = range(60)


@pytest.mark.slow
def test_softmax_runs_as_in_torch(tmp_path):
    for seed in SEEDS:
        network = fill(Network(seed, kinds=("softmax",)), torch.randn)
        for _ in assert_runs_agree(tmp_path, network, DTYPES[seed % 4]):
            pass


@pytest.mark.slow
def test_hard_attention_runs_as_in_torch(tmp_path):
    trusted = []
    for seed in SEEDS:
        network = Network(
            seed, ("hard-left", "hard-right"), positions=("none", "table"), rational=False
        )
        trusted += assert_runs_agree(tmp_path, fill(network, dyadic), DTYPES[seed % 4])
    assert (
        np.mean(trusted) > 0.95
    )  # dyadic numbers are exact in floats, unless they have very many digits


@pytest.mark.slow
def test_saturated_attention_averages_exact_ties_as_in_torch(tmp_path):
    ties = 0
    for seed in SEEDS:
        # One layer: a mean of three is not dyadic, and could not tie exactly in the next.
        network = Network(
            seed, ("saturated",), depth=1, positions=("none", "table"), rational=False
        )
        for _ in assert_runs_agree(tmp_path, fill(network, dyadic), DTYPES[seed % 4]):
            pass
        ties += network.ties
    assert ties > 1000


@pytest.mark.slow
def test_kinds_mixed_in_deep_models_run_as_in_torch(tmp_path):
    for seed in SEEDS:
        # Random positions: keys tie only where they hold the same vector, so that either choice gives the same.
        network = fill(Network(seed, positions=("table",), depth=4), torch.randn)
        for _ in assert_runs_agree(tmp_path, network, torch.float64):
            pass
