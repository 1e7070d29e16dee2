// Search by name: inputs, outputs, scopes, gate numbers, and what names.py calls the gates.

const MOST_FOUND = 60;

function find(model, text) {
  const wanted = text.trim().toLowerCase(), { circuit, scopes } = model, { first, nodes, gates, outputs, names } = circuit;
  if (!wanted) return { found: [], total: 0 };
  const ranked = [[], [], []]; // names that are the text, begin with it, have it inside
  let total = 0;
  const take = (item, rank = 0) => { total++; if (ranked[rank].length < MOST_FOUND) ranked[rank].push(item); };
  const look = (name, item) => {
    const at = name.toLowerCase().indexOf(wanted);
    if (at >= 0) take(item, at > 0 ? 2 : name.length === wanted.length ? 0 : 1);
  };
  const number = /^(?:g|gate)?\s*#?(\d+)$/.exec(wanted);
  if (number && Number(number[1]) < gates) take({ id: first + Number(number[1]) });
  for (const node of scopes.nodes) if (node.index && node.gates) look(node.path, { scope: node.index });
  for (let id = 1; id < first; id++) look(nameOf(model, id), { id });
  for (let k = 0; k < outputs.length; k++) look(nameOf(model, nodes + k), { id: nodes + k });
  if (names.gates) {
    const matches = names.gates.map((name) => shown(name).toLowerCase().includes(wanted));
    for (let g = 0; g < gates; g++) if (matches[names.gateIndex[g]]) take({ id: first + g, note: shown(names.gates[names.gateIndex[g]]) }, 2);
  }
  return { found: ranked.flat().slice(0, MOST_FOUND), total };
}

function makeSearch(model, state, walk) {
  const field = byId('search'), list = byId('results');
  let found = [], current = -1;

  function draw() {
    const result = find(model, field.value);
    found = result.found;
    current = found.length ? 0 : -1;
    const items = found.map((item, i) => {
      const scope = item.scope !== undefined;
      const name = scope ? model.scopes.nodes[item.scope].path : item.note || nameOf(model, item.id);
      const note = scope ? `scope, ${plural(model.scopes.nodes[item.scope].gates, 'gate')}` : item.note ? nameOf(model, item.id) : kindOf(model, item.id);
      return make('li', { role: 'option', id: `found${i}`, onmousedown: (event) => { event.preventDefault(); jump(i); } }, make('bdi', {}, name), make('span', { class: 'note' }, note));
    });
    if (field.value.trim() && !found.length) items.push(make('li', { class: 'note', role: 'option', 'aria-disabled': 'true' }, 'nothing found'));
    if (result.total > found.length) items.push(make('li', { class: 'note', role: 'option', 'aria-disabled': 'true' }, `${count(result.total - found.length)} more`));
    list.replaceChildren(...items);
    list.hidden = !items.length;
    field.setAttribute('aria-expanded', !list.hidden);
    mark();
  }

  function mark() {
    found.forEach((_, i) => list.children[i].setAttribute('aria-selected', i === current));
    if (current >= 0) {
      field.setAttribute('aria-activedescendant', `found${current}`);
      list.children[current].scrollIntoView({ block: 'nearest' });
    } else field.removeAttribute('aria-activedescendant');
  }

  function close() {
    list.hidden = true;
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
  }

  function jump(i) {
    const item = found[i];
    if (!item) return;
    close();
    if (item.scope !== undefined) walk.goScope(item.scope);
    else walk.go(item.id);
    byId('drawing').focus({ preventScroll: true });
  }

  field.addEventListener('input', draw);
  field.addEventListener('focus', () => { if (field.value) draw(); });
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (list.hidden) draw();
      else if (found.length) current = (current + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length;
      mark();
    } else if (event.key === 'Enter') jump(current);
    else if (event.key === 'Escape') { if (list.hidden) field.value = ''; close(); } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
