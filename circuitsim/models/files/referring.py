"""Models of any architecture as a config and tensors: a JSON model in which `{"tensor": NAME}` stands for numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from circuitsim.errors import LimitError, ModelError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.files.contents import Tensors
from circuitsim.models.files.documents import check_format, plain, show
from circuitsim.models.files.json_model import model_from_document
from circuitsim.models.files.state_dict import MOST_WEIGHTS

TENSOR = "tensor"
ONLY_IN_DOCUMENTS = ("layers", "forward", "tables", "embedding")


def is_document(config: Mapping[str, Any]) -> bool:
    """Whether a config is a whole model, and not what a state dict in our own names lacks."""
    return any(name in config for name in ONLY_IN_DOCUMENTS)


def model_from_references(config: object, tensors: Tensors, where: str) -> AnyModel:
    """The model of a config in which `{"tensor": NAME}` stands for a tensor.

    Raises:
        ModelError: a tensor that is not there, is not used or holds no finite numbers, or anything that is no model.
        LimitError: more weights than a model may have.
    """
    total = sum(array.size for array in tensors.values())
    if total > MOST_WEIGHTS:
        raise LimitError(f"{where}: {total} weights, and a model may have {MOST_WEIGHTS}.")
    if isinstance(config, Mapping):  # a comment may be anything
        config = {key: value for key, value in config.items() if key != "comment"}
    given = check_format(plain(config, f"{where}, config"), f"{where}, config")
    unused = dict.fromkeys(tensors)

    def put_in(value: Any) -> Any:
        if isinstance(value, list):
            return [put_in(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) != {TENSOR}:
            return {key: put_in(item) for key, item in value.items()}
        name = value[TENSOR]
        if not isinstance(name, str) or name not in tensors:
            raise ModelError(f"{where}: there is no tensor {show(name)}.")
        unused.pop(name, None)
        return _numbers(tensors[name], f"{where}: tensor {show(name)}")

    whole = put_in(given)
    if unused:
        listed = ", ".join(show(name) for name in list(unused)[:5])
        raise ModelError(f"{where}: unused tensors {listed}.")
    return model_from_document(whole, where)


def _numbers(array: Any, where: str) -> Any:
    """A tensor that is a matrix or a vector of finite numbers."""
    if array.dtype.kind not in "fiub":
        raise ModelError(f"{where} holds {array.dtype}, expected real numbers.")
    if array.ndim not in (1, 2) or 0 in array.shape:
        raise ModelError(
            f"{where} has shape {array.shape}, expected numbers in one or two dimensions."
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelError(f"{where} holds a number that is not finite.")
    return array.astype(np.int64) if array.dtype.kind == "b" else array


def with_references(document: dict[str, Any]) -> tuple[dict[str, Any], Tensors]:
    """A JSON model whose matrices and vectors may be arrays, as a config with references, and its tensors by place."""
    tensors: Tensors = {}

    def take_out(value: Any, place: str) -> Any:
        if isinstance(value, np.ndarray):
            tensors[place] = value
            return {TENSOR: place}
        inside = f"{place}." if place else ""
        if isinstance(value, dict):
            return {key: take_out(item, f"{inside}{key}") for key, item in value.items()}
        if isinstance(value, list):
            return [take_out(item, f"{inside}{index}") for index, item in enumerate(value)]
        return value

    return take_out(document, ""), tensors
