// What the reader has chosen, and who is told when it changes. Ids are nodes, then outputs: nodes + k is output k.

function makeState(model) {
  const { circuit, scopes, io } = model;
  const listeners = new Map();
  const state = {
    codes: new Int32Array(io.n),
    values: new Uint8Array(circuit.nodes),
    shownLevel: model.layout.depth, // values are shown of nodes up to this level
    open: new Uint8Array(scopes.nodes.length),
    cover: new Int32Array(scopes.nodes.length), // the folded box a scope is in, -1 if it is to be seen
    node: -1, // selected id
    scope: -1, // or selected scope
    cone: 'none',
    marked: null, // of the cone
    coneSize: null,
    critical: false,
    milliseconds: 0, // of the last evaluation
  };

  const on = (kinds, listener) => kinds.split(' ').forEach((kind) => listeners.set(kind, [...(listeners.get(kind) ?? []), listener]));
  const tell = (kind) => (listeners.get(kind) ?? []).forEach((listener) => listener());

  function setCodes(codes) {
    state.codes = codes;
    const bits = bitsOf(io, codes), started = performance.now();
    evaluate(circuit, bits, state.values);
    state.milliseconds = performance.now() - started;
    tell('values');
  }

  function setLevel(level) {
    state.shownLevel = Math.max(0, Math.min(model.layout.depth, level));
    tell('level');
  }

  function covers() {
    state.open[0] = 1;
    for (const { index, parent } of scopes.nodes) {
      if (index) state.cover[index] = state.cover[parent] >= 0 ? state.cover[parent] : state.open[index] ? -1 : index;
      else state.cover[0] = -1;
    }
    tell('folds');
  }

  function setOpen(indices, isOpen) {
    for (const index of indices) state.open[index] = isOpen ? 1 : 0;
    covers();
  }

  function select(node, scope = -1) {
    state.node = node;
    state.scope = scope;
    updateCone();
    tell('selection');
  }

  function setCone(kind) {
    state.cone = kind;
    updateCone();
    tell('selection');
  }

  function updateCone() {
    const at = rootOf(model, state.node);
    const found = at < 0 || state.cone === 'none' ? null : state.cone === 'in' ? coneOf(circuit, at) : fanOutConeOf(circuit, at);
    state.marked = found && found.marked;
    state.coneSize = found;
  }

  const setCritical = (isOn) => { state.critical = isOn; tell('critical'); };

  // The folded box that hides an id, -1 if none does.
  const coverOf = (id) => (id >= circuit.first && id < circuit.nodes ? state.cover[scopes.treeOf[id - circuit.first]] : -1);

  return Object.assign(state, { on, tell, setCodes, setLevel, setOpen, select, setCone, setCritical, coverOf });
}

// The node of an id: of an output, the node it shows.
const rootOf = ({ circuit }, id) => (id < circuit.nodes ? id : circuit.outputs[id - circuit.nodes] >> 1);

// Names of ids: of inputs and outputs as in all pictures (render/names.py), of gates by number.
function nameOf({ circuit }, id) {
  const { names, first, nodes } = circuit;
  if (id === 0) return '0';
  if (id >= nodes) return shown(names.outputs[id - nodes]);
  return id >= first ? `g${id - first}` : shown(names.inputs[id - 1]);
}

// What names.py says of a gate, where it says more than its number.
function provenanceOf({ circuit }, id) {
  const { names, first, nodes } = circuit;
  return names.gates && id >= first && id < nodes ? shown(names.gates[names.gateIndex[id - first]]) : '';
}
