// The drawing by keyboard: arrows walk along wires from the selected gate, or move the view if nothing is selected.

function makeWalk(model, state, camera) {
  const { circuit, layout, fanOut, level, scopes } = model, { X, Y } = layout, { first, nodes } = circuit;
  const column = (id) => (id >= nodes ? layout.depth + 1 : level[id]);
  let columns = null; // ids of every level from top to bottom, made when first asked for

  function beside(id, step) {
    if (!columns) {
      columns = Array.from({ length: layout.depth + 2 }, () => []);
      for (const other of model.known) columns[column(other)].push(other);
      columns.forEach((list) => list.sort((a, b) => X[a] - X[b] || Y[a] - Y[b]));
    }
    const list = columns[column(id)];
    for (let i = list.indexOf(id) + step; i >= 0 && i < list.length; i += step) if (state.coverOf(list[i]) < 0) return list[i];
    return -1;
  }

  const nearest = (id, candidates) => {
    let best = -1;
    for (const c of candidates) if (best < 0 || Math.abs(Y[c] - Y[id]) < Math.abs(Y[best] - Y[id])) best = c;
    return best;
  };

  function before(id) {
    if (id >= nodes) return rootOf(model, id);
    if (id < first) return -1;
    return nearest(id, Array.from(circuit.fanIn.subarray(circuit.starts[id - first], circuit.starts[id - first + 1]), (l) => l >> 1));
  }

  function after(id) {
    if (id >= nodes) return -1;
    const wires = fanOut.wires.subarray(fanOut.begin[id], fanOut.begin[id + 1]);
    const ends = [];
    circuit.outputs.forEach((literal, k) => { if (literal >> 1 === id) ends.push(nodes + k); });
    return nearest(id, wires.length ? Array.from(wires, (w) => first + fanOut.gateOf[w]) : ends);
  }

  // Selects an id and shows it, unfolding what hides it.
  function go(id) {
    if (id < 0) return;
    const hidden = [];
    if (id >= first && id < nodes) for (let at = scopes.treeOf[id - first]; at > 0; at = scopes.nodes[at].parent) if (!state.open[at]) hidden.push(at);
    if (hidden.length) state.setOpen(hidden, true);
    state.select(id);
    camera.reveal(X[id], Y[id]);
    say(sentenceOf(model, state, id));
  }

  function goScope(index) {
    const hidden = [];
    for (let at = scopes.nodes[index].parent; at > 0; at = scopes.nodes[at].parent) if (!state.open[at]) hidden.push(at);
    if (hidden.length) state.setOpen(hidden, true);
    state.select(-1, index);
    camera.fit(layout.boxes[index]);
    say(scopeSentence(model, index));
  }

  function key(event) {
    const { key: pressed, shiftKey } = event, moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const id = state.node;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pressed in moves) {
      const [dx, dy] = moves[pressed];
      if (shiftKey || id < 0) camera.pan(dx * 60, dy * 60);
      else if (pressed === 'ArrowLeft') go(before(id));
      else if (pressed === 'ArrowRight') go(after(id));
      else go(beside(id, pressed === 'ArrowUp' ? -1 : 1));
    } else if (pressed === 'Enter' || pressed === ' ') {
      if (state.scope >= 0) state.setOpen([state.scope], !state.open[state.scope]);
      else if (id < 0) go(circuit.outputs.length ? nodes : 1);
      else camera.reveal(X[id], Y[id]);
    } else if (pressed === 'Home') go(circuit.inputs ? 1 : nodes);
    else if (pressed === 'End') go(circuit.outputs.length ? nodes : 1);
    else if (pressed === 'Backspace') leave(id);
    else return;
    event.preventDefault();
  }

  // From a gate to its scope, from a scope to the one around it.
  function leave(id) {
    if (id >= first && id < nodes) return goScope(scopes.treeOf[id - first]);
    const parent = state.scope > 0 ? scopes.nodes[state.scope].parent : -1;
    return parent > 0 ? goScope(parent) : undefined;
  }

  return { go, goScope, key };
}
