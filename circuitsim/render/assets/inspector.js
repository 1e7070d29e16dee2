// What is known of the selected gate, wire or scope.

const FIRST_WIRES = 40; // listed at once; a button shows more

const valueText = (model, state, id) => ['0', '1', 'not reached'][shade(model, state, id)];

function kindOf({ circuit }, id) {
  if (id >= circuit.nodes) return 'output';
  if (id >= circuit.first) return KINDS[circuit.ops[id - circuit.first]];
  return id ? 'input' : 'constant';
}

function sentenceOf(model, state, id) {
  const { circuit, scopes } = model, gate = id >= circuit.first && id < circuit.nodes;
  const where = gate ? `, ${scopes.nodes[scopes.treeOf[id - circuit.first]].path}` : '';
  return `${nameOf(model, id)}: ${kindOf(model, id)}, level ${model.level[rootOf(model, id)]}, value ${valueText(model, state, id)}${where}`;
}

function scopeSentence({ scopes, circuit }, index) {
  const { path, gates, low, depth } = scopes.nodes[index];
  return `${path}: ${plural(gates, 'gate')}, ${percent(gates, circuit.gates)}, levels ${low} to ${depth}`;
}

const signed = (weight) => `${weight < 0 ? '−' : '+'} ${weight === 1 || weight === -1 ? '' : `${String(weight).replace('-', '')}·`}`;

// The function of a gate over the names of its wires, cut after some.
function functionOf(model, id) {
  const { circuit } = model, { first, starts, fanIn, ops, weights, thresholds } = circuit, g = id - first, most = 12;
  const parts = [];
  for (let w = starts[g]; w < starts[g + 1] && parts.length < most; w++) {
    const name = `${fanIn[w] & 1 ? '¬' : ''}${nameOf(model, fanIn[w] >> 1)}`;
    if (ops[g] !== THRESHOLD) parts.push(name);
    else parts.push(parts.length || weights[w] < 0 ? `${signed(Number(weights[w]))}${name}` : signed(Number(weights[w])).slice(2) + name);
  }
  const more = starts[g + 1] - starts[g] > most ? ' …' : '';
  if (ops[g] === THRESHOLD) return `${parts.join(' ')}${more} ≥ ${minus(thresholds[g])}`;
  return parts.join(` ${SYMBOLS[ops[g]]} `) + more;
}

