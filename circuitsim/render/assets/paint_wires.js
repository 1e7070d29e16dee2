// Wires. Those of true nodes are thick, of false ones thin, of nodes not reached dotted; a ring at the end of a wire
// is a negation. Where more are in view than can be drawn in a frame, every k-th is drawn and the legend says so.

const MOST_WIRES = 9000, MOST_CURVES = 2500;

// Where a wire ends at the left side of its gate: ports stand a little apart, many of them close together.
const portsApart = (slots) => (slots > 1 ? Math.min(7, (GATE_H - 6) / (slots - 1)) : 7);
const portOf = (slot, slots) => (slot - (slots - 1) / 2) * portsApart(slots);

function paintWires(model, state, camera, frame) {
  const { circuit, layout, fanOut } = model, { context, inks, ids, seen, number } = frame, { scale } = camera;
  const { first, nodes, starts, fanIn, outputs } = circuit;
  let total = 0;
  for (const id of ids) {
    if (id < nodes) total += fanOut.begin[id + 1] - fanOut.begin[id];
    if (id >= first && id < nodes) total += starts[id - first + 1] - starts[id - first];
  }
  frame.sampled = Math.max(1, Math.ceil(total / MOST_WIRES));
  const every = frame.sampled, curved = total < MOST_CURVES && scale >= FAR;
  const lists = [[], [], []], faint = [[], [], []], bubbles = [], faintBubbles = [];
  const near = state.node >= 0 && state.node < nodes ? state.node : -1;
  const bubblesOf = (id) => (state.marked && id < nodes && !state.marked[id] ? faintBubbles : bubbles);
  const add = (wire, source, target, slot, slots) => {
    if (every > 1 && (Math.imul(wire, 0x9e3779b1) >>> 8) % every) return;
    const y = layout.Y[target] + portOf(slot, slots);
    const lit = !state.marked || (state.marked[source] && (target >= nodes || state.marked[target]));
    const kind = shade(model, state, source);
    (lit ? lists : faint)[kind].push(layout.X[source] + GATE_W / 2, layout.Y[source], layout.X[target] - GATE_W / 2, y);
    return y;
  };
  for (const id of ids) {
    if (id >= nodes) {
      const literal = outputs[id - nodes];
      add(id, literal >> 1, id, 0, 1);
      if (literal & 1) bubblesOf(id).push(layout.X[id] - GATE_W / 2, layout.Y[id]);
      continue;
    }
    if (id >= first) {
      const g = id - first;
      for (let w = starts[g]; w < starts[g + 1]; w++) {
        const y = add(w, fanIn[w] >> 1, id, w - starts[g], starts[g + 1] - starts[g]);
        if (y !== undefined && fanIn[w] & 1) bubblesOf(id).push(layout.X[id] - GATE_W / 2, y);
      }
    }
    // Wires to gates that are not themselves seen: out of the view, or in a folded box.
    for (let k = fanOut.begin[id]; k < fanOut.begin[id + 1]; k++) {
      const w = fanOut.wires[k], target = first + fanOut.gateOf[w];
      if (seen[target] !== number) add(w, id, target, 0, 1);
    }
  }
  const plain = every > 1 || total > 3000 ? 0.3 : total > 600 ? 0.6 : 0.85;
  strokeWires(context, inks, camera, faint, 0.08, curved);
  strokeWires(context, inks, camera, lists, state.marked ? 0.85 : plain, curved);
  if (near >= 0) emphasise(model, state, camera, frame, near);
  if (scale >= NEAR) {
    paintBubbles(context, inks, bubbles);
    context.globalAlpha = 0.3;
    paintBubbles(context, inks, faintBubbles);
    context.globalAlpha = 1;
  }
  if (scale >= CLOSE && circuit.weights) paintWeights(model, state, camera, frame);
}

