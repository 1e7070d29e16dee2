"""Random recurrent and fully connected nets for the tests of every rung, with weights that make ties."""

import random
from fractions import Fraction

from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.recurrent import Automaton, Cell, NetCell, RecurrentNet

WEIGHTS = [
    0,
    0,
    1,
    -1,
    1,
    -1,
    2,
    -2,
    Fraction(1, 2),
    Fraction(-1, 2),
    Fraction(1, 3),
    Fraction(3, 4),
]
POSITIONS = ["0", "i/n", "(-1)**i", "1/(i+1)", "1 if i == 0 else 0"]


def random_recurrent(seed: int) -> RecurrentNet:
    """A recurrent net with cells of either kind; the same seed gives the same net."""
    r = random.Random(seed)
    d, vocabulary = r.randint(1, 2), "abcd"[: r.choice([2, 2, 3])]
    cells = [random_cell(r, d, len(vocabulary)) for _ in range(r.choice([1, 2]))]
    width = sum(cell.size for cell in cells) + d
    nets, width = _stack(r, width, r.choice([0, 0, 1, 2]))
    return RecurrentNet(
        **_tokens(r, d, vocabulary),
        forward=cells[0],
        backward=cells[1] if len(cells) > 1 else None,
        nets=nets,
        readout=random_readout(
            r, width, r.choice([1, 1, 2, 3]), r.choice(["first", "last", "each"])
        ),
        bits=str(r.choice([0, 1, 2, 3])),
        name=f"recurrent{seed}",
    )


def random_cell(r: random.Random, d: int, letters: int) -> Cell:
    if r.random() < 0.3:
        states = r.randint(1, 5)
        moves = [[r.randrange(states) for _ in range(letters)] for _ in range(states)]
        rows = [_vector(r, 2) for _ in range(states)] if r.random() < 0.5 else ()
        return Automaton(
            tuple(f"q{i}" for i in range(states)), moves, r.randrange(states), rows
        )
    s, nets = r.randint(1, 3), []
    if r.random() < 0.4:
        nets.append(_net(r, s + d, r.choice([s + d, 2]), r.random() < 0.5))
    width = len(nets[0].output) if nets else s + d
    nets.append(_net(r, width, s, False))
    if r.random() < 0.3:  # no net reads the state
        nets = [_net(r, s + d, s, False, blind=s)]
    return NetCell(_vector(r, s), nets, residual=r.random() < 0.4)


def random_connected(seed: int, n: int) -> FullyConnected:
    """A fully connected net for n letters."""
    r = random.Random(seed)
    d, vocabulary = r.randint(1, 2), "abcd"[: r.choice([2, 2, 3])]
    layers, width = _stack(r, n * d, r.choice([0, 1, 1, 2]))
    rows, where = r.choice([1, 1, 2, 3]), r.choice(["first", "last", "each"])
    return FullyConnected(
        n,
        **_tokens(r, d, vocabulary),
        layers=layers,
        readouts=[
            random_readout(r, width, rows, where) for _ in range(n if where == "each" else 1)
        ],
        bits=str(r.choice([0, 1, 2, 3])),
        name=f"connected{seed}",
    )


def random_readout(r: random.Random, width: int, rows: int, where: str) -> Readout:
    return Readout(_matrix(r, rows, width), _vector(r, rows), where)


def _tokens(r: random.Random, d: int, vocabulary: str) -> dict:
    return {
        "vocabulary": vocabulary,
        "embedding": {letter: _vector(r, d) for letter in vocabulary},
        "positions": None if r.random() < 0.6 else [r.choice(POSITIONS) for _ in range(d)],
    }


def _stack(r: random.Random, width: int, depth: int) -> tuple[list[FeedForward], int]:
    nets = []
    for _ in range(depth):
        residual = r.random() < 0.3
        nets.append(_net(r, width, width if residual else r.randint(1, 3), residual))
        width = len(nets[-1].output)
    return nets, width


def _net(
    r: random.Random, reads: int, gives: int, residual: bool, blind: int = 0
) -> FeedForward:
    h, residual = r.randint(1, 3), residual and reads == gives
    hidden = [[Fraction(0)] * blind + _vector(r, reads - blind) for _ in range(h)]
    return FeedForward(
        hidden, _matrix(r, gives, h), _vector(r, h), _vector(r, gives), residual
    )


def _vector(r: random.Random, size: int) -> list[Fraction]:
    return [Fraction(r.choice(WEIGHTS)) for _ in range(size)]


def _matrix(r: random.Random, rows: int, columns: int) -> list[list[Fraction]]:
    return [_vector(r, columns) for _ in range(rows)]
