"""Files of TransformerLens: of version 4 as it writes them, and of those before as it still reads them."""

import pytest

import circuitsim as cs
from circuitsim.errors import ModelError
from tests.models.library_models import LENGTH, TOKENS, assert_outputs, inputs, randomised

torch = pytest.importorskip("torch")
lens = pytest.importorskip("transformer_lens")
native = pytest.importorskip("transformer_lens.model_bridge.sources.native")
builder = pytest.importorskip("transformer_lens.model_bridge.sources._bridge_builder")
conversion = pytest.importorskip("transformer_lens.utilities.tl_checkpoint_conversion")
transformers = pytest.importorskip("transformers")

LENS = {  # of seeds
    "norms": ["LN", None, "LNPre", "RMS"],
    "theirs": ["gelu_new", "relu", "silu", "gelu"],
    "activation": ["gelu-tanh", "relu", "silu", "gelu"],
}


def bridge(seed):
    """A model of TransformerLens 4, and what its files do not say."""
    config = lens.TransformerBridgeConfig(
        n_layers=2, d_model=8, n_ctx=LENGTH, d_head=3, n_heads=2, d_vocab=TOKENS, d_mlp=5, seed=seed,
        act_fn=LENS["theirs"][seed], normalization_type=LENS["norms"][seed], gated_mlp=seed == 2,
        attention_dir="bidirectional" if seed == 1 else "causal",
    )  # fmt: skip
    said = {"activation": LENS["activation"][seed]}
    if seed in (1, 2):
        said["bare_norms"] = {None: "none", "LNPre": "layer"}[LENS["norms"][seed]]
    if seed == 1:
        said["mask"] = "none"
    return randomised(native.boot(config), seed), said


def assert_read(state, module, path, **said):
    torch.save(state, path)
    ids = inputs(0)
    model = cs.load(path, vocabulary=TOKENS, readout="each", **said)
    assert_outputs(model, module(torch.tensor(ids)), ids)


@pytest.mark.parametrize("seed", range(4))
def test_transformer_lens(seed, tmp_path):
    module, said = bridge(seed)
    assert_read(module.state_dict(), module, tmp_path / "bridge.pt", heads=2, **said)


def with_axes_of_heads(name, tensor, heads=2):
    """A tensor of a bridge under its name until TransformerLens 3."""
    place, _, kind = name.rpartition(".")
    place, _, part = place.rpartition(".")
    if part in ("q", "k", "v", "o"):
        split = {
            "qkv weight": lambda: tensor.reshape(heads, -1, tensor.shape[1]).transpose(1, 2),
            "o weight": lambda: tensor.T.reshape(heads, -1, tensor.shape[0]),
            "qkv bias": lambda: tensor.reshape(heads, -1),
            "o bias": lambda: tensor,
        }[f"{'o' if part == 'o' else 'qkv'} {kind}"]()
        return f"{place}.{kind[0].replace('w', 'W')}_{part.upper()}", split
    if part in ("in", "out", "gate"):
        return f"{place}.{kind[0].replace('w', 'W')}_{part}", tensor.t()
    whole = {"embed": ("W_E",), "pos_embed": ("W_pos",), "unembed": ("W_U", "b_U")}.get(part)
    if whole is None:
        return f"{place}.{part}.{kind[0]}".lstrip("."), tensor
    return f"{part}.{whole[kind == 'bias']}", tensor.t() if part == "unembed" else tensor


def with_biases_of_gated_nets(module):
    """Biases that nets with gates had until version 3, the first after the product; the module computes as they do."""
    found = {}
    for layer, block in enumerate(module.original_model.layers):
        first, last, output = torch.randn(5), torch.randn(8), block.mlp.out.original_component
        output.bias = torch.nn.Parameter(last + output.weight @ first)
        found |= {f"blocks.{layer}.mlp.b_in": first, f"blocks.{layer}.mlp.b_out": last}
    return found


@pytest.mark.parametrize("seed", range(4))
def test_files_of_transformer_lens_before_4(seed, tmp_path):
    """The library takes them for its own model's weights, and so do we."""
    module, said = bridge(seed)
    old = dict(with_axes_of_heads(*each) for each in module.state_dict().items())
    again = conversion.convert_tl_checkpoint(old, module.cfg)
    for name, tensor in module.state_dict().items():
        assert torch.equal(again[name], tensor), name
    if seed == 2:
        old |= with_biases_of_gated_nets(module)
    assert_read(old, module, tmp_path / "lens.pt", **said)


def test_gpt2_bridged_by_transformer_lens(tmp_path):
    config = transformers.GPT2Config(
        vocab_size=TOKENS, n_positions=LENGTH, n_embd=8, n_layer=2, n_head=2
    )
    module = transformers.GPT2LMHeadModel(config)
    randomised(module, 0)
    bridged = builder.build_bridge_from_module(
        module, architecture="GPT2LMHeadModel", hf_config=config
    )
    said = {"heads": 2, "activation": "gelu-tanh"}
    assert_read(bridged.state_dict(), bridged, tmp_path / "gpt2.pt", **said)


def test_a_square_map_may_be_transposed_or_not(tmp_path):
    """As in GPT-2 or as elsewhere: a guess would be another model without a word."""
    module, said = bridge(0)
    state = module.state_dict()
    for name in [name for name in state if ".mlp." in name]:
        state[name] = torch.randn((8, 8) if name.endswith("weight") else 8)
    torch.save(state, tmp_path / "square.pt")
    with pytest.raises(
        ModelError, match=r"mlp\.in\.weight is square, so nothing says whether"
    ):
        cs.load(tmp_path / "square.pt", vocabulary=TOKENS, readout="each", heads=2, **said)
