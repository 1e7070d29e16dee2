"""Reading a model from a file, whatever its format."""

from pathlib import Path

from circuitsim.errors import ModelError
from circuitsim.models.any_model import AnyModel


def load(path: str | Path) -> AnyModel:
    """Read a model from a .pt, .safetensors or .json file, or from a folder with a checkpoint of another library.

    What a file holds decides, not its name.

    Raises:
        ModelError: the file cannot be read, or holds no model; nothing in it is executed.
        LimitError: larger than a model may be.
    """
    path = Path(path)
    try:
        if path.is_dir():
            from circuitsim.models.files.safetensors import load_folder

            return load_folder(path)
        if not path.is_file():
            what = "not a plain file" if path.exists() else "not there"
            raise ModelError(
                f"{path}: expected a .pt, .safetensors or .json file, and it is {what}."
            )
        with path.open("rb") as file:
            start = file.read(64)
        return _load(path, start)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}).") from None


def _load(path: Path, start: bytes) -> AnyModel:
    if start[:2] == b"PK":
        from circuitsim.models.files.checkpoint import load_checkpoint

        return load_checkpoint(path)
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 2**40:
        from circuitsim.models.files.safetensors import load_safetensors

        return load_safetensors(path)
    if start.lstrip()[:1] == b"{" or path.suffix == ".json":
        from circuitsim.models.files.json_model import load_json

        return load_json(path)
    if start[:1] == b"\x80":
        raise ModelError(
            f"{path}: a bare pickle, as torch before 1.6 wrote it, which is not read because loading one can run"
            " code; save it again with a newer torch."
        )
    if path.suffix == ".safetensors":
        from circuitsim.models.files.safetensors import load_safetensors

        return load_safetensors(path)
    raise ModelError(
        f"{path}: not a model: neither a checkpoint of torch, nor safetensors, nor JSON."
    )
