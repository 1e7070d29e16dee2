// Very many gates from far away: dots written into a bitmap, ten times as fast as as many rectangles on a canvas.

const MOST_SQUARES = 15000;

function makeDots() {
  const canvas = document.createElement('canvas'), context = canvas.getContext('2d');
  let image = null, pixels = null;

  // Little endian again: alpha is the highest byte.
  const pixel = (ink, alpha) => {
    const value = parseInt(ink.length === 4 ? ink.slice(1).replace(/./g, '$&$&') : ink.slice(1), 16);
    return ((Math.round(255 * alpha) << 24) | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
  };

  function begin({ width, height }) {
    if (!image || image.width !== width || image.height !== height) {
      canvas.width = width;
      canvas.height = height;
      image = context.createImageData(width, height);
      pixels = new Uint32Array(image.data.buffer);
    }
    pixels.fill(0);
  }

  // A square of `side` pixels for every id.
  function dots({ X, Y }, camera, dense, ids, side, ink, alpha) {
    const { width, height } = image, colour = pixel(ink, alpha), scale = camera.scale * dense;
    for (const id of ids) {
      const px = Math.round(X[id] * scale + camera.x * dense - side / 2), py = Math.round(Y[id] * scale + camera.y * dense - side / 2);
      for (let y = Math.max(0, py); y < Math.min(height, py + side); y++) {
        for (let x = Math.max(0, px); x < Math.min(width, px + side); x++) pixels[y * width + x] = colour;
      }
    }
  }

  function end(target) {
    context.putImageData(image, 0, 0);
    target.save();
    target.setTransform(1, 0, 0, 1, 0, 0);
    target.drawImage(canvas, 0, 0);
    target.restore();
  }
  return { begin, dots, end };
}
