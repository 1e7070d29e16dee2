"""Look-up tables as circuits of depth 3: their sizes by the papers' lemmas.

Two conventions. In the papers NOT is a gate: a level of NOTs, a level of ANDs (one a row of the table), a level of
ORs. In circuitsim NOT is free, so that the same circuit has depth 2 and fewer gates, by one NOT an input.
"""

MOST_INPUTS = 1 << 20  # bits of a table whose size is still written down


def lemma_2(inputs: int, outputs: int) -> int | None:
    """Gates of a table, each output on its own, NOTs included; None beyond 2^20 inputs.

    Source: 2106.16213, Lemma 2 (after Hao, Angluin and Frank): depth 3 and size at most d(2^c + c + 1).
    """
    return None if inputs > MOST_INPUTS else outputs * (2**inputs + inputs + 1)


def lemma_1(inputs: int, outputs: int) -> int | None:
    """Gates of a table whose outputs share their terms, NOTs included; None beyond 2^20 inputs.

    Source: 2207.00729, Lemma 1: depth 3 and size at most n^c + c log n + m, for c log n inputs and m outputs.
    """
    return None if inputs > MOST_INPUTS else 2**inputs + inputs + outputs
