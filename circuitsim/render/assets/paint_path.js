// A longest path, over everything, also over folded boxes: a double line, with a ring around every gate on it.

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
