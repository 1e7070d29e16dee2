// What follows from the netlist alone: levels, fan-out, cones and a longest path. Loops, never recursion.

function levelsOf(circuit) {
  const { fanIn, starts, first, gates, nodes } = circuit;
  const level = new Int32Array(nodes);
  for (let g = 0; g < gates; g++) {
    let deepest = 0;
    for (let w = starts[g]; w < starts[g + 1]; w++) {
      const at = level[fanIn[w] >> 1];
      if (at > deepest) deepest = at;
    }
    level[first + g] = deepest + 1;
  }
  return level;
}

// For every node the wires that leave it, in order: wire w goes to gate `gateOf[w]`.
function fanOutOf(circuit) {
  const { fanIn, starts, gates, nodes } = circuit;
  const begin = new Int32Array(nodes + 1);
  for (let w = 0; w < fanIn.length; w++) begin[(fanIn[w] >> 1) + 1]++;
  for (let v = 0; v < nodes; v++) begin[v + 1] += begin[v];
  const next = begin.slice(0, nodes);
  const wires = new Int32Array(fanIn.length);
  const gateOf = new Int32Array(fanIn.length);
  for (let g = 0; g < gates; g++) {
    for (let w = starts[g]; w < starts[g + 1]; w++) {
      gateOf[w] = g;
      wires[next[fanIn[w] >> 1]++] = w;
    }
  }
  return { begin, wires, gateOf };
}

// Everything that `node` depends on. Gates read earlier nodes only, so one pass downwards is enough.
function coneOf(circuit, node) {
  const { fanIn, starts, first } = circuit;
  const marked = new Uint8Array(circuit.nodes);
  marked[node] = 1;
  let gates = 0, inputs = 0;
  for (let v = node; v >= first; v--) {
    if (!marked[v]) continue;
    gates++;
    for (let w = starts[v - first]; w < starts[v - first + 1]; w++) marked[fanIn[w] >> 1] = 1;
  }
  for (let v = 1; v < first; v++) inputs += marked[v];
  return { marked, gates, inputs };
}

// Everything that depends on `node`, outputs counted.
function fanOutConeOf(circuit, node) {
  const { fanIn, starts, first, gates, outputs } = circuit;
  const marked = new Uint8Array(circuit.nodes);
  marked[node] = 1;
  let reached = node >= first ? 1 : 0;
  for (let g = Math.max(0, node - first + 1); g < gates; g++) {
    for (let w = starts[g]; w < starts[g + 1]; w++) {
      if (marked[fanIn[w] >> 1]) {
        marked[first + g] = 1;
        reached++;
        break;
      }
    }
  }
  let ends = 0;
  for (const literal of outputs) ends += marked[literal >> 1];
  return { marked, gates: reached, outputs: ends };
}

// One longest path, from an input to an output: of equally deep ones always the first.
function longestPath(circuit, level) {
  const { fanIn, starts, first, outputs } = circuit;
  let at = -1;
  for (const literal of outputs) if (at < 0 || level[literal >> 1] > level[at]) at = literal >> 1;
  const path = [];
  while (at >= first) {
    path.push(at);
    let before = -1;
    for (let w = starts[at - first]; w < starts[at - first + 1] && before < 0; w++) {
      if (level[fanIn[w] >> 1] === level[at] - 1) before = fanIn[w] >> 1;
    }
    at = before;
  }
  if (at > 0) path.push(at);
  return path.reverse();
}
