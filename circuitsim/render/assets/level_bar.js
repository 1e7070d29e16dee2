// The level slider: values appear level by level, as the circuit would compute them.

function makeLevelBar(model, state) {
  const { layout, level, circuit } = model, slider = byId('level'), play = byId('level-play');
  const gatesAt = new Int32Array(layout.depth + 2);
  for (let v = circuit.first; v < circuit.nodes; v++) gatesAt[level[v]]++;
  slider.max = layout.depth;
  let timer = 0;

  const step = (by) => { stop(); state.setLevel(state.shownLevel + by); };
  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = '▶';
    play.setAttribute('aria-label', 'Play level by level');
  }

  function toggle() {
    if (timer) return stop();
    if (state.shownLevel >= layout.depth) state.setLevel(0);
    // Ten seconds for the whole, and no level too short to see.
    const pause = Math.max(60, Math.min(600, 10000 / layout.depth));
    timer = setInterval(() => {
      state.setLevel(state.shownLevel + 1);
      if (state.shownLevel >= layout.depth) stop();
    }, pause);
    play.textContent = '❚❚';
    return play.setAttribute('aria-label', 'Pause');
  }

  function draw() {
    const at = state.shownLevel, all = at >= layout.depth;
    slider.value = at;
    const text = at === 0 ? 'inputs only' : `level ${at} of ${layout.depth} · ${plural(gatesAt[at], 'gate')}`;
    byId('level-text').textContent = all ? `all ${plural(layout.depth, 'level')}` : text;
    slider.setAttribute('aria-valuetext', all ? `all ${layout.depth} levels` : text);
    byId('level-back').disabled = at === 0;
    byId('level-on').disabled = all;
  }

  slider.addEventListener('input', () => { stop(); state.setLevel(Number(slider.value)); });
  byId('level-back').addEventListener('click', () => step(-1));
  byId('level-on').addEventListener('click', () => step(1));
  play.addEventListener('click', toggle);
  state.on('level', draw);
  return { draw, step, toggle };
}
