"""Formal languages and pointer chains: each definition against another, members counted, generators legal."""

from itertools import pairwise, product
from math import comb

import numpy as np
import pytest

from circuitsim.errors import InputError
from circuitsim.zoo.tasks.brackets import BoundedDyck, Dyck1, ShuffleDyck
from circuitsim.zoo.tasks.catalogue import TASKS
from circuitsim.zoo.tasks.hops import Composition, KHop
from circuitsim.zoo.tasks.letter_counts import AnBn, First, Majority, Parity
from circuitsim.zoo.tasks.mirrors import Palindrome
from circuitsim.zoo.tasks.star_free import LANGUAGES, StarFree

CATALAN = (1, 1, 2, 5, 14, 42, 132)


def deleted(word, pairs):
    """What is left when pairs side by side are deleted for as long as there are any."""
    while any(pair in word for pair in pairs):
        for pair in pairs:
            word = word.replace(pair, "")
    return word


def nested(n, pairs, depth):
    """The grammar S -> empty, open S' close S with S' one level less deep: its strings of n letters."""
    if n == 0:
        return {""}
    if depth == 0 or n % 2:
        return set()
    return {
        pair[0] + inside + pair[1] + after
        for pair in pairs
        for size in range(0, n - 1, 2)
        for inside in nested(size, pairs, depth - 1)
        for after in nested(n - 2 - size, pairs, depth)
    }


def occurrences(word, k):
    """hop_k by one pass that remembers where each letter came last."""
    last, ways = {}, []
    for at, letter in enumerate(word):
        ways.append(last[letter] + 1 if letter in last else None)
        last[letter] = at
    answers = []
    for at in range(len(word)):
        for _ in range(k):
            at = at if at is None else ways[at]
        answers.append("none" if at is None else word[at])
    return answers


def composed(word):
    """f(g(x)) with functions as dictionaries of values from 1."""
    numbers = [int(token) for token in (word.split() if " " in word else word)]
    m = len(numbers) // 2
    f = dict(enumerate(numbers[:m], 1))
    g = dict(enumerate(numbers[m:-1], 1))
    return [str(f[g[numbers[-1]]])]


STAR_FREE = {
    "ab-star": lambda w: len(w) % 2 == 0 and set(w[::2]) == {"a"} and set(w[1::2]) == {"b"},
    "a-star-b-star": lambda w: list(w) == sorted(w),
    "contains-ab": lambda w: list(w) != sorted(w, reverse=True),
    "no-two-a": lambda w: all(pair != ("a", "a") for pair in pairwise(w)),
}

DEFINITIONS = [  # task, largest n that is tried, whether a string is a member
    (First(), 8, lambda w: w.startswith("1")),
    (Majority(), 8, lambda w: 2 * sum(map(int, w)) > len(w)),
    (Parity(), 8, lambda w: np.bitwise_xor.reduce([int(c) for c in w]) == 1),
    (AnBn(), 8, lambda w: deleted(w, ["ab"]) == "" and "ba" not in w),
    (Dyck1(), 12, lambda w: deleted(w, ["()"]) == ""),
    (
        ShuffleDyck(),
        6,
        lambda w: all(
            deleted("".join(c for c in w if c in p), [p]) == "" for p in ("()", "[]")
        ),
    ),
    (ShuffleDyck(k=1), 8, lambda w: deleted(w, ["()"]) == ""),
    (BoundedDyck(), 6, lambda w: w in nested(len(w), ["()", "[]"], 2)),
    (BoundedDyck(k=1, depth=3), 10, lambda w: w in nested(len(w), ["()"], 3)),
    (BoundedDyck(k=3, depth=1), 4, lambda w: w in nested(len(w), ["()", "[]", "{}"], 1)),
    (BoundedDyck(k=2, depth=99), 6, lambda w: deleted(w, ["()", "[]"]) == ""),
    (Palindrome(), 9, lambda w: all(w[i] == w[-1 - i] for i in range(len(w)))),
    *((StarFree(language), 9, STAR_FREE[language]) for language in LANGUAGES),
]


