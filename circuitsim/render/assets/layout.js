// Where everything is: levels from left to right, scopes as boxes inside boxes. Computed once and never changed,
// so that folding and unfolding moves nothing.

const GATE_W = 40, GATE_H = 20; // a gate, in units of the drawing
const COLUMN_W = 60, ROW_H = 34, LEVEL_GAP = 62; // between gates of a level, and between levels
const ASPECT = 1.5; // wide as the place it is drawn in

function makeLayout(circuit, level, scopes) {
  const depth = Math.max(1, level.reduce((most, at) => Math.max(most, at), 0));
  const cells = makeCells(circuit, level, scopes);
  const width = new Int32Array(depth + 2);
  for (const cell of cells) width[cell.level] += cell.gates.length;
  width[0] = circuit.inputs + 1;
  width[depth + 1] = circuit.outputs.length;
  // The fewest columns a level for which the drawing is not taller than wide: rows shrink until it fits. Titles of
  // scopes are to be readable when all is shown, so their height grows with the drawing.
  let plan = null, title = 24;
  for (let rows = width.reduce((a, b) => Math.max(a, b), 1); ; rows = Math.floor(rows * 0.8)) {
    plan = pack(cells, scopes, width, Math.max(1, rows), 24);
    const bare = plan.height; // titles alone never make the drawing much higher
    for (let i = 0; i < 3; i++) {
      title = Math.max(24, Math.min(Math.max(plan.height, plan.width / ASPECT) / 40, bare / 14));
      plan = pack(cells, scopes, width, plan.rows, title);
    }
    if (rows <= 4 || plan.width >= ASPECT * plan.height) break;
  }
  return { ...place(circuit, level, scopes, cells, plan, width), depth, title };
}

// Gates of one scope on one level, in order of levels.
function makeCells(circuit, level, scopes) {
  const found = new Map();
  for (let g = 0; g < circuit.gates; g++) {
    const tree = scopes.treeOf[g], at = level[circuit.first + g];
    const key = at * scopes.nodes.length + tree;
    let cell = found.get(key);
    if (!cell) found.set(key, (cell = { level: at, tree, gates: [], rows: 0 }));
    cell.gates.push(g);
  }
  return [...found.values()].sort((a, b) => a.level - b.level || a.tree - b.tree);
}

// Sizes of all boxes for at most about `rows` rows, and where each stands in its parent.
function pack(cells, scopes, width, rows, title) {
  const columns = Array.from(width, (many) => Math.max(1, Math.ceil(many / rows)));
  const nodes = scopes.nodes.map((node) => ({ rows: 0, low: Infinity, high: 0, height: 0, y: 0, blockY: 0, node }));
  for (const cell of cells) {
    const box = nodes[cell.tree];
    cell.rows = Math.ceil(cell.gates.length / columns[cell.level]);
    box.rows = Math.max(box.rows, cell.rows);
    box.low = Math.min(box.low, cell.level);
    box.high = Math.max(box.high, cell.level);
  }
  const pad = title * 0.5;
  for (let i = nodes.length - 1; i >= 0; i--) packBox(nodes, i, title, pad);
  const x = new Float64Array(columns.length + 1);
  for (let l = 0; l < columns.length; l++) x[l + 1] = x[l] + columns[l] * COLUMN_W + LEVEL_GAP;
  const ends = Math.max(Math.ceil(width[0] / columns[0]), Math.ceil(width[width.length - 1] / columns[columns.length - 1]));
  return { nodes, columns, x, rows, pad, title, width: x[columns.length], height: Math.max(nodes[0].height, ends * ROW_H) };
}

