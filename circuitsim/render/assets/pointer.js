// Mouse, pen and touch on the drawing: drag to pan, wheel or pinch to zoom, click to select, double click to unfold.

const CLICK = 5; // pixels a click may slip

// What is at a place of the canvas: an id, or a scope and whether its sign or title was hit.
function hit(model, state, camera, px, py) {
  const { layout, places, scopes } = model, [x, y] = camera.toWorld(px, py);
  const id = places.nearest(x, y, 4 / camera.scale, (candidate) => state.coverOf(candidate) < 0);
  if (id >= 0) return { id, scope: -1, title: false };
  for (let i = scopes.nodes.length - 1; i > 0; i--) { // children come later, and lie on top
    const box = layout.boxes[i], folded = state.cover[i] === i;
    if (!scopes.nodes[i].gates || (state.cover[i] >= 0 && !folded)) continue;
    if (x < box.x0 || x > box.x1 || y < box.y0 || y > box.y1) continue;
    return { id: -1, scope: i, title: !folded && y < box.y0 + layout.title };
  }
  return { id: -1, scope: -1, title: false };
}

function listenToPointers(model, state, camera, painter, canvas) {
  const pointers = new Map();
  let moved = 0, apart = 0;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const middle = () => {
    const [a, b] = [...pointers.values()];
    return { x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2, apart: Math.hypot(a[0] - b[0], a[1] - b[1]) };
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button > 1) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    if (pointers.size === 1) moved = 0;
    if (pointers.size === 2) apart = middle().apart;
  });

  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = at(event), before = pointers.get(event.pointerId);
    if (!before) return hover(x, y);
    const centre = pointers.size === 2 ? middle() : null;
    pointers.set(event.pointerId, [x, y]);
    if (centre) {
      const now = middle();
      camera.pan(now.x - centre.x, now.y - centre.y);
      if (apart > 0 && now.apart > 0) camera.zoomAt(now.x, now.y, now.apart / apart);
      apart = now.apart;
      moved = Infinity;
      return undefined;
    }
    moved += Math.hypot(x - before[0], y - before[1]);
    if (moved > CLICK) {
      canvas.classList.add('dragging');
      camera.pan(x - before[0], y - before[1]);
    }
    return undefined;
  });

  const release = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    canvas.classList.remove('dragging');
    if (event.type === 'pointerup' && moved <= CLICK && pointers.size === 0 && event.button === 0) click(...at(event));
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);

  function click(x, y) {
    const found = hit(model, state, camera, x, y);
    if (found.scope >= 0 && onSign(found, x)) return state.setOpen([found.scope], !state.open[found.scope]);
    return state.select(found.id, found.scope);
  }

  // The sign before an open scope's title folds it.
  function onSign({ scope, title }, x) {
    const left = Math.max(0, camera.toScreen(model.layout.boxes[scope].x0, 0)[0]);
    return title && x - left < 20;
  }

  canvas.addEventListener('dblclick', (event) => {
    const { scope } = hit(model, state, camera, ...at(event));
    if (scope >= 0) state.setOpen([scope], !state.open[scope]);
  });

  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? camera.height : 1;
    if (event.shiftKey) return camera.pan(-event.deltaX * unit - event.deltaY * unit, 0);
    return camera.zoomAt(...at(event), Math.exp(-Math.max(-200, Math.min(200, event.deltaY * unit)) * 0.0022));
  }, { passive: false });

  function hover(x, y) {
    const { id, scope } = hit(model, state, camera, x, y);
    if (id === painter.hover && scope === painter.hoverScope) return;
    painter.hover = id;
    painter.hoverScope = scope;
    canvas.classList.toggle('over', id >= 0 || scope >= 0);
    byId('hover').textContent = id >= 0 ? sentenceOf(model, state, id) : scope >= 0 ? scopeSentence(model, scope) : '';
    painter.ask();
  }
  canvas.addEventListener('pointerleave', () => hover(-1e9, -1e9));
}