function makeInspector(model, state, walk) {
  const { circuit, scopes, fanOut, level } = model, { first, nodes } = circuit;
  const title = byId('inspector-title'), body = byId('inspector-body');
  const open = { in: FIRST_WIRES, out: FIRST_WIRES };

  const fact = (name, ...value) => [make('dt', {}, name), make('dd', {}, ...value)];
  const link = (id, negated = false, note = '') => make('button', { type: 'button', class: `wire v${shade(model, state, id)}`, 'data-id': id, title: sentenceOf(model, state, id), onclick: () => walk.go(id) },
    make('span', { class: 'value', 'aria-label': `value ${valueText(model, state, id)}` }, ['0', '1', '·'][shade(model, state, id)]), make('bdi', {}, `${note}${negated ? '¬' : ''}${nameOf(model, id)}`));

  function wireList(side, heading, items) {
    const list = make('ul', { class: 'wires', 'aria-label': heading }, ...items.slice(0, open[side]).map((item) => make('li', {}, link(...item))));
    const rest = items.length - open[side];
    const more = rest > 0 ? make('button', { type: 'button', class: 'more', onclick: () => { open[side] += 200; draw(); } }, `${count(rest)} more`) : null;
    return [make('h3', {}, `${heading} `, make('span', { class: 'count' }, count(items.length))), items.length ? list : make('p', { class: 'note' }, 'none'), more];
  }

  function drawNode(id) {
    const node = rootOf(model, id), gate = id >= first && id < nodes, g = id - first;
    title.textContent = nameOf(model, id);
    const facts = [];
    const says = provenanceOf(model, id);
    if (gate) facts.push(fact('Function', make('bdi', { class: 'formula' }, functionOf(model, id))));
    if (gate && circuit.ops[g] === THRESHOLD) facts.push(fact('Sum', sumText(id)));
    facts.push(fact('Value', make('span', { class: `badge v${shade(model, state, id)}`, id: 'value' }, valueText(model, state, id))));
    facts.push(fact('Level', `${level[node]} of ${circuit.figures.depth}`));
    if (gate) facts.push(fact('Scope', breadcrumbs(scopes.treeOf[g])));
    if (says) facts.push(fact('Is', make('bdi', {}, says)));
    const input = id > 0 && id < first ? inputText(id - 1) : '';
    if (input) facts.push(fact('Is', make('bdi', {}, input)));
    const fanInItems = gate ? Array.from(circuit.fanIn.subarray(circuit.starts[g], circuit.starts[g + 1]), (literal, i) => [literal >> 1, literal & 1, weightNote(circuit.starts[g] + i)]) : [];
    if (id >= nodes) fanInItems.push([node, circuit.outputs[id - nodes] & 1]);
    const fanOutItems = [];
    if (id < nodes) {
      let last = -1;
      for (let k = fanOut.begin[id]; k < fanOut.begin[id + 1]; k++) {
        const target = first + fanOut.gateOf[fanOut.wires[k]];
        if (target !== last) fanOutItems.push([target]);
        last = target;
      }
      circuit.outputs.forEach((literal, k) => { if (literal >> 1 === id) fanOutItems.push([nodes + k, literal & 1]); });
    }
    body.replaceChildren(make('p', { class: 'kind' }, kindText(id)), make('dl', { class: 'facts' }, ...facts.flat()), coneChoice(), ...[wireList('in', 'Fan-in', fanInItems), wireList('out', 'Fan-out', fanOutItems)].flat().filter(Boolean));
  }

  function kindText(id) {
    const kind = kindOf(model, id);
    if (kind !== 'threshold') return kind;
    return 'threshold: true where the weighted sum reaches the threshold';
  }

  function sumText(id) {
    if (level[id] > state.shownLevel) return 'not reached';
    const sum = circuit.weights instanceof BigInt64Array ? bigSum(circuit, id - first, state.values) : sumOf(circuit, id - first, state.values);
    const wanted = circuit.thresholds[id - first];
    return `${minus(sum)} ${BigInt(sum) >= BigInt(wanted) ? '≥' : '<'} ${minus(wanted)}`;
  }

  const weightNote = (w) => (circuit.weights && circuit.ops[fanOut.gateOf[w]] === THRESHOLD ? `${circuit.weights[w] > 0 ? '+' : '−'}${String(circuit.weights[w]).replace('-', '')} · ` : '');

  function inputText(bit) {
    const { io } = model;
    if (bit >= io.n * io.width) return 'a wired constant: a position, given from outside';
    const letter = io.width === 1 ? bit : Math.floor(bit / io.width);
    if (io.width > 1) return `one where letter ${letter} is ${shown(io.vocabulary[bit % io.width])}`;
    return `letter ${letter}: 0 is ${shown(io.vocabulary[0])}, 1 is ${shown(io.vocabulary[1] ?? '')}`;
  }

  function breadcrumbs(index) {
    const chain = [];
    for (let at = index; at > 0; at = scopes.nodes[at].parent) chain.push(at);
    const parts = chain.reverse().flatMap((at, i) => [i ? ' › ' : null, make('button', { type: 'button', class: 'crumb', onclick: () => walk.goScope(at) }, make('bdi', {}, scopes.nodes[at].name))]);
    return make('span', { class: 'crumbs' }, ...parts.filter((part) => part !== null));
  }

  function coneChoice() {
    const ways = [['none', 'None'], ['in', 'Depends on'], ['out', 'Feeds']];
    const buttons = ways.map(([kind, text]) => make('button', { type: 'button', role: 'radio', 'data-cone': kind, 'aria-checked': state.cone === kind, tabindex: state.cone === kind ? '0' : '-1', onclick: () => choose(kind) }, text));
    const choose = (kind) => { state.setCone(kind); body.querySelector(`[data-cone="${kind}"]`)?.focus(); say(coneText()); };
    const group = make('div', { class: 'group', role: 'radiogroup', 'aria-label': 'Cone', onkeydown: (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: 2, ArrowUp: 2 }[event.key];
      if (!step) return;
      event.preventDefault();
      choose(ways[(ways.findIndex(([kind]) => kind === state.cone) + step) % 3][0]);
    } }, ...buttons);
    return make('div', { class: 'cone' }, make('h3', {}, 'Cone'), group, make('p', { class: 'note', id: 'cone-size' }, coneText()));
  }

  function coneText() {
    const size = state.coneSize;
    if (!size) return '';
    const ends = state.cone === 'in' ? plural(size.inputs, 'input') : plural(size.outputs, 'output');
    return `${plural(size.gates, 'gate')} (${percent(size.gates, circuit.gates)}) and ${ends}`;
  }

  function drawScope(index) {
    const { name, path, gates, own, low, depth, critical, children } = scopes.nodes[index];
    title.textContent = name;
    const isOpen = state.open[index];
    const facts = [fact('Path', breadcrumbs(index)), fact('Gates', `${count(gates)} (${percent(gates, circuit.gates)})`), fact('Of its own', count(own)), fact('Levels', low === depth ? String(low) : `${low} to ${depth}`), fact('On the critical path', plural(critical, 'gate'))];
    body.replaceChildren(make('p', { class: 'kind' }, 'scope'), make('dl', { class: 'facts' }, ...facts.flat()),
      make('p', { class: 'group buttons' }, make('button', { type: 'button', id: 'toggle-scope', onclick: () => { state.setOpen([index], !isOpen); byId('toggle-scope')?.focus(); } }, isOpen ? 'Fold' : 'Unfold'), make('button', { type: 'button', onclick: () => walk.goScope(index) }, 'Zoom to it')),
      ...(children.length ? [make('h3', {}, 'Inside'), make('ul', { class: 'wires' }, ...children.slice(0, 100).map((c) => make('li', {}, make('button', { type: 'button', class: 'crumb', onclick: () => walk.goScope(c) }, make('bdi', {}, scopes.nodes[c].name)), ` ${plural(scopes.nodes[c].gates, 'gate')}`)))] : []));
  }

  function drawNothing() {
    title.textContent = 'Nothing selected';
    body.replaceChildren(make('p', { class: 'note' }, 'Click a gate, a wire’s end or a scope, or press Enter in the drawing. A gate shows its function, value, level, cone, and where in the model it is from.'));
  }

  function draw() {
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    if (state.node >= 0) drawNode(state.node);
    else if (state.scope > 0) drawScope(state.scope);
    else drawNothing();
    if (focused) body.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  state.on('selection', () => { open.in = open.out = FIRST_WIRES; draw(); });
  state.on('values level folds', draw);
  return { draw };
}
