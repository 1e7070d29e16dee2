"""Transformers with norms, activations and gates, from their formulas: an oracle that shares no code with the rungs.

Numbers are fractions. What is no fraction is found to 500 decimal digits, by Python's own exponential and square root
and by the series of erf, and has to be clear of where rounding changes; where it is that fraction less a hair, the
hair is what decides.
"""

from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor, isqrt

from circuitsim.models.sequence import mask_matrix, position_values

DIGITS = 500
CLEAR = Decimal(10) ** -100
CLEAR_TURN = 60  # digits of cosines and sines
FAR = 30  # beyond, erf and tanh are 1 less a hair of 10^-390
EXACT = 48


def nearest(x, bits):
    return Fraction(floor(x * 2**bits + Fraction(1, 2)), 2**bits)


def less_a_hair(x, bits):
    """What a number just below x rounds to."""
    scaled = x * 2**bits + Fraction(1, 2)
    below = scaled.numerator // scaled.denominator - (scaled.denominator == 1)
    return Fraction(below, 2**bits)


def of_decimal(x, bits):
    scaled = x * 2**bits + Decimal("0.5")
    whole = scaled.to_integral_value("ROUND_FLOOR")
    assert CLEAR < scaled - whole < 1 - CLEAR
    return Fraction(int(whole), 2**bits)


def decimal(x):
    return Decimal(x.numerator) / Decimal(x.denominator)


def erf(x):
    """2 / sqrt(pi) sum of (-1)^k x^(2k + 1) / (k! (2k + 1))."""
    term, total, k = x, x, 0
    while abs(term) > Decimal(10) ** -DIGITS:
        k += 1
        term = -term * x * x / k
        total += term / (2 * k + 1)
    return 2 * total / pi().sqrt()


def pi():
    """By Machin's formula."""

    def arctangent(n):
        power, total, k = Decimal(1) / n, Decimal(1) / n, 1
        while abs(power) > Decimal(10) ** -(DIGITS + 5):
            power = -power / (n * n)
            k += 2
            total += power / k
        return total

    return 4 * (4 * arctangent(5) - arctangent(239))


def tanh(x):
    e = (-2 * abs(x)).exp()
    return ((1 - e) / (1 + e)).copy_sign(x)


def function(name, x, bits):
    """The function of a fraction, rounded half up."""
    if name == "relu":
        return nearest(max(x, Fraction(0)), bits)
    if x == 0:
        return Fraction(0)
    far = {"gelu": FAR, "gelu-tanh": FAR, "silu": 900, "tanh": 450}[name]
    if name == "tanh" and abs(x) > far:
        return less_a_hair(Fraction(1), bits) if x > 0 else nearest(Fraction(-1), bits)
    if abs(x) > far:
        return less_a_hair(x, bits) if x > 0 else Fraction(0)
    with localcontext(prec=DIGITS):
        a = decimal(x)
        if name == "gelu":
            value = a / 2 * (1 + erf(a / Decimal(2).sqrt()))
        elif name == "gelu-tanh":
            value = (
                a / 2 * (1 + tanh((2 / pi()).sqrt() * (a + Decimal("0.044715") * a * a * a)))
            )
        elif name == "silu":
            value = a / (1 + (-a).exp())
        else:
            value = tanh(a)
        return of_decimal(value, bits)


def normed(norm, x, bits, stored):
    """A vector with a norm, every component rounded half up; gain and bias are stored numbers."""
    mean = sum(x) / Fraction(len(x)) if norm.kind == "layer" else 0
    c = [a - mean for a in x]
    square = sum(a * a for a in c) / Fraction(len(x)) + norm.eps
    top, bottom = isqrt(square.numerator), isqrt(square.denominator)
    found = []
    for gain, bias, a in zip(norm.gain, norm.bias, c, strict=True):
        gain, bias = stored(gain), stored(bias)
        if gain * a == 0:
            found.append(nearest(bias, bits))
        elif (top * top, bottom * bottom) == (square.numerator, square.denominator):
            found.append(nearest(gain * a * bottom / top + bias, bits))
        else:
            with localcontext(prec=DIGITS):
                value = decimal(gain * a) / decimal(square).sqrt() + decimal(bias)
                found.append(of_decimal(value, bits))
    return found


def turn(position, base, power):
    """Cosine and sine of position base^power, to the nearest float64, by their series."""
    with localcontext(prec=DIGITS):
        angle = position * (decimal(base).ln() * decimal(power)).exp()
        sums, term, k = [Decimal(0), Decimal(0)], Decimal(1), 0
        while k < 3 * angle or abs(term) > Decimal(10) ** -CLEAR_TURN:
            sums[k % 2] += term * (1, 1, -1, -1)[k % 4]
            k += 1
            term = term * angle / k
        return [Fraction(float(x)) for x in sums]


