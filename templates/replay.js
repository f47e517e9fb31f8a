"use strict";

// A trace replayed in doubles: the rules of keygen/engine/evaluate.py, one for each primitive. A value is {shape, data}.
const whole = (shape, data) => ({shape, data});
const number = value => whole([], [value]);
const size = shape => shape.reduce((product, length) => product * length, 1);

function nested(value) {
  if (!Array.isArray(value)) return number(value);
  const rows = value.map(nested);
  return whole([rows.length, ...(rows.length ? rows[0].shape : [])], rows.flatMap(row => row.data));
}

// The places of a value's entries in one that is repeated from it.
function places(shape, larger) {
  const padded = [...larger.slice(shape.length).map(() => 1), ...shape], found = [];
  for (let at = 0; at < size(larger); at++) {
    let rest = at, place = 0, step = 1;
    for (let axis = larger.length - 1; axis >= 0; axis--) {
      const here = rest % larger[axis];
      rest = Math.floor(rest / larger[axis]);
      if (padded[axis] !== 1) place += here * step;
      step *= padded[axis];
    }
    found.push(place);
  }
  return found;
}

function together(one, other) {
  const [long, short] = one.length >= other.length ? [one, other] : [other, one];
  const padded = [...long.slice(short.length).map(() => 1), ...short];
  return long.map((length, axis) => Math.max(length, padded[axis]));
}

const repeated = (x, shape) => whole(shape, places(x.shape, shape).map(place => x.data[place]));
const each = rule => x => whole(x.shape, x.data.map(rule));
const pairs = rule => (a, b) => {
  const shape = together(a.shape, b.shape), [left, right] = [a, b].map(one => repeated(one, shape).data);
  return whole(shape, left.map((value, at) => rule(value, right[at])));
};
const add = (a, b) => a + b;
const step = x => x > 0 ? 1 : 0;
const sigmoid = x => x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
const nearest = x => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

function rows(x) {
  const length = x.shape[x.shape.length - 1], found = [];
  for (let at = 0; at < x.data.length; at += length) found.push(x.data.slice(at, at + length));
  return found;
}

const byRows = rule => (...arrays) => {
  const cut = arrays.map(rows);
  return whole(arrays[0].shape, cut[0].flatMap((row, at) => rule(...cut.map(one => one[at]))));
};
const orderOf = row => row.map((_, at) => at).sort((i, j) => row[i] - row[j] || i - j);
const sortedBy = byRows((own, row) => orderOf(row).map(at => own[at]));

function matmul(a, b) {
  const [n, k] = a.shape, m = b.shape[1], data = [];
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) {
    let sum = 0;
    for (let l = 0; l < k; l++) sum += a.data[i * k + l] * b.data[l * m + j];
    data.push(sum);
  }
  return whole([n, m], data);
}

function transpose(x) {
  const [n, m] = x.shape, data = [];
  for (let j = 0; j < m; j++) for (let i = 0; i < n; i++) data.push(x.data[i * m + j]);
  return whole([m, n], data);
}

function softmax(row) {
  const top = Math.max(...row), grown = row.map(x => Math.exp(x - top)), sum = grown.reduce(add, 0);
  return grown.map(x => x / sum);
}

// Where a row has its extreme; there is no such place where it has it twice.
function only(x, extreme) {
  const there = x.data.map(value => value === extreme ? 1 : 0);
  return whole(x.shape, there.reduce(add, 0) === 1 ? there : there.map(() => NaN));
}

function argmax(x) {
  const found = rows(x).map(row => {
    const top = Math.max(...row);
    return row.filter(value => value === top).length === 1 ? row.indexOf(top) + 1 : NaN;
  });
  return whole(x.shape.length === 1 ? [] : [x.shape[0], 1], found);
}

function sumTo(x, shape) {
  const data = new Array(size(shape)).fill(0);
  places(shape, x.shape).forEach((place, at) => { data[place] += x.data[at]; });
  return whole(shape, data);
}

const flat = (place, shape) => place.reduce((at, here, axis) => at * shape[axis] + here, 0);

const RULES = {
  constant: c => number(c),
  identity: n => whole([n, n], Array.from({length: n * n}, (_, at) => at % (n + 1) === 0 ? 1 : 0)),
  add: pairs(add), sub: pairs((a, b) => a - b), mul: pairs((a, b) => a * b), div: pairs((a, b) => a / b),
  copy: x => x, neg: each(x => -x), scale: (x, c) => each(value => c * value)(x),
  power: (x, n) => each(value => n >= 0 ? value ** n : 1 / value ** -n)(x), square: each(x => x * x),
  matmul, transpose,
  exp: each(Math.exp), ln: each(Math.log), sqrt: each(Math.sqrt), sigmoid: each(sigmoid), tanh: each(Math.tanh),
  relu: each(x => Math.max(x, 0)), leaky_relu: pairs((x, alpha) => x > 0 ? x : alpha * x),
  elu: pairs((x, alpha) => x > 0 ? x : alpha * (Math.exp(x) - 1)),
  softplus: each(x => Math.max(x, 0) + Math.log(1 + Math.exp(-Math.abs(x)))),
  step: each(step), abs: each(Math.abs), sign: each(Math.sign), floor: each(Math.floor), ceil: each(Math.ceil), round: each(nearest),
  larger: pairs((a, b) => Math.max(a, b)), smaller: pairs((a, b) => Math.min(a, b)),
  greater: pairs((a, b) => step(a - b)), at_least: pairs((a, b) => 1 - step(b - a)), matches: pairs((a, b) => 1 - step(a - b) - step(b - a)),
  softmax: byRows(softmax), logloss: pairs((y, p) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p))),
  max: x => number(Math.max(...x.data)), where_max: x => only(x, Math.max(...x.data)),
  min: x => number(Math.min(...x.data)), where_min: x => only(x, Math.min(...x.data)),
  argmax, sort: x => sortedBy(x, x), sorted_by: sortedBy,
  unsorted: byRows((own, row) => {
    const found = [...own];
    orderOf(row).forEach((place, at) => { found[place] = own[at]; });
    return found;
  }),
  pick: (x, place) => number(x.data[flat(place, x.shape)]),
  place: (x, [place, shape]) => whole(shape, Array.from({length: size(shape)}, (_, at) => at === flat(place, shape) ? x.data[0] : 0)),
  sum_to: sumTo, repeat_to: repeated,
};

// Every value of a trace, where some are given otherwise. A step is [target, primitive, inputs, parameter].
function replayed(trace, inputs, given = {}) {
  const values = {...inputs, ...given};
  for (const [target, primitive, sources, parameter] of trace.steps) {
    if (target in given) continue;
    const taken = sources.map(source => values[source]);
    values[target] = parameter === null ? RULES[primitive](...taken) : RULES[primitive](...taken, parameter);
  }
  return values;
}

// What is computed from some names, themselves included; and what some names are computed from, not behind a cut.
function depending(trace, names) {
  const found = new Set(names);
  for (const [target, , sources] of trace.steps) if (sources.some(source => found.has(source))) found.add(target);
  return found;
}

function needs(trace, names, cut) {
  const found = new Set(names);
  for (const [target, , sources] of [...trace.steps].reverse()) {
    if (found.has(target) && !cut.has(target)) sources.forEach(source => found.add(source));
  }
  return found;
}