@pytest.mark.parametrize(
    ("task", "most", "member"),
    DEFINITIONS,
    ids=lambda value: "" if callable(value) else str(value),
)
def test_a_language_is_what_another_definition_says_on_every_string(task, most, member):
    for n in range(1, most + 1):
        vocabulary = task.format(n).fields[0].values
        words = ["".join(word) for word in product(vocabulary, repeat=n)]
        codes = task.inputs(n)
        assert [task.format(n).text(row) for row in codes] == words
        assert task.count(n) == len(words)
        decisions = task.decisions(codes)
        assert decisions.shape == (len(words), 1)
        wrong = [w for w, d in zip(words, decisions[:, 0], strict=True) if d != member(w)]
        assert not wrong


@pytest.mark.parametrize("task", [KHop(1, 3), KHop(2, 3), KHop(3, 2), KHop(5, 2)], ids=str)
def test_hops_are_what_remembering_last_occurrences_says_on_every_string(task):
    for n in range(1, 7 if task.letters == 3 else 10):
        codes, names = task.inputs(n), task.answers(n)
        assert len(codes) == task.letters**n
        for row, decisions in zip(codes, task.decisions(codes), strict=True):
            assert [names[d] for d in decisions] == occurrences(
                task.format(n).text(row), task.k
            )


@pytest.mark.parametrize(
    ("word", "k", "answer"), [("abca", 1, "b"), ("abcabda", 2, "c"), ("aab", 1, "none")]
)
def test_hops_by_hand(word, k, answer):
    # in abcabda the last a leads to position 5, after the a before it; that b leads to 3, after the b before it
    task = KHop(k, 4)
    decisions = task.decisions(task.format(len(word)).parse([word]))
    assert task.answers(len(word))[decisions[0, -1]] == answer


def test_a_hop_may_end_where_it_starts():
    task = KHop(3, 2)
    assert task.decisions(task.format(3).parse(["aaa"])).tolist() == [[2, 0, 0]]


@pytest.mark.parametrize(("n", "inputs"), [(5, 2**5), (7, 3**7)])
def test_composition_is_what_dictionaries_say_on_every_input(n, inputs):
    task = Composition()
    codes, names = task.inputs(n), task.answers(n)
    assert len(codes) == task.count(n) == inputs
    for row, decisions in zip(codes, task.decisions(codes), strict=True):
        assert [names[d] for d in decisions] == composed(task.format(n).text(row))


@pytest.mark.parametrize(
    ("word", "answer", "wires"),
    [
        ("3122213", "3", 14),  # f = 3, 1, 2 and g = 2, 2, 1: f(g(3)) = f(1) = 3
        ("1 2 3 4 5 6 7 8 9 1 10 9 8 7 6 5 4 3 2 1 1", "1", 84),  # f(g(1)) = f(10) = 1
    ],
)
def test_composition_by_hand(word, answer, wires):
    task, n = Composition(), len(word.split()) if " " in word else len(word)
    codes = task.format(n).parse([word])
    assert task.answers(n)[task.decisions(codes)[0, 0]] == answer
    assert task.format(n).bits(codes).shape == (1, wires)


def members(task, n):
    return int(task.decisions(task.inputs(n)).sum())


