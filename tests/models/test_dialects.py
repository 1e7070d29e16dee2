"""Checkpoints of other libraries: what is read is what the library computes, and what is missing is said at once."""

import json
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

import circuitsim as cs
from circuitsim.errors import ModelError
from circuitsim.models.files.dialects.describe import describe, template
from circuitsim.models.sequence import encode
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact, run_float
from tests.models.strangers import stranger

SHARED = Path(__file__).parents[3] / "shared"
WORDS = {"vocabulary": ["a", "b", "<s>"], "letters": ["a", "b"], "prepend": ["<s>"]}


def checkpoint(folder: Path, seed: int = 0, words=None, **given) -> tuple[dict, dict]:
    """A random GPT-2 in a folder, as `save_pretrained` leaves it."""
    rng = np.random.default_rng(seed)
    config = {
        "model_type": "gpt2", "n_embd": 4, "n_head": 2, "n_layer": 2, "n_positions": 7, "vocab_size": 3,
        "layer_norm_epsilon": 1e-05, "activation_function": "gelu_new", **given,
    }  # fmt: skip
    d, hidden = config["n_embd"], config.get("n_inner") or 4 * config["n_embd"]
    shapes = {
        "wte.weight": (3, d),
        "wpe.weight": (7, d),
        "ln_f.weight": (d,),
        "ln_f.bias": (d,),
    }
    for layer in range(config["n_layer"]):
        own = {
            "ln_1.weight": (d,), "ln_1.bias": (d,), "ln_2.weight": (d,), "ln_2.bias": (d,),
            "attn.c_attn.weight": (d, 3 * d), "attn.c_attn.bias": (3 * d,),
            "attn.c_proj.weight": (d, d), "attn.c_proj.bias": (d,),
            "mlp.c_fc.weight": (d, hidden), "mlp.c_fc.bias": (hidden,),
            "mlp.c_proj.weight": (hidden, d), "mlp.c_proj.bias": (d,),
        }  # fmt: skip
        shapes |= {f"h.{layer}.{name}": shape for name, shape in own.items()}
    tensors = {
        f"transformer.{name}": rng.normal(0, 0.7, shape).astype(np.float32)
        for name, shape in shapes.items()
    }
    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config))
    if words != {}:
        (folder / "circuitsim.json").write_text(json.dumps(words or WORDS))
    return config, tensors


