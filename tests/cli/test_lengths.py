import pytest
from circuitsim.cli.lengths import parse_length, parse_lengths, words

from circuitsim.errors import InputError, LimitError


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("8", (8,)),
        ("1:4", (1, 2, 3, 4)),
        ("7:7", (7,)),
        ("4,8,16", (4, 8, 16)),
        ("16, 4", (16, 4)),
        ("2:64:*2", (2, 4, 8, 16, 32, 64)),
        ("3:100:*3", (3, 9, 27, 81)),
        ("100:350:+100", (100, 200, 300)),
        ("1:3,2,8:16:*2", (1, 2, 3, 8, 16)),
        ("16777216", (2**24,)),
    ],
)
def test_lengths_are_read_as_written_each_once(text: str, lengths: tuple[int, ...]) -> None:
    assert parse_lengths(text) == lengths


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0",
        "-3",
        "1:0",
        "5:3",
        "0:4",
        "1,,2",
        "1:2:3",
        "2:8:*1",
        "2:8:*0",
        "2:8:+0",
        "1.5",
        "1e3",
        "٣",
        "8 8",
    ],
)
def test_what_is_not_lengths_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_lengths(text)


@pytest.mark.parametrize("text", ["16777217", "1:99999999999999", "1:10001", "9" * 90])
def test_absurd_lengths_are_refused_at_once(text: str) -> None:
    with pytest.raises(LimitError):
        parse_lengths(text)


def test_one_length_is_one() -> None:
    assert parse_length("8") == 8
    with pytest.raises(InputError, match="2 lengths"):
        parse_length("4:5")


def test_lengths_in_words() -> None:
    assert words((8,)) == "n = 8"
    assert words((3, 1, 2)) == "n = 1..3"
    assert words((4, 8)) == "n = 4, 8"
    assert words(tuple(2**k for k in range(1, 13))) == "n = 2, 4, 8, ..., 4,096"
