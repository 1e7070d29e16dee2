// Scopes: open ones as frames around their gates, folded ones as boxes, and their titles.

const overlaps = (box, view) => box.x0 < view.x1 && box.x1 > view.x0 && box.y0 < view.y1 && box.y1 > view.y0;

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

// In the size of the screen's text, with the sign that folds (−) or unfolds (+).
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
      do context.font = `600 ${size}px ${font}`; while (context.measureText(`− ${name}`).width > width - 12 && (size -= 1) >= 9);
      context.fillStyle = index === state.scope ? inks.accent : inks.muted;
      const at = Math.max(x0, 0) + 7;
      const text = size < 9 ? name : `− ${name}`; // the sign is left out first
      if (size < 9) context.font = `600 9px ${font}`;
      context.fillText(fitted(context, text, width - 9), at, y0 + Math.min(strip, 26) / 2 + 1);
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
