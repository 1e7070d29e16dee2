// Levels: stripes behind everything, and a ruler along the top with the level up to which values are shown.

function paintLevels({ layout }, state, camera, { context, inks, view }) {
  const { levelX, depth } = layout;
  const step = Math.max(1, Math.ceil(8 / ((levelX[depth] / depth) * camera.scale)));
  context.fillStyle = inks.stripe;
  for (let l = 0; l <= depth + 1; l += 2 * step) {
    const x0 = levelX[l] - LEVEL_GAP / 2, x1 = levelX[Math.min(l + step, depth + 2)] - LEVEL_GAP / 2;
    if (x1 > view.x0 && x0 < view.x1) context.fillRect(x0, view.y0, x1 - x0, view.y1 - view.y0);
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
