"""Every dialect that is read, one row each; the first whose marks are there is the checkpoint's."""

from fnmatch import fnmatchcase

from circuitsim.errors import ModelError
from circuitsim.models.files.contents import Contents, Tensors
from circuitsim.models.files.dialects.bert import BERT
from circuitsim.models.files.dialects.dialect import Dialect
from circuitsim.models.files.dialects.gpt2 import GPT2
from circuitsim.models.files.dialects.nanogpt import NANOGPT
from circuitsim.models.files.dialects.own import OWN
from circuitsim.models.files.dialects.torch_encoder import ENCODER_OF_TORCH
from circuitsim.models.files.dialects.transformer_bridge import TRANSFORMER_BRIDGE
from circuitsim.models.files.dialects.transformer_lens import TRANSFORMER_LENS
from circuitsim.models.files.documents import show

DIALECTS: tuple[Dialect, ...] = (
    GPT2,
    NANOGPT,
    BERT,
    TRANSFORMER_LENS,
    TRANSFORMER_BRIDGE,
    ENCODER_OF_TORCH,
    OWN,
)
OF_ROTARY = ("llama", "mistral", "qwen2", "gemma", "phi", "gpt_neox")
ROTARY = (
    "its positions turn queries and keys by angles (rotary), which no circuit here does yet"
)
BY_NAME = {dialect.name: dialect for dialect in DIALECTS}


def recognised(contents: Contents) -> Dialect | None:
    """The dialect of a checkpoint, by what is said beside its tensors, or else by their names.

    Raises:
        ModelError: it is said to be of a kind that is not read.
    """
    for dialect in DIALECTS:
        if dialect.of_config(contents.config):
            return dialect
    kind = contents.config.get("model_type")
    if isinstance(kind, str):
        why = f", because {ROTARY}" if kind in OF_ROTARY else ""
        raise ModelError(
            f"{contents.where}, config.json: model_type {show(kind)} is not read{why}; gpt2 and bert are."
        )
    if any(name.endswith("self_attn.q_proj.weight") for name in contents.tensors):
        raise ModelError(
            f"{contents.where}: names as Llama has them, which is not read, because {ROTARY}. If this model has none,"
            " give --dialect own and --names."
        )
    return next((each for each in DIALECTS if _marked(each, contents.tensors)), None)


def _marked(dialect: Dialect, tensors: Tensors) -> bool:
    return dialect.shaped(tensors) and all(
        any(fnmatchcase(name, mark) or fnmatchcase(name, f"*.{mark}") for name in tensors)
        for mark in dialect.marks
    )
