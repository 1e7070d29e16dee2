// Scopes: open ones as frames around their gates, folded ones as boxes; bundles of wires between folded boxes;
// the ruler of levels; the longest path.

const overlaps = (box, view) => box.x0 < view.x1 && box.x1 > view.x0 && box.y0 < view.y1 && box.y1 > view.y0;

function paintLevels({ layout }, state, camera, { context, inks, view }) {
  const { levelX, depth } = layout;
  const step = Math.max(1, Math.ceil(8 / ((levelX[depth] / depth) * camera.scale)));
  context.fillStyle = inks.stripe;
  for (let l = 0; l <= depth + 1; l += 2 * step) {
    const x0 = levelX[l] - LEVEL_GAP / 2, x1 = levelX[Math.min(l + step, depth + 2)] - LEVEL_GAP / 2;
    if (x1 > view.x0 && x0 < view.x1) context.fillRect(x0, view.y0, x1 - x0, view.y1 - view.y0);
  }
}

function paintOpenScopes({ scopes, layout }, state, camera, { context, inks, view, hoverScope }) {
  for (const { index, gates } of scopes.nodes) {
    const box = layout.boxes[index];
    if (!index || !gates || state.cover[index] >= 0 || !overlaps(box, view)) continue;
    context.beginPath();
    context.roundRect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0, 8);
    context.globalAlpha = 0.5;
    context.fillStyle = inks.open;
    context.fill();
    context.globalAlpha = 1;
    const strong = index === state.scope || index === hoverScope;
    context.strokeStyle = strong ? inks.accent : inks.line;
    context.lineWidth = (index === state.scope ? 2.5 : 1.2) / camera.scale;
    context.stroke();
  }
}

function paintFoldedScopes({ scopes, layout, circuit }, state, camera, { context, inks, view, hoverScope }) {
  for (const { index, gates } of scopes.nodes) {
    const box = layout.boxes[index];
    if (state.cover[index] !== index || !gates || !overlaps(box, view)) continue;
    const radius = Math.min(10, (box.y1 - box.y0) / 4);
    context.beginPath();
    context.roundRect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0, radius);
    context.fillStyle = inks.box;
    context.fill();
    const strong = index === state.scope || index === hoverScope;
    context.strokeStyle = strong ? inks.accent : inks.muted;
    context.lineWidth = (index === state.scope ? 3 : 1.3) / camera.scale;
    context.stroke();
    // A bar along the bottom: the share of the gates.
    const high = Math.min(4 / camera.scale, (box.y1 - box.y0) / 6), side = radius;
    context.fillStyle = inks.accent;
    context.globalAlpha = 0.75;
    context.fillRect(box.x0 + side, box.y1 - high * 1.6, (box.x1 - box.x0 - 2 * side) * (gates / circuit.gates), high);
    context.globalAlpha = 1;
  }
}

// Wires between two folded boxes, one curve a pair, as thick as the logarithm of their number.
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

// The longest path over everything, also over folded boxes: a double line with a mark at every gate.
function paintPath({ layout, path, circuit }, state, camera, { context, inks }) {
  if (!state.critical || !path.length) return;
  const { X, Y } = layout, ends = [...path];
  const last = circuit.outputs.findIndex((literal) => literal >> 1 === path[path.length - 1]);
  if (last >= 0) ends.push(circuit.nodes + last);
  const trace = () => {
    context.beginPath();
    for (let i = 1; i < ends.length; i++) {
      const a = ends[i - 1], b = ends[i];
      traceWire(context, X[a] + GATE_W / 2, Y[a], X[b] - GATE_W / 2, Y[b], true);
      if (i < ends.length - 1) { context.moveTo(X[b] - GATE_W / 2, Y[b]); if (camera.scale < NEAR) context.lineTo(X[b] + GATE_W / 2, Y[b]); }
    }
  };
  const unit = 1 / Math.max(0.02, Math.min(1, camera.scale));
  trace();
  context.lineWidth = 5.5 * unit;
  context.strokeStyle = inks.critical;
  context.stroke();
  trace();
  context.lineWidth = 1.6 * unit;
  context.strokeStyle = inks.paper;
  context.stroke();
  if (camera.scale < NEAR) return;
  context.lineWidth = 3;
  context.strokeStyle = inks.critical;
  for (const id of path) {
    if (state.coverOf(id) >= 0) continue;
    context.beginPath();
    traceShape({ circuit, layout }, context, id, 2.5);
    context.stroke();
  }
}

