"""What is said of addresses that name nothing, each in one sentence, and what docs/zoo.md says of the rest."""

import pytest

from circuitsim.analysis.separations.separations import separation
from circuitsim.errors import InputError
from circuitsim.zoo.addresses import built
from circuitsim.zoo.catalogue import ENTRIES, addresses
from circuitsim.zoo.near import nearest
from docs.zoo_pages import prose, zoo_page


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("k-hops", "there is no model zoo:k-hops (did you mean k-hop?)."),
        ("K-HOP", "there is no model zoo:K-HOP (did you mean k-hop?)."),
        ("qwerty", "there is no model zoo:qwerty; `circuitsim zoo list` names them all."),
        ("", "there is no model zoo: without a name; `circuitsim zoo list` names them all."),
        (
            "k-hop:k",
            "zoo:k-hop:k: expected option=value, each once, separated by commas, got 'k'.",
        ),
        (
            "star-free:language=abstar",
            "zoo:star-free: language is 'abstar' (did you mean ab-star?)",
        ),
        ("k-hop:letter=3", "zoo:k-hop has no option 'letter' (did you mean letters?)"),
        ("k-hop:k=1025", "k-hop: k is 1025, expected 1 to 1024."),
    ],
)
def test_a_bad_address_is_answered_in_one_sentence(address, said):
    with pytest.raises(InputError) as error:
        built(address)
    assert str(error.value).startswith(said)
    one_sentence(str(error.value))


def one_sentence(text):
    """It ends in a full stop, and its only question is a remark in brackets, after which the sentence goes on."""
    assert text.endswith(".")
    assert text.count("?") == text.count("(did you mean ") == text.count("?)")
    assert ".." not in text


def test_a_separation_that_is_none_is_answered_in_one_sentence():
    for name in ("BADNAME", "index-lookups"):
        with pytest.raises(InputError) as error:
            separation(name)
        one_sentence(str(error.value))


def test_a_long_part_of_an_address_is_shortened():
    with pytest.raises(InputError) as error:
        built("k-hop:" + "x" * 5000)
    assert len(str(error.value)) < 250


def test_a_name_is_near_in_either_case_and_not_to_everything():
    assert [nearest(name, ["k-hop", "parity"]) for name in ("Khop", "qwerty")] == [
        " (did you mean k-hop?)",
        "",
    ]


def test_the_page_tells_the_prose_of_constructions_alone():
    assert prose(
        "What it does.\n\nMore\nof it.\n\nArgs:\n    n: tokens.\n\nRaises:\n    LimitError: never."
    ) == ("What it does. More of it.")
    assert prose("What it does.\n\nSource: a paper.") == "What it does."
    assert prose("The Args: within a line stay.") == "The Args: within a line stay."
    page = zoo_page()
    assert not [
        word
        for word in ("Args:", "Raises:", "Returns:", "Attributes:", "LimitError")
        if word in page
    ]
    assert 'With keys "signs" a key is m random signs' in page
    assert not [line for line in page.splitlines() if line != line.rstrip()]


def test_the_page_says_whose_width_it_lists():
    assert "Width is that of the residual stream in a transformer;" in zoo_page()


@pytest.mark.parametrize(
    ("address", "n", "listed", "width"),
    [
        ("k-hop-chain:k=4", 8, "8", 8),
        ("k-hop-chain:k=4,layers=2", 8, "8", 8),
        ("equality-one-layer", 16, "2 + n / 2, or 2 + the option width", 2 + 16 // 2),
        ("equality-one-layer:width=5", 16, "2 + n / 2, or 2 + the option width", 2 + 5),
        (
            "bounded-dyck-one-layer:k=5,depth=3",
            8,
            "(n + 1) (1 + b) + n b D + 1 with b = ceil(log2 k)",
            9 * 4 + 72 + 1,
        ),
        (
            "bounded-dyck-one-layer:width=3",
            8,
            "(n + 1) (1 + b) + n b D + 1 with b = ceil(log2 k)",
            9 * 2 + 16 + 1,
        ),
        (
            "match3-second-order:modulus=20",
            8,
            "2M + 1, or M + 1 + the option width",
            2 * 20 + 1,
        ),
        (
            "match3-second-order:modulus=20,width=7",
            8,
            "2M + 1, or M + 1 + the option width",
            20 + 1 + 7,
        ),
    ],
)
def test_a_listed_width_is_that_of_the_residual_stream(address, n, listed, width):
    assert ENTRIES[address.split(":")[0]].width == listed
    assert built(address).at(n).width == width


def test_addresses_are_every_model_with_every_word_of_every_option():
    found = addresses()
    assert len(set(found)) == len(found)
    made = {
        (one.entry.name, *sorted({**vars(one.task), **one.options}.items()))
        for one in map(built, found)
    }
    assert len(made) == len(found)
    for name, entry in ENTRIES.items():
        for option, words in {**entry.task.choices, **entry.choices}.items():
            for word in words:
                assert (
                    name in found
                    if entry.defaults[option] == word
                    else f"{name}:{option}={word}" in found
                )
