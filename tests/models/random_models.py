"""Hypothesis strategies for small random models with many ties."""

from fractions import Fraction

from hypothesis import strategies as st

from circuitsim.models.model import FeedForward, Head, Layer, Model, Readout
from circuitsim.models.positions import PositionTable

# Few distinct small values: ties are common, and denominators mix.
WEIGHTS = st.sampled_from(
    [Fraction(x) for x in ("0", "0", "0", "1", "-1", "2", "1/2", "-1/3", "3/4")]
)
EXPRESSIONS = st.sampled_from(
    ["i/n", "cos(pi*i)", "1 if i == 1 else 0", "0", "0", "(-1)**i/2", "i - n/3", "cos(i)"]
)


def vectors(size, weights=WEIGHTS):
    return st.lists(weights, min_size=size, max_size=size)


def matrices(rows, columns, weights=WEIGHTS):
    return st.lists(vectors(columns, weights), min_size=rows, max_size=rows)


def biases(size, weights=WEIGHTS):
    return st.one_of(st.just(()), vectors(size, weights))


@st.composite
def heads(draw, width, attentions, weights):
    k, v = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    return Head(
        query=draw(matrices(k, width, weights)),
        key=draw(matrices(k, width, weights)),
        value=draw(matrices(v, width, weights)),
        output=draw(matrices(width, v, weights)),
        query_bias=draw(biases(k, weights)),
        key_bias=draw(biases(k, weights)),
        value_bias=draw(biases(v, weights)),
        attention=draw(st.sampled_from(attentions)),
        mask=draw(
            st.sampled_from(
                [
                    "none",
                    "none",
                    "causal",
                    "strict-causal",
                    "anti-causal",
                    "strict-anti-causal",
                ]
            )
        ),
        score_bits=draw(st.sampled_from([None, None, 0, 1, 3])),
    )


@st.composite
def models(
    draw,
    attentions=("hard-left", "hard-right", "saturated"),
    weights=WEIGHTS,
    positions=EXPRESSIONS,
):
    width = draw(st.integers(1, 3))
    vocabulary = tuple("abc"[: draw(st.integers(1, 3))])
    prepend = draw(st.sampled_from([(), (), ("BOS",), ("a", "BOS")]))
    append = draw(st.sampled_from([(), (), ("CLS",), ("CLS", "a")]))
    tokens = dict.fromkeys(vocabulary + prepend + append)
    layers = []
    for _ in range(draw(st.integers(1, 3))):
        h = draw(st.integers(1, 2))
        net = st.builds(
            FeedForward,
            hidden=matrices(h, width, weights),
            output=matrices(width, h, weights),
            hidden_bias=biases(h, weights),
            output_bias=biases(width, weights),
            residual=st.booleans(),
        )
        layer = st.builds(
            Layer,
            heads=st.lists(heads(width, attentions, weights), min_size=1, max_size=3),
            output_bias=biases(width, weights),
            residual=st.booleans(),
            feed_forward=st.one_of(st.none(), net),
        )
        layers.append(draw(layer))
    m = draw(st.integers(1, 3))
    readout = Readout(
        draw(matrices(m, width, weights)),
        draw(biases(m, weights)),
        draw(
            st.sampled_from(
                ["first", "last", "each", *{"BOS", "CLS"}.intersection(prepend + append)]
            )
        ),
    )
    table = st.builds(PositionTable, matrices(10, width, weights))
    expressions = st.lists(positions, min_size=width, max_size=width)
    return Model(
        vocabulary=vocabulary,
        embedding={token: draw(vectors(width, weights)) for token in tokens},
        layers=layers,
        readout=readout,
        positions=draw(st.one_of(st.none(), table, expressions)),
        prepend=prepend,
        append=append,
        name="random",
    )