def logits(config: dict, tensors: dict, ids: list[int]) -> np.ndarray:
    """What the library computes, in float64."""
    t = {name.removeprefix("transformer."): a.astype(float) for name, a in tensors.items()}
    heads = config["n_head"]

    def norm(x, name):
        centred = x - x.mean(axis=1, keepdims=True)
        spread = np.sqrt(
            (centred**2).mean(axis=1, keepdims=True) + config["layer_norm_epsilon"]
        )
        return centred / spread * t[f"{name}.weight"] + t[f"{name}.bias"]

    def gelu(x):
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))

    x = t["wte.weight"][ids] + t["wpe.weight"][: len(ids)]
    for layer in range(config["n_layer"]):
        place = f"h.{layer}"
        y = norm(x, f"{place}.ln_1")
        qkv = y @ t[f"{place}.attn.c_attn.weight"] + t[f"{place}.attn.c_attn.bias"]
        q, k, v = (
            part.reshape(len(ids), heads, -1).transpose(1, 0, 2)
            for part in np.split(qkv, 3, axis=1)
        )
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
        scores[:, np.triu_indices(len(ids), 1)[0], np.triu_indices(len(ids), 1)[1]] = -np.inf
        shares = np.exp(scores - scores.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        seen = (shares @ v).transpose(1, 0, 2).reshape(len(ids), -1)
        x = x + seen @ t[f"{place}.attn.c_proj.weight"] + t[f"{place}.attn.c_proj.bias"]
        y = norm(x, f"{place}.ln_2")
        y = gelu(y @ t[f"{place}.mlp.c_fc.weight"] + t[f"{place}.mlp.c_fc.bias"])
        x = x + y @ t[f"{place}.mlp.c_proj.weight"] + t[f"{place}.mlp.c_proj.bias"]
    return norm(x, "ln_f") @ t["wte.weight"].T


@pytest.mark.parametrize("seed", range(8))
def test_gpt2_computes_what_the_library_does(seed, tmp_path):
    config, tensors = checkpoint(tmp_path / "m", seed, n_inner=None if seed % 2 else 5)
    model = cs.load(tmp_path / "m")
    for text in ("a", "ab", "bbaba"):
        ids = [2, *("ab".index(letter) for letter in text)]
        found = run_float(model, encode(model, [text])).outputs[0, 0]
        np.testing.assert_allclose(
            found, logits(config, tensors, ids)[-1], rtol=1e-9, atol=1e-9
        )


def test_the_file_in_the_folder_and_its_own_words_serve_too(tmp_path):
    config, tensors = checkpoint(tmp_path / "m", words={})
    file = tmp_path / "m" / "model.safetensors"
    own = {
        **WORDS,
        "letters": ["b", "a"],
        "offset": 2,
        "classes": ["b", "a"],
        "decide": "signs",
        "readout": "each",
    }
    (tmp_path / "m" / "model.safetensors.circuitsim.json").write_text(json.dumps(own))
    model = cs.load(file)
    assert (model.readout.answer, model.readout.position) == ("signs", "each")
    moved = {**tensors, "transformer.wpe.weight": tensors["transformer.wpe.weight"][2:]}
    expected = logits(config, moved, [2, 0, 1])[1:, [1, 0]]
    found = run_float(model, encode(model, ["ab"])).outputs[0]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.slow
def test_its_circuits_are_its_integer_model(tmp_path):
    checkpoint(tmp_path / "m", n_layer=1, n_head=1, n_embd=2)
    (tmp_path / "m" / "circuitsim.json").write_text(json.dumps({**WORDS, "bits": "3"}))
    row = cs.check(cs.load(tmp_path / "m"), 2, bases=("xag",))
    assert all(rung.holds for rung in row.rungs if rung.relation == "=")


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (
            {},
            {},
            r"GPT-2 of Hugging Face\): missing: vocabulary .* Give --vocabulary, .* into circuitsim.json beside it",
        ),
        (
            {"vocabulary": ["a"]},
            {},
            r"vocabulary names 1 tokens, there are 3",
        ),
        ({"letters": ["a"]}, {}, r"missing: vocabulary"),
        ({**WORDS, "letter": ["a"]}, {}, r"unknown key 'letter'"),
        (
            {**WORDS, "letters": ["z"], "offset": 9},
            {},
            r"letters: 'z' not in .*; offset must be",
        ),
        (
            None,
            {"activation_function": "mish"},
            r"activation_function 'mish' is not one of gelu_new",
        ),
        (
            None,
            {"n_head": 3},
            r"c_attn.weight .* has 4 entries, which 3 heads cannot share equally",
        ),
        (
            None,
            {"model_type": "mamba"},
            r"config.json: model_type 'mamba' is not read",
        ),
        (
            None,
            {"add_cross_attention": True, "n_positions": 0},
            r"n_positions must.*add_cross_attention is not",
        ),
    ],
)
def test_all_that_is_wrong_is_said_at_once(words, given, said, tmp_path):
    config, _ = checkpoint(tmp_path / "m", words=words)
    (tmp_path / "m" / "config.json").write_text(json.dumps({**config, **given}))
    with pytest.raises(ModelError, match=said):
        cs.load(tmp_path / "m")


def test_tensors_that_do_not_fit_are_listed(tmp_path):
    _, tensors = checkpoint(tmp_path / "m")
    tensors = dict(tensors)
    del tensors["transformer.h.1.ln_2.bias"]
    tensors["transformer.wte.weight"] = np.zeros((2, 4), np.float32)
    tensors["odd"] = np.zeros(1, np.float32)
    save_file(tensors, tmp_path / "m" / "model.safetensors")
    with pytest.raises(ModelError) as error:
        cs.load(tmp_path / "m")
    for part in (
        "config.json.vocab_size is 3, and there are tensors of 2 tokens",
        "tensor h.1.ln_2.bias is missing",
        "unknown tensor 'odd'",
    ):
        assert part in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["config.json", "circuitsim.json", "model.safetensors"])
def test_damaged_files_load_or_end_in_one_error(name, tmp_path):
    checkpoint(tmp_path / "m")
    file = tmp_path / "m" / name
    whole, rng = file.read_bytes(), np.random.default_rng(0)
    reached = 300 if name == "model.safetensors" else len(whole)
    loaded = 0
    for _ in range(400):
        changed = bytearray(whole)
        for at in rng.integers(0, reached, rng.integers(1, 4)):
            changed[at] = (
                rng.integers(0, 256) if rng.random() < 0.5 else whole[rng.integers(reached)]
            )
        file.write_bytes(
            bytes(
                changed[: rng.integers(1, len(whole) + 1)] if rng.random() < 0.2 else changed
            )
        )
        with suppress(cs.CircuitSimError):  # and nothing else
            cs.load(tmp_path / "m")
            loaded += 1
    assert loaded < 400


