// The icicle: scopes from the root downwards, as wide as their share of the gates, or of the levels of a longest path.

const LEAST_WIDTH = 0.002; // of the whole; narrower scopes are in the table only

function makeIcicle(model, state, walk) {
  const { scopes, circuit, path } = model, holder = byId('icicle'), ways = [['gates', 'Size'], ['critical', 'Depth']];
  const notes = {
    gates: 'Width: gates of a scope.',
    critical: 'Width: gates on a longest path; they add up to the depth.',
  };
  let by = 'gates', bars = [];

  const choices = ways.map(([key, title]) => make('button', { type: 'button', role: 'radio', 'data-by': key, onclick: () => choose(key) }, title));
  byId('icicle-by').append(...choices);
  byId('icicle-by').addEventListener('keydown', (event) => {
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    choose(by === 'gates' ? 'critical' : 'gates');
    choices.find((choice) => choice.dataset.by === by).focus();
  });

  function choose(key) {
    by = key;
    draw();
  }

  function draw() {
    for (const choice of choices) {
      choice.setAttribute('aria-checked', choice.dataset.by === by);
      choice.tabIndex = choice.dataset.by === by ? 0 : -1;
    }
    const whole = scopes.nodes[0][by] || 1, left = new Float64Array(scopes.nodes.length);
    bars = [];
    let rows = 0;
    for (const node of scopes.nodes) {
      let x = left[node.index];
      for (const c of node.children) { left[c] = x; x += scopes.nodes[c][by] / whole; }
      const share = node[by] / whole;
      if (share < LEAST_WIDTH || node.generation > 9) continue;
      rows = Math.max(rows, node.generation + 1);
      bars.push(bar(node, left[node.index], share));
    }
    holder.style.setProperty('--rows', rows);
    holder.replaceChildren(...bars);
    byId('icicle-note').textContent = notes[by];
    mark();
  }

  function bar({ index, name, path: full, generation, critical, gates }, x, share) {
    const figure = by === 'gates' ? plural(gates, 'gate') : `${count(critical)} of ${plural(model.circuit.figures.depth, 'level')}`;
    const label = `${full || 'circuit'}: ${figure}, ${percent(share, 1)}`;
    const element = make('button', { type: 'button', title: label, 'aria-label': label, 'data-scope': index, tabindex: '-1', onclick: () => (index ? walk.goScope(index) : whole()) }, make('bdi', {}, share > 0.06 ? name : ''));
    element.style.left = `${100 * x}%`;
    element.style.width = `calc(${100 * share}% - 1px)`;
    element.style.setProperty('--row', generation);
    return element;
  }

  function whole() {
    state.select(-1, -1);
    model.camera.fit();
  }

  function mark() {
    const chosen = bars.find((b) => Number(b.dataset.scope) === state.scope) ?? bars[0];
    for (const element of bars) {
      element.tabIndex = element === chosen ? 0 : -1;
      element.setAttribute('aria-pressed', Number(element.dataset.scope) === state.scope);
    }
  }

  // Arrows move to the parent, the first child and the neighbours.
  holder.addEventListener('keydown', (event) => {
    const at = Number(event.target.dataset.scope), node = scopes.nodes[at];
    const siblings = node.parent < 0 ? [0] : scopes.nodes[node.parent].children;
    const to = { ArrowUp: node.parent, ArrowDown: node.children[0], ArrowLeft: siblings[siblings.indexOf(at) - 1], ArrowRight: siblings[siblings.indexOf(at) + 1] }[event.key];
    const next = bars.find((b) => Number(b.dataset.scope) === to);
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    if (!next) return;
    for (const element of bars) element.tabIndex = element === next ? 0 : -1;
    next.focus();
  });
  state.on('selection', mark);
  return { draw };
}
