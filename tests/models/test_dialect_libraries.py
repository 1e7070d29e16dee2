"""Checkpoints made by the real libraries, here and now: the float model has their outputs, to 1e-5."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.networks.rungs import run_float
from tests.models.library_models import LENGTH, TOKENS, assert_outputs, inputs, randomised

torch = pytest.importorskip("torch")

SHARED = Path(__file__).parents[3] / "shared" / "checkpoints"


@pytest.mark.parametrize("seed", range(4))
def test_gpt2_of_transformers(seed, tmp_path):
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(
        vocab_size=TOKENS, n_positions=LENGTH, n_embd=8, n_layer=1 + seed % 2, n_head=2,
        activation_function=["gelu_new", "gelu", "relu", "silu"][seed], tie_word_embeddings=seed != 1,
        n_inner=[None, 5][seed % 2], scale_attn_weights=seed != 2,
        attn_implementation="eager",  # the only one that looks at scale_attn_weights
    )  # fmt: skip
    module = randomised(transformers.GPT2LMHeadModel(config), seed)
    module.save_pretrained(tmp_path, max_shard_size="3KB" if seed == 3 else "5GB")
    assert (tmp_path / "model.safetensors.index.json").is_file() == (seed == 3)
    ids = inputs(seed)
    model = cs.load(tmp_path, vocabulary=TOKENS, readout="each")
    assert_outputs(model, module(torch.tensor(ids)).logits, ids)


def test_a_classifier_of_transformers(tmp_path):
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(
        vocab_size=TOKENS,
        n_positions=LENGTH,
        n_embd=8,
        n_layer=1,
        n_head=2,
        num_labels=3,
        pad_token_id=TOKENS - 1,
    )
    module = randomised(transformers.GPT2ForSequenceClassification(config), 0)
    module.save_pretrained(tmp_path)
    ids = np.minimum(inputs(0), TOKENS - 2).tolist()
    for path in (tmp_path, tmp_path / "config.json"):
        model = cs.load(path, vocabulary=TOKENS)
        assert_outputs(model, module(torch.tensor(ids)).logits, ids)


@pytest.mark.parametrize(
    "kind", ["BertForSequenceClassification", "BertForTokenClassification", "BertForMaskedLM"]
)
@pytest.mark.parametrize("seed", range(2))
def test_bert_of_transformers(kind, seed, tmp_path):
    transformers = pytest.importorskip("transformers")
    config = transformers.BertConfig(
        vocab_size=TOKENS, hidden_size=8, num_hidden_layers=1 + seed, num_attention_heads=2, intermediate_size=6,
        max_position_embeddings=LENGTH, num_labels=3, hidden_act=["gelu", "relu"][seed],
    )  # fmt: skip
    module = randomised(getattr(transformers, kind)(config), seed)
    module.save_pretrained(tmp_path)
    ids = inputs(seed)
    assert_outputs(
        cs.load(tmp_path, vocabulary=TOKENS), module(torch.tensor(ids)).logits, ids
    )
    torch.save(
        module.state_dict(), tmp_path / "pytorch_model.bin"
    )  # as older versions wrote it
    (tmp_path / "model.safetensors").unlink()
    assert_outputs(
        cs.load(tmp_path, vocabulary=TOKENS), module(torch.tensor(ids)).logits, ids
    )


class Encoder(torch.nn.Module):
    """What people build around nn.TransformerEncoder."""

    def __init__(self, seed, norm_first, activation, final, width=8):
        super().__init__()
        self.tok_emb = torch.nn.Embedding(TOKENS, width)
        self.pos = torch.nn.Parameter(torch.zeros(1, LENGTH, width))
        layer = torch.nn.TransformerEncoderLayer(
            width,
            2,
            6,
            dropout=0,
            activation=activation,
            batch_first=True,
            norm_first=norm_first,
        )
        norm = torch.nn.LayerNorm(width) if final else None
        self.backbone = torch.nn.TransformerEncoder(
            layer, 2, norm, enable_nested_tensor=False
        )
        self.fc = torch.nn.Linear(width, 3, bias=seed != 2)

    def forward(self, ids, mask=None):
        x = self.tok_emb(ids) + self.pos[:, : ids.shape[1]]
        return self.fc(self.backbone(x, mask).mean(1))


@pytest.mark.parametrize("seed", range(4))
def test_transformer_encoder_of_torch(seed, tmp_path):
    first, activation, final = seed % 2 == 1, ["relu", "gelu"][seed // 2], seed == 3
    module = randomised(Encoder(seed, first, activation, final), seed)
    content = {
        "epoch": 3,
        "model_state_dict": module.state_dict(),
        "optimizer": torch.optim.Adam(module.parameters()).state_dict(),
    }
    torch.save([module.state_dict(), content][seed % 2], tmp_path / "encoder.pt")
    ids = inputs(seed)
    causal = (
        torch.nn.Transformer.generate_square_subsequent_mask(LENGTH - 2)
        if seed == 1
        else None
    )
    model = cs.load(
        tmp_path / "encoder.pt", vocabulary=TOKENS, heads=2, activation=activation, readout="mean",
        norms="before" if first else "after", mask="none" if causal is None else "causal",
    )  # fmt: skip
    assert_outputs(model, module(torch.tensor(ids), causal), ids)


class Block(torch.nn.Module):
    """A head at a time, as lectures build it: a module whose names are nobody's."""

    def __init__(self, width, heads):
        super().__init__()
        size = width // heads
        self.heads = torch.nn.ModuleList(
            torch.nn.ModuleDict(
                {
                    n: torch.nn.Linear(width, size, bias=False)
                    for n in ("key", "query", "value")
                }
            )
            for _ in range(heads)
        )
        self.proj = torch.nn.Linear(width, width)
        self.net = torch.nn.Sequential(
            torch.nn.Linear(width, 6), torch.nn.ReLU(), torch.nn.Linear(6, width)
        )
        self.ln1, self.ln2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)

    def forward(self, x):
        y, found = self.ln1(x), []
        seen = torch.tril(torch.ones(x.shape[1], x.shape[1])) == 0
        for head in self.heads:
            scores = (
                head["query"](y)
                @ head["key"](y).transpose(-2, -1)
                * head["key"].out_features ** -0.5
            )
            found.append(scores.masked_fill(seen, -torch.inf).softmax(-1) @ head["value"](y))
        x = x + self.proj(torch.cat(found, -1))
        return x + self.net(self.ln2(x))


