"""Every dialect that is read, one row each; the first whose marks are there is the checkpoint's."""

from fnmatch import fnmatchcase

from circuitsim.errors import ModelError
from circuitsim.models.files.contents import Contents, Tensors
from circuitsim.models.files.dialects.bert import BERT
from circuitsim.models.files.dialects.dialect import Dialect
from circuitsim.models.files.dialects.gpt2 import GPT2
from circuitsim.models.files.dialects.llama import KINDS, LLAMA
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
    LLAMA,
    TRANSFORMER_LENS,
    TRANSFORMER_BRIDGE,
    ENCODER_OF_TORCH,
    OWN,
)
READ = ("gpt2", "bert", *KINDS)
ELSE = {  # kin of theirs with parts that no circuit here has
    "gemma": "its norms add 1 to their gains, and it scales its embedding",
    "gemma2": "its norms add 1 to their gains, and its scores are capped",
    "gemma3_text": "its norms add 1 to their gains, and its layers differ in what they see",
    "gpt_neox": "it turns a part of each head alone, and its nets stand beside its heads",
    "mixtral": "its nets are mixtures of experts",
    "phi": "it turns a part of each head alone, and its nets stand beside its heads",
    "phi3": "its queries, keys and values are one tensor, and so are its gates and nets",
    "qwen3": "it has norms of queries and keys",
}
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
        why = f", because {ELSE[kind]}" if kind in ELSE else ""
        raise ModelError(
            f"{contents.where}, config.json: model_type {show(kind)} is not read{why}; {', '.join(READ[:-1])} and"
            f" {READ[-1]} are."
        )
    return next((each for each in DIALECTS if _marked(each, contents.tensors)), None)


def _marked(dialect: Dialect, tensors: Tensors) -> bool:
    return dialect.shaped(tensors) and all(
        any(fnmatchcase(name, mark) or fnmatchcase(name, f"*.{mark}") for name in tensors)
        for mark in dialect.marks
    )
