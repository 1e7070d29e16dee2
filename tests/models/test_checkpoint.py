"""Checkpoints of torch and safetensors files: what they hold comes out exactly, and nothing in them runs."""

import json
import os
import pickle
import struct
import zipfile
from argparse import Namespace
from collections import OrderedDict, defaultdict, deque
from fractions import Fraction
from pathlib import PurePosixPath

import numpy as np
import pytest
from safetensors.numpy import save

from circuitsim.errors import CircuitSimError, LimitError, ModelError
from circuitsim.models.files.json_model import json_text, parse_json
from circuitsim.models.files.reading import load
from circuitsim.models.files.state_dict import model_from_state
from circuitsim.models.files.unpickling import unpickle
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.rungs import run_exact
from tests.models.torch_files import Tensor, pickled, saved, state, torch_bytes, zipped


def read(tmp_path, data, name="model.pt"):
    path = tmp_path / name
    path.write_bytes(data)
    return load(path)


def test_the_three_formats_hold_the_same_model(tmp_path):
    config, tensors = state()
    model = read(tmp_path, saved(config, tensors))
    metadata = {"circuitsim": json.dumps(config)}
    assert read(tmp_path, save(tensors, metadata), "model.safetensors") == model
    assert parse_json(json_text(model).encode(), "model.json") == model
    assert read(tmp_path, saved(config, tensors, order=">")) == model
    assert run_exact(model, all_inputs(model, 3)).decisions.shape == (8, 1)


def test_weights_land_where_they_should(tmp_path):
    config, tensors = state()
    layer = read(tmp_path, saved(config, tensors)).layers[0]
    second = layer.heads[1]
    query = tensors["layers.0.attention.query.weight"]
    assert second.query == tuple(
        tuple(Fraction(float(x)) / 2 for x in row) for row in query[2:]
    )  # scale 1/2
    assert second.key[0][0] == Fraction(float(tensors["layers.0.attention.key.weight"][2, 0]))
    assert second.value_bias == (
        Fraction(float(tensors["layers.0.attention.value.bias"][1])),
    )
    assert [row[0] for row in second.output] == tensors["layers.0.attention.output.weight"][
        :, 1
    ].tolist()
    assert [head.attention for head in layer.heads] == ["saturated", "hard-left"]
    assert list(layer.output_bias) == tensors["layers.0.attention.output.bias"].tolist()


def test_booleans_are_zeros_and_ones(tmp_path):
    config, tensors = state(bias=False)
    tensors["embedding.weight"] = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0]], bool)
    model = read(
        tmp_path, save(tensors, {"circuitsim": json.dumps(config)}), "model.safetensors"
    )
    assert model.embedding["CLS"] == (1, 1, 0)
    assert parse_json(json_text(model).encode(), "model.json") == model


def test_the_vocabulary_of_a_config_may_be_a_text(tmp_path):
    config, tensors = state()
    assert config["vocabulary"] == ["0", "1"]
    assert read(tmp_path, saved({**config, "vocabulary": "01"}, tensors)).vocabulary == (
        "0",
        "1",
    )


@pytest.mark.parametrize("kind", ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "bfloat16"])
def test_every_common_type_of_numbers(tmp_path, kind):
    config, tensors = state(bias=False)
    values = np.array([[1, -2, 3], [0, 5, -6], [7, 8, 9]])
    brain = kind == "bfloat16"
    tensors["embedding.weight"] = Tensor(
        values.astype(np.float32 if brain else kind), bfloat16=brain
    )
    for order in (None, "<", ">"):
        model = read(tmp_path, saved(config, tensors, order=order))
        assert model.embedding["CLS"] == (7, 8, 9)


def test_views_parameters_and_metadata_of_real_state_dicts(tmp_path):
    class StateDict(OrderedDict):
        pass

    config, tensors = state(bias=False)
    transposed = np.arange(9, dtype=np.float32).reshape(3, 3)
    tensors["embedding.weight"] = Tensor(transposed, strides=(1, 3))
    tensors["readout.weight"] = Tensor(transposed, shape=(1, 3), strides=(3, 1), offset=5)
    assert read(tmp_path, saved(config, tensors)).embedding["0"] == (0, 3, 6)
    assert read(tmp_path, saved(config, tensors)).readout.weights == ((5, 6, 7),)
    states = OrderedDict(
        (n, t if isinstance(t, Tensor) else Tensor(t)) for n, t in tensors.items()
    )
    states._metadata = OrderedDict(version=1)  # as torch.nn.Module.state_dict leaves it
    assert (
        read(tmp_path, torch_bytes({"config": config, "state_dict": states})).name == "small"
    )