class Lecture(torch.nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.token_table = torch.nn.Embedding(TOKENS, width)
        self.position_table = torch.nn.Embedding(LENGTH, width)
        self.blocks = torch.nn.Sequential(Block(width, 2), Block(width, 2))
        self.ln_f, self.lm = torch.nn.LayerNorm(width), torch.nn.Linear(width, TOKENS)

    def forward(self, ids):
        x = self.token_table(ids) + self.position_table(torch.arange(ids.shape[1]))
        return self.lm(self.ln_f(self.blocks(x)))


LECTURE = {
    "embedding.weight": "token_table.weight", "positions.weight": "position_table.weight",
    "final_norm.weight": "ln_f.weight", "final_norm.bias": "ln_f.bias",
    "readout.weight": "lm.weight", "readout.bias": "lm.bias",
    "layers.*.attention.query.weight": "blocks.*.heads.#.query.weight",
    "layers.*.attention.key.weight": "blocks.*.heads.#.key.weight",
    "layers.*.attention.value.weight": "blocks.*.heads.#.value.weight",
    "layers.*.attention.output.weight": "blocks.*.proj.weight", "layers.*.attention.output.bias": "blocks.*.proj.bias",
    "layers.*.feed_forward.hidden.weight": "blocks.*.net.0.weight",
    "layers.*.feed_forward.hidden.bias": "blocks.*.net.0.bias",
    "layers.*.feed_forward.output.weight": "blocks.*.net.2.weight",
    "layers.*.feed_forward.output.bias": "blocks.*.net.2.bias",
    "layers.*.attention_norm.weight": "blocks.*.ln1.weight", "layers.*.attention_norm.bias": "blocks.*.ln1.bias",
    "layers.*.net_norm.weight": "blocks.*.ln2.weight", "layers.*.net_norm.bias": "blocks.*.ln2.bias",
}  # fmt: skip


def test_a_module_of_ones_own_by_names(tmp_path):
    module = randomised(Lecture(), 0)
    torch.save(module.state_dict(), tmp_path / "lecture.pt")
    words = {
        "vocabulary": TOKENS, "mask": "causal", "activation": "relu", "norms": "before", "readout": "each",
        "names": "names.json",
    }  # fmt: skip
    (tmp_path / "names.json").write_text(json.dumps(LECTURE))
    (tmp_path / "lecture.pt.circuitsim.json").write_text(json.dumps(words))
    ids = inputs(0)
    assert_outputs(cs.load(tmp_path / "lecture.pt"), module(torch.tensor(ids)), ids)


def test_stored_kinds_of_numbers(tmp_path):
    """Half and double precision, exactly as they are stored."""
    save_file = pytest.importorskip("safetensors.torch").save_file
    words = {
        "vocabulary": TOKENS,
        "heads": 2,
        "mask": "none",
        "activation": "relu",
        "norms": "after",
        "readout": "mean",
    }
    for kind in (torch.float16, torch.bfloat16, torch.float64):
        module = randomised(Encoder(0, False, "relu", False), 0).to(kind)
        for path, save in (
            (tmp_path / "m.pt", torch.save),
            (tmp_path / "m.safetensors", save_file),
        ):
            save(dict(module.state_dict()), path)
            model = cs.load(path, **words)
            stored = module.tok_emb.weight.double().detach().numpy()
            np.testing.assert_array_equal(
                [[float(x) for x in model.embedding[t]] for t in model.vocabulary], stored
            )
            assert_outputs(model, module.double()(torch.tensor(inputs(0))), inputs(0))


FEED = "layers.*.feed_forward"
NETS = {
    f"{FEED}.hidden.weight": "layers.*.hidden.weight", f"{FEED}.hidden.bias": "layers.*.hidden.bias",
    f"{FEED}.output.weight": "layers.*.out.weight", f"{FEED}.output.bias": "layers.*.out.bias",
}  # fmt: skip
NORMS = {
    "layers.*.attention_norm.weight": "layers.*.n1.weight", "layers.*.attention_norm.bias": "layers.*.n1.bias",
    "layers.*.net_norm.weight": "layers.*.n2.weight", "layers.*.net_norm.bias": "layers.*.n2.bias",
    "final_norm.weight": "nf.weight", "final_norm.bias": "nf.bias",
}  # fmt: skip


def sources(names):
    return {ours: {"tensor": theirs} for ours, theirs in names.items()}


KNOWN = {
    "torch_post.pt": {
        "vocabulary": 6, "heads": 2, "activation": "relu", "norms": "after", "readout": "mean", "mask": "none",
    },
    "nanogpt_ckpt.pt": {"vocabulary": 11, "readout": "each"},
    "hf_gpt2": {"vocabulary": 11, "readout": "each"},
    "tl_attn_only.pt": {"vocabulary": 11, "readout": "each", "bare_norms": "none"},
    "trained-brackets-plain.pt": {
        "vocabulary": ["(", ")", "CLS"], "heads": 2, "mask": "none", "activation": "relu", "readout": "first",
        "names": NETS,
    },
    "trained-recall-real.pt": {
        "vocabulary": 16, "heads": 2, "mask": "causal", "activation": "gelu", "norms": "before", "names": NETS | NORMS,
        "readout": "last",
    },
}  # fmt: skip


@pytest.mark.skipif(not SHARED.is_dir(), reason="no checkpoints here")
@pytest.mark.parametrize("name", KNOWN)
def test_files_of_libraries_that_were_kept(name):
    known = json.loads((SHARED / "expected.json").read_text())[name]
    model = cs.load(SHARED / name, **KNOWN[name])
    for ids, outputs in zip(known["inputs"], known["outputs"], strict=True):
        assert_outputs(model, torch.tensor(outputs), [ids])


def made(kind, seed, **given):
    """A random module of the family of Llama, and where it is kept."""
    transformers = pytest.importorskip("transformers")
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=TOKENS, hidden_size=8, num_hidden_layers=1 + seed, num_attention_heads=4,
        num_key_value_heads=(4, 2, 1)[seed], intermediate_size=6, rms_norm_eps=(1e-6, 1e-5, 1e-3)[seed],
        rope_parameters={"rope_type": "default", "rope_theta": (10_000.0, 30.0, 1_000_000.0)[seed]},
        tie_word_embeddings=seed == 1, pad_token_id=TOKENS - 1, num_labels=3, **given,
    )  # fmt: skip
    return randomised(getattr(transformers, f"{kind}ForCausalLM")(config), seed)


