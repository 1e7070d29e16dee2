"""Data and nets of q-sparse averaging, and the trained attention unit as a model of signs."""

from typing import Any

import numpy as np

from circuitsim.experiments.experiment import Outcome, Progress, Setting
from circuitsim.experiments.real_inputs.restricted import Attention, Codes, counting
from circuitsim.experiments.torch_runs import descend, torch_from
from circuitsim.models.files.json_model import json_text
from circuitsim.zoo.tasks.averaging import QSparseAveraging

LOOKS = 25  # times that losses are taken
CIRCUIT_N = 8  # tokens of the circuit


def train(setting: Setting, progress: Progress) -> Outcome:
    """Train one net; see `q_sparse_averaging`."""
    torch = torch_from(setting["seed"])
    s: dict[str, Any] = dict(setting)
    codes = torch.nn.functional.normalize(torch.randn(s["N"], s["codes"]), dim=1)
    train_set, test_set = (_examples(torch, s, codes) for _ in range(2))
    net = _net(torch, s)
    optimizer = torch.optim.Adam(net.parameters(), lr=s["lr"])
    found: dict[str, Any] = {"at": [], "train": [], "test": []}
    for step in range(s["steps"] + 1):
        if step % max(1, s["steps"] // LOOKS) == 0 or step == s["steps"]:
            _look(torch, net, step, train_set, test_set, found)
            progress(f"step {step} of {s['steps']}, test loss {found['test'][-1]:.3f}")
        if step < s["steps"]:
            rows = torch.randint(s["examples"], (s["batch"],))
            averages = net(train_set["tokens"][rows])
            loss = _loss(averages, train_set["answers"][rows])
            descend(optimizer, loss)
    found["parameters"] = sum(p.numel() for p in net.parameters())
    if s["learner"] != "attention":
        return Outcome(found)
    found["circuit_n"] = n = min(CIRCUIT_N, s["N"])
    text = json_text(restricted(net, codes, s["d"], n, s["q"]))
    return Outcome(found, {"attention.json": text.encode()})


def _examples(torch: Any, s: dict[str, Any], codes: Any) -> dict[str, Any]:
    """Tokens [value; code of the position; codes of the set] (examples, N, D), the averages, and who is in a set."""
    count, n, q = s["examples"], s["N"], s["q"]
    drawn = torch.randn(count, n, s["d"])
    values = torch.nn.functional.normalize(drawn, dim=2)
    # The q largest of n uniform numbers are a uniform set.
    sets = torch.rand(count, n, n).topk(q, dim=2).indices
    sets = sets.sort(dim=2).values
    member = torch.zeros(count, n, n).scatter(2, sets, 1.0)
    at = codes.expand(count, n, -1)
    asked = codes[sets].flatten(2)
    tokens = torch.cat([values, at, asked], dim=2)
    answers = member @ values / q
    return {"tokens": tokens, "answers": answers, "member": member}


def _net(torch: Any, s: dict[str, Any]) -> Any:
    nn = torch.nn
    width = s["d"] + s["codes"] * (1 + s["q"])

    class Unit(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.query = nn.Linear(width, s["m"], bias=False)
            self.key = nn.Linear(width, s["m"], bias=False)
            self.value = nn.Linear(width, s["d"], bias=False)

        def weights(self, tokens: Any) -> Any:
            return (self.query(tokens) @ self.key(tokens).transpose(1, 2)).softmax(2)

        def forward(self, tokens: Any) -> Any:
            return self.weights(tokens) @ self.value(tokens)

    class Recurrent(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.cells = nn.LSTM(width, s["lstm_hidden"], 2, batch_first=True)
            self.out = nn.Linear(s["lstm_hidden"], s["d"])

        def forward(self, tokens: Any) -> Any:
            return self.out(self.cells(tokens)[0])

    if s["learner"] == "attention":
        return Unit()
    if s["learner"] == "lstm":
        return Recurrent()
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(s["N"] * width, s["mlp_hidden"]),
        nn.ReLU(),
        nn.Linear(s["mlp_hidden"], s["N"] * s["d"]),
        nn.Unflatten(1, (s["N"], s["d"])),
    )


def _loss(found: Any, wanted: Any) -> Any:
    return ((found - wanted) ** 2).sum(2).mean()


def _look(
    torch: Any, net: Any, step: int, train: Any, test: Any, found: dict[str, Any]
) -> None:
    """Losses on both sets; of attention also the share of the weight on the sets, and of sets with the top weights."""
    with torch.no_grad():
        found["at"].append(step)
        found["train"].append(_loss(net(train["tokens"]), train["answers"]).item())
        found["test"].append(_loss(net(test["tokens"]), test["answers"]).item())
        if hasattr(net, "weights"):
            weights, member = net.weights(test["tokens"]), test["member"]
            top = weights.topk(int(member[0, 0].sum()), dim=2).indices
            whole = member.gather(2, top).min(dim=2).values
            found.setdefault("alignment", []).append((weights * member).sum(2).mean().item())
            found.setdefault("found", []).append(whole.mean().item())


def restricted(unit: Any, codes: Any, d: int, n: int, q: int) -> Any:
    """The unit on n tokens whose values are + or - the unit vector that it returns most faithfully, the first axis."""
    task = QSparseAveraging(q)
    at = codes.numpy().astype(float)[:n]
    width = unit.query.weight.shape[1]
    axis = np.zeros(width)
    axis[0] = 1

    def block(number: int) -> Any:
        rows = np.zeros((n, width))
        start = d + number * at.shape[1]
        rows[:, start : start + at.shape[1]] = at
        return rows

    pointers = {f"y{k + 1}": block(1 + k) for k in range(q)}
    query, key, value = (
        part.weight.detach().numpy().astype(float)
        for part in (unit.query, unit.key, unit.value)
    )
    head = Attention(query.T @ key, value[:1])
    return counting(task, n, Codes(axis, block(0), pointers), head, "q-sparse-averaging", q)
