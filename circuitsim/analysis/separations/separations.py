"""Which architecture needs how much for which task: the separations, each with the models that stand for its sides.

A side is a model of the zoo that solves the task, at every length and, where a separation has variants (q pointers,
k hops), for every variant. The side that the papers' theorem is about carries its bound, and an option of its model
that can be squeezed until the model fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from circuitsim.analysis.separations.bound import Bound
from circuitsim.analysis.separations.bounds import BOUNDS
from circuitsim.errors import InputError
from circuitsim.zoo.addresses import built
from circuitsim.zoo.cosines import least_match_bits
from circuitsim.zoo.entry import Built
from circuitsim.zoo.near import nearest

Resource: TypeAlias = Literal["cut_bits", "width", "heads", "layers", "bits"]
Names: TypeAlias = Callable[
    [int, int], str
]  # of n and the variant: the model's address without zoo:

WORDS: dict[Resource, str] = {
    "cut_bits": "bits at the cut",
    "width": "width of the first layer",
    "heads": "heads",
    "layers": "layers of attention",
    "bits": "fraction bits least needed",
}


@dataclass(frozen=True)
class Side:
    """One architecture's way.

    Attributes:
        label: as rows and figures call it.
        name: the model's address at n for a variant.
        resource: what it is compared by. bound: the papers' lower bound on it, or None.
        single_query: whether the bound's Alice has one token, whose query is her message.
        squeeze: the model's option that holds the resource; a smaller value is too little.
        tight: whether inputs of n tokens need all of it for a variant; where not, a squeezed model is still right.
        longest: the largest n at which it is measured; beyond, a row takes minutes.
        proved: fraction bits that are least for all inputs of every length, by a search that is not of inputs.
    """

    label: str
    name: Names
    resource: Resource
    bound: Bound | None = None
    single_query: bool = False
    squeeze: str | None = None
    tight: Callable[[int, int], bool] = lambda n, variant: True
    longest: int = 256
    proved: Callable[[Any], int] | None = None

    def built(self, n: int, variant: int, squeezed: int | None = None) -> Built:
        """The model's entry with its options, `squeezed` being the value of the option that is squeezed."""
        text = self.name(n, variant)
        if squeezed is not None:
            text += f"{',' if ':' in text else ':'}{self.squeeze}={squeezed}"
        return built(text)


@dataclass(frozen=True)
class Separation:
    """One task and the architectures that it separates.

    Attributes:
        name: of the task. claim: what the papers say, in a sentence.
        variants: of the task's option `option`; (0,) where there is none.
    """

    name: str
    claim: str
    sides: tuple[Side, ...]
    option: str = ""
    variants: tuple[int, ...] = (0,)


def bound(task: str, architecture: str, resource: str) -> Bound:
    """The one bound on a task's architecture and resource."""
    found = [
        b
        for b in BOUNDS
        if (b.task, b.architecture, b.resource) == (task, architecture, resource)
    ]
    (only,) = found[:1]
    return only


def _same(name: str) -> Names:
    return lambda n, variant: name


