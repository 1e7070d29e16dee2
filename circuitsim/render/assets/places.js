// What is where: a grid of buckets over the drawing, for culling and for picking what is under the pointer.

const LEAST_BUCKET = 256, MOST_BUCKETS = 100000; // side in units, and number: of a drawing with much empty space they are larger

function makePlaces({ X, Y, world }, known) {
  const width = world.x1 - world.x0, height = world.y1 - world.y0;
  const side = Math.max(LEAST_BUCKET, Math.sqrt((width * height) / MOST_BUCKETS), Math.max(width, height) / MOST_BUCKETS);
  const columns = Math.max(1, Math.ceil(width / side)), rows = Math.max(1, Math.ceil(height / side));
  const bucketOf = (id) => Math.floor((Y[id] - world.y0) / side) * columns + Math.floor((X[id] - world.x0) / side);
  const begin = new Int32Array(columns * rows + 1);
  for (const id of known) begin[bucketOf(id) + 1]++;
  for (let b = 0; b < columns * rows; b++) begin[b + 1] += begin[b];
  const next = begin.slice();
  const ids = new Int32Array(known.length);
  for (const id of known) ids[next[bucketOf(id)]++] = id;

  // Calls `visit` for everything whose centre may be inside the rectangle.
  function within(x0, y0, x1, y1, visit) {
    const c0 = Math.max(0, Math.floor((x0 - world.x0) / side)), c1 = Math.min(columns - 1, Math.floor((x1 - world.x0) / side));
    const r0 = Math.max(0, Math.floor((y0 - world.y0) / side)), r1 = Math.min(rows - 1, Math.floor((y1 - world.y0) / side));
    for (let r = r0; r <= r1; r++) {
      for (let k = begin[r * columns + c0], stop = begin[r * columns + c1 + 1]; k < stop; k++) {
        const id = ids[k];
        if (X[id] >= x0 && X[id] <= x1 && Y[id] >= y0 && Y[id] <= y1) visit(id);
      }
    }
  }

  // The nearest to a point, not further than `reach` beyond its border; -1 if there is none.
  function nearest(x, y, reach, accepts) {
    let best = -1, least = Infinity;
    within(x - GATE_W / 2 - reach, y - GATE_H / 2 - reach, x + GATE_W / 2 + reach, y + GATE_H / 2 + reach, (id) => {
      const away = Math.hypot(X[id] - x, (Y[id] - y) * 1.5);
      if (away < least && accepts(id)) { best = id; least = away; }
    });
    return best;
  }
  return { within, nearest };
}