@pytest.mark.parametrize(
    "given",
    [{"n_embd": 10**30}, {"n_layer": 10**9}, {"n_layer": True}, {"n_inner": "x"}, {"vocab_size": 2.5},
     {"activation_function": ["relu"]}, {"layer_norm_epsilon": "x"}, {"layer_norm_epsilon": [1]}],
)  # fmt: skip
def test_hostile_configs_end_in_one_error(given, tmp_path):
    config, _ = checkpoint(tmp_path / "m")
    (tmp_path / "m" / "config.json").write_text(json.dumps({**config, **given}))
    with pytest.raises(cs.CircuitSimError):
        cs.load(tmp_path / "m")


def test_a_folder_that_holds_no_checkpoint(tmp_path):
    with pytest.raises(
        ModelError, match=r"as one of model.safetensors, pytorch_model.bin, .* none is there"
    ):
        cs.load(tmp_path)


@pytest.mark.skipif(not (SHARED / "checkpoints").is_dir(), reason="no checkpoints here")
def test_a_checkpoint_of_the_library_itself(tmp_path):
    folder = SHARED / "checkpoints" / "hf_gpt2"
    known = json.loads((SHARED / "checkpoints" / "expected.json").read_text())["hf_gpt2"]
    for file in ("config.json", "model.safetensors"):
        (tmp_path / file).write_bytes((folder / file).read_bytes())
    size = json.loads((folder / "config.json").read_text())["vocab_size"]
    names = [f"t{number}" for number in range(size)]
    words = {"vocabulary": names, "readout": "each"}
    (tmp_path / "circuitsim.json").write_text(json.dumps(words))
    model = cs.load(tmp_path)
    found = run_float(model, np.array(known["inputs"])).outputs
    np.testing.assert_allclose(found, np.array(known["outputs"]), atol=1e-5)


@pytest.mark.skipif(not (SHARED / "models").is_dir(), reason="no public models here")
@pytest.mark.parametrize(
    "name",
    ["ab_d_bc", "bin_majority", "bin_majority_interleave", "bounded_dyck_3", "tomita_4"],
)
def test_public_models_decide_as_softmax_does(name, tmp_path):
    folder = SHARED / "models" / name
    known = json.loads((folder / "decisions.json").read_text())
    for file in ("config.json", "model.safetensors"):
        (tmp_path / file).write_bytes((folder / file).read_bytes())
    signs = known["kind"].startswith("signs")
    for string in known["strings"][::12]:
        ids, start = np.array([string["ids"][:-1]]), string["from"]
        words = {
            "vocabulary": known["vocabulary"], "offset": string["positions"][0], "readout": "each",
            "decide": "signs" if signs else "argmax",
        }  # fmt: skip
        (tmp_path / "circuitsim.json").write_text(json.dumps(words))
        model = cs.load(tmp_path)
        fixed = fix(model, ids.shape[1])
        for trace in (run_float(model, ids), run_exact(model, ids), run_integer(fixed, ids)):
            found = trace.decisions[0]
            if signs:
                rows = found.reshape(ids.shape[1], -1)[start:]
                assert [np.flatnonzero(row).tolist() for row in rows] == string["decisions"]
            else:
                assert found[start:].tolist() == string["decisions"]


def llama(folder: Path, tensors=None, **given) -> None:
    """A small checkpoint of the family of Llama in a folder, with another config."""
    whole, config, said = stranger("llama")
    folder.mkdir(exist_ok=True)
    save_file({**whole, **(tensors or {})}, folder / "model.safetensors")
    config = {name: value for name, value in {**config, **given}.items() if value != "lost"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "circuitsim.json").write_text(json.dumps(said))


