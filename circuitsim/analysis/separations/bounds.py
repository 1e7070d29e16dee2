"""The papers' lower bounds as data.

The n of a bound counts the tokens of the task's input; where the paper's N counts something else, the formula says so.
Bounds in "message bits" and "state bits" are about what `cut_bits.py` counts of a model.
"""

from math import log2

from circuitsim.analysis.separations.bound import Bound, Constant

SANFORD = "Sanford, Hsu and Telgarsky 2023 (2306.02896)"
BHATTAMISHRA = "Bhattamishra, Hahn, Blunsom and Kanade 2024 (2406.09347)"
WANG = "Wang, Wei, Hsu and Lee 2024 (2406.06893)"
MOUSAVI = "Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (2503.11272)"
HOPS = "Sanford, Hsu and Telgarsky 2024 (2402.09268)"
PENG = "Peng, Narayanan and Papadimitriou 2024 (2402.08164)"

OMEGA = "The paper gives no constant; 1 is used here."
SIGNS = (
    "Of n > q signs, and g their parity or sum, one layer of hard attention needs H >= q whatever the weights and maps"
    " of tokens: a head chooses one token, so one sign fixed for each fixes what they see (ours;"
    " `analysis/restricting.py` does it to the model at hand). There one head of saturated attention is enough, as it"
    " averages many tokens."
)
COUNTED = (
    "The value is the gadget's own count, which `analysis/gadgets.py` shows by enumeration."
)


def _log_log(n: int) -> float:
    """log2 log2 n, at least 1."""
    return max(1.0, log2(max(2.0, log2(n))))


