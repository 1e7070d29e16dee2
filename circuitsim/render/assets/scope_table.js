// The tree of scopes as a table: sorted by a column among siblings; folding a row folds its box in the drawing.

const COLUMNS = [
  { key: 'name', title: 'Scope', help: 'in the order of the circuit' },
  { key: 'gates', title: 'Gates', help: 'gates in this scope' },
  { key: 'share', title: 'Share', help: 'share of all gates' },
  { key: 'depth', title: 'Depth', help: 'level of its deepest gate' },
  { key: 'critical', title: 'Path', help: 'gates on a longest path' },
];
const MOST_ROWS = 1000, MOST_CHILDREN = 400; // listed in all, and of one scope

function makeScopeTable(model, state, walk) {
  const { scopes, circuit } = model, table = byId('scope-table'), body = table.tBodies[0];
  const expanded = new Uint8Array(scopes.nodes.length).fill(1);
  let sort = { key: 'name', down: false }, current = -1;

  const heads = COLUMNS.map(({ key, title, help }) => make('th', { scope: 'col', role: 'columnheader', 'aria-sort': 'none' },
    make('button', { type: 'button', title: help, onclick: () => sortBy(key) }, title)));
  table.tHead.append(make('tr', { role: 'row' }, ...heads));

  function sortBy(key) {
    sort = { key, down: sort.key === key ? !sort.down : key !== 'name' };
    draw();
    say(`sorted by ${COLUMNS.find((column) => column.key === key).title}, ${sort.down ? 'largest first' : 'in order'}`);
  }

  function ordered(children) {
    const key = sort.key === 'share' ? 'gates' : sort.key, list = [...children];
    if (key !== 'name') list.sort((a, b) => scopes.nodes[a][key] - scopes.nodes[b][key] || a - b);
    return sort.down ? list.reverse() : list;
  }

  function draw() {
    heads.forEach((head, i) => head.setAttribute('aria-sort', COLUMNS[i].key !== sort.key ? 'none' : sort.down ? 'descending' : 'ascending'));
    const rows = [], stack = ordered(scopes.nodes[0].children).slice(0, MOST_CHILDREN).reverse();
    let left = scopes.nodes[0].children.length - stack.length;
    while (stack.length && rows.length < MOST_ROWS) {
      const index = stack.pop(), node = scopes.nodes[index];
      rows.push(row(node));
      if (!expanded[index]) continue;
      const children = ordered(node.children);
      if (children.length > MOST_CHILDREN) { left += children.length - MOST_CHILDREN; children.length = MOST_CHILDREN; }
      stack.push(...children.reverse());
    }
    byId('scope-note').textContent = left + stack.length ? 'Not all scopes are listed; search finds them.' : '';
    body.replaceChildren(...rows);
    current = rows.some((r) => Number(r.dataset.scope) === current) ? current : rows.length ? Number(rows[0].dataset.scope) : -1;
    mark();
  }

  function row({ index, name, path, gates, depth, critical, generation, children }) {
    const sign = make('span', { class: 'sign', 'aria-hidden': 'true' });
    const cell = (text) => make('td', { role: 'gridcell', class: 'number' }, text);
    const first = make('td', { role: 'gridcell', class: 'name', title: path }, sign, make('bdi', {}, name));
    first.style.paddingLeft = `${0.35 + (generation - 1) * 0.9}rem`;
    const share = cell(percent(gates, circuit.gates));
    share.style.setProperty('--share', circuit.gates ? gates / circuit.gates : 0);
    share.classList.add('share');
    const element = make('tr', { role: 'row', 'aria-level': generation, tabindex: '-1', 'data-scope': index, onclick: (event) => press(event, index), ondblclick: () => walk.goScope(index) },
      first, cell(count(gates)), share, cell(String(depth)), cell(String(critical)));
    element.dataset.leaf = children.length ? '' : 'leaf';
    return element;
  }

  function press(event, index) {
    current = index;
    if (event.target.classList.contains('sign')) toggle(index);
    else state.select(-1, index);
    focusRow(index);
  }

  const rowOf = (index) => body.querySelector(`tr[data-scope="${index}"]`);
  function focusRow(index) {
    current = index;
    mark();
    rowOf(index)?.focus();
  }

  function toggle(index, isOpen = !state.open[index]) {
    expanded[index] = isOpen ? 1 : 0;
    state.setOpen([index], isOpen);
    say(`${scopes.nodes[index].name} ${isOpen ? 'unfolded' : 'folded'}`);
  }

  // One row takes the tab key; open, folded and selected are written to what screen readers read.
  function mark() {
    for (const element of body.rows) {
      const index = Number(element.dataset.scope), isOpen = Boolean(state.open[index]);
      element.tabIndex = index === current ? 0 : -1;
      element.setAttribute('aria-expanded', isOpen);
      element.setAttribute('aria-selected', index === state.scope);
      element.querySelector('.sign').textContent = isOpen ? '▾' : '▸';
    }
  }

  table.addEventListener('keydown', (event) => {
    const rows = [...body.rows], at = rows.findIndex((r) => Number(r.dataset.scope) === current);
    if (at < 0 || event.target.tagName === 'BUTTON') return;
    const node = scopes.nodes[current];
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    if (event.key in steps) focusRow(Number(rows[Math.max(0, Math.min(rows.length - 1, steps[event.key]))].dataset.scope));
    else if (event.key === 'ArrowRight') {
      if (!state.open[current]) toggle(current, true);
      else if (node.children.length) focusRow(ordered(node.children)[0]);
    } else if (event.key === 'ArrowLeft') {
      if (state.open[current]) toggle(current, false);
      else if (node.parent > 0) focusRow(node.parent);
    } else if (event.key === ' ') toggle(current);
    else if (event.key === 'Enter') walk.goScope(current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  byId('unfold-all').addEventListener('click', () => all(true));
  byId('fold-all').addEventListener('click', () => all(false));
  function all(isOpen) {
    expanded.fill(1);
    state.setOpen(scopes.nodes.slice(1).map((n) => n.index), isOpen);
    say(isOpen ? 'all unfolded' : 'all folded');
  }

  state.on('folds', () => { // rows follow the drawing: what is unfolded there is listed here
    for (const { index } of scopes.nodes) expanded[index] = state.open[index];
    const focused = body.contains(document.activeElement);
    draw();
    if (focused) focusRow(current);
  });
  state.on('selection', () => {
    if (state.scope > 0) current = state.scope;
    mark();
    if (state.scope > 0) rowOf(state.scope)?.scrollIntoView({ block: 'nearest' });
  });
  return { draw, all };
}
