"""Data and nets of qSTR with q targets, on squares: what heads find."""

from math import sqrt
from typing import Any

from circuitsim.experiments.experiment import Outcome, Progress, Setting
from circuitsim.experiments.torch_runs import descend, sign_codes, torch_from

LOOKS = 40  # times that the loss is taken


def train(setting: Setting, progress: Progress) -> Outcome:
    """Train one layer of H heads; see `qstr_heads`."""
    torch = torch_from(setting["seed"])
    s: dict[str, Any] = dict(setting)
    codes = sign_codes(torch, s["N"], s["codes"])
    test = _examples(torch, s, s["test"], codes)
    net = _net(torch, s)
    optimizer = torch.optim.AdamW(net.parameters(), lr=s["lr"], weight_decay=s["decay"])
    found: dict[str, Any] = {"at": [], "loss": []}
    for step in range(s["steps"] + 1):
        if step % max(1, s["steps"] // LOOKS) == 0:
            with torch.no_grad():
                found["at"].append(step)
                found["loss"].append(_loss(net, test).item())
            progress(f"step {step} of {s['steps']}, loss {found['loss'][-1]:.3f}")
        loss = _loss(net, _examples(torch, s, s["batch"], codes))
        descend(optimizer, loss)
    return Outcome(found)


def _examples(torch: Any, s: dict[str, Any], count: int, codes: Any) -> tuple[Any, Any]:
    """Tokens [x; code of the position; codes of the targets] (count, N, D), and sums of squares (count, N)."""
    n, q = s["N"], s["q"]
    x = torch.randn(count, n)
    targets = torch.rand(count, n, n).topk(q, dim=2).indices
    found = x[:, None].expand(count, n, n).gather(2, targets)
    at = codes.expand(count, n, -1)
    tokens = torch.cat([x[:, :, None], at, codes[targets].flatten(2)], dim=2)
    return tokens, (found**2 - 1).sum(2) / sqrt(2 * q)


def _net(torch: Any, s: dict[str, Any]) -> Any:
    nn = torch.nn
    code = s["codes"]
    asked = code * (1 + s["q"])
    width = 1 + asked

    class Heads(nn.Module):  # type: ignore[name-defined]
        """Scores of codes alone: one matrix a head, from all codes of the query to the code of the key's position."""

        def __init__(self) -> None:
            super().__init__()
            drawn = torch.randn(s["heads"], asked, code)
            self.scores = nn.Parameter(drawn / sqrt(asked))
            self.hidden = nn.Linear(s["heads"] * width, s["hidden"])
            self.out = nn.Linear(s["hidden"], 1)

        def forward(self, tokens: Any) -> Any:
            queries = tokens[:, None, :, 1:]
            keys = tokens[:, None, :, 1 : 1 + code]
            scores = queries @ self.scores @ keys.transpose(2, 3)
            seen = scores.softmax(3) @ tokens[:, None]
            joined = seen.transpose(1, 2).flatten(2)
            hidden = self.hidden(joined).relu()
            return self.out(hidden).squeeze(2)

    return Heads()


def _loss(net: Any, examples: tuple[Any, Any]) -> Any:
    tokens, answers = examples
    return ((net(tokens) - answers) ** 2).mean()