def _modulus(n: int) -> int:
    """For Match3: a multiple of 4 of at least 2 (n + 1), so that the gadget has all its bits."""
    return 4 * ((n + 2) // 2)


SEPARATIONS: dict[str, Separation] = {
    s.name: s
    for s in (
        Separation(
            "q-sparse-averaging",
            "One attention unit of width O(q log N) averages any q tokens; a recurrent net must remember all tokens,"
            " and a fully connected net needs a first layer of width N d / 2.",
            (
                Side(
                    "transformer, one-hot keys",
                    _same("q-sparse-averaging:keys=one-hot"),
                    "cut_bits",
                    bound("q-sparse-averaging", "transformer", "message bits"),
                    single_query=True,
                ),
                Side(
                    "transformer, polytope keys",
                    _same("q-sparse-averaging:keys=polytope"),
                    "cut_bits",
                    bound("q-sparse-averaging", "transformer", "message bits"),
                    single_query=True,
                    longest=128,
                ),
                Side(
                    "transformer, sign keys",
                    _same("q-sparse-averaging:keys=signs"),
                    "cut_bits",
                    bound("q-sparse-averaging", "transformer", "message bits"),
                    single_query=True,
                    squeeze="dimension",
                    longest=64,
                ),
                Side(
                    "recurrent net",
                    _same("q-sparse-averaging-rnn"),
                    "cut_bits",
                    bound("q-sparse-averaging", "recurrent", "state bits"),
                    squeeze="cells",
                    longest=64,
                ),
                Side(
                    "fully connected net",
                    _same("q-sparse-averaging-fcn"),
                    "width",
                    bound("q-sparse-averaging", "fully-connected", "first-layer width"),
                    squeeze="width",
                    longest=32,
                ),
            ),
        ),
        Separation(
            "match2",
            "One unit of width 3 finds pairs that sum to zero modulo M; cosines need about 2 log2 M - 3 fraction bits,"
            " and integers none.",
            (
                Side(
                    "transformer, cosines",
                    lambda n, m: f"match2:modulus={m},embedding=trigonometric",
                    "bits",
                    proved=lambda task: least_match_bits(task.modulus),
                ),
                Side(
                    "transformer, integers",
                    lambda n, m: f"match2:modulus={m},embedding=integer",
                    "bits",
                ),
            ),
            "modulus",
            (8, 16, 32, 64, 128, 256),
        ),
        Separation(
            "match3",
            "One third-order unit of width 5 finds triples that sum to zero; a layer of second-order heads needs"
            " m p H growing like N.",
            (
                Side(
                    "third-order transformer",
                    lambda n, _: f"match3:modulus={_modulus(n)}",
                    "cut_bits",
                    longest=64,
                    proved=lambda task: least_match_bits(task.modulus, 3),
                ),
                Side(
                    "second-order transformer, one layer",
                    lambda n, _: f"match3-second-order:modulus={_modulus(n)}",
                    "cut_bits",
                    bound("match3", "transformer", "message bits"),
                    squeeze="width",
                    longest=32,
                ),
            ),
        ),
        Separation(
            "index-lookup",
            "One head of width O(log N) looks a position up; a recurrent net must hold all N letters.",
            (
                Side("transformer", _same("index-lookup"), "cut_bits"),
                Side(
                    "recurrent net",
                    _same("index-lookup-rnn"),
                    "cut_bits",
                    bound("index-lookup", "recurrent", "state bits"),
                    squeeze="cells",
                ),
            ),
        ),
        Separation(
            "bounded-dyck",
            "A recurrent net of 3 bits accepts Dyck-(2,2); a transformer of one layer needs m H like N / log N.",
            (
                Side("recurrent net", _same("bounded-dyck-rnn"), "cut_bits"),
                Side("transformer, D + 1 layers", _same("bounded-dyck"), "cut_bits"),
                Side(
                    "transformer, one layer",
                    _same("bounded-dyck-one-layer"),
                    "cut_bits",
                    bound("bounded-dyck", "transformer", "message bits"),
                    squeeze="width",
                    longest=32,
                ),
            ),
        ),
        Separation(
            "equality",
            "Two layers of width O(log N) compare the halves; one layer, and a recurrent net, need N / 2 bits.",
            (
                Side("transformer, 2 layers", _same("equality"), "cut_bits"),
                Side(
                    "transformer, one layer",
                    _same("equality-one-layer"),
                    "cut_bits",
                    bound("equality", "transformer", "message bits"),
                    squeeze="width",
                ),
                Side(
                    "recurrent net",
                    _same("equality-rnn"),
                    "cut_bits",
                    bound("equality", "recurrent", "state bits"),
                    squeeze="cells",
                ),
            ),
        ),
        Separation(
            "qstr",
            "A function of q tokens that each token points to takes q hard heads of one layer.",
            (
                Side(
                    "transformer",
                    lambda n, q: f"qstr:q={q}",
                    "heads",
                    bound("qstr", "transformer", "heads"),
                    squeeze="heads",
                ),
            ),
            "q",
            (1, 2, 3, 4),
        ),
        Separation(
            "k-hop",
            "Doubling reaches k hops in floor(log2 k) + 2 layers, where one hop a layer takes k + 1.",
            (
                Side(
                    "transformer, doubling",
                    lambda n, k: f"k-hop:k={k}",
                    "layers",
                    bound("k-hop", "transformer", "layers"),
                    longest=64,
                ),
                Side(
                    "transformer, one hop a layer",
                    lambda n, k: f"k-hop-chain:k={k}",
                    "layers",
                    bound("k-hop", "transformer", "layers"),
                    squeeze="layers",
                    tight=lambda n, k: (
                        k < n
                    ),  # n - 2 hops can lead on, the next leads nowhere, and later ones change nothing
                    longest=64,
                ),
            ),
            "k",
            (1, 2, 4, 8),
        ),
    )
}


def separation(name: str) -> Separation:
    """The separation by a task.

    Raises:
        InputError: there is none, with the nearest name.
    """
    if name not in SEPARATIONS:
        known = ", ".join(SEPARATIONS)
        raise InputError(
            f"no separation by {name[:60]!r}{nearest(name, SEPARATIONS)}; there are {known}."
        )
    return SEPARATIONS[name]
