"""What is said of strings whose tokens are typed with spaces where none belong, or without them."""

import pytest

from circuitsim.errors import InputError
from circuitsim.zoo.addresses import built
from tests.cli.runs import complaint

SINGLE = "tokens are single characters; write them without spaces, as "


@pytest.mark.parametrize(
    ("address", "n", "string", "said"),
    [
        ("majority", 4, "1 0 1 1", f"input '1 0 1 1': {SINGLE}'1011'."),
        ("majority", 4, "10\t11", f"{SINGLE}'1011'."),
        ("bounded-dyck", 4, "( ) [ ]", f"{SINGLE}'()[]'."),
        ("match2", 3, "1 2 7", f"{SINGLE}'127'."),
        ("majority", 4, "10a1", "input '10a1': unknown token 'a'; the vocabulary is 0, 1."),
        ("majority", 4, "   ", "unknown token ' '; the vocabulary is 0, 1."),
        (
            "match2",
            3,
            "129",
            "unknown value '9' of field x; its values are 0, 1, 2, 3, 4, 5, 6, 7.",
        ),
        ("match2:modulus=10", 3, "1 2", f"{SINGLE}'12'."),
        (
            "match2:modulus=11",
            1,
            "123",
            "its values are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 (separate tokens by spaces,",
        ),
        ("bounded-dyck:k=5", 4, "()[]", "unknown token '()[]'; the vocabulary is"),
        ("bounded-dyck:k=5", 4, "()[]", "(separate tokens by spaces)."),
        (
            "qstr",
            1,
            "+,0,1-,1,0",
            "has 5 values, expected 3 (z,t1,t2); separate tokens by spaces, fields by commas.",
        ),
        ("index-lookup", 4, "aba1", "separate tokens by spaces, fields by commas"),
    ],
)
def test_spaces_too_many_or_missing_are_told(address, n, string, said):
    with pytest.raises(InputError) as error:
        built(address).task.format(n).parse([string])
    assert said in str(error.value)


def test_what_is_proposed_is_read():
    tokens = built("majority").task.format(4)
    with pytest.raises(InputError) as error:
        tokens.parse(["1 0 1 1"])
    assert tokens.parse([str(error.value).split("'")[-2]]).tolist() == [[1, 0, 1, 1]]


def test_the_command_says_so():
    assert "write them without spaces, as '1011'" in complaint(
        "run", "zoo:majority", "1 0 1 1"
    )