def test_a_view_that_is_still_to_be_negated_is_refused(tmp_path):
    config, tensors = state()
    data = saved(
        config,
        {
            **tensors,
            "embedding.weight": Tensor(tensors["embedding.weight"], metadata={"neg": True}),
        },
    )
    with pytest.raises(ModelError, match=r"negated view.*resolve_neg"):
        read(tmp_path, data)
    data = saved(
        config,
        {**tensors, "embedding.weight": Tensor(tensors["embedding.weight"], metadata={})},
    )
    assert read(tmp_path, data) == read(tmp_path, saved(config, tensors))


def training(config, tensors, **beside):
    """The bytes of torch.save of a dictionary as training scripts keep it."""
    states = {name: Tensor(t) for name, t in tensors.items()}
    return torch_bytes({"config": config, "state_dict": states, **beside})


def test_what_a_training_script_saves_beside_is_ignored(tmp_path):
    """Fault 6."""
    config, tensors = state()
    optimizer = {
        "state": {0: {"step": Tensor([3.0]), "exp_avg": Tensor([1.0, 2.0])}, 1: {}},
        "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.999), "params": [0, 1]}],
    }
    beside = {
        "optimizer": optimizer,
        "epoch": np.int64(7),
        "loss": np.float32(0.25),
        "settings": Namespace(lr=0.1),
        "counts": defaultdict(list, {2: [1]}),
        "deque": deque([1, 2], maxlen=3),
        "seen": {1, (2, 3)},
        "frozen": frozenset("ab"),
        "raw": b"bytes",
        "array": np.arange(3),
        "at": PurePosixPath("runs/1"),
        "what": Harmful(),
        None: "no text",
        2.5: "no text",
        (1, 2): "no text",
    }
    good = read(tmp_path, saved(config, tensors))
    assert (
        read(
            tmp_path,
            training(
                config, tensors, **{k: v for k, v in beside.items() if isinstance(k, str)}
            ),
        )
        == good
    )
    states = {name: Tensor(t) for name, t in tensors.items()}
    for protocol in (2, 3, 4, 5):
        data = torch_bytes(
            {**beside, "config": config, "state_dict": states}, protocol=protocol
        )
        assert read(tmp_path, data) == good
    assert (
        read(tmp_path, saved({**config, "comment": {0: "zero", 1: Module()}}, tensors))
        == good
    )
    assert not os.path.exists("circuitsim-was-here")


def test_whole_numbers_as_keys_cannot_take_forever(tmp_path):
    config, tensors = state()
    colliding = {(2**61 - 1) * k: None for k in range(1, 20)}
    data = training(config, tensors, beside=colliding)
    content = unpickle(pickled({"beside": colliding}), "here")
    assert read(tmp_path, data) == read(tmp_path, saved(config, tensors))
    assert (
        len({hash(key) for key in content["beside"]}) > 10
    )  # the numbers' own hashes are all 0
    assert {hash(key) for key in colliding} == {0}


@pytest.mark.parametrize(
    "prefix", ["module.", "_orig_mod.", "_orig_mod.module.", "net.layers.0.model."]
)
def test_a_prefix_of_all_names_is_taken_off(tmp_path, prefix):
    """Fault 7."""
    config, tensors = state()
    good = read(tmp_path, saved(config, tensors))
    wrapped = {f"{prefix}{name}": t for name, t in tensors.items()}
    assert read(tmp_path, saved(config, wrapped)) == good
    assert (
        read(tmp_path, save(wrapped, {"circuitsim": json.dumps(config)}), "model.safetensors")
        == good
    )
    partly = {
        **wrapped,
        f"{prefix}a.name.that.is.long.enough.to.be.cut.in.an.ordinary.message": np.zeros(1),
    }
    with pytest.raises(
        ModelError, match=r"without '.*\.': unused tensor 'a\.name.*\.message'\.$"
    ):
        model_from_state(config, partly, "model.pt")
    del wrapped[f"{prefix}readout.weight"]
    with pytest.raises(ModelError, match=r"': missing tensor readout\.weight\.$"):
        model_from_state(config, wrapped, "model.pt")


