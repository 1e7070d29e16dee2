// Gates, inputs and outputs. The value is told by fill, not by colour alone: true is filled, false is hollow,
// not reached yet is dashed; far away, true is a large square and false a small one.

const FAR = 0.2, NEAR = 0.45, WORDS = 0.6, CLOSE = 0.9; // scales: from squares to boxes, to symbols, words, names
const SIDES = [11, 22, 9], INK_OF = ['false', 'true', 'unknown'];
const SYMBOLS = ['∧', '⊕', '∨'];

function paintGates(model, state, camera, frame) {
  const { context, ids } = frame, { scale } = camera;
  const groups = [[], [], []], dim = [[], [], []];
  for (const id of ids) {
    const lit = !state.marked || (id < model.circuit.nodes ? state.marked[id] : state.marked[rootOf(model, id)] && state.cone === 'out') || id === state.node;
    (lit ? groups : dim)[shade(model, state, id)].push(id);
  }
  if (scale < FAR && ids.length > MOST_SQUARES) {
    const dense = window.devicePixelRatio || 1;
    frame.dots.begin(context.canvas);
    for (const kind of [2, 0, 1]) {
      const side = Math.max(1, Math.round(SIDES[kind] * scale * dense));
      frame.dots.dots(model.layout, camera, dense, dim[kind], side, frame.inks[INK_OF[kind]], 0.25);
      frame.dots.dots(model.layout, camera, dense, groups[kind], side, frame.inks[INK_OF[kind]], 1);
    }
    frame.dots.end(context);
  } else if (scale < FAR) {
    context.globalAlpha = 0.25;
    dim.forEach((list, kind) => paintSquares(model, camera, frame, list, kind));
    context.globalAlpha = 1;
    groups.forEach((list, kind) => paintSquares(model, camera, frame, list, kind));
  } else {
    context.globalAlpha = 0.28;
    dim.forEach((list, kind) => paintShapes(model, camera, frame, list, kind));
    context.globalAlpha = 1;
    groups.forEach((list, kind) => paintShapes(model, camera, frame, list, kind));
    if (scale >= NEAR) paintLabels(model, state, camera, frame);
  }
  for (const id of [frame.hover, state.node]) if (id >= 0 && frame.seen[id] === frame.number) paintRing(model, camera, frame, id, id === state.node);
}

function paintSquares({ layout }, camera, { context, inks }, list, kind) {
  const side = Math.max(SIDES[kind], [1, 1.6, 1][kind] / camera.scale);
  context.fillStyle = inks[INK_OF[kind]];
  for (const id of list) context.fillRect(layout.X[id] - side / 2, layout.Y[id] - side / 2, side, side);
}

function paintShapes(model, camera, { context, inks }, list, kind) {
  if (!list.length) return;
  context.beginPath();
  for (const id of list) traceShape(model, context, id, 0);
  context.fillStyle = kind === 1 ? inks.true : inks.paper;
  context.fill();
  context.lineWidth = Math.max(1.2, 0.7 / camera.scale);
  context.strokeStyle = inks[INK_OF[kind]];
  if (kind === 2 && camera.scale >= NEAR) context.setLineDash([4, 3]);
  context.stroke();
  context.setLineDash([]);
}

// AND is a rectangle, XOR a hexagon, OR and the ends of the circuit are round, a threshold has cut corners.
function traceShape({ circuit, layout }, context, id, more) {
  const x = layout.X[id], y = layout.Y[id], w = GATE_W / 2 + more, h = GATE_H / 2 + more;
  const kind = id >= circuit.first && id < circuit.nodes ? circuit.ops[id - circuit.first] : -1;
  if (kind === AND) context.roundRect(x - w, y - h, 2 * w, 2 * h, 3);
  else if (kind === XOR || kind === THRESHOLD) {
    const cut = kind === XOR ? h * 0.8 : 5, straight = kind === XOR ? 0 : h - cut;
    context.moveTo(x - w + cut, y - h);
    context.lineTo(x + w - cut, y - h);
    context.lineTo(x + w, y - straight);
    if (straight) context.lineTo(x + w, y + straight);
    context.lineTo(x + w - cut, y + h);
    context.lineTo(x - w + cut, y + h);
    context.lineTo(x - w, y + straight);
    if (straight) context.lineTo(x - w, y - straight);
    context.closePath();
  } else context.roundRect(x - w, y - h, 2 * w, 2 * h, h);
}

function paintRing(model, camera, { context, inks }, id, selected) {
  context.beginPath();
  traceShape(model, context, id, (selected ? 3.5 : 2) + 1 / camera.scale);
  context.lineWidth = (selected ? 2.6 : 1.4) / Math.min(1, camera.scale);
  context.strokeStyle = inks.accent;
  context.stroke();
}

function paintLabels(model, state, camera, { context, inks, ids, font }) {
  const { circuit, layout } = model;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const id of ids) {
    const gate = id >= circuit.first && id < circuit.nodes, kind = shade(model, state, id);
    const words = !gate || circuit.ops[id - circuit.first] === THRESHOLD;
    if (words && camera.scale < WORDS) continue;
    context.globalAlpha = state.marked && id < circuit.nodes && !state.marked[id] ? 0.35 : 1;
    context.fillStyle = kind === 1 ? inks['true-ink'] : kind === 0 ? inks.ink : inks.muted;
    const op = gate ? circuit.ops[id - circuit.first] : -1;
    const label = !gate ? nameOf(model, id) : op === THRESHOLD ? `≥${minus(circuit.thresholds[id - circuit.first])}` : SYMBOLS[op];
    let size = words ? 11 : 14;
    do context.font = `${words ? 500 : 600} ${size}px ${font}`; while (words && context.measureText(label).width > GATE_W - 5 && (size -= 1) >= 8);
    if (!gate && context.measureText(label).width > GATE_W - 4) { // names too long for the ends stand beside them
      const out = id >= circuit.nodes, beside = GATE_W / 2 + 7;
      context.font = `500 10px ${font}`;
      context.textAlign = out ? 'left' : 'right';
      context.fillStyle = inks.ink;
      context.fillText(fitted(context, label, out ? layout.room.out : layout.room.in), layout.X[id] + (out ? beside : -beside), layout.Y[id] + 0.5);
      context.textAlign = 'center';
      continue;
    }
    context.fillText(fitted(context, label, GATE_W - 4), layout.X[id], layout.Y[id] + 0.5);
    if (gate && camera.scale >= CLOSE) {
      context.font = `8px ${font}`;
      context.fillStyle = inks.muted;
      context.fillText(nameOf(model, id), layout.X[id], layout.Y[id] + GATE_H / 2 + 6.5);
    }
  }
  context.globalAlpha = 1;
}