class Naive:
    """A transformer on one string, exactly or with fraction bits."""

    def __init__(self, model, bits=None):
        self.model, self.bits = model, bits
        self.grid = EXACT if bits is None else bits

    def r(self, x):
        return x if self.bits is None else nearest(x, self.bits)

    def inner(self, x):
        return [self.r(a) for a in x] if self.model.inner == "rounded" else x

    def affine(self, weights, x, bias):
        found = [sum(self.r(w) * a for w, a in zip(row, x, strict=True)) for row in weights]
        return (
            [y + self.r(b) for y, b in zip(found, bias, strict=True)] if len(bias) else found
        )

    def norm(self, norm, stream):
        if norm is None:
            return stream
        return [normed(norm, self.inner(x), self.grid, self.r) for x in stream]

    def net(self, net, x):
        def activated(sums):
            if self.bits is not None and net.activation != "relu":
                sums = [Fraction(floor(a * 2**self.bits), 2**self.bits) for a in sums]
            if self.bits is None and net.activation == "relu":
                return [max(a, Fraction(0)) for a in sums]
            return [function(net.activation, a, self.grid) for a in sums]

        units = self.affine(net.hidden, x, net.hidden_bias)
        if net.gate:
            gates = activated(self.affine(net.gate, x, net.gate_bias))
            units = [self.r(g * u) for g, u in zip(gates, units, strict=True)]
        else:
            units = activated(units)
        return self.affine(net.output, units, net.output_bias)

    def turned(self, head, position, x):
        """A query or key, whose halves are the two parts of complex numbers, times cos + i sin."""
        half = len(x) // 2
        found = [Fraction(0)] * len(x)
        for j in range(half):
            cos, sin = map(self.r, turn(position, head.rotary, Fraction(-2 * j, len(x))))
            found[j] = self.r(x[j] * cos - x[j + half] * sin)
            found[j + half] = self.r(x[j + half] * cos + x[j] * sin)
        return found

    def head(self, head, stream):
        q, k, v = (
            [self.affine(getattr(head, n), x, getattr(head, f"{n}_bias")) for x in stream]
            for n in ("query", "key", "value")
        )
        if head.rotary is not None:
            q, k = ([self.turned(head, i, x) for i, x in enumerate(each)] for each in (q, k))
            v = [[self.r(a) for a in x] for x in v]
        else:
            q, k, v = ([self.inner(x) for x in each] for each in (q, k, v))
        pairs = [(j,) for j in range(len(stream))]
        if head.third_order:
            k2, v2 = (
                [
                    self.inner(self.affine(getattr(head, n), x, getattr(head, f"{n}_bias")))
                    for x in stream
                ]
                for n in ("key2", "value2")
            )
            pairs = [(i, j) for i in range(len(stream)) for j in range(len(stream))]
            k = [[a * b for a, b in zip(k[i], k2[j], strict=True)] for i, j in pairs]
            v = [[a * b for a, b in zip(v[i], v2[j], strict=True)] for i, j in pairs]
        for query, seen in zip(q, mask_matrix(head.mask, len(stream)), strict=True):
            scores = {}
            for index, pair in enumerate(pairs):
                if all(seen[j] for j in pair):
                    score = sum(
                        (a * b for a, b in zip(query, k[index], strict=True)), Fraction(0)
                    )
                    scores[index] = (
                        score if head.score_bits is None else nearest(score, head.score_bits)
                    )
            best = [j for j, s in scores.items() if s == max(scores.values())]
            best = {"hard-left": best[:1], "hard-right": best[-1:]}.get(head.attention, best)
            mean = [
                self.r(sum((v[j][c] for j in best), Fraction(0)) / max(1, len(best)))
                for c in range(len(head.value))
            ]
            yield self.affine(head.output, mean, ())

    def layer(self, layer, stream):
        before = layer.norms == "before"
        read = self.norm(layer.attention_norm, stream) if before else stream
        total = stream if layer.residual else [[Fraction(0)] * len(x) for x in stream]
        for head in layer.heads:
            total = [
                [a + b for a, b in zip(x, y, strict=True)]
                for x, y in zip(total, self.head(head, read), strict=True)
            ]
        if layer.output_bias:
            bias = [self.r(b) for b in layer.output_bias]
            total = [[a + b for a, b in zip(x, bias, strict=True)] for x in total]
        if not before:
            total = self.norm(layer.attention_norm, total)
        net = layer.feed_forward
        if net is None:
            return total
        read = self.norm(layer.net_norm, total) if before else total
        added = [self.net(net, x) for x in read]
        if net.residual:
            added = [
                [a + b for a, b in zip(x, y, strict=True)]
                for x, y in zip(total, added, strict=True)
            ]
        return added if before else self.norm(layer.net_norm, added)

    def run(self, codes):
        """The streams after the embedding and every layer; the outputs; the decisions."""
        model, n = self.model, len(codes)
        tokens = [*model.prepend, *(model.vocabulary[c] for c in codes), *model.append]
        stream = [[self.r(a) for a in model.embedding[t]] for t in tokens]
        positions = position_values(model, n)
        if positions is not None:
            stream = [
                [a + self.r(b) for a, b in zip(x, row, strict=True)]
                for x, row in zip(stream, positions, strict=True)
            ]
        stream = self.norm(model.embedding_norm, stream)
        streams = [stream]
        for layer in model.layers:
            streams.append(self.layer(layer, streams[-1]))
        seen, readout = self.norm(model.final_norm, streams[-1]), model.readout
        start = len(model.prepend)
        each = {
            "first": [0],
            "last": [-1],
            "mean": range(len(tokens)),
            "each": range(start, start + n),
        }
        named = [i for i, t in enumerate(tokens) if t == readout.position]
        where = each.get(readout.position, named[:1])
        outputs = [self.affine(readout.weights, seen[i], readout.bias) for i in where]
        if readout.position == "mean":
            outputs = [[sum(column) for column in zip(*outputs, strict=True)]]
        if readout.answer == "signs":
            return streams, outputs, [int(y > 0) for row in outputs for y in row]
        if len(readout.weights) == 1:
            return streams, outputs, [int(row[0] > 0) for row in outputs]
        return streams, outputs, [row.index(max(row)) for row in outputs]