ROPE = {"rope_type": "default", "rope_theta": 500000.0}


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ({}, 10_000),
        ({"rope_parameters": ROPE}, 500_000),
        ({"rope_parameters": "lost", "rope_theta": 1e6}, 10**6),  # as older versions wrote it
        (
            {"rope_parameters": "lost", "rope_theta": 7.5, "rope_scaling": None},
            Fraction(15, 2),
        ),
        ({"rope_parameters": "lost"}, 10_000),
    ],
)
def test_the_base_of_angles_is_where_versions_wrote_it(given, base, tmp_path):
    llama(tmp_path / "m", **given)
    model = cs.load(tmp_path / "m")
    assert (model.rotary, model.longest) == ((base,), 9)
    assert cs.load(tmp_path / "m", rotary=str(base)).rotary == (base,)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"rope_parameters": "lost", "rope_scaling": {"type": "linear", "factor": 2.0}},
            r"config.json: rotary positions of type 'linear' are not read, only the default ones",
        ),
        ({"rope_parameters": {**ROPE, "rope_type": "llama3"}}, "of type 'llama3'"),
        ({"rope_parameters": {**ROPE, "partial_rotary_factor": 0.5}}, "factor is 1/2, and whole heads"),
        ({"rope_parameters": {"rope_theta": "x"}}, r"config.json.rope_theta: expected a rational"),
        ({"rope_parameters": {"rope_theta": -1}}, r"rotary must be above 0, got -1"),
        ({"rope_parameters": {"full_attention": ROPE}}, r"positions differ between kinds of layers"),
        ({"rope_parameters": [1]}, r"no object of rotary positions: \[1\]"),
        ({"sliding_window": 0}, r"sliding_window must be a whole number, at least 1, got 0"),
        ({"num_key_value_heads": 2}, r"num_key_value_heads is 2, and there are tensors of 1 heads with keys"),
        ({"head_dim": 3}, r"head_dim is 3, and there are tensors of 2 components of a head"),
        ({"num_attention_heads": 3}, r"has 2 entries, and heads of 1 that 3 heads share equally were expected"),
        ({"hidden_act": "mish"}, r"hidden_act 'mish' is not one of"),
        ({"model_type": "gemma"}, r"'gemma' is not read, because its norms add 1 .*; gpt2, bert, llama, mistral and"),
        ({"model_type": "gpt_neox"}, r"'gpt_neox' is not read, because it turns a part of each head alone"),
        ({"model_type": "qwen3"}, r"'qwen3' is not read, because it has norms of queries and keys"),
        ({"rotary": 5}, r"rotary is given as 5, and the checkpoint has 10000"),
        ({"offset": 1}, r"offset is 1, and there is no table of positions"),
    ],
)  # fmt: skip
def test_what_is_not_read_of_llama_is_named(given, said, tmp_path):
    options = {name: given[name] for name in ("rotary", "offset") if name in given}
    llama(tmp_path / "m", **({} if options else given))
    with pytest.raises(ModelError, match=said):
        cs.load(tmp_path / "m", **options)


@pytest.mark.slow
def test_circuits_of_llama_are_its_integer_model(tmp_path):
    llama(tmp_path / "m")
    _, _, said = stranger("llama")
    (tmp_path / "m" / "circuitsim.json").write_text(json.dumps({**said, "bits": "2"}))
    row = cs.check(cs.load(tmp_path / "m", letters=["a", "b"]), 1, bases=("xag",))
    assert all(rung.holds for rung in row.rungs if rung.relation == "=")


def test_without_its_config_all_is_asked_for_at_once(tmp_path):
    tensors, _, said = stranger("llama")
    save_file(tensors, tmp_path / "m.safetensors")
    with pytest.raises(ModelError) as error:
        cs.load(tmp_path / "m.safetensors")
    for part in (
        "rotary (rope_theta: the base",
        "activation (",
        "heads (",
        "vocabulary (",
        "Give --rotary,",
    ):
        assert part in str(error.value)
    words = {**said, "rotary": "10000", "activation": "silu", "heads": 2}
    assert cs.load(tmp_path / "m.safetensors", **words).rotary == (10_000,)
    facts = describe(tmp_path / "m.safetensors", words)
    assert json.loads(json.dumps(facts.known))["rotary"] == "10000"
    place, filled = template(tmp_path / "m.safetensors", words)
    place.write_text(json.dumps(filled))
    assert cs.load(tmp_path / "m.safetensors").rotary == (10_000,)


def test_angles_where_nothing_turns_are_refused(tmp_path):
    checkpoint(tmp_path / "m")
    with pytest.raises(ModelError, match="rotary is given, and this library turns nothing"):
        cs.load(tmp_path / "m", rotary=10)


def test_a_head_has_the_keys_of_its_group(tmp_path):
    """Of four heads with two keys: the first two share, and the last two."""
    rng = np.random.default_rng(0)
    grouped = {
        f"model.layers.{layer}.self_attn.{name}": rng.normal(0, 1, shape).astype(np.float32)
        for layer in range(2)
        for name, shape in {"k_proj.weight": (4, 4), "v_proj.weight": (4, 4), "k_proj.bias": (4,), "v_proj.bias": (4,),
                            "q_proj.weight": (8, 4), "q_proj.bias": (8,), "o_proj.weight": (4, 8)}.items()
    }  # fmt: skip
    llama(tmp_path / "m", grouped, num_attention_heads=4, num_key_value_heads=2)
    heads = cs.load(tmp_path / "m").layers[0].heads
    keys = [head.key for head in heads]
    assert keys[0] == keys[1] != keys[2] == keys[3]
    assert len({head.query for head in heads}) == 4
