// Letters to input bits and output bits to answers: netlist/interface.py again, in the browser.

const isText = (list) => Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === 'string');

// A circuit built by hand says nothing: its inputs are then letters 0 and 1, its outputs decisions of one bit.
function makeInterface(circuit) {
  const { interface: said, inputs, outputs } = circuit;
  const wired = Array.isArray(said.wired) ? said.wired : [];
  const letters = isText(said.vocabulary) ? said.vocabulary : null;
  const width = letters && letters.length !== 2 ? letters.length : 1;
  const fits = letters !== null && Number.isInteger(said.n) && said.n >= 0 && said.n * width + wired.length === inputs;
  const classes = Number.isInteger(said.classes) && said.classes > 0 && outputs.length % said.classes === 0 ? said.classes : 1;
  const io = {
    vocabulary: fits ? letters : ['0', '1'],
    n: fits ? said.n : inputs,
    width: fits ? width : 1,
    wired: fits ? wired : [],
    classes,
    number: said.decision === 'number' && [said.offset, said.scale].every((text) => /^-?\d{1,400}(\/[1-9]\d{0,399})?$/.test(text))
      ? { offset: ratio(said.offset), scale: ratio(said.scale) } : null,
    each: fits && said.readout === 'each' && outputs.length === said.n * classes,
  };
  io.code = new Map(io.vocabulary.map((letter, code) => [letter, code]));
  io.separator = io.vocabulary.every((letter) => Array.from(letter).length === 1) ? '' : ' ';
  return io;
}

function bitsOf(io, codes) {
  const bits = new Uint8Array(io.n * io.width + io.wired.length);
  for (let i = 0; i < io.n; i++) {
    if (io.vocabulary.length === 2) bits[i] = codes[i];
    else bits[i * io.width + codes[i]] = 1;
  }
  io.wired.forEach((bit, k) => { bits[io.n * io.width + k] = bit ? 1 : 0; });
  return bits;
}

const stringOf = (io, codes) => Array.from(codes, (code) => io.vocabulary[code]).join(io.separator);

// Codes of a string; throws a sentence that says what is wrong.
function codesOf(io, text) {
  const tokens = io.separator ? text.split(io.separator).filter((token) => token !== '') : Array.from(text);
  const unknown = tokens.find((token) => !io.code.has(token));
  const some = io.vocabulary.slice(0, 20).map(shown).join(', ');
  if (unknown !== undefined) throw new Error(`${shown(unknown)} is not in the vocabulary: ${some}.`);
  if (tokens.length !== io.n) throw new Error(`${plural(tokens.length, 'letter')}, and the circuit takes ${count(io.n)}.`);
  return Int32Array.from(tokens, (token) => io.code.get(token));
}

const outputValue = (circuit, k, values) => values[circuit.outputs[k] >> 1] ^ (circuit.outputs[k] & 1);

// A text such as "-1/3" as numerator and denominator.
function ratio(text) {
  const [above, below] = text.split('/');
  return [BigInt(above), BigInt(below ?? 1)];
}

// offset + scale * whole in lowest terms, as text.
function numberOf({ offset, scale }, whole) {
  let above = offset[0] * scale[1] + scale[0] * whole * offset[1], below = offset[1] * scale[1];
  for (let [a, b] = [below, above < 0n ? -above : above]; ; [a, b] = [b, a % b]) {
    if (b === 0n) { above /= a; below /= a; break; }
  }
  return below === 1n ? String(above) : `${above}/${below}`;
}

// One answer a position: 0 or 1, or the index of the class, the first of equal ones; or a number, as text.
function decisionsOf(circuit, io, values) {
  const found = [];
  for (let k = 0; k < circuit.outputs.length; k += io.classes) {
    if (io.number) {
      let whole = 0n;
      for (let bit = io.classes - 1; bit >= 0; bit--) whole = 2n * whole + BigInt(outputValue(circuit, k + bit, values));
      found.push(numberOf(io.number, whole));
      continue;
    }
    let chosen = io.classes === 1 ? outputValue(circuit, k, values) : 0;
    for (let c = 0; io.classes > 1 && c < io.classes; c++) {
      if (outputValue(circuit, k + c, values)) { chosen = c; break; }
    }
    found.push(chosen);
  }
  return found;
}
