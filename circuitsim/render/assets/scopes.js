// The tree of scopes, layer0 > head0 > scores, with what each holds. Parents come before their children.

function makeScopes(circuit, level, path) {
  const nodes = [{ index: 0, name: 'circuit', path: '', parent: -1, children: [], own: 0 }];
  const byPath = new Map([['', 0]]);
  const treeOfScope = circuit.scopes.map((scope) => addPath(nodes, byPath, scope));
  const treeOf = new Int32Array(circuit.gates);
  let loose = -1;
  for (let g = 0; g < circuit.gates; g++) {
    let at = circuit.scopeOf[g] < 0 ? 0 : treeOfScope[circuit.scopeOf[g]];
    if (at === 0) { // gates without a scope can be folded like all others
      if (loose < 0) loose = child(nodes, 0, '(no scope)', '');
      at = loose;
    }
    treeOf[g] = at;
    nodes[at].own++;
  }
  for (const node of nodes) Object.assign(node, { gates: node.own, depth: 0, low: Infinity, critical: 0, firstGate: Infinity, height: 0 });
  for (let g = circuit.gates - 1; g >= 0; g--) {
    const node = nodes[treeOf[g]], at = level[circuit.first + g];
    node.depth = Math.max(node.depth, at);
    node.low = Math.min(node.low, at);
    node.firstGate = g;
  }
  for (const v of path) if (v >= circuit.first) nodes[treeOf[v - circuit.first]].critical++;
  for (let i = nodes.length - 1; i > 0; i--) {
    const node = nodes[i], parent = nodes[node.parent];
    parent.gates += node.gates;
    parent.critical += node.critical;
    parent.depth = Math.max(parent.depth, node.depth);
    parent.low = Math.min(parent.low, node.low);
    parent.firstGate = Math.min(parent.firstGate, node.firstGate);
    parent.height = Math.max(parent.height, node.height + 1);
  }
  // Scopes that only wire, without a gate, are left out of everything that is shown.
  for (const node of nodes) node.children = node.children.filter((i) => nodes[i].gates > 0);
  for (const node of nodes) node.children.sort((a, b) => nodes[a].firstGate - nodes[b].firstGate || a - b);
  for (const node of nodes) node.generation = node.parent < 0 ? 0 : nodes[node.parent].generation + 1;
  return { nodes, treeOf };
}

const DEEPEST = 64; // parts of a path; what is below stays one name, so that a hostile path costs no more
function addPath(nodes, byPath, scope) {
  const parts = scope === '' ? [] : scope.split('/');
  if (parts.length > DEEPEST) parts.splice(DEEPEST - 1, Infinity, parts.slice(DEEPEST - 1).join('/'));
  let at = 0, path = '';
  parts.forEach((part, i) => {
    path = i ? `${path}/${part}` : part;
    const key = `${i}:${path}`;
    if (!byPath.has(key)) byPath.set(key, child(nodes, at, part, path));
    at = byPath.get(key);
  });
  return at;
}

function child(nodes, parent, name, path) {
  const index = nodes.length;
  nodes.push({ index, name: shown(name) || '(empty)', path: shown(path) || shown(name), parent, children: [], own: 0 });
  nodes[parent].children.push(index);
  return index;
}

const isInside = (nodes, index, ancestor) => {
  for (let at = index; at >= 0; at = nodes[at].parent) if (at === ancestor) return true;
  return false;
};
