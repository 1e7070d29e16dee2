"""A whole model for one length: embedding, layers, read-out, each under its scope, with probes of the stream."""

from circuitsim.models.fixed_point import FixedLayer, FixedModel, FixedNet
from circuitsim.models.rival_fixed import FixedRival
from circuitsim.models.stream import Affine, Stream
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.schematic import Schematic

from .bands import Bands
from .bases import LOWERINGS, Lowering
from .embedding import embed
from .residual import Bits, Positions, Residual


def draw(fixed: FixedModel, drawing: Drawing, positions: Positions) -> Schematic:
    """The circuit of `fixed` as a schematic that computes exactly what the integer model computes."""
    model, length, way = fixed.model, fixed.length, LOWERINGS[drawing.basis]
    way.refuse_large(fixed)
    bands = Bands(drawing, length, positions)
    residual = embed(drawing, model, fixed.n, fixed.embedded, positions)
    residual.probe("residual0")
    readouts = model.readout_positions(fixed.n)
    for index, layer in enumerate(fixed.layers):
        last = index == len(fixed.layers) - 1
        start, stop = (readouts[0], readouts[-1] + 1) if last else (0, length)
        with drawing.scope(f"layer{index}"):
            residual = _layer(drawing, layer, residual, model.layers[index].residual, start, stop, bands, way)
            if layer.net is not None:
                source = model.layers[index].feed_forward
                assert source is not None
                with drawing.scope("feed_forward"):
                    residual = after_net(layer.net, residual, layer.after, source.residual, way)
        residual.probe(f"residual{index + 1}")
    with drawing.scope("readout"):
        outputs = readout(fixed.readout, residual, way)
    return drawing.finish([outputs], interface(fixed))


def interface(fixed: FixedModel | FixedRival) -> dict[str, object]:
    """What a reader of the circuit needs to encode inputs and decode outputs."""
    model = fixed.model
    return {
        "model": model.name,
        "n": fixed.n,
        "bits": fixed.bits,
        **model.format.interface(),
        "readout": "each" if model.readout.position == "each" else "one",
        "readout_positions": len(model.readout_positions(fixed.n)),
        "decision": "bit" if len(model.readout.weights) == 1 else "one-hot",
        "classes": len(model.readout.weights),
    }


def _layer(
    drawing: Drawing,
    layer: FixedLayer,
    residual: Residual,
    keeps: bool,
    start: int,
    stop: int,
    bands: Bands,
    way: Lowering,
) -> Residual:
    numbers = []
    for number, head in enumerate(layer.heads):
        with drawing.scope(f"head{number}"):
            found = way.attend(drawing, head, residual, start, stop, bands)
        numbers += list(zip(head.outputs, found, strict=True))
    here = residual.slice(start, stop).finer(layer.between.exponent)
    return here.plus(numbers, layer.bias, layer.between, keeps)


def after_net(net: FixedNet, residual: Residual, after: Stream, keeps: bool, way: Lowering) -> Residual:
    """The stream `after` a net, with what it read where it `keeps` that."""
    numbers = []
    for index, number in enumerate(net.outputs):
        constant = number.low == number.high or not number.column.any()
        bits = Bits(None, number.low, number.low) if constant else way.hidden(residual, net, index)
        numbers.append((number, bits))
    return residual.plus(numbers, net.bias, after, keeps)


def readout(affine: Affine, residual: Residual, way: Lowering) -> Wires:
    """[row . x + bias > 0], or one-hot which row is the largest (the lowest of equal ones): (positions, classes)."""
    if len(affine.rows) == 1:
        low, high = affine.unshifted[0]
        return way.sign(residual, affine.rows[0], int(affine.offsets[0]) - 1, (low - 1, high - 1)).expand(1)
    most = max(affine.grains)
    rows = [row << (most - grain) for row, grain in zip(affine.rows, affine.grains, strict=True)]
    offsets = [int(offset) << (most - grain) for offset, grain in zip(affine.offsets, affine.grains, strict=True)]
    return way.argmax(residual, rows, offsets)
