// Wires between two folded boxes: one curve a pair, as thick as the logarithm of their number.

function makeBundles({ circuit, layout, scopes }, state) {
  const { fanIn, starts, gates, first } = circuit, { X, Y } = layout, many = scopes.nodes.length;
  const found = new Map();
  const cover = new Int32Array(gates);
  for (let g = 0; g < gates; g++) {
    const to = (cover[g] = state.cover[scopes.treeOf[g]]);
    if (to < 0) continue;
    for (let w = starts[g]; w < starts[g + 1]; w++) {
      const source = fanIn[w] >> 1;
      if (source < first) continue;
      const from = cover[source - first];
      if (from < 0 || from === to) continue;
      let bundle = found.get(from * many + to);
      if (!bundle) found.set(from * many + to, (bundle = { from, to, wires: 0, x0: 0, y0: 0, x1: 0, y1: 0, upright: false }));
      bundle.wires++;
      bundle.x0 += X[source];
      bundle.y0 += Y[source];
      bundle.x1 += X[first + g];
      bundle.y1 += Y[first + g];
    }
  }
  for (const bundle of found.values()) {
    for (const key of ['x0', 'y0', 'x1', 'y1']) bundle[key] /= bundle.wires;
    const from = layout.boxes[bundle.from], to = layout.boxes[bundle.to];
    // From side to side where one box is right of the other, else from edge to edge, down or up.
    bundle.upright = from.x1 > to.x0;
    if (!bundle.upright) { bundle.x0 = from.x1; bundle.x1 = to.x0; } else {
      const down = from.y0 < to.y0;
      bundle.y0 = down ? from.y1 : from.y0;
      bundle.y1 = down ? to.y0 : to.y1;
    }
  }
  return [...found.values()];
}

function paintBundles(model, state, camera, { context, inks }) {
  context.strokeStyle = inks.false;
  context.globalAlpha = 0.55;
  for (const { x0, y0, x1, y1, wires, upright } of state.bundles) {
    context.lineWidth = (1 + 0.55 * Math.log2(wires)) / Math.max(camera.scale, 0.002);
    context.beginPath();
    const bend = (upright ? y1 - y0 : x1 - x0) / 2;
    context.moveTo(x0, y0);
    if (upright) context.bezierCurveTo(x0, y0 + bend, x1, y1 - bend, x1, y1);
    else context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
    context.stroke();
  }
  context.globalAlpha = 1;
}
