"""Data and nets of qSTR and simple-qSTR with one target, and the trained transformer as a model of signs.

The protocol is that of the published code (github.com/mousavih/transformers-separation), written anew.
"""

from itertools import pairwise
from math import log, sqrt
from typing import Any

import numpy as np

from circuitsim.experiments.experiment import Outcome, Progress, Setting
from circuitsim.experiments.real_inputs.restricted import Attention, Codes, Net, deciding
from circuitsim.experiments.torch_runs import descend, sign_codes, torch_from
from circuitsim.models.files.json_model import json_text
from circuitsim.zoo.tasks.targets import QSTR, SimpleQSTR

LOOK_EVERY = 10  # batches
FIRST = 250  # test inputs that say whether all are worth looking at
FAR = 1.5  # times the threshold, from which on they are not
HIDDEN = 100  # of the transformer's net


def train(setting: Setting, progress: Progress) -> Outcome:
    """Train online until the test loss is below the threshold, on test sets of both tasks; see `qstr`."""
    torch = torch_from(setting["seed"])
    s: dict[str, Any] = {**setting, "codes": int(log(int(setting["N"] or 0)) * 5)}
    direction = torch.nn.functional.normalize(torch.randn(s["d"]), dim=0)
    codes = sign_codes(torch, s["N"], s["codes"])
    tests = {
        name: _examples(torch, s, s["test"], direction, codes, name == "simple")
        for name in ("simple", "own" if s["task"] == "qstr" else "simple")
    }
    net = _net(torch, s)
    optimizer = torch.optim.AdamW(net.parameters(), lr=s["lr"], weight_decay=s["decay"])
    found: dict[str, Any] = {"samples": dict.fromkeys(tests), "loss": {}}
    seen = 0
    while seen < s["cap"] and None in found["samples"].values():
        tokens, answers = _examples(
            torch, s, s["batch"], direction, codes, s["task"] == "simple-qstr"
        )
        loss = ((net(tokens) - answers) ** 2).mean()
        descend(optimizer, loss)
        seen += s["batch"]
        if seen // s["batch"] % LOOK_EVERY == 0:
            progress(f"{seen:,} samples, loss {loss.item():.3f}")
            for name, test in tests.items():
                if found["samples"][name] is None and _below(
                    torch, net, test, s["threshold"]
                ):
                    found["samples"][name] = seen
    found["loss"] = {name: _loss(torch, net, test) for name, test in tests.items()}
    found["parameters"] = sum(p.numel() for p in net.parameters())
    if s["learner"] != "transformer":
        return Outcome(found)
    model = restricted(net, direction, codes, s, min(s["N"], s["circuit_n"]))
    return Outcome(found, {"transformer.json": json_text(model).encode()})


def _examples(
    torch: Any, s: dict[str, Any], count: int, direction: Any, codes: Any, simple: bool
) -> Any:
    """Tokens [x; code of the position; code of the target] (count, N, D), and <u, x at the target> (count, N)."""
    n = s["N"]
    x = torch.randn(count, n, s["d"])
    targets = torch.randint(n, (count, 1 if simple else n)).expand(count, n)
    tokens = torch.cat([x, codes.expand(count, n, -1), codes[targets]], dim=2)
    return tokens, (x @ direction).gather(1, targets)


def _below(torch: Any, net: Any, test: Any, threshold: float) -> bool:
    """Whether the test loss is below the threshold; the first inputs say whether that may be."""
    first = tuple(part[:FIRST] for part in test)
    if _loss(torch, net, first) > FAR * threshold:
        return False
    return _loss(torch, net, test) < threshold


def _loss(torch: Any, net: Any, test: Any) -> float:
    with torch.no_grad():
        parts = [
            ((net(tokens) - answers) ** 2).mean(dim=1)
            for tokens, answers in zip(*(part.split(FIRST) for part in test), strict=True)
        ]
        return float(torch.cat(parts).mean().item())


def _net(torch: Any, s: dict[str, Any]) -> Any:
    nn, width, n = torch.nn, s["d"] + 2 * s["codes"], s["N"]

    class Transformer(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(width, 1, batch_first=True)
            self.hidden, self.out = nn.Linear(width, HIDDEN), nn.Linear(HIDDEN, 1)

        def forward(self, tokens: Any) -> Any:
            seen, _ = self.attention(tokens, tokens, tokens, need_weights=False)
            return self.out(self.hidden(seen).relu()).squeeze(2)

    class Recurrent(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.cells = nn.GRU(width, s["states"], batch_first=True, bidirectional=True)
            self.out = nn.Linear(2 * s["states"], 1)

        def forward(self, tokens: Any) -> Any:
            return self.out(self.cells(tokens)[0]).squeeze(2)

    if s["learner"] == "transformer":
        return Transformer()
    if s["learner"] == "recurrent":
        return Recurrent()
    sizes = (n * width, n * s["d"], s["ffn"])
    layers = [part for a, b in pairwise(sizes) for part in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(nn.Flatten(), *layers, nn.Linear(sizes[-1], n))


def restricted(net: Any, direction: Any, codes: Any, s: dict[str, Any], n: int) -> Any:
    """The transformer on n tokens with x = + or - u, deciding whether the sign at the target is +."""
    task = (QSTR if s["task"] == "qstr" else SimpleQSTR)(q=1, g="majority")
    d, d_e = s["d"], s["codes"]
    width = d + 2 * d_e
    at = codes.numpy().astype(float)[:n]
    sign, places, pointers = np.zeros(width), np.zeros((n, width)), np.zeros((n, width))
    sign[:d] = direction.numpy()
    places[:, d : d + d_e] = at
    pointers[:, d + d_e :] = at
    named = {
        name: value.detach().numpy().astype(float) for name, value in net.named_parameters()
    }
    query, key, value = np.split(named["attention.in_proj_weight"], 3)
    query_bias, _, value_bias = np.split(named["attention.in_proj_bias"], 3)
    out, out_bias = named["attention.out_proj.weight"], named["attention.out_proj.bias"]
    head = Attention(query.T @ key / sqrt(width), keys=query_bias @ key / sqrt(width))
    hidden = named["hidden.weight"] @ out
    after = Net(
        hidden @ value,
        hidden @ value_bias + named["hidden.weight"] @ out_bias + named["hidden.bias"],
        named["out.weight"][0],
        float(named["out.bias"][0]),
    )
    return deciding(task, n, Codes(sign, places, {"t1": pointers}), head, after)
