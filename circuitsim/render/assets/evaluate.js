// The circuit runs here: values of all nodes for one input, in the order of the gates.

// `bits` of the inputs -> `values` (nodes,) of zeros and ones, written in place.
function evaluate(circuit, bits, values) {
  values[0] = 0;
  values.set(bits, 1);
  if (circuit.weights) evaluateThresholds(circuit, values);
  else evaluateGates(circuit, values);
}

function evaluateGates({ ops, fanIn, starts, first, gates }, values) {
  for (let g = 0; g < gates; g++) {
    const kind = ops[g], stop = starts[g + 1];
    let result = kind === AND ? 1 : 0;
    for (let w = starts[g]; w < stop; w++) {
      const wire = values[fanIn[w] >> 1] ^ (fanIn[w] & 1);
      if (kind === AND) result &= wire;
      else if (kind === OR) result |= wire;
      else result ^= wire;
    }
    values[first + g] = result;
  }
}

function evaluateThresholds(circuit, values) {
  const { ops, fanIn, starts, first, gates, weights, thresholds } = circuit;
  const exact = weights instanceof BigInt64Array || thresholds instanceof BigInt64Array;
  for (let g = 0; g < gates; g++) {
    const kind = ops[g], start = starts[g], stop = starts[g + 1];
    if (kind === THRESHOLD) {
      // Doubles are exact below 2^53: narrower weights are summed in them, wide ones as big integers.
      const enough = exact ? bigSum(circuit, g, values) >= BigInt(thresholds[g]) : sumOf(circuit, g, values) >= thresholds[g];
      values[first + g] = enough ? 1 : 0;
      continue;
    }
    let result = kind === AND ? 1 : 0;
    for (let w = start; w < stop; w++) {
      const wire = values[fanIn[w] >> 1] ^ (fanIn[w] & 1);
      if (kind === AND) result &= wire;
      else result |= wire;
    }
    values[first + g] = result;
  }
}

function sumOf({ fanIn, starts, weights }, g, values) {
  let sum = 0;
  for (let w = starts[g]; w < starts[g + 1]; w++) if (values[fanIn[w] >> 1] ^ (fanIn[w] & 1)) sum += weights[w];
  return sum;
}

function bigSum({ fanIn, starts, weights }, g, values) {
  let sum = 0n;
  for (let w = starts[g]; w < starts[g + 1]; w++) if (values[fanIn[w] >> 1] ^ (fanIn[w] & 1)) sum += BigInt(weights[w]);
  return sum;
}
