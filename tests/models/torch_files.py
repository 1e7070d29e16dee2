"""Write .pt files as torch.save does, without torch: the zip, and a pickle of protocol 2 made with stand-ins."""

import io
import pickle
import sys
import types
import zipfile
from collections import OrderedDict
from contextlib import contextmanager

import numpy as np

STORAGES = {
    "f8": "Double",
    "f4": "Float",
    "f2": "Half",
    "i8": "Long",
    "i4": "Int",
    "i2": "Short",
    "i1": "Char",
}


class Tensor:
    """Stands for a torch.Tensor of float32, or of the array's type where torch has it."""

    def __init__(self, values, storage="auto", bfloat16=False, **view):
        self.array = np.asarray(
            values, dtype=None if isinstance(values, np.ndarray) else np.float32
        )
        self.kind = (
            "BFloat16Storage" if bfloat16 else STORAGES[self.array.dtype.str[1:]] + "Storage"
        )
        self.bfloat16, self.view, self.parameter = bfloat16, view, False

    def raw(self, order):
        if self.bfloat16:
            return (
                (self.array.astype(np.float32).view(np.uint32) >> 16)
                .astype(f"{order}u2")
                .tobytes()
            )
        return self.array.astype(self.array.dtype.newbyteorder(order)).tobytes()


@contextmanager
def fake_torch():
    modules = {name: types.ModuleType(name) for name in ("torch", "torch._utils")}

    def rebuild(*arguments):
        raise AssertionError("never called")

    for name in ("_rebuild_tensor_v2", "_rebuild_parameter"):
        function = types.FunctionType(rebuild.__code__, {}, name)
        function.__module__, function.__qualname__ = "torch._utils", name
        setattr(modules["torch._utils"], name, function)
    for name in ("Double", "Float", "Half", "Long", "Int", "Short", "Char", "BFloat16"):
        kind = type(f"{name}Storage", (), {"__module__": "torch"})
        setattr(modules["torch"], f"{name}Storage", kind)
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield modules
    finally:  # the real one, where it is there, cannot be imported twice
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


class Reference:
    """What a pickled tensor's storage is."""

    def __init__(self, tensor, key):
        self.tensor, self.key = tensor, key


def pickled(value, raw=None, order="<", protocol=2):
    """The pickle of a value with Tensors in it; their raw storages are put into `raw`."""
    raw = {} if raw is None else raw
    with fake_torch() as modules:

        class Pickler(pickle.Pickler):
            def persistent_id(self, item):
                if not isinstance(item, Reference):
                    return None
                kind = getattr(modules["torch"], item.tensor.kind)
                return (
                    "storage",
                    kind,
                    item.key,
                    "cpu",
                    item.tensor.view.get("count", item.tensor.array.size),
                )

            def reducer_override(self, item):
                if not isinstance(item, Tensor):
                    return NotImplemented
                key = str(len(raw))
                raw[key] = item.raw(order)
                shape = item.view.get("shape", item.array.shape)
                strides = item.view.get(
                    "strides", tuple(s // item.array.itemsize for s in item.array.strides)
                )
                rebuild = modules["torch._utils"]._rebuild_tensor_v2
                offset = item.view.get("offset", 0)
                arguments = (
                    Reference(item, key),
                    offset,
                    shape,
                    strides,
                    False,
                    OrderedDict(),
                )
                if "metadata" in item.view:
                    arguments = (*arguments, item.view["metadata"])
                return rebuild, arguments

        stream = io.BytesIO()
        Pickler(stream, protocol=protocol).dump(value)
        return stream.getvalue()


def zipped(members, **options):
    """The bytes of a zip, members stored as torch stores them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(
        stream, "w", options.get("compression", zipfile.ZIP_STORED)
    ) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def torch_bytes(value, root="archive", order=None, protocol=2):
    """The bytes of torch.save(value)."""
    raw = {}
    members = {f"{root}/data.pkl": pickled(value, raw, order or "<", protocol)}
    if order:
        members[f"{root}/byteorder"] = {"<": b"little", ">": b"big"}[order]
    members.update({f"{root}/data/{key}": data for key, data in raw.items()})
    members[f"{root}/version"] = b"3\n"
    return zipped(members)


def state(heads=2, bias=True):
    """A config and tensors of a model of width 3 with one layer."""
    rng = np.random.default_rng(7)

    def random(*shape):
        return (rng.integers(-8, 8, shape) / 4).astype(np.float32)

    tensors = {
        "embedding.weight": random(3, 3),
        "layers.0.attention.query.weight": random(2 * heads, 3),
        "layers.0.attention.key.weight": random(2 * heads, 3),
        "layers.0.attention.value.weight": random(heads, 3),
        "layers.0.attention.output.weight": random(3, heads),
        "layers.0.feed_forward.hidden.weight": random(4, 3),
        "layers.0.feed_forward.output.weight": random(3, 4),
        "readout.weight": random(1, 3),
    }
    if bias:
        tensors.update(
            {
                name.replace("weight", "bias"): random(len(t))
                for name, t in tensors.items()
                if "." in name
            }
        )
        del tensors["embedding.bias"]
    config = {
        "format": "circuitsim-model",
        "version": 1,
        "name": "small",
        "vocabulary": ["0", "1"],
        "append": ["CLS"],
        "positions": ["i/n", "0", "(-1)**i"],
        "heads": heads,
        "attention": [["saturated", "hard-left"][:heads]],
        "scale": "1/2",
        "readout_position": "CLS",
        "bits": "2*log2(n)+4",
    }
    return config, tensors


def saved(config, tensors, **options):
    """The bytes of torch.save({"config": config, "state_dict": tensors})."""
    states = OrderedDict(
        (name, t if isinstance(t, Tensor) else Tensor(t)) for name, t in tensors.items()
    )
    return torch_bytes({"config": config, "state_dict": states}, **options)