def test_aliases_in_the_metadata_of_safetensors_are_followed(tmp_path):
    """Fault 8."""
    config, tensors = state()
    tensors["readout.weight"] = tensors["embedding.weight"].copy()
    del tensors["readout.bias"]
    good = read(
        tmp_path, save(tensors, {"circuitsim": json.dumps(config)}), "model.safetensors"
    )
    for prefix in ("", "module."):
        kept = {
            f"{prefix}{name}": t for name, t in tensors.items() if name != "readout.weight"
        }
        tied = {f"{prefix}readout.weight": f"{prefix}embedding.weight", "format": "pt"}
        data = save(kept, {"circuitsim": json.dumps(config), **tied})
        assert read(tmp_path, data, "tied.safetensors") == good
    lost = save(
        kept,
        {
            "circuitsim": json.dumps(config),
            "readout.weight": "head.weight",
            "head.weight": "head.weight",
        },
    )
    with pytest.raises(ModelError, match=r"missing tensor readout\.weight"):
        read(tmp_path, lost, "lost.safetensors")


def test_numbers_of_numpy_in_a_config_are_numbers(tmp_path):
    """Fault 9."""
    config, tensors = state()
    plain = {
        **config,
        "heads": 2,
        "score_bits": 0,
        "residual": True,
        "scale": 0.1,
        "bits": 3,
        "name": "small",
    }
    good = read(tmp_path, saved(plain, tensors))
    numbers = {
        "heads": np.uint8(2),
        "score_bits": np.int64(0),
        "residual": np.bool_(True),
        "scale": np.float64(0.1),
    }
    written = {**plain, **numbers, "bits": np.array(3, ">i4")[()], "name": np.str_("small")}
    for protocol in (2, 5):
        states = {name: Tensor(t) for name, t in tensors.items()}
        assert (
            read(
                tmp_path,
                torch_bytes({"config": written, "state_dict": states}, protocol=protocol),
            )
            == good
        )
    assert unpickle(pickled(np.float16(1.5)), "here") == 1.5
    for odd in (np.complex128(1), np.datetime64("2026-01-01"), np.arange(2)):
        with pytest.raises(
            ModelError, match=r"config\.heads\[1\]: expected .* pickled object of type"
        ):
            read(tmp_path, saved({**plain, "heads": [1, odd]}, tensors))
    with pytest.raises(ModelError, match=r"config\.heads: expected .*, found a tensor"):
        read(tmp_path, saved({**plain, "heads": Tensor([1])}, tensors))
    with pytest.raises(
        ModelError, match=r"config\.mask: expected texts as keys, found a number"
    ):
        read(tmp_path, saved({**plain, "mask": {0: "none"}}, tensors))


class Harmful:
    def __reduce__(self):
        return os.system, ("touch circuitsim-was-here",)


class Module:
    pass


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Harmful(), r"object of type (posix|nt)\.system; nothing is executed"),
        (Module(), r"object of type .*Module"),
        ({"config": {"vocabulary": Module()}, "state_dict": {}}, r"object of type .*Module"),
        ({"config": {}, "state_dict": {"a": 3}}, "'a' is a number"),
        (
            {"config": {}, "state_dict": {"a": Module()}},
            r"'a' is a pickled object of type .*Module; nothing is executed",
        ),
        ({"config": {}, "state_dict": {3: Tensor([1])}}, "a key is a number"),
        ({"config": {}, "state_dict": [Tensor([1])]}, "tensors by name, and it is a list"),
        (
            {"config": {"scale": np.dtype("f4")}, "state_dict": {}},
            r"config\.scale: .*, found .*",
        ),
        ({1: 2, "state_dict": {}}, "with the keys state_dict; expected"),
        ({"state_dict": {}}, "with the keys state_dict; expected"),
        ([1, 2], "holds a list"),
        ({"config": {"x": {1, 2}}, "state_dict": {}}, "object of type .*set"),
        ({"config": {}, "state_dict": {}}, "format is None"),
        ({"config": [], "state_dict": {}}, "expected an object with format"),
    ],
)
def test_a_pickle_of_anything_else_is_named_and_never_run(tmp_path, value, message):
    with pytest.raises(ModelError, match=message):
        read(tmp_path, torch_bytes(value))
    assert not os.path.exists("circuitsim-was-here")


def test_a_legacy_checkpoint_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(ModelError, match=r"bare pickle.*newer torch"):
        read(tmp_path, pickle.dumps({"a": 1}, protocol=2))