// Children and own gates, each as high up as the levels it takes are free.
function packBox(boxes, i, title, pad) {
  const box = boxes[i];
  const items = box.node.children.map((c) => ({ low: boxes[c].node.low, high: boxes[c].node.depth, height: boxes[c].height, child: c }));
  if (box.rows) items.push({ low: box.low, high: box.high, height: box.rows * ROW_H, child: -1 });
  items.sort((a, b) => a.low - b.low);
  const base = box.node.low;
  const free = new Float64Array(Math.max(0, box.node.depth - base + 1)).fill(i ? title : 0);
  let bottom = i ? title : 0;
  for (const item of items) {
    let y = 0;
    for (let l = item.low; l <= item.high; l++) y = Math.max(y, free[l - base]);
    if (item.child < 0) box.blockY = y;
    else boxes[item.child].y = y;
    bottom = Math.max(bottom, y + item.height);
    free.fill(y + item.height + pad, item.low - base, item.high - base + 1);
  }
  box.height = Math.max(bottom + (i ? pad : 0), i ? 1.7 * title : 0); // folded, it has room for its name
}

// Places of nodes and outputs (centres), and rectangles of scopes.
function place(circuit, level, scopes, cells, plan, width) {
  const { first, nodes, fanIn, starts, outputs } = circuit;
  const X = new Float32Array(nodes + outputs.length), Y = new Float32Array(nodes + outputs.length);
  const top = new Float64Array(plan.nodes.length);
  const boxes = plan.nodes.map((box, i) => {
    if (i) top[i] = top[box.node.parent] + box.y;
    else top[i] = (plan.height - box.height) / 2;
    const side = Math.min(LEVEL_GAP / 2 - 3, 10 + 7 * box.node.height);
    const { low, depth: high } = box.node;
    if (!box.node.gates) return { x0: 0, y0: 0, x1: 0, y1: 0 };
    return { x0: plan.x[low] - side, y0: top[i], x1: plan.x[high + 1] - LEVEL_GAP + side, y1: top[i] + box.height };
  });
  const column = (list, at, middle = plan.height / 2) => {
    const rows = Math.max(1, Math.ceil(list.length / plan.columns[at]));
    list.forEach((v, i) => {
      X[v] = plan.x[at] + (Math.floor(i / rows) + 0.5) * COLUMN_W;
      Y[v] = middle + ((i % rows) - (rows - 1) / 2) * ROW_H;
    });
  };
  column([...Array.from({ length: circuit.inputs }, (_, i) => i + 1), 0], 0);
  // Within a cell a gate stands as high as what it reads does on average: fewer wires cross.
  const pull = new Float64Array(nodes);
  for (const cell of cells) {
    for (const g of cell.gates) {
      let sum = 0;
      for (let w = starts[g]; w < starts[g + 1]; w++) sum += Y[fanIn[w] >> 1];
      pull[first + g] = sum / (starts[g + 1] - starts[g]);
    }
    cell.gates.sort((a, b) => pull[first + a] - pull[first + b] || a - b);
    const box = plan.nodes[cell.tree];
    const y0 = top[cell.tree] + box.blockY + ((box.rows - cell.rows) * ROW_H) / 2;
    const used = Math.ceil(cell.gates.length / cell.rows);
    cell.gates.forEach((g, i) => {
      X[first + g] = plan.x[cell.level] + ((plan.columns[cell.level] - used) / 2 + Math.floor(i / cell.rows) + 0.5) * COLUMN_W;
      Y[first + g] = y0 + ((i % cell.rows) + 0.5) * ROW_H;
    });
  }
  const ends = outputs.reduce((sum, literal) => sum + Y[literal >> 1], 0) / Math.max(1, outputs.length);
  const half = (Math.ceil(outputs.length / plan.columns[plan.columns.length - 1]) * ROW_H) / 2;
  column(Array.from(outputs, (_, k) => nodes + k), plan.columns.length - 1, Math.max(half, Math.min(plan.height - half, ends)));
  const margin = 30;
  // For names of inputs and outputs beside them: between columns if there are several, else as much as is wanted.
  const room = { in: plan.columns[0] > 1 ? COLUMN_W - GATE_W - 8 : 200, out: plan.columns[plan.columns.length - 1] > 1 ? COLUMN_W - GATE_W - 8 : 200 };
  const world = { x0: -margin, y0: -margin, x1: plan.x[plan.columns.length] - LEVEL_GAP + margin, y1: plan.height + margin };
  return { X, Y, boxes, world, room, levelX: plan.x, pad: plan.pad };
}
