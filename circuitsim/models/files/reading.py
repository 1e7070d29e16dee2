"""Reading a model from a file, whatever its format, our own or another library's."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from circuitsim.errors import ModelError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.files.folder import CONFIG, SEVERAL, config_beside, folder_contents

if TYPE_CHECKING:
    from circuitsim.models.files.contents import Contents


def load(path: str | Path, **options: Any) -> AnyModel:
    """Read a model from a .pt, .safetensors or .json file, or a checkpoint of another library, a file or a folder.

    What a file holds decides, not its name.

    Args:
        options: what a checkpoint of another library does not say, in the words of docs/model-format.md, such as
            vocabulary and heads; they come before those of a file beside it.

    Raises:
        ModelError: the file cannot be read, or holds no model; nothing in it is executed.
        LimitError: larger than a model may be.
    """
    path = whole(Path(path))
    given = {name: value for name, value in options.items() if value is not None}
    try:
        found = contents_of(path)
        if found is None:
            from circuitsim.models.files.json_model import load_json

            _refuse_options(path, given)
            return load_json(path)
        if found.own:
            from circuitsim.models.files.referring import is_document, model_from_references
            from circuitsim.models.files.state_dict import model_from_state

            _refuse_options(path, given)
            if is_document(found.config):
                return model_from_references(found.config, found.tensors, found.where)
            return model_from_state(found.config, found.tensors, found.where)
        from circuitsim.models.files.dialects.reading import model_of

        return model_of(found, path, given)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}).") from None


def whole(path: Path) -> Path:
    """The folder of a checkpoint of which a file is only a part: its config.json, or the index of its shards."""
    if path.name in SEVERAL or (path.name == CONFIG and "model_type" in config_beside(path)):
        return path.parent
    return path


def contents_of(path: Path) -> "Contents | None":
    """What a file or a folder holds; None where a model is written as JSON.

    Raises:
        ModelError, LimitError: as `load`. OSError: as files do.
    """
    if path.is_dir():
        return folder_contents(path, _weights)
    if not path.is_file():
        what = "not a plain file" if path.exists() else "not there"
        raise ModelError(
            f"{path}: expected a .pt, .safetensors or .json file, and it is {what}."
        )
    with path.open("rb") as file:
        start = file.read(64)
    if _is_safetensors(start) or start[:2] == b"PK":
        return _weights(path)
    if start.lstrip()[:1] == b"{" or path.suffix == ".json":
        return None
    if start[:1] == b"\x80":
        raise ModelError(
            f"{path}: a bare pickle, as torch before 1.6 wrote it, which is not read because loading one can run"
            " code; save it again with a newer torch."
        )
    if path.suffix == ".safetensors":
        return _weights(path)
    raise ModelError(
        f"{path}: not a model: neither a checkpoint of torch, nor safetensors, nor JSON."
    )


def _weights(path: Path) -> "Contents":
    """What one file of weights holds."""
    with path.open("rb") as file:
        start = file.read(64)
    if start[:2] == b"PK":
        from circuitsim.models.files.checkpoint import checkpoint_contents

        return checkpoint_contents(path)
    from circuitsim.models.files.safetensors import safetensors_contents

    return safetensors_contents(path)


def _is_safetensors(start: bytes) -> bool:
    return start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 2**40


def _refuse_options(path: Path, given: dict[str, Any]) -> None:
    if given:
        raise ModelError(
            f"{path}: a model of our own format says all that it needs; {', '.join(sorted(given))} can be given for"
            " checkpoints of other libraries."
        )
