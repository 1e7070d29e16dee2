"""What a training writes: a checkpoint that compiles, and beside it, until it is done, what it can be gone on with."""

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from circuitsim.errors import InputError
from circuitsim.formats.atomic import write_whole
from circuitsim.learning.recipe import Recipe
from circuitsim.learning.training import State, Trained
from circuitsim.models.files.referring import with_references

UNFINISHED = ".training"  # at the end of a checkpoint's name


def checkpoint_bytes(trained: Trained, name: str) -> bytes:
    """A checkpoint as torch saves it: config and tensors of the model, how it was trained, and how well.

    Nets of which no circuits are made have tensors of torch's own names, and no config.
    """
    document = trained.net.document(name)
    about: dict[str, Any] = {
        "recipe": asdict(trained.data.recipe),
        "metrics": metrics(trained),
    }
    if document is None:
        return _saved({"state_dict": trained.net.state_dict(), **about})
    config, arrays = with_references(document)
    tensors = {
        place: torch.from_numpy(np.ascontiguousarray(array))
        for place, array in arrays.items()
    }
    return _saved({"config": config, "state_dict": tensors, **about})


def metrics(trained: Trained) -> dict[str, Any]:
    """What is known of a trained net, as plain data."""
    return {
        "steps": trained.steps,
        "loss": trained.loss,
        "parameters": trained.parameters,
        "right": [asdict(right) for right in trained.right],
    }


def unfinished(path: Path) -> Path:
    """Where a training that will write a checkpoint keeps its state."""
    return path.with_name(path.name + UNFINISHED)


def keep(path: Path, state: State) -> None:
    """Keep the state of the training that will write a checkpoint."""
    write_whole(unfinished(path), _saved(state))


def kept(path: Path, recipe: Recipe) -> State | None:
    """The state of the same training, if it was interrupted.

    Raises:
        InputError: there is the state of another training, or none can be read from the file.
    """
    place = unfinished(path)
    if not place.exists():
        return None
    try:
        state: State = torch.load(place, weights_only=True)
        same = state["recipe"] == recipe.name
    except Exception:  # torch raises many kinds
        raise InputError(
            f"{place}: not the state of a training; remove it to begin anew."
        ) from None
    if not same:
        raise InputError(
            f"{place} is the state of a training with other options; give these again to go on with it, or remove it."
        )
    return state


def _saved(value: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()  # so that bytes do not depend on the file's name
    torch.save(value, buffer)
    return buffer.getvalue()
