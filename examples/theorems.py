"""Theorems about every length, as a table for a paper: each proved here, and its certificate checked.

python examples/theorems.py
"""

import circuitsim as cs
from circuitsim.analysis.proofs.proving import Answer
from circuitsim.certificates.verify import verify

MAJORITY = "examples/majority.pt"
# A model, what it should decide, and what else is said.
THEOREMS = [
    (MAJORITY, "majority", {}),
    (MAJORITY, "majority", {"bits": "4"}),
    (MAJORITY, "majority", {"bits": "5"}),
    (MAJORITY, "majority", {"exact": True}),
    (MAJORITY, "majority:margin=n/213", {"exact": True}),
    (MAJORITY, "majority:margin=n/214", {"exact": True}),
    ("examples/first.json", "first", {}),
    ("examples/lookup.json", "lock", {}),
    ("zoo:majority", "majority", {"up_to": 64}),
    *((f"zoo:star-free:language={name}", f"star-free:language={name}", {})
      for name in ("ab-star", "a-star-b-star", "contains-ab", "no-two-a")),
    *((f"zoo:bounded-dyck:k={k},depth={d}", f"bounded-dyck:k={k},depth={d}", {})
      for k, d in ((1, 2), (2, 2), (2, 3))),
    ("zoo:bounded-dyck", "bounded-dyck:depth=3", {}),
]  # fmt: skip


def said(answer: Answer, model: object) -> list[str]:
    """What the table says of an answer: what became of it, by what, and its evidence."""
    if answer.status == "refuted":
        short = answer.counterexample if answer.length < 12 else f"of {answer.length} letters"
        return ["refuted", answer.engine, f"shortest counterexample: {short}"]
    theorem = verify(answer.certificate, model)
    assert theorem == answer.theorem
    steps = len(answer.certificate.get("steps", ())) or answer.reason
    evidence = f"{steps} steps" if isinstance(steps, int) else steps
    return [answer.status, answer.engine, f"{evidence}; certificate checked"]


def main() -> None:
    """Print the table."""
    print("| model | numbers | decides | lengths | | by | evidence |")
    print("|---|---|---|---|---|---|---|")
    for address, specification, how in THEOREMS:
        model = cs.load(address)
        answer = cs.prove(model, specification, **how)
        bits = how.get("bits") or ("its own" if "up_to" in how else model.at(1).bits)
        numbers = "exact" if "exact" in how else f"{bits} fraction bits"
        lengths = f"n = 1 to {how['up_to']}" if "up_to" in how else "every n"
        name = address.removeprefix("examples/")
        print(
            "|",
            " | ".join([name, numbers, specification, lengths, *said(answer, model)]),
            "|",
        )


if __name__ == "__main__":
    main()