def _match3_bits(n: int, modulus: int) -> float:
    return 0 if modulus % 4 else min((n - 1) // 2, modulus // 4 - 1)


def _half(n: int) -> float:
    return n / 2


def _halves(task: str, constant: Constant) -> tuple[Bound, Bound]:
    """What tasks on two halves of the input need: recurrent nets (Theorem 11) and one layer (Theorem 12)."""
    said, note = ("", "") if constant == "paper" else ("as ", COUNTED)
    recurrent, one = f"{said}Theorem 11", f"{said}Theorem 12"
    return (
        Bound(
            task,
            "recurrent",
            "state bits",
            "m p >= N / 2",
            _half,
            recurrent,
            BHATTAMISHRA,
            constant,
            note=note,
        ),
        Bound(
            task,
            "transformer",
            "message bits",
            "m p H = Omega(N)",
            _half,
            one,
            BHATTAMISHRA,
            "recalled",
            1,
            COUNTED,
        ),
    )


BOUNDS: tuple[Bound, ...] = (
    Bound(
        task="q-sparse-averaging",
        architecture="transformer",
        resource="message bits",
        formula="m p >= c q",
        rule=lambda n, q: q if n >= 2 * q + 1 else 0,
        theorem="Theorem 4",
        source=SANFORD,
        constant="recalled",
        layers=1,
        note="One head, n >= 2q + 1, error at most 1/(2q). " + COUNTED,
    ),
    Bound(
        task="q-sparse-averaging",
        architecture="fully-connected",
        resource="first-layer width",
        formula="width >= N d / 2",
        rule=lambda n, q, d=1: n * d / 2 if 2 * q <= n else 0,
        theorem="Theorem 10",
        source=SANFORD,
        constant="paper",
        note="q <= N/2; d is the dimension of a value.",
    ),
    Bound(
        task="q-sparse-averaging",
        architecture="recurrent",
        resource="state bits",
        formula="m p >= (N - 1) / 2 for q = 1",
        rule=lambda n, q: (n - q) / 2,
        theorem="Theorem 11",
        source=SANFORD,
        constant="paper",
        note="For larger q the value is (N - q) / 2, by the gadget with q - 1 idle pointers.",
    ),
    Bound(
        task="match3",
        architecture="transformer",
        resource="m p H",
        formula="m p H >= c N / log log N",
        rule=lambda n, modulus: n / _log_log(n) if modulus > n else 0,
        theorem="Theorem 7",
        source=SANFORD,
        constant="recalled",
        layers=1,
        note="Heads of second order, modulus at least N + 1. " + OMEGA,
    ),
    Bound(
        task="match3",
        architecture="transformer",
        resource="message bits",
        formula="message bits >= (N - 1) / 2",
        rule=_match3_bits,
        theorem="Theorem 7",
        source=SANFORD,
        constant="recalled",
        layers=1,
        note="Heads of second order; modulus M a multiple of 4, at least 2 (N + 1), else M / 4 - 1 bits. "
        + COUNTED,
    ),
    Bound(
        task="index-lookup",
        architecture="recurrent",
        resource="state bits",
        formula="m p >= N, N = n - 1 letters before the query",
        rule=lambda n: n - 1,
        theorem="Theorem 3",
        source=BHATTAMISHRA,
        constant="paper",
        note="Causal linear attention needs as much.",
    ),
    Bound(
        task="bounded-dyck",
        architecture="transformer",
        resource="m H",
        formula="m H >= (N - 1) / (3 (p + log2 N))",
        rule=lambda n, p, k=2, depth=2: (
            (n - 1) / (3 * (p + log2(n))) if min(k, depth) >= 2 else 0
        ),
        theorem="Theorems 5 and 10",
        source=BHATTAMISHRA,
        constant="paper",
        layers=1,
        note="Dyck-(2,2), hence any k, D >= 2; N even.",
    ),
    Bound(
        task="bounded-dyck",
        architecture="transformer",
        resource="message bits",
        formula="3 m (p + log2 N) H >= N - 1",
        rule=lambda n, k=2, depth=2: n - 1 if min(k, depth) >= 2 else 0,
        theorem="Lemma 1 and Theorem 5",
        source=BHATTAMISHRA,
        constant="paper",
        layers=1,
        note="Dyck-(2,2), odd against even positions; all 2^(N-1) members are a fooling set; N even.",
    ),
    *_halves("equality", "paper"),
    *_halves("inequality", "paper"),
    *_halves("disjointness", "recalled"),
    Bound(
        task="nearest-neighbour",
        architecture="recurrent",
        resource="state bits",
        formula="m p >= N / 2, N = n - 1 tokens before the query",
        rule=lambda n, dimension: min((n - 1) // 2, 2**dimension),
        theorem="Theorem 8",
        source=BHATTAMISHRA,
        constant="paper",
        note="Vectors of d signs are at most 2^d, and no more labels matter.",
    ),
    Bound(
        task="associative-recall",
        architecture="recurrent",
        resource="state bits",
        formula="m p >= N / 3, the pairs of a key and a value",
        rule=lambda n: n / 3,
        theorem="Proposition 9",
        source=BHATTAMISHRA,
        constant="recalled",
        note="The paper writes m >= N/p. " + COUNTED,
    ),
    Bound(
        task="qstr",
        architecture="transformer",
        resource="heads",
        formula="loss >= 1 - H / q, so H >= q",
        rule=lambda n, q: q if n > q else 0,
        theorem="Proposition 21",
        source=MOUSAVI,
        constant="paper",
        layers=1,
        note="Real data, d = 1, and no weights between data and positions in the scores. "
        + SIGNS,
    ),
    Bound(
        task="qstr",
        architecture="transformer",
        resource="heads",
        formula="loss >= 1 - H (q + d) / (q d), so H >= q d / (q + d)",
        rule=lambda n, q, d=1: q * d / (q + d),
        theorem="Proposition 4",
        source=MOUSAVI,
        constant="recalled",
        layers=1,
        note="Real data, any scores; reconstructed from the proof.",
    ),
    Bound(
        task="qstr",
        architecture="recurrent",
        resource="state width",
        formula="width >= N / log2(1 + L^2 norm^2)",
        rule=lambda n, L, norm: n / log2(1 + L**2 * norm**2),
        theorem="Proposition 6",
        source=MOUSAVI,
        constant="recalled",
        note="Already for q = 1; the output map has Lipschitz constant L and a matrix of this norm. Reconstructed. "
        + OMEGA,
    ),
    Bound(
        task="simple-qstr",
        architecture="fully-connected",
        resource="samples",
        formula="loss >= 1 - samples / (N d), so samples >= N d",
        rule=lambda n, d=1: n * d,
        theorem="Theorem 9",
        source=MOUSAVI,
        constant="recalled",
        note="Learning, at any width: already for q = 1 and linear g; the value is reconstructed from the proof.",
    ),
    Bound(
        task="k-hop",
        architecture="transformer",
        resource="layers",
        formula="layers = Omega(log k) while m H = O(k^(1 - e))",
        rule=lambda n, k: log2(k),
        theorem="Corollary 4.3",
        source=HOPS,
        constant="recalled",
        note="Rests on the conjecture that one cycle and two are hard to tell apart in few rounds. "
        + OMEGA,
    ),
    Bound(
        task="k-hop",
        architecture="recurrent",
        resource="state width",
        formula="layers >= k or width = Omega(N / k^6)",
        rule=lambda n, k: n / k**6,
        theorem="the bound for recurrent nets",
        source=HOPS,
        constant="recalled",
        note="For fewer than k layers. " + OMEGA,
    ),
    Bound(
        task="function-composition",
        architecture="transformer",
        resource="H (d + 1) p",
        formula="wrong with probability >= R / (3 D log2 D), R = D log2 D - H (d + 1) p, while R > 0",
        rule=lambda n: (n - 1) / 2 * log2((n - 1) / 2),
        theorem="the theorem on one layer",
        source=PENG,
        constant="paper",
        layers=1,
        note="D = (n - 1) / 2: size of the domain; d: width of the embedding. `composition_error` is the probability.",
    ),
    Bound(
        task="sparse-token-selection",
        architecture="fully-connected",
        resource="first-layer width",
        formula="width = Omega(N d), N = n - 1 tokens before the query",
        rule=lambda n, d=1: (n - 1) * d,
        theorem="the bound for fully connected nets",
        source=WANG,
        constant="recalled",
        note="On average over Gaussian inputs; d is the dimension of a value. " + OMEGA,
    ),
)


def bounds(task: str) -> tuple[Bound, ...]:
    """The bounds on a task; none for a task without any."""
    return tuple(bound for bound in BOUNDS if bound.task == task)


def composition_error(
    domain: int, heads: int, embedding: int, precision: int
) -> tuple[float, str]:
    """How often one softmax layer errs at least on random f(g(x)), 0 where the theorem is silent; with its predicate.

    Source: 2402.08164.
    """
    need, has = domain * log2(domain), heads * (embedding + 1) * precision
    text = f"R = D log2 D - H (d + 1) p = {need:g} - {has} = {need - has:g}"
    if need <= has:
        return 0.0, f"{text} is not positive: the theorem is silent"
    return (need - has) / (3 * need), f"{text} > 0"
