// The input: a string over the vocabulary, or letter by letter; and what the circuit decides on it.

const MOST_LETTERS = 2000, MOST_OUTPUTS = 400; // with a control each; the text field takes any number

function makeTokens(model, state, walk) {
  const { circuit, io } = model, { nodes } = circuit;
  const field = byId('string'), letters = byId('letters'), error = byId('string-error');
  const flips = io.vocabulary.length === 2;
  const shownLetters = Math.min(io.n, MOST_LETTERS);

  const controls = Array.from({ length: shownLetters }, (_, i) => (flips ? flipper(i) : selector(i)));
  letters.replaceChildren(...controls);
  if (io.n > shownLetters) letters.append(make('span', { class: 'note' }, `${count(io.n - shownLetters)} more in the text`));
  letters.hidden = io.n === 0;

  function flipper(i) {
    return make('button', { type: 'button', class: 'letter', 'data-letter': i, tabindex: i ? '-1' : '0', onclick: () => set(i, 1 - state.codes[i]) });
  }

  function selector(i) {
    return make('select', { class: 'letter', 'data-letter': i, tabindex: i ? '-1' : '0', 'aria-label': `letter ${i}`, onchange: (event) => set(i, Number(event.target.value)) },
      ...io.vocabulary.map((letter, code) => make('option', { value: code }, shown(letter))));
  }

  function set(i, code) {
    const codes = state.codes.slice();
    codes[i] = code;
    state.setCodes(codes);
    roam(i, false);
    say(`letter ${i} is ${shown(io.vocabulary[code])}; ${io.number ? 'number' : 'decision'} ${decisionsOf(circuit, io, state.values).slice(0, 20).join(' ')}`);
  }

  function roam(i, focus = true) {
    controls.forEach((control, k) => { control.tabIndex = k === i ? 0 : -1; });
    if (focus) controls[i]?.focus();
  }

  letters.addEventListener('keydown', (event) => {
    const at = Number(event.target.dataset.letter);
    if (flips && io.code.has(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) { // typed over, as in a text
      set(at, io.code.get(event.key));
      roam(Math.min(shownLetters - 1, at + 1));
      return event.preventDefault();
    }
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: shownLetters - 1 }[event.key];
    if (to === undefined || Number.isNaN(at)) return undefined;
    event.preventDefault();
    return roam(Math.max(0, Math.min(shownLetters - 1, to)));
  });

  field.addEventListener('input', () => {
    try {
      const codes = codesOf(io, field.value);
      complain('');
      state.setCodes(codes);
    } catch (problem) {
      complain(problem.message);
    }
  });
  // What is not a string of the circuit is put back when the field is left.
  field.addEventListener('change', () => { complain(''); field.value = stringOf(io, state.codes); });

  function complain(message) {
    error.textContent = message;
    error.hidden = !message;
    field.setAttribute('aria-invalid', Boolean(message));
  }

  const chips = Array.from({ length: Math.min(circuit.outputs.length, MOST_OUTPUTS) }, (_, k) => make('button', { type: 'button', 'data-id': nodes + k, onclick: () => walk.go(nodes + k) }));
  byId('outputs').replaceChildren(...chips);
  byId('output-bar').classList.toggle('many', chips.length > 2);

  function draw() {
    if (document.activeElement !== field || error.hidden) {
      const text = stringOf(io, state.codes);
      if (field.value !== text) field.value = text;
    }
    controls.forEach((control, i) => {
      if (!flips) control.value = String(state.codes[i]);
      else {
        control.textContent = shown(io.vocabulary[state.codes[i]]);
        control.setAttribute('aria-label', `letter ${i}: ${control.textContent}`);
        control.classList.toggle('one', state.codes[i] === 1);
      }
    });
    drawOutputs();
  }

  function drawOutputs() {
    const reached = (k) => shade(model, state, nodes + k);
    chips.forEach((chip, k) => {
      const value = reached(k), name = nameOf(model, nodes + k);
      chip.className = `wire v${value}`;
      chip.replaceChildren(make('span', { class: 'value' }, ['0', '1', '·'][value]), make('bdi', {}, name));
      chip.setAttribute('aria-label', `output ${name}: ${['0', '1', 'not reached'][value]}`);
    });
    const all = circuit.outputs.every((_, k) => reached(k) !== 2), found = decisionsOf(circuit, io, state.values);
    byId('outputs-label').textContent = `${io.number ? 'Number' : 'Decision'}${found.length === 1 ? '' : 's'}`;
    const word = (d) => (io.number || io.classes === 1 ? String(d) : `class ${d}`);
    byId('decisions').replaceChildren(...found.slice(0, MOST_OUTPUTS).map((d) => make('span', { class: `badge v${!all ? 2 : io.classes === 1 && !io.number ? d : 1}` }, all ? word(d) : '·')));
  }

  state.on('values', draw);
  state.on('level', drawOutputs);
  return { draw };
}
