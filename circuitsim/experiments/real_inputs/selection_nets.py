"""Data and nets of sparse token selection, and the trained attention as a model of signs."""

from typing import Any

import numpy as np

from circuitsim.experiments.experiment import Outcome, Progress, Setting
from circuitsim.experiments.real_inputs.restricted import Attention, Codes, counting
from circuitsim.experiments.torch_runs import descend, sign_codes, torch_from
from circuitsim.models.files.json_model import json_text
from circuitsim.zoo.tasks.averaging import SparseTokenSelection

LOOKS = 20  # times that losses are taken
LONGER = (1, 2, 4)  # times T, lengths of the held-out sets


def train(setting: Setting, progress: Progress) -> Outcome:
    """Train one net; see `sparse_token_selection`."""
    torch = torch_from(setting["seed"])
    s: dict[str, Any] = dict(setting)
    attention = s["learner"] != "feed-forward"
    lengths = [s["T"] * times for times in (LONGER if attention else LONGER[:1])]
    fixed = sign_codes(torch, max(lengths), s["codes"]) if s["learner"] == "fixed" else None
    held_out = {n: _examples(torch, s, n, s["held_out"], fixed) for n in lengths}
    net = _attention(torch, s) if attention else _feed_forward(torch, s)
    optimizer = torch.optim.Adam(net.parameters(), lr=s["lr"])
    found: dict[str, Any] = {"at": [], "loss": {str(n): [] for n in lengths}}
    for step in range(s["steps"] + 1):
        if step % max(1, s["steps"] // LOOKS) == 0:
            _look(torch, net, step, held_out, found)
            progress(
                f"step {step} of {s['steps']}, loss {found['loss'][str(s['T'])][-1]:.4f}"
            )
        loss = _loss(net, _examples(torch, s, s["T"], s["batch"], fixed))
        descend(optimizer, loss)
    found["parameters"] = sum(p.numel() for p in net.parameters())
    if not attention:
        return Outcome(found)
    n = min(s["circuit_n"], s["T"] + 1)
    codes = sign_codes(torch, n - 1, s["codes"]) if fixed is None else fixed
    found["circuit_n"] = n
    text = json_text(restricted(net, codes.numpy().astype(float), s, n))
    return Outcome(found, {"attention.json": text.encode()})


def _examples(
    torch: Any, s: dict[str, Any], n: int, count: int, fixed: Any
) -> dict[str, Any]:
    """Gaussian vectors x (count, n, d), who is in the set (count, n), codes (n, D) and the averages (count, d)."""
    x = torch.randn(count, n, s["d"])
    # The q largest of n uniform numbers are a uniform set.
    sets = torch.rand(count, n).topk(s["q"], dim=1).indices
    member = torch.zeros(count, n).scatter(1, sets, 1.0)
    codes = sign_codes(torch, n, s["codes"]) if fixed is None else fixed[:n]
    answers = (member[:, :, None] * x).sum(1) / s["q"]
    return {"x": x, "member": member, "codes": codes, "answers": answers}


def _attention(torch: Any, s: dict[str, Any]) -> Any:
    """V Z softmax(Z^T W z), of tokens [x; code] and the query [0; sum of the set's codes], from zero on."""
    nn = torch.nn
    width = s["d"] + s["codes"]

    class Attention(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.scores = nn.Parameter(torch.zeros(width, width))
            self.values = nn.Parameter(torch.zeros(s["d"], width))

        def forward(self, inputs: dict[str, Any]) -> Any:
            x, codes = inputs["x"], inputs["codes"]
            query = inputs["member"] @ codes
            asked = query @ self.scores[:, s["d"] :].T
            scores = (x @ asked[:, : s["d"], None])[:, :, 0] + asked[:, s["d"] :] @ codes.T
            weights = scores.softmax(1)
            data = (weights[:, None] @ x)[:, 0]
            return (
                data @ self.values[:, : s["d"]].T
                + weights @ codes @ self.values[:, s["d"] :].T
            )

    return Attention()


def _feed_forward(torch: Any, s: dict[str, Any]) -> Any:
    nn = torch.nn
    inputs = s["T"] * (s["d"] + 1)

    class FeedForward(nn.Module):  # type: ignore[name-defined]
        """A net of the vectors and of the set, as T bits."""

        def __init__(self) -> None:
            super().__init__()
            self.hidden, self.out = (
                nn.Linear(inputs, s["hidden"]),
                nn.Linear(s["hidden"], s["d"]),
            )

        def forward(self, given: dict[str, Any]) -> Any:
            joined = torch.cat([given["x"].flatten(1), given["member"]], dim=1)
            return self.out(self.hidden(joined).relu())

    return FeedForward()


def _loss(net: Any, inputs: dict[str, Any]) -> Any:
    return ((net(inputs) - inputs["answers"]) ** 2).sum(1).mean() / 2


def _look(
    torch: Any, net: Any, step: int, held_out: dict[int, Any], found: dict[str, Any]
) -> None:
    with torch.no_grad():
        found["at"].append(step)
        for n, inputs in held_out.items():
            found["loss"][str(n)].append(_loss(net, inputs).item())


def restricted(net: Any, codes: Any, s: dict[str, Any], n: int) -> Any:
    """The attention on n - 1 vectors that are + or - the first axis, and a last token that asks for q of them."""
    task = SparseTokenSelection(s["q"])
    d, width = s["d"], s["d"] + s["codes"]
    sign, places = np.zeros(width), np.zeros((n, width))
    sign[0] = 1
    places[:-1, d:] = codes[: n - 1]
    pointers = {f"y{k + 1}": places[:-1] for k in range(s["q"])}
    scores, values = (
        part.detach().numpy().astype(float) for part in (net.scores, net.values)
    )
    head = Attention(scores.T, values[:1], mask="strict-causal")
    return counting(task, n, Codes(sign, places, pointers), head, task.name, s["q"])
