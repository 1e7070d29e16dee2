"""A small checkpoint of every dialect, as its library names and shapes tensors, with what no file says of it."""

import numpy as np

WIDTH, HEADS, HIDDEN, TOKENS, PLACES, LAYERS = 4, 2, 3, 5, 6, 2
WORDS = ["a", "b", "c", "<s>", "<e>"]


def gpt2_shapes(fused, hidden, biases=True):
    """Of the GPT-2 family; `fused` and `hidden` are the shapes of maps as the library stores them."""
    d = WIDTH
    shapes = {
        "wte.weight": (TOKENS, d),
        "wpe.weight": (PLACES, d),
        "ln_f.weight": (d,),
        "ln_f.bias": (d,),
    }
    for layer in range(LAYERS):
        shapes |= {
            f"h.{layer}.{name}": shape
            for name, shape in {
                "ln_1.weight": (d,), "ln_1.bias": (d,), "ln_2.weight": (d,), "ln_2.bias": (d,),
                "attn.c_attn.weight": fused, "attn.c_attn.bias": (3 * d,),
                "attn.c_proj.weight": (d, d), "attn.c_proj.bias": (d,),
                "mlp.c_fc.weight": hidden, "mlp.c_fc.bias": (max(hidden),),
                "mlp.c_proj.weight": hidden[::-1], "mlp.c_proj.bias": (d,),
            }.items()
        }  # fmt: skip
    return {
        f"transformer.{n}": s for n, s in shapes.items() if biases or not n.endswith(".bias")
    }


def bert_shapes():
    d, h = WIDTH, HIDDEN
    shapes = {
        f"embeddings.{n}_embeddings.weight": (s, d)
        for n, s in (("word", TOKENS), ("position", PLACES), ("token_type", 2))
    }
    linear = {
        "attention.self.query": (d, d), "attention.self.key": (d, d), "attention.self.value": (d, d),
        "attention.output.dense": (d, d), "intermediate.dense": (h, d), "output.dense": (d, h),
    }  # fmt: skip
    for layer in range(LAYERS):
        for name, shape in linear.items():
            shapes |= {
                f"encoder.layer.{layer}.{name}.weight": shape,
                f"encoder.layer.{layer}.{name}.bias": shape[:1],
            }
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {
                f"encoder.layer.{layer}.{name}.{kind}": (d,) for kind in ("weight", "bias")
            }
    shapes |= {"embeddings.LayerNorm.weight": (d,), "embeddings.LayerNorm.bias": (d,)}
    shapes |= {"pooler.dense.weight": (d, d), "pooler.dense.bias": (d,)}
    return {f"bert.{n}": s for n, s in shapes.items()} | {
        "classifier.weight": (2, d),
        "classifier.bias": (2,),
    }


def llama_shapes():
    """Of grouped queries: two heads have the keys and values of one."""
    d, h, k = WIDTH, HIDDEN, WIDTH // HEADS
    own = {
        "self_attn.q_proj.weight": (d, d), "self_attn.k_proj.weight": (k, d), "self_attn.v_proj.weight": (k, d),
        "self_attn.q_proj.bias": (d,), "self_attn.k_proj.bias": (k,), "self_attn.v_proj.bias": (k,),
        "self_attn.o_proj.weight": (d, d), "mlp.gate_proj.weight": (h, d), "mlp.up_proj.weight": (h, d),
        "mlp.down_proj.weight": (d, h), "input_layernorm.weight": (d,), "post_attention_layernorm.weight": (d,),
    }  # fmt: skip
    shapes = {f"layers.{layer}.{n}": s for layer in range(LAYERS) for n, s in own.items()}
    shapes |= {"embed_tokens.weight": (TOKENS, d), "norm.weight": (d,)}
    return {f"model.{n}": s for n, s in shapes.items()} | {"lm_head.weight": (TOKENS, d)}


def lens_shapes():
    d, k, h = WIDTH, 3, HIDDEN
    shapes = {
        "embed.W_E": (TOKENS, d),
        "pos_embed.W_pos": (PLACES, d),
        "unembed.W_U": (d, TOKENS),
        "unembed.b_U": (TOKENS,),
    }
    own = {
        "attn.W_Q": (HEADS, d, k), "attn.W_K": (HEADS, d, k), "attn.W_V": (HEADS, d, k), "attn.W_O": (HEADS, k, d),
        "attn.b_Q": (HEADS, k), "attn.b_K": (HEADS, k), "attn.b_V": (HEADS, k), "attn.b_O": (d,),
        "attn.mask": (PLACES, PLACES), "mlp.W_in": (d, h), "mlp.b_in": (h,), "mlp.W_out": (h, d), "mlp.b_out": (d,),
        "ln1.w": (d,), "ln1.b": (d,), "ln2.w": (d,), "ln2.b": (d,),
    }  # fmt: skip
    shapes |= {f"blocks.{layer}.{n}": s for layer in range(LAYERS) for n, s in own.items()}
    return shapes | {"ln_final.w": (d,), "ln_final.b": (d,)}