def pickle_only(data):
    return zipped({"archive/data.pkl": data})


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02r\xff\xff\xff\xff.",  # a memo of four thousand million entries
        b"\x80\x02X\xff\xff\xff\x7fab.",  # a text of two gigabytes
        b"\x80\x02\x8d\xff\xff\xff\xff\xff\xff\xff\x7fab.",
        b"\x80\x02\x8b\xff\xff\xff\x7f.",
        b"\x80\x02]" + b"q\x00(" + b"h\x00" * 50 + b"e.",  # a list that holds itself
        b"\x80\x02" + b"}" * 2_000_000 + b".",
        b"\x80\x02c__builtin__\neval\nX\x03\x00\x00\x001+1\x85R.",
        b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93\x8c\x04boom\x85R.",
        b"(S'touch x'\nios\nsystem\n.",
        b"cos\nsystem\n(S'ls'\ntR.",
        b"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00f9\x85Rcnumpy.core.multiarray\nscalar\nR.",
        b"\x80\x03cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nX\x02\x00\x00\x00f9\x85RC\x01a\x86R.",
        b"\x80\x03cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nX\x07\x00\x00\x00U999999\x85RC\x01a\x86R.",
        b"\x80\x04\x8f(K\x01\x90.",
        b"\x80\x04]\x94(K\x01\x90.",
        b"\x80\x02K\x01)\x81.",
        b"\x80\x02K\x01}b.",
        b"\x80\x02K\x01K\x02a.",
        b"\x80\x02]K\x01K\x02s.",
        b"\x80\x02.",
        b"\x80\x02)",
        b"",
    ],
)
def test_hostile_pickles_end_in_one_error(tmp_path, data):
    with pytest.raises(ModelError):
        read(tmp_path, pickle_only(data))


def test_shared_parts_cannot_make_a_config_endless(tmp_path):
    nested = ["x"]
    for _ in range(15):
        nested = [nested] * 10
    config, tensors = state()
    with pytest.raises(ModelError, match="more than 100000 values"):
        read(tmp_path, saved({**config, "vocabulary": nested}, tensors))


@pytest.mark.parametrize(
    ("view", "message"),
    [
        ({"shape": (2**40, 3), "strides": (0, 1)}, "reaches past its storage"),
        ({"shape": (3, 3), "strides": (3, 2)}, "reaches past its storage"),
        ({"shape": (3, 3), "strides": (3, -1)}, "negative"),
        ({"offset": 1}, "reaches past its storage"),
        ({"offset": -1}, "negative"),
        ({"shape": (3,)}, "1 dimensions and 2 strides"),
        ({"count": 2**50}, r"needs \d+ numbers"),
        ({"count": -1}, "needs -1 numbers"),
    ],
)
def test_tensors_outside_their_storage_are_refused(tmp_path, view, message):
    config, tensors = state()
    tensors["embedding.weight"] = Tensor(tensors["embedding.weight"], **view)
    with pytest.raises(ModelError, match=message):
        read(tmp_path, saved(config, tensors))


def test_zips_that_are_not_checkpoints(tmp_path):
    good = saved(*state())
    bomb = zipped({"archive/data.pkl": b"\0" * 10**7}, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(ModelError, match="compressed"):
        read(tmp_path, bomb)
    with pytest.raises(ModelError, match=r"exactly one data\.pkl"):
        read(tmp_path, zipped({"weights.bin": b"1"}))
    for end in (1, 30, len(good) // 2, len(good) - 1):
        with pytest.raises(ModelError, match=r"truncated|not a model"):
            read(tmp_path, good[:end])
    claims = bytearray(zipped({"archive/data.pkl": b"."}))
    where = claims.rindex(b"PK\x01\x02") + 20
    claims[where : where + 8] = (2**31).to_bytes(4, "little") * 2
    with pytest.raises(ModelError, match="claims to hold 2147483648 bytes"):
        read(tmp_path, bytes(claims))


def wide_end(data, directory=None):
    """The zip with the end records of large zips, as torch writes them for every size."""
    end = data.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<HII", data[end + 10 : end + 20])
    size_said = size if directory is None else directory
    record = b"PK\x06\x06" + struct.pack(
        "<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size_said, start
    )
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1)
    return (
        data[:end]
        + record
        + locator
        + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, *[2**16 - 1] * 2, *[2**32 - 1] * 2, 0)
    )