function strokeWires(context, inks, { scale }, lists, alpha, curved) {
  const names = ['false', 'true', 'unknown'], thick = [0.9, 2, 0.8];
  [2, 0, 1].forEach((kind) => { // true ones on top
    const list = lists[kind];
    if (!list.length) return;
    context.beginPath();
    for (let i = 0; i < list.length; i += 4) traceWire(context, list[i], list[i + 1], list[i + 2], list[i + 3], curved);
    context.globalAlpha = alpha;
    context.strokeStyle = inks[names[kind]];
    context.lineWidth = thick[kind] / Math.max(0.35, Math.min(1, scale)) ** 0.5;
    if (scale < FAR) context.lineWidth = (kind === 1 ? 1 : 0.6) / scale;
    if (kind === 2 && curved) context.setLineDash([2, 4]);
    context.stroke();
    context.setLineDash([]);
  });
  context.globalAlpha = 1;
}

function traceWire(context, x0, y0, x1, y1, curved) {
  context.moveTo(x0, y0);
  if (!curved) return context.lineTo(x1, y1);
  const bend = Math.max(18, Math.min(120, (x1 - x0) / 2));
  return context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
}

// The wires of the selected gate, over all others: fan-in whole, fan-out in dashes.
function emphasise({ circuit, layout, fanOut }, state, camera, { context, inks }, id) {
  const { first, starts, fanIn } = circuit, { X, Y } = layout;
  context.strokeStyle = inks.accent;
  const many = fanOut.begin[id + 1] - fanOut.begin[id] + (id >= first ? starts[id - first + 1] - starts[id - first] : 0);
  context.globalAlpha = many > 40 ? 0.55 : 1;
  context.lineWidth = (many > 40 ? 0.8 : 2) / Math.max(0.25, Math.min(1, camera.scale));
  context.beginPath();
  if (id >= first) {
    const g = id - first, slots = starts[g + 1] - starts[g];
    for (let w = starts[g], slot = 0; w < starts[g + 1] && slot < 2000; w++, slot++) {
      const y = Y[id] + portOf(slot, slots);
      traceWire(context, X[fanIn[w] >> 1] + GATE_W / 2, Y[fanIn[w] >> 1], X[id] - GATE_W / 2, y, true);
    }
  }
  context.stroke();
  context.beginPath();
  for (let k = fanOut.begin[id], drawn = 0; k < fanOut.begin[id + 1] && drawn < 2000; k++, drawn++) {
    const target = first + fanOut.gateOf[fanOut.wires[k]];
    traceWire(context, X[id] + GATE_W / 2, Y[id], X[target] - GATE_W / 2, Y[target], true);
  }
  context.setLineDash([7, 4]);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function paintBubbles(context, inks, bubbles) {
  context.beginPath();
  for (let i = 0; i < bubbles.length; i += 2) {
    context.moveTo(bubbles[i] - 0.5, bubbles[i + 1]);
    context.arc(bubbles[i] - 3.2, bubbles[i + 1], 2.7, 0, 2 * Math.PI);
  }
  context.fillStyle = inks.paper;
  context.fill();
  context.lineWidth = 1.1;
  context.strokeStyle = inks.ink;
  context.stroke();
}

// Weights beside the ends of their wires, where these are far enough apart to be read; the inspector lists all.
function paintWeights({ circuit, layout }, state, camera, { context, inks, ids, font }) {
  const { first, nodes, starts, weights, ops } = circuit;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const id of ids) {
    const g = id - first;
    if (id < first || id >= nodes || ops[g] !== THRESHOLD) continue;
    const slots = starts[g + 1] - starts[g], apart = portsApart(slots), size = Math.min(6.5, apart);
    if (size * camera.scale < 6.5) continue;
    context.font = `${size}px ${font}`;
    for (let w = starts[g], slot = 0; w < starts[g + 1]; w++, slot++) {
      const text = `${weights[w] > 0 ? '+' : ''}${minus(weights[w])}`;
      const x = layout.X[id] - GATE_W / 2 - 8, y = layout.Y[id] + portOf(slot, slots);
      const wide = context.measureText(text).width;
      context.fillStyle = inks.paper;
      context.globalAlpha = 0.8;
      context.fillRect(x - wide - 1, y - size / 2, wide + 2, size);
      context.globalAlpha = 1;
      context.fillStyle = inks.ink;
      context.fillText(text, x, y + size * 0.06);
    }
  }
}
