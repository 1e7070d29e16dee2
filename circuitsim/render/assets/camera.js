// Which part of the drawing is seen: a scale and a shift, moved smoothly unless the reader wants no motion.

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

function makeCamera(canvas, world, changed) {
  const camera = { scale: 1, x: 0, y: 0, width: 1, height: 1 };
  let least = 0.001, running = 0;
  const most = 4;

  const toWorld = (px, py) => [(px - camera.x) / camera.scale, (py - camera.y) / camera.scale];
  const toScreen = (x, y) => [x * camera.scale + camera.x, y * camera.scale + camera.y];
  const limit = (scale) => Math.max(least, Math.min(most, scale));

  function resize(width, height) {
    camera.width = width;
    camera.height = height;
    least = Math.min(1, target(world).scale * 0.5);
  }

  // The view that shows a rectangle whole; `closest` keeps small things from filling the screen.
  function target({ x0, y0, x1, y1 }, closest = 1.4, room = 24) {
    const below = 34; // the line of text at the bottom of the drawing
    const width = Math.max(1, camera.width - 2 * room), height = Math.max(1, camera.height - 2 * room - below);
    const scale = Math.min(closest, width / (x1 - x0), height / (y1 - y0));
    return { scale, x: camera.width / 2 - (scale * (x0 + x1)) / 2, y: (camera.height - below) / 2 + 8 - (scale * (y0 + y1)) / 2 };
  }

  function jump(to) {
    cancelAnimationFrame(running);
    Object.assign(camera, to);
    changed();
  }

  function glide(to) {
    if (still()) return jump(to);
    cancelAnimationFrame(running);
    const from = { scale: camera.scale, x: camera.x, y: camera.y }, started = performance.now();
    const step = (now) => {
      const t = Math.min(1, Math.max(0, (now - started) / 220)), eased = 1 - (1 - t) ** 3;
      for (const key of ['scale', 'x', 'y']) camera[key] = from[key] + (to[key] - from[key]) * eased;
      changed();
      if (t < 1) running = requestAnimationFrame(step);
    };
    running = requestAnimationFrame(step);
  }

  // Zooms and keeps what is under (px, py) where it is.
  function zoomAt(px, py, factor) {
    const scale = limit(camera.scale * factor), ratio = scale / camera.scale;
    jump({ scale, x: px - (px - camera.x) * ratio, y: py - (py - camera.y) * ratio });
  }

  const pan = (dx, dy) => jump({ scale: camera.scale, x: camera.x + dx, y: camera.y + dy });
  const fit = (rectangle = world, smooth = true) => (smooth ? glide : jump)(target(rectangle, 1.4));

  // Moves no more than is needed to see a gate well.
  function reveal(x, y) {
    const [px, py] = toScreen(x, y), room = 60;
    const seen = px > room && py > room && px < camera.width - room && py < camera.height - room;
    if (seen && camera.scale >= 0.55) return;
    const scale = Math.max(camera.scale, 1);
    glide({ scale, x: camera.width / 2 - x * scale, y: camera.height / 2 - y * scale });
  }

  return Object.assign(camera, { toWorld, toScreen, resize, zoomAt, pan, fit, reveal, jump });
}
