// One frame of the drawing: what is seen is collected, then painted from the back to the front.

const INKS = ['paper', 'ground', 'ink', 'muted', 'line', 'stripe', 'accent', 'true', 'true-ink', 'false', 'unknown', 'critical', 'box', 'open'];

function makePainter(model, state, camera, canvas) {
  const { circuit, layout, places } = model;
  const context = canvas.getContext('2d');
  const seen = new Int32Array(circuit.nodes + circuit.outputs.length); // number of the frame that last saw an id
  const onPath = new Uint8Array(circuit.nodes);
  for (const v of model.path) onPath[v] = 1;
  const frame = { context, dots: makeDots(), number: 0, ids: [], seen, onPath, inks: {}, hover: -1, hoverScope: -1, view: null, sampled: 1 };
  let asked = 0;

  function readInks() {
    const style = getComputedStyle(document.documentElement);
    for (const name of INKS) frame.inks[name] = style.getPropertyValue(`--${name}`).trim();
    frame.font = style.getPropertyValue('--font').trim() || 'sans-serif';
    ask();
  }

  function resize() {
    const { clientWidth: width, clientHeight: height } = canvas, dense = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(width * dense));
    canvas.height = Math.max(1, Math.round(height * dense));
    camera.resize(width, height);
    ask();
  }

  function ask() {
    if (!asked) asked = requestAnimationFrame(paint);
  }

  function paint() {
    cancelAnimationFrame(asked);
    asked = 0;
    const started = performance.now(), dense = window.devicePixelRatio || 1, { scale } = camera;
    const [x0, y0] = camera.toWorld(0, 0), [x1, y1] = camera.toWorld(camera.width, camera.height);
    frame.view = { x0, y0, x1, y1 };
    frame.number++;
    frame.ids.length = 0;
    places.within(x0 - GATE_W, y0 - GATE_H, x1 + GATE_W, y1 + GATE_H, (id) => {
      if (state.coverOf(id) >= 0) return;
      seen[id] = frame.number;
      frame.ids.push(id);
    });
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.fillStyle = frame.inks.paper;
    context.fillRect(0, 0, camera.width, camera.height);
    context.setTransform(dense * scale, 0, 0, dense * scale, dense * camera.x, dense * camera.y);
    paintLevels(model, state, camera, frame);
    paintOpenScopes(model, state, camera, frame);
    paintBundles(model, state, camera, frame);
    paintWires(model, state, camera, frame);
    paintGates(model, state, camera, frame);
    paintFoldedScopes(model, state, camera, frame);
    paintPath(model, state, camera, frame);
    context.setTransform(dense, 0, 0, dense, 0, 0);
    paintTitles(model, state, camera, frame);
    paintRuler(model, state, camera, frame);
    frame.milliseconds = performance.now() - started;
    state.tell('painted');
  }

  state.on('values level selection folds critical', ask);
  return Object.assign(frame, { readInks, resize, ask, paint });
}

// 0, 1, or 2 for a value that the level slider has not reached.
function shade(model, state, id) {
  const node = rootOf(model, id);
  if (model.level[node] > state.shownLevel) return 2;
  return id < model.circuit.nodes ? state.values[node] : outputValue(model.circuit, id - model.circuit.nodes, state.values);
}

const widths = new Map();
// Text cut to a width, measured once.
function fitted(context, text, most) {
  const key = `${context.font}|${Math.round(most)}|${text}`;
  let found = widths.get(key);
  if (found === undefined) {
    found = clip(text, 200);
    if (context.measureText(found).width > most) {
      const marks = Array.from(found);
      while (marks.length && context.measureText(`${marks.join('')}…`).width > most) marks.pop();
      found = marks.length ? `${marks.join('')}…` : '';
    }
    if (widths.size > 20000) widths.clear();
    widths.set(key, found);
  }
  return found;
}
