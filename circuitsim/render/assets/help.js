// The keys, listed under "?" and listened to everywhere but in text fields.

const KEYS = [
  ['Anywhere', [['/', 'search'], ['t', 'edit the input'], ['[  ]', 'one level back, on'], ['p', 'play level by level'], ['c', 'mark a longest path'], ['i  o  n', 'cone: depends on, feeds, none'],
    ['e  w', 'unfold all, fold all'], ['+  −  0', 'zoom in, zoom out, show all'], ['d', 'light, dark, as the system'], ['Esc', 'select nothing'], ['?', 'these keys']]],
  ['In the drawing', [['← →', 'along wires: to what a gate reads, to what reads it'], ['↑ ↓', 'to the neighbours on its level'], ['Shift + arrows', 'move the view (also arrows with nothing selected)'],
    ['Enter', 'select the first output; fold or unfold a scope'], ['Backspace', 'to the scope around'], ['Home  End', 'first input, first output']]],
  ['In the table and icicle', [['↑ ↓ ← →', 'move; unfold and fold'], ['Space', 'fold or unfold'], ['Enter', 'zoom to the scope']]],
  ['In the letters', [['← →', 'to another letter'], ['Space', 'the other letter, of two'], ['a letter', 'put it there and go on, of two']]],
  ['Mouse and touch', [['click', 'select'], ['double click', 'fold or unfold a scope'], ['drag', 'move the view'], ['wheel, pinch', 'zoom; with Shift the wheel moves sideways']]],
];

function makeHelp(actions) {
  const dialog = byId('help');
  byId('help-body').replaceChildren(...KEYS.map(([title, keys]) => make('section', {}, make('h3', {}, title), make('dl', { class: 'keys' }, ...keys.flatMap(([key, what]) => [make('dt', {}, ...key.split('  ').map((k) => make('kbd', {}, k))), make('dd', {}, what)])))));
  const open = () => { if (!dialog.open) dialog.showModal(); };
  byId('help-open').addEventListener('click', open);
  byId('help-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });

  document.addEventListener('keydown', (event) => {
    if (dialog.open || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { target, key } = event;
    if (target.tagName === 'SELECT' || (target.tagName === 'INPUT' && target.type === 'text')) {
      if (key === 'Escape') byId('drawing').focus();
      return;
    }
    const action = key === '?' ? open : actions[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
