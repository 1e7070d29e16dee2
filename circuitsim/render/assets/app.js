// Puts the page together. Everything above only defines; this runs.

function start() {
  const begun = performance.now();
  const circuit = decode(byId('data').textContent), level = levelsOf(circuit), path = longestPath(circuit, level);
  const scopes = makeScopes(circuit, level, path), layout = makeLayout(circuit, level, scopes);
  const model = { circuit, level, path, scopes, layout, io: makeInterface(circuit), fanOut: fanOutOf(circuit) };
  const constant = model.fanOut.begin[1] > 0 || circuit.outputs.some((literal) => literal < 2);
  model.known = Int32Array.from({ length: circuit.nodes + circuit.outputs.length - (constant ? 0 : 1) }, (_, i) => (constant ? i : i + 1));
  model.places = makePlaces(layout, model.known);

  const canvas = byId('drawing'), state = makeState(model);
  let painter = null;
  const camera = (model.camera = makeCamera(canvas, layout.world, () => painter.ask()));
  state.bundles = [];
  state.on('folds', () => { state.bundles = makeBundles(model, state); });
  painter = makePainter(model, state, camera, canvas);
  const walk = makeWalk(model, state, camera);
  const table = makeScopeTable(model, state, walk), icicle = makeIcicle(model, state, walk);
  const inspector = makeInspector(model, state, walk), tokens = makeTokens(model, state, walk), levels = makeLevelBar(model, state);
  makeSearch(model, state, walk);
  listenToPointers(model, state, camera, painter, canvas);
  canvas.addEventListener('keydown', walk.key);

  const critical = () => { state.setCritical(!state.critical); say(state.critical ? `a longest path of ${plural(circuit.figures.depth, 'gate')} is marked` : 'the longest path is not marked'); };
  byId('critical').addEventListener('click', critical);
  state.on('critical', () => byId('critical').setAttribute('aria-pressed', state.critical));
  const zoom = (factor) => camera.zoomAt(camera.width / 2, camera.height / 2, factor);
  byId('zoom-in').addEventListener('click', () => zoom(1.5));
  byId('zoom-out').addEventListener('click', () => zoom(1 / 1.5));
  byId('zoom-fit').addEventListener('click', () => camera.fit());
  const theme = makeTheme(painter);
  makeHelp({
    '/': () => byId('search').select(), t: () => byId('string').select(), '[': () => levels.step(-1), ']': () => levels.step(1), p: levels.toggle,
    c: critical, i: () => state.setCone('in'), o: () => state.setCone('out'), n: () => state.setCone('none'), e: () => table.all(true), w: () => table.all(false),
    '+': () => zoom(1.5), '=': () => zoom(1.5), '-': () => zoom(1 / 1.5), 0: () => camera.fit(), d: theme.next, Escape: () => state.select(-1),
  });

  head(model);
  canvas.setAttribute('aria-label', `Drawing of the circuit: ${plural(circuit.gates, 'gate')} on ${plural(circuit.figures.depth, 'level')}. Enter selects an output, arrows walk along wires.`);
  // Small circuits start open; of large ones only the scopes that hold scopes, so that the first look is an overview.
  state.setOpen(scopes.nodes.filter((node) => circuit.gates <= 3000 || node.children.length).map((node) => node.index), true);
  state.setCodes(state.codes);
  levels.draw();
  icicle.draw();
  inspector.draw();
  legend(model, painter, state);
  let sized = false;
  new ResizeObserver(() => {
    painter.resize();
    if (!sized) camera.fit(layout.world, false);
    sized = true;
  }).observe(canvas);
  painter.resize();
  camera.fit(layout.world, false);
  painter.paint();
  expose(model, state, camera, painter, performance.now() - begun);
}

function head({ circuit, path }) {
  const { interface: said, basis, figures } = circuit, title = typeof said.model === 'string' ? shown(said.model) : 'circuit';
  const text = Number.isInteger(said.n) ? `${title}, n = ${said.n}` : title;
  document.title = `${text}, ${basis}`;
  byId('title').append(make('bdi', { title: text }, text), make('span', { class: 'basis' }, basis));
  const kinds = Object.entries(figures.gates_by_kind).map(([kind, many]) => `${count(many)} ${kind}`).join(', ');
  const rows = [['gates', count(figures.gates), kinds], ['depth', count(figures.depth)], ['wires', count(figures.wires)], ['inputs', count(figures.inputs)], ['outputs', count(figures.outputs)]];
  if (circuit.unbounded) rows.push(['largest fan-in', count(figures.max_fan_in)]);
  if (circuit.weights) rows.push(['largest weight', count(figures.max_weight)]);
  byId('figures').append(...rows.map(([name, value, note]) => make('div', { 'data-figure': name }, make('dt', {}, name), make('dd', {}, value, note ? make('span', { class: 'note' }, ` ${note}`) : null))));
}

// The legend says how values look, and how many wires are drawn when they are not all drawn.
function legend({ circuit }, painter, state) {
  const key = (mark, text) => make('li', {}, make('span', { class: `mark ${mark}`, 'aria-hidden': 'true' }), text);
  byId('legend').append(key('true', 'true'), key('false', 'false'), key('unknown', 'not reached'), key('not', 'negation'));
  state.on('painted', () => {
    const text = painter.sampled > 1 ? `1 wire in ${painter.sampled} drawn; zoom in for all` : '';
    if (byId('sampled').textContent !== text) byId('sampled').textContent = text;
  });
}

// For tests and for the console: what the page shows, read only. Values are of all nodes: 0, the inputs, the gates.
function expose(model, state, camera, painter, milliseconds) {
  const { circuit, layout } = model, ready = performance.now();
  window.circuitsim = Object.freeze({
    values: () => Array.from(state.values),
    outputs: () => Array.from(circuit.outputs, (_, k) => outputValue(circuit, k, state.values)),
    decisions: () => decisionsOf(circuit, model.io, state.values),
    shades: () => Array.from({ length: circuit.nodes }, (_, id) => shade(model, state, id)),
    levels: () => Array.from(model.level),
    selected: () => ({ node: state.node, scope: state.scope < 0 ? null : model.scopes.nodes[state.scope].path }),
    cone: () => state.coneSize && { ...state.coneSize, marked: undefined },
    path: () => model.path.slice(),
    folded: () => model.scopes.nodes.filter((n) => n.index && n.gates && !state.open[n.index]).map((n) => n.path),
    // Places on the canvas in CSS pixels, for real clicks.
    placeOf: (id) => camera.toScreen(layout.X[id], layout.Y[id]),
    placeOfScope: (wanted) => {
      const { index } = model.scopes.nodes.find((n) => n.path === wanted), { x0, y0, x1, y1 } = layout.boxes[index];
      const [left, top] = camera.toScreen(x0, y0); // of an open scope, a place on its title
      return state.open[index] ? [left + 40, top + (layout.title * camera.scale) / 2] : camera.toScreen((x0 + x1) / 2, (y0 + y1) / 2);
    },
    camera: () => ({ scale: camera.scale, x: camera.x, y: camera.y }),
    paint: () => { painter.paint(); return painter.milliseconds; },
    times: () => ({ start: milliseconds, ready, evaluate: state.milliseconds, paint: painter.milliseconds }),
  });
}

start();