@pytest.mark.parametrize("kind", ["Llama", "Mistral", "Qwen2"])
@pytest.mark.parametrize("seed", range(3))
def test_llama_of_transformers(kind, seed, tmp_path):
    more = {"attention_bias": seed > 0, "mlp_bias": seed > 1, "head_dim": (2, 2, 4)[seed]}
    module = made(kind, seed, **(more if kind == "Llama" else {}))
    module.save_pretrained(tmp_path)
    ids = inputs(seed)
    model = cs.load(tmp_path, vocabulary=TOKENS, readout="each")
    assert_outputs(model, module(torch.tensor(ids)).logits, ids)
    assert model.longest == (4096 if kind == "Mistral" else None)


@pytest.mark.parametrize("head", ["ForSequenceClassification", "ForTokenClassification"])
def test_classifiers_like_llama(head, tmp_path):
    transformers = pytest.importorskip("transformers")
    config = made("Llama", 1).config
    module = randomised(getattr(transformers, f"Llama{head}")(config), 2)
    module.save_pretrained(tmp_path)
    ids = np.minimum(inputs(0), TOKENS - 2).tolist()
    assert_outputs(
        cs.load(tmp_path, vocabulary=TOKENS), module(torch.tensor(ids)).logits, ids
    )


def test_a_state_dict_of_a_llama(tmp_path):
    module = made("Llama", 1)
    torch.save(module.state_dict(), tmp_path / "m.pt")
    with pytest.raises(
        cs.CircuitSimError, match="Give --rotary, --activation, --heads, --vocabulary,"
    ):
        cs.load(tmp_path / "m.pt")
    words = {"vocabulary": TOKENS, "rotary": 30, "activation": "silu", "heads": 4}
    model = cs.load(tmp_path / "m.pt", **words, readout="each")
    ids = inputs(0)
    for norm in (part for part in module.modules() if hasattr(part, "variance_epsilon")):
        norm.variance_epsilon = 1e-6  # which no file says
    assert_outputs(model, module(torch.tensor(ids)).logits, ids)


def test_a_window_is_the_longest_sequence(tmp_path):
    """The library's window shows in outputs where sequences are longer, and these are refused."""
    module = made("Mistral", 0, sliding_window=LENGTH - 3, attn_implementation="eager")
    module.save_pretrained(tmp_path)
    model = cs.load(tmp_path, vocabulary=TOKENS, readout="each")
    ids = np.array(inputs(0))
    short = ids[:, : LENGTH - 3]
    assert_outputs(model, module(torch.tensor(short)).logits, short)
    with pytest.raises(cs.CircuitSimError, match="for up to 6, because a query sees no more"):
        run_float(model, ids)
    whole = run_float(replace(model, longest=None), ids).outputs
    assert abs(whole - module(torch.tensor(ids)).logits.detach().numpy()).max() > 1e-3