// Titles in the size of the screen's text, with the sign that folds (−) or unfolds (+).
function paintTitles({ scopes, layout, circuit }, state, camera, { context, inks, font, view }) {
  const { scale } = camera;
  context.textBaseline = 'middle';
  for (const { index, gates, name, path, low, depth } of scopes.nodes) {
    const box = layout.boxes[index];
    if (!index || !gates || !overlaps(box, view)) continue;
    const folded = state.cover[index] === index;
    if (state.cover[index] >= 0 && !folded) continue;
    const [x0, y0] = camera.toScreen(box.x0, box.y0), [x1, y1] = camera.toScreen(box.x1, box.y1);
    const width = Math.min(x1, camera.width) - Math.max(x0, 0), height = Math.min(y1, camera.height) - Math.max(y0, 0);
    if (!folded) {
      const strip = layout.title * scale;
      if (strip < 9 || width < 30 || y0 + strip < 0) continue;
      let size = Math.min(13, Math.max(9, strip * 0.62));
      context.textAlign = 'left';
      do context.font = `600 ${size}px ${font}`; while (context.measureText(`− ${name}`).width > width - 14 && (size -= 1) >= 9);
      context.fillStyle = index === state.scope ? inks.accent : inks.muted;
      const at = Math.max(x0, 0) + 7;
      context.fillText(fitted(context, `− ${name}`, width - 14), at, y0 + Math.min(strip, 26) / 2 + 1);
      continue;
    }
    if (width < 16 || height < 11) continue;
    const cx = Math.max(x0, 0) + width / 2, cy = Math.max(y0, 0) + height / 2;
    let lines = [`+ ${name}`, `${plural(gates, 'gate')} · ${percent(gates, circuit.gates)}`, low === depth ? `level ${low}` : `levels ${low}–${depth}`];
    const room = Math.max(1, Math.min(3, Math.floor((height - 6) / 16)));
    context.textAlign = 'center';
    context.font = `600 13px ${font}`;
    const joined = `${lines[0]}  ·  ${lines[1]}`;
    if (room === 1 && height >= 15 && context.measureText(joined).width < width - 12) lines = [joined];
    lines.slice(0, width < 64 ? 1 : room).forEach((line, i, all) => {
      let size = i ? 12 : Math.min(14, height - 2);
      do context.font = `${i ? '' : '600 '}${size}px ${font}`; while (context.measureText(line).width > width - 10 && (size -= 1) >= 9);
      context.fillStyle = i ? inks.muted : inks.ink;
      context.fillText(fitted(context, line, width - 10), cx, cy + (i - (all.length - 1) / 2) * 17);
    });
  }
}

const RULER = 20;
function paintRuler({ layout }, state, camera, { context, inks, font }) {
  const { levelX, depth } = layout, { scale } = camera;
  context.globalAlpha = 0.94;
  context.fillStyle = inks.ground;
  context.fillRect(0, 0, camera.width, RULER);
  context.globalAlpha = 1;
  context.font = `11px ${font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  // Levels are as wide as they have gates, so numbers are left out where they would touch: first come the ends and now.
  const taken = [];
  const at = (l) => camera.toScreen((levelX[l] + levelX[l + 1] - LEVEL_GAP) / 2, 0)[0];
  const write = (l, text, ink, room) => {
    const x = at(l);
    if (x < -20 || x > camera.width + 20 || taken.some((other) => Math.abs(other - x) < room)) return;
    taken.push(x);
    context.fillStyle = ink;
    context.fillText(text, x, RULER / 2 + 1);
  };
  context.font = `700 11px ${font}`;
  if (state.shownLevel > 0 && state.shownLevel < depth) write(state.shownLevel, String(state.shownLevel), inks.accent, 0);
  context.font = `11px ${font}`;
  write(0, 'in', inks.muted, 26);
  write(depth + 1, 'out', inks.muted, 28);
  const between = ((levelX[depth + 1] - levelX[1]) / depth) * scale;
  const coarse = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20000].find((s) => s * between >= 26) ?? 100000;
  for (const [step, room] of [[coarse, 30], [Math.ceil(coarse / 5), 70]]) {
    for (let l = step; l <= depth && taken.length < 200; l += step) write(l, String(l), inks.muted, room);
  }
  if (state.shownLevel >= depth) return;
  const [x] = camera.toScreen(levelX[state.shownLevel + 1] - LEVEL_GAP / 2, 0);
  context.strokeStyle = inks.accent;
  context.lineWidth = 2;
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(x, RULER);
  context.lineTo(x, camera.height);
  context.stroke();
  context.setLineDash([]);
}