def bridge_shapes():
    d, a, h = WIDTH, 3 * HEADS, HIDDEN
    shapes = {"embed": (TOKENS, d), "pos_embed": (PLACES, d), "unembed": (TOKENS, d)}
    own = {
        "attn.q": (a, d),
        "attn.k": (a, d),
        "attn.v": (a, d),
        "attn.o": (d, a),
        "mlp.in": (h, d),
        "mlp.out": (d, h),
    }
    shapes |= {f"blocks.{layer}.{n}": s for layer in range(LAYERS) for n, s in own.items()}
    found = {f"{n}.weight": s for n, s in shapes.items()}
    found |= {
        f"{n}.bias": s[:1] for n, s in shapes.items() if "embed" not in n or n == "unembed"
    }
    norms = [f"blocks.{layer}.{n}" for layer in range(LAYERS) for n in ("ln1", "ln2")]
    return found | {
        f"{n}.{kind}": (d,) for n in (*norms, "ln_final") for kind in ("weight", "bias")
    }


def encoder_shapes():
    d, h = WIDTH, HIDDEN
    own = {
        "self_attn.in_proj_weight": (3 * d, d), "self_attn.in_proj_bias": (3 * d,),
        "self_attn.out_proj.weight": (d, d), "self_attn.out_proj.bias": (d,),
        "linear1.weight": (h, d), "linear1.bias": (h,), "linear2.weight": (d, h), "linear2.bias": (d,),
        "norm1.weight": (d,), "norm1.bias": (d,), "norm2.weight": (d,), "norm2.bias": (d,),
    }  # fmt: skip
    shapes = {
        f"encoder.layers.{layer}.{n}": s for layer in range(LAYERS) for n, s in own.items()
    }
    return shapes | {
        "embed.weight": (TOKENS, d),
        "pos": (1, PLACES, d),
        "head.weight": (2, d),
        "head.bias": (2,),
    }


def own_shapes():
    d, h = WIDTH, HIDDEN
    own = {
        f"{n}.{kind}": (d, d) if kind == "weight" else (d,)
        for n in ("q", "k", "v", "o")
        for kind in ("weight", "bias")
    }
    own |= {
        "up.weight": (h, d),
        "up.bias": (h,),
        "down.weight": (d, h),
        "down.bias": (d,),
        "ln.weight": (d,),
        "ln.bias": (d,),
    }
    shapes = {f"block{layer}.{n}": s for layer in range(LAYERS) for n, s in own.items()}
    return shapes | {"table": (TOKENS, d), "places": (PLACES, d), "out.weight": (TOKENS, d)}


OWN_NAMES = {
    "embedding.weight": "table", "positions.weight": "places", "readout.weight": "out.weight",
    **{
        f"layers.*.{ours}.{kind}": f"block*.{theirs}.{kind}"
        for ours, theirs in {
            "attention.query": "q", "attention.key": "k", "attention.value": "v", "attention.output": "o",
            "feed_forward.hidden": "up", "feed_forward.output": "down", "net_norm": "ln",
        }.items()
        for kind in ("weight", "bias")
    },
}  # fmt: skip

SHAPES = {
    "gpt2": lambda: gpt2_shapes((WIDTH, 3 * WIDTH), (WIDTH, HIDDEN + 2)),
    "nanogpt": lambda: gpt2_shapes((3 * WIDTH, WIDTH), (HIDDEN + 2, WIDTH), biases=False),
    "bert": bert_shapes,
    "llama": llama_shapes,
    "transformer-lens": lens_shapes,
    "transformer-bridge": bridge_shapes,
    "torch-encoder": encoder_shapes,
    "own": own_shapes,
}
CONFIGS = {
    "gpt2": {
        "model_type": "gpt2",
        "n_embd": WIDTH,
        "n_head": HEADS,
        "n_layer": LAYERS,
        "vocab_size": TOKENS,
    },
    "nanogpt": {
        "model_args": {
            "block_size": PLACES,
            "n_head": HEADS,
            "n_layer": LAYERS,
            "bias": False,
        }
    },
    "bert": {
        "model_type": "bert",
        "num_attention_heads": HEADS,
        "hidden_act": "gelu",
        "num_hidden_layers": LAYERS,
    },
    "llama": {
        "model_type": "qwen2",
        "num_attention_heads": HEADS,
        "num_key_value_heads": 1,
        "hidden_act": "silu",
        "rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"},
        "sliding_window": 9,
        "tie_word_embeddings": False,
    },
}
SAID = {
    "gpt2": {},
    "nanogpt": {},
    "bert": {},
    "llama": {},
    "transformer-lens": {"activation": "gelu-tanh"},
    "transformer-bridge": {"activation": "gelu-tanh", "heads": HEADS},
    "torch-encoder": {"heads": HEADS, "mask": "none", "activation": "relu", "norms": "after", "readout": "mean"},
    "own": {
        "heads": HEADS, "mask": "causal", "activation": "silu", "norms": "after", "readout": "last", "names": OWN_NAMES,
    },
}  # fmt: skip


def stranger(name, seed=0):
    """Tensors, what is saved beside them, and the options of a checkpoint of a dialect."""
    rng = np.random.default_rng(seed)
    tensors = {
        n: rng.normal(0, 0.7, shape).astype(np.float32) for n, shape in SHAPES[name]().items()
    }
    return (
        tensors,
        CONFIGS.get(name, {}),
        {"vocabulary": WORDS, "prepend": ["<s>"], **SAID[name]},
    )
