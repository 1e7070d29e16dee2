"""Recurrent and fully connected nets as JSON, told from transformers by the key `kind`: docs/model-format.md."""

from collections.abc import Callable, Iterator
from typing import Any

from circuitsim.errors import ModelError
from circuitsim.models.connected import FullyConnected
from circuitsim.models.files.documents import (
    at,
    flag,
    items,
    key_problems,
    kind,
    numbers,
    refuse_all,
    show,
    texts,
)
from circuitsim.models.files.json_parts import (
    NET_KEYS,
    NET_OPTIONS,
    READOUT_KEYS,
    READOUT_OPTIONS,
    TOKEN_KEYS,
    matrix_rows,
    net_document,
    read_net,
    read_readout,
    read_tokens,
    readout_document,
    token_document,
    token_problems,
)
from circuitsim.models.model import FeedForward
from circuitsim.models.recurrent import Automaton, Cell, NetCell, RecurrentNet
from circuitsim.numbers.arrays import matrix, vector

KINDS = (RecurrentNet.architecture, FullyConnected.architecture)
COMMON = ("format", "version", "kind")


def read(document: dict[str, Any], where: str) -> RecurrentNet | FullyConnected:
    """A net of a document whose format has been checked; `where` names it in errors.

    Raises:
        ModelError: anything that is not such a net, with the file and the place.
    """
    if document["kind"] not in KINDS:
        raise ModelError(
            f"{where}: kind is {show(document['kind'])}, expected {' or '.join(KINDS)}."
        )
    recurrent = document["kind"] == RecurrentNet.architecture
    refuse_all(
        _recurrent_problems(document) if recurrent else _connected_problems(document), where
    )
    with at(where):
        tokens = read_tokens(document, where)
        if not recurrent:
            readouts = [
                read_readout(r, f"readouts[{i}]") for i, r in enumerate(document["readouts"])
            ]
            return FullyConnected(
                document["n"],
                layers=_nets(document, "layers"),
                readouts=tuple(readouts),
                **tokens,
            )
        return RecurrentNet(
            forward=_cell(document["forward"], "forward"),
            backward=None
            if document.get("backward") is None
            else _cell(document["backward"], "backward"),
            nets=_nets(document, "nets"),
            readout=read_readout(document["readout"]),
            **tokens,
        )


def connected_document(model: FullyConnected) -> dict[str, Any]:
    """What `read` reads, without format, name and bits."""
    return {
        "kind": model.architecture,
        "n": model.n,
        **token_document(model, model.positions),
        "layers": [net_document(net) for net in model.layers],
        "readouts": [readout_document(readout) for readout in model.readouts],
    }


def recurrent_document(model: RecurrentNet) -> dict[str, Any]:
    """What `read` reads, without format, name and bits."""
    return {
        "kind": model.architecture,
        **token_document(model, model.positions),
        "forward": CELLS[type(model.forward)](model.forward),
        **(
            {}
            if model.backward is None
            else {"backward": CELLS[type(model.backward)](model.backward)}
        ),
        **({"nets": [net_document(net) for net in model.nets]} if model.nets else {}),
        "readout": readout_document(model.readout),
    }


def _recurrent_problems(document: dict[str, Any]) -> Iterator[str]:
    required = (*COMMON, "forward", "readout")
    yield from key_problems(
        document, "the model", required, (*TOKEN_KEYS, "backward", "nets")
    )
    yield from token_problems(document)
    yield from key_problems(
        document.get("readout", {"weights": 0}), "readout", READOUT_KEYS, READOUT_OPTIONS
    )
    yield from _net_problems(document, "nets")
    for place in ("forward", "backward"):
        cell = document.get(place)
        if isinstance(cell, dict) and "states" in cell:
            yield from key_problems(cell, place, ("states", "moves"), ("initial", "rows"))
        elif cell is not None:
            yield from key_problems(cell, place, ("initial", "nets"), ("residual",))
            yield from _net_problems(
                cell if isinstance(cell, dict) else {}, "nets", f"{place}."
            )


def _connected_problems(document: dict[str, Any]) -> Iterator[str]:
    required = (*COMMON, "n", "layers", "readouts")
    yield from key_problems(document, "the model", required, TOKEN_KEYS)
    yield from token_problems(document)
    yield from _net_problems(document, "layers")
    readouts = document.get("readouts", [])
    if not isinstance(readouts, list):
        yield f"readouts must be a list, not {kind(readouts)}"
        return
    for index, readout in enumerate(readouts):
        yield from key_problems(readout, f"readouts[{index}]", READOUT_KEYS, READOUT_OPTIONS)


def _net_problems(document: dict[str, Any], key: str, above: str = "") -> Iterator[str]:
    nets = document.get(key, [])
    if not isinstance(nets, list):
        yield f"{above}{key} must be a list, not {kind(nets)}"
        return
    for index, net in enumerate(nets):
        yield from key_problems(net, f"{above}{key}[{index}]", NET_KEYS, NET_OPTIONS)


def _nets(document: dict[str, Any], key: str) -> tuple[FeedForward, ...]:
    return tuple(
        read_net(net, f"{key}[{index}]") for index, net in enumerate(document.get(key, []))
    )


def _cell(cell: dict[str, Any], place: str) -> Cell:
    with at(place):
        if "states" not in cell:
            residual = flag(cell.get("residual", False), "residual")
            return NetCell(vector(cell["initial"], "initial"), _nets(cell, "nets"), residual)
        moves = tuple(
            tuple(items(row, f"moves[{i}]"))
            for i, row in enumerate(items(cell["moves"], "moves"))
        )
        rows = matrix(cell.get("rows", []), "rows")
        return Automaton(texts(cell["states"], "states"), moves, cell.get("initial", 0), rows)


def _net_cell_document(cell: NetCell) -> dict[str, Any]:
    nets = [net_document(net) for net in cell.nets]
    return {
        "initial": numbers(cell.initial),
        "nets": nets,
        **({"residual": True} if cell.residual else {}),
    }


def _automaton_document(cell: Automaton) -> dict[str, Any]:
    return {
        "states": list(cell.states),
        "initial": cell.states[cell.initial],
        "moves": [[cell.states[move] for move in row] for row in cell.moves],
        **({} if cell.one_hot else {"rows": matrix_rows(cell.rows)}),
    }


CELLS: dict[type, Callable[[Any], dict[str, Any]]] = {
    NetCell: _net_cell_document,
    Automaton: _automaton_document,
}