def test_the_end_records_of_large_zips(tmp_path):
    good = saved(*state())
    assert read(tmp_path, wide_end(good)) == read(tmp_path, good)
    with pytest.raises(ModelError, match="a zip directory of 1099511627776 bytes"):
        read(tmp_path, wide_end(good, 2**40))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"layers.0.attention.key.weight": np.zeros((4, 2))},
            r"layers.0.attention.key.weight has shape \(4, 2\), expected \(4, 3\)",
        ),
        (
            {"layers.0.attention.query.weight": np.zeros((3, 3))},
            "query.weight has 3 entries, which 2 heads",
        ),
        (
            {"embedding.weight": np.zeros((2, 3))},
            r"has 2 rows, expected 3: 2 letters and 1 constant",
        ),
        ({"embedding.weight": np.zeros((3, 3, 1))}, r"shape \(3, 3, 1\)"),
        (
            {"readout.weight": np.array([[0, np.nan, 1]])},
            r"readout.weight holds nan at \[0, 1\]",
        ),
        ({"readout.bias": np.array([np.inf])}, r"readout.bias holds inf at \[0\]"),
        (
            {"norm.weight": np.zeros(3), "head.bias": np.zeros(3)},
            "unused tensor 'norm.weight'; unused.*'head.bias'",
        ),
        (
            {"layers.2.attention.key.weight": np.zeros((4, 3))},
            "no tensor of layers.1; .*missing",
        ),
        ({"positions": np.zeros((9, 3))}, "both a tensor positions and expressions"),
        (
            {"layers.0.attention.key.weight": None, "readout.weight": None},
            "readout.weight; missing.*key.weight",
        ),
    ],
)
def test_tensors_that_do_not_fit_are_named(change, message):
    config, tensors = state()
    tensors = {name: t for name, t in {**tensors, **change}.items() if t is not None}
    with pytest.raises(ModelError, match=message):
        model_from_state(config, tensors, "model.pt")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"head": 1, "layer_norm": True},
            "unknown key 'head'; config: unknown key 'layer_norm'",
        ),
        ({"version": 2}, "version is 2"),
        ({"heads": 0}, "heads: expected a whole number from 1 to 10,000, got 0"),
        ({"heads": 10**9}, "heads: expected a whole number from 1 to 10,000, got 1000000000"),
        ({"append": ["first"], "readout_position": "first"}, "cannot be called first"),
        ({"heads": [2, 2]}, "2 entries, and there are 1 layers"),
        ({"attention": "sharp"}, "config.attention: 'sharp' is not one of"),
        ({"mask": [["none"]]}, r"config.mask\[0\] has 1 entries, and there are 2 heads"),
        ({"score_bits": 1.5}, "score_bits must be a whole number"),
        ({"residual": "yes"}, "expected true or false"),
        ({"vocabulary": 1}, "expected a list of texts"),
        ({"positions": ["i", "x", "0"]}, r"positions\[1\]: expression 'x'"),
        ({"bits": "i"}, "bits 'i' uses i"),
        ({"scale": "1/0"}, "expected a rational"),
        ({"readout_position": "EOS"}, "'EOS' is not first, last, each"),
    ],
)
def test_a_config_that_does_not_fit_says_where(change, message):
    config, tensors = state()
    with pytest.raises(ModelError, match=message):
        model_from_state({**config, **change}, tensors, "model.pt")


def test_a_model_may_have_so_many_weights(tmp_path, monkeypatch):
    monkeypatch.setattr("circuitsim.models.files.checkpoint.MOST_WEIGHTS", 4000)
    config, tensors = state()
    tensors["positions"] = np.zeros((2000, 3), dtype=np.float32)
    with pytest.raises(LimitError, match="more than 4000 weights"):
        read(tmp_path, saved(config, tensors))


def test_files_that_are_no_model(tmp_path):
    for data in (b"", b"hello", b"\0" * 100, b"\x7fELF", b"[1]", b"null", pickled([1])):
        with pytest.raises(CircuitSimError, match=str(tmp_path)):
            read(tmp_path, data, "something")
    with pytest.raises(ModelError, match="not there"):
        load(tmp_path / "absent.pt")
    with pytest.raises(ModelError, match=r"a folder is read that has weights in it"):
        load(tmp_path)


def test_an_archive_of_arrays_is_called_so(tmp_path):
    for write in (np.savez, np.savez_compressed):
        write(tmp_path / "arrays.npz", a=np.zeros(3))
        with pytest.raises(
            ModelError, match=r"arrays of numpy \(.npz\), and neither a circuit nor a model"
        ):
            load(tmp_path / "arrays.npz")