@pytest.mark.slow
def test_members_are_counted_by_the_known_sequences():
    assert [members(Dyck1(), 2 * m) for m in range(1, 7)] == list(CATALAN[1:])
    assert [members(ShuffleDyck(), 2 * m) for m in (1, 2, 3)] == [
        CATALAN[m] * CATALAN[m + 1] for m in (1, 2, 3)
    ]
    assert [members(BoundedDyck(), n) for n in (2, 4, 6, 8)] == [
        2 ** (n - 1) for n in (2, 4, 6, 8)
    ]
    assert [members(BoundedDyck(k=1), 2 * m) for m in range(1, 6)] == [
        2 ** (m - 1) for m in range(1, 6)
    ]
    assert [members(BoundedDyck(k=2, depth=3), 2 * m) for m in (1, 2, 3)] == [
        2**m * CATALAN[m] for m in (1, 2, 3)
    ]
    assert [members(Palindrome(), n) for n in range(1, 10)] == [
        2 ** ((n + 1) // 2) for n in range(1, 10)
    ]
    assert [members(AnBn(), n) for n in range(1, 9)] == [0, 1] * 4
    assert [members(Parity(), n) for n in range(1, 9)] == [2 ** (n - 1) for n in range(1, 9)]
    majorities = [
        sum(comb(n, ones) for ones in range(n // 2 + 1, n + 1)) for n in range(1, 9)
    ]
    assert [members(Majority(), n) for n in range(1, 9)] == majorities
    assert [members(StarFree("no-two-a"), n) for n in range(1, 9)] == [
        2,
        3,
        5,
        8,
        13,
        21,
        34,
        55,
    ]
    assert [members(StarFree("contains-ab"), n) for n in range(1, 9)] == [
        2**n - n - 1 for n in range(1, 9)
    ]


DRAWN = [  # tasks at small and unusual options as well
    *(TASKS[name]() for name in TASKS if TASKS[name].__module__.split(".")[-1] in
      ("brackets", "counting", "hops", "mirrors", "star_free")),
    *(StarFree(language) for language in list(LANGUAGES)[1:]),
    ShuffleDyck(k=1), ShuffleDyck(k=7), BoundedDyck(k=1, depth=1), BoundedDyck(k=6, depth=4), BoundedDyck(1, 50),
    KHop(1, 2), KHop(4, 5), KHop(1, 26),
]  # fmt: skip


@pytest.mark.parametrize("task", DRAWN, ids=str)
@pytest.mark.parametrize("kind", ["sample", "adversarial"])
def test_generated_inputs_are_legal_repeatable_and_have_more_than_one_answer(task, kind):
    draw = getattr(task, kind)
    for n in (n for n in (1, 2, 3, 4, 5, 12, 13, 64) if task.legal_length(n)):
        for count in (0, 1, 7, 120):
            codes = draw(n, count, np.random.default_rng(n))
            assert codes.shape == (count, n)
            assert codes.dtype == np.int64
            assert (codes >= 0).all()
            assert (codes < task.format(n).sizes(n)).all()
            assert (codes == draw(n, count, np.random.default_rng(n))).all()
        decisions = task.decisions(codes)
        assert decisions.max() < len(task.answers(n))
        if n in (12, 64) or (n == 13 and isinstance(task, Composition)):
            assert len(np.unique(decisions)) > 1
            assert len(np.unique(codes, axis=0)) > 1


@pytest.mark.parametrize(
    "task",
    [Dyck1(), ShuffleDyck(), BoundedDyck(), BoundedDyck(3, 4), BoundedDyck(1, 1)],
    ids=str,
)
@pytest.mark.parametrize("n", [2, 4, 10, 40])
def test_drawn_brackets_are_members_and_corrupted_members_in_turn(task, n):
    codes = task.sample(n, 200, np.random.default_rng(1))
    assert task.decisions(codes)[:, 0].tolist() == [1, 0] * 100
    changed = (
        codes[0::2]
        != task.members(n, 200, np.full(200, 1 / (task.types + 1)), np.random.default_rng(1))[
            0::2
        ]
    )
    assert not changed.any()


@pytest.mark.parametrize("n", [4, 40])
def test_corruption_changes_at_most_a_tenth_of_the_letters(n):
    task, rng = BoundedDyck(), np.random.default_rng(2)
    codes = task.members(n, 500, np.full(500, 1 / 3), rng)
    changed = (task.corrupted(codes, rng) != codes).sum(axis=1)
    assert set(changed.tolist()) == set(range(1, max(1, n // 10) + 1))


@pytest.mark.slow
def test_members_of_bounded_dyck_are_drawn_with_the_papers_chances():
    # At n = 4: open one of 2 types, then each of 2 openings and the closing with chance 1/3; the rest is forced,
    # but for the type of a second pair. So nested pairs have chance 1/6 and pairs side by side 1/12.
    task = BoundedDyck()
    drawn = task.members(4, 12_000, np.full(12_000, 1 / 3), np.random.default_rng(3))
    words, times = np.unique([task.format(4).text(row) for row in drawn], return_counts=True)
    assert set(words) == nested(4, ["()", "[]"], 2)
    for word, often in zip(words, times.tolist(), strict=True):
        expected = 1000 if word[1] in ")]" else 2000
        assert abs(often - expected) < 150  # about four standard deviations


def test_bounded_dyck_is_tried_with_strings_that_are_too_deep_alone():
    task, deeper = BoundedDyck(2, 3), BoundedDyck(2, 4)
    codes = task.adversarial(20, 400, np.random.default_rng(4))
    too_deep = (deeper.decisions(codes) - task.decisions(codes))[:, 0]
    assert too_deep.sum() > 50


def test_the_papers_k_hop_inputs_repeat_no_letter_side_by_side_and_hard_ones_do():
    task, rng = KHop(2, 4), np.random.default_rng(5)
    drawn = task.sample(50, 300, rng)
    assert (drawn[:, 1:] != drawn[:, :-1]).all()
    assert set(drawn[:, 0].tolist()) == set(range(4))
    hard = task.adversarial(50, 300, rng)
    assert (hard[:, 1:] == hard[:, :-1]).any()
    assert set(np.unique(task.decisions(hard))) == set(range(5))


def test_majority_is_tried_at_ties_and_one_above():
    codes = Majority().adversarial(64, 50, np.random.default_rng(6))
    assert set(codes.sum(axis=1).tolist()) == {0, 32, 33, 64}


def test_letters_of_many_types_of_brackets():
    assert BoundedDyck(k=6).format(4).fields[0].values == (
        *"()[]{}<>",
        "(5",
        ")5",
        "(6",
        ")6",
    )
    task = ShuffleDyck(k=5)
    assert task.decisions(task.format(4).parse(["(5 ( )5 )", "(5 ( )5 )5"]))[
        :, 0
    ].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ShuffleDyck(k=0), "shuffle-dyck: k is 0, expected 1 to 1024"),
        (lambda: BoundedDyck(k=2000), "bounded-dyck: k is 2000, expected 1 to 1024"),
        (lambda: BoundedDyck(depth=0), "bounded-dyck: depth is 0, expected 1 to 1024"),
        (
            lambda: StarFree("a-star"),
            "star-free: language is 'a-star', expected one of ab-star, a-star-b-star",
        ),
        (lambda: KHop(k=0), "k-hop: k is 0, expected 1 to 1024"),
        (lambda: KHop(letters=1), "k-hop: letters is 1, expected 2 to 26"),
        (lambda: KHop(letters=27), "k-hop: letters is 27, expected 2 to 26"),
        (
            lambda: Composition().format(6),
            "function-composition has no inputs of length 6 .* near 5 and 7",
        ),
        (
            lambda: Composition().sample(3, 1, np.random.default_rng(0)),
            "no inputs of length 3 .* near 5 and 7",
        ),
    ],
)
def test_bad_options_and_lengths_are_refused_in_a_sentence(make, said):
    with pytest.raises(InputError, match=said):
        make()


def test_the_catalogue_names_every_task_once():
    assert all(TASKS[name].name == name for name in TASKS)
    assert {
        "first",
        "majority",
        "parity",
        "anbn",
        "dyck-1",
        "shuffle-dyck",
        "bounded-dyck",
    } <= set(TASKS)
    assert {"palindrome", "star-free", "k-hop", "function-composition"} <= set(TASKS)
