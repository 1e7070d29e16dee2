// The circuit as typed arrays, from the JSON and base64 that page.py embeds.

const AND = 0, XOR = 1, OR = 2, THRESHOLD = 3; // opcodes, as in netlist/program.py
const KINDS = ['AND', 'XOR', 'OR', 'threshold'];
const ARRAYS = {
  u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, i4: Int32Array, i8: BigInt64Array,
};

// Base64 in little endian; every machine that runs a browser today is little endian, so bytes are taken as they are.
function unpack(packed) {
  const binary = atob(packed.base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return new ARRAYS[packed.type](bytes.buffer);
}

function decode(text) {
  const raw = JSON.parse(text);
  const { ops, fan_in, outputs, scope_runs, starts, weights, thresholds } = raw.arrays;
  const circuit = {
    basis: raw.basis,
    inputs: raw.inputs,
    ops: unpack(ops),
    fanIn: Int32Array.from(unpack(fan_in)), // literals: 2 * node + complement
    outputs: Int32Array.from(unpack(outputs)),
    unbounded: starts !== null, // gates read any number of wires
    starts: null, // gate g reads fanIn[starts[g]] to fanIn[starts[g + 1] - 1]
    weights: weights && unpack(weights), // BigInt where 32 bits are too few
    thresholds: thresholds && unpack(thresholds),
    scopes: raw.scopes,
    scopeOf: null,
    interface: raw.interface,
    figures: raw.figures,
    names: raw.names,
  };
  circuit.gates = circuit.ops.length;
  circuit.first = 1 + circuit.inputs; // node of gate 0; node 0 is the constant false
  circuit.nodes = circuit.first + circuit.gates;
  // Gates of two inputs have no starts: they are made here, so that all else knows one form.
  circuit.starts = starts ? Int32Array.from(unpack(starts), Number) : Int32Array.from({ length: circuit.gates + 1 }, (_, g) => 2 * g);
  circuit.scopeOf = scopeOfGates(circuit.gates, unpack(scope_runs));
  if (circuit.names.gates) circuit.names.gateIndex = unpack(circuit.names.gate_index);
  return circuit;
}

// Index of the scope of every gate; -1 before the first run.
function scopeOfGates(gates, runs) {
  const scopeOf = new Int32Array(gates).fill(-1);
  for (let r = 0; r < runs.length; r += 2) {
    const stop = r + 2 < runs.length ? Number(runs[r + 2]) : gates;
    scopeOf.fill(Number(runs[r + 1]), Number(runs[r]), stop);
  }
  return scopeOf;
}
