"use strict";

// Whether typed numbers are the key's or follow from those typed before: the rules of keygen/grading/comparing.py and
// follow_through.py, in doubles and without the search for slips. What the page takes for right, `keygen grade` looks at again.
const SHORT = 1e-12, NUDGE = 1e-4, SLOPE = 1e-6, UNROUNDED = 99, LEAST = 2;
const RANK = {right: 6, carried: 5, coarse: 4, wrong: 2};
const AGREEING = ["right", "coarse", "carried"];

// --- numbers as they are typed, in a shape

function typedNumber(text, alone) {
  const found = /(?<!\d),|,(?!\d)/.test(text) || (!alone && /\d\s+\d/.test(text)) ? null : parsed(text);
  if (!found) return null;
  const sign = found.sign === "-" ? -1 : 1;
  if (found.bottom) return {value: sign * Number(found.top) / Number(found.bottom), half: 0, significant: null};
  const value = sign * Number(`${found.figures}e${found.power}`);
  return Number.isFinite(value) ? {value, half: Number(`5e${found.power - 1}`), significant: found.figures ? String(found.figures).length : 0} : null;
}

// The ways to read a text in a shape, each a row of numbers; none where this page cannot read it.
function readings(text, shape) {
  const own = text.replace(/["$]/g, "").trim().replace(/^[^\W\d]\w*\s*=\s*(?=\S)/u, "");
  if (!size(shape)) return [];
  const ways = size(shape) === 1 ? [own] : [...new Set([own, own.replace(/(\d),(?=\d)/g, "$1.")])];
  const one = size(shape) === 1;
  const found = ways.map(way => inShape(one ? [[bare(way)]] : rowsOf(way), shape, one && bare(way) === way)).filter(row => row);
  return found.filter((row, at) => found.findIndex(other => other.every((one, k) => one.value === row[k].value)) === at);
}

const INSIDE = /^\s*(?:\[(.*)\]|\((.*)\))\s*$/s;

function bare(text) {
  const found = INSIDE.exec(text);
  return found ? bare(found[1] ?? found[2]) : text;
}

function rowsOf(text) {
  const inner = /^\s*[[(]\s*([[(].*[\])])\s*[\])]\s*$/s.exec(text);
  const rows = inner ? inner[1].match(/\[[^[\]()]*\]|\([^[\]()]*\)/g) || [] : null;
  if (inner && inner[1].replace(/\[[^[\]()]*\]|\([^[\]()]*\)/g, "").trim().replace(/^[,;\s]*$/, "")) return [];
  if (rows) return rows.map(row => entriesOf(row.slice(1, -1)));
  return piecesOf(bare(text), /[;\n]/).map(entriesOf);
}

function piecesOf(text, separator) {
  const found = text.split(separator).map(one => one.trim());
  return found.length > 1 && !found[found.length - 1] ? found.slice(0, -1) : found;
}

function entriesOf(row) {
  const found = [";", ","].map(separator => piecesOf(row, separator)).find(pieces => pieces.length > 1);
  return found || row.trim().split(/[ \t\u00a0\u2007-\u2009\u202f]+/);
}

function inShape(rows, shape, alone) {
  const numbers = rows.map(row => row.map(one => typedNumber(one, alone))), width = numbers.length ? numbers[0].length : 0;
  if (!width || numbers.some(row => row.length !== width || row.includes(null))) return null;
  const lone = rows.length === 1 && width === 1 ? numbers[0][0] : null;
  if (lone && lone.value === 0 && lone.half === 0.5) return Array(size(shape)).fill(lone);
  const wanted = shape.length === 2 ? shape : [1, size(shape)], found = [numbers.length, width];
  const turned = found[0] === wanted[1] && found[1] === wanted[0] && found.includes(1);
  return found.every((length, axis) => length === wanted[axis]) || turned ? numbers.flat() : null;
}

// --- how far a number may be off

function halfUnit(x, digits) {
  if (!x || !Number.isFinite(x)) return 0;
  const power = Math.floor(Math.log10(Math.abs(x))) - digits + 1;
  const gap = Math.abs(Number(x.toExponential(digits - 1)) - x);
  return gap > SHORT * Math.abs(x) ? 0.5 * 10 ** power : gap > Number.EPSILON * Math.abs(x) ? gap : 0;
}

const row = (values, entries) => entries.map(([name, place]) => values[name].data[place]);
const variables = column => new Set(column.entries.map(([name]) => name));
const moved = (value, place, by) => whole(value.shape, value.data.map((one, at) => at === place ? one + by : one));
const without = (given, names) => Object.fromEntries(Object.entries(given).filter(([name]) => !names.has(name)));
const close = (a, b) => Math.abs(a - b) <= SHORT * (1 + Math.abs(b));

function segment(of, column, given) {
  const own = variables(column), cut = new Set(Object.keys(given).filter(name => !own.has(name)));
  const found = needs(of.trace, own, cut);
  return new Set([...found].filter(name => !cut.has(name) && !(name in of.inputs)));
}

function spread(of, column, given, halves, digits) {
  const own = variables(column), base = replayed(of.trace, of.inputs, given), off = {};
  for (const name of Object.keys(given)) if (name in halves) off[name] = halves[name];
  for (const name of segment(of, column, given)) {
    if (!own.has(name) && of.trace.worked.includes(name)) off[name] = base[name].data.map(x => halfUnit(x, digits));
  }
  const found = column.entries.map(() => 0), held = without(given, own);
  for (const [name, each] of Object.entries(off)) each.forEach((half, place) => {
    if (!half) return;
    const by = SLOPE * Math.max(1, Math.abs(base[name].data[place]));
    const [up, down] = [by, -by].map(way => row(replayed(of.trace, of.inputs, {...held, [name]: moved(base[name], place, way)}), column.entries));
    column.entries.forEach(([target], at) => {
      const slope = target === name ? 0 : (up[at] - down[at]) / (2 * by);
      if (Number.isFinite(slope)) found[at] += Math.abs(slope) * half;
    });
  });
  return found;
}

// --- one answer

// Half a unit of the last of so many digits, where zeros at the end were cut off: 0.07 in the place of 0.0700.
function halfOf(number, digits) {
  if (number.significant === null || number.significant >= digits) return number.half;
  return number.value ? number.half / 10 ** (digits - number.significant) : 0;
}

function agreement(numbers, base, digits, by) {
  const known = {}, off = (count, place) => (known[count] ??= by(count))[place];
  const ranks = numbers.map((number, place) => {
    const right = base[place], gap = close(number.value, right) ? 0 : Math.abs(number.value - right);
    if (!gap) return 2;
    if (!Number.isFinite(gap)) return 0;
    if (number.significant === null) return gap <= off(UNROUNDED, place) ? 2 : 0;
    const tight = halfUnit(right, digits.page) + SHORT * Math.abs(right), few = number.significant < Math.min(LEAST, digits.asked);
    const lost = Number(right.toExponential(digits.asked - 1)) === number.value;
    const aligned = number.value && numbers.some(other => other.half === number.half && other.significant >= Math.min(LEAST, digits.asked));
    const half = (few && !aligned) || lost ? halfOf(number, digits.asked) : number.half;
    const within = carried => gap <= half + tight || gap <= half + tight + off(carried, place);
    const cutOff = number.value && numbers.some(other => 0 < other.half && other.half < number.half);
    if (few && !cutOff && !aligned && !lost) return 0;
    if ((lost || number.significant >= digits.asked) && within(Math.max(number.significant, digits.carried))) return 2;
    return within(digits.carried) ? 1 : 0;
  });
  return ["", "coarse", "right"][Math.min(...ranks)];
}

// What is known before an answer: the values that it is worked out from, the key's in their place, how far they may be off.
function known(of, student, column, over) {
  const own = variables(column), quoted = column.quoted.filter(name => !own.has(name)), given = {}, byKey = {}, halves = {};
  for (const name of Object.keys(student.taken)) if (!own.has(name) && !over.has(name)) given[name] = student.taken[name];
  for (const name of quoted) given[name] = of.key[name];
  const off = Object.keys(given).some(name => student.off.has(name) && !quoted.includes(name));
  for (const name of Object.keys(given)) {
    if (quoted.includes(name)) halves[name] = of.key[name].data.map(x => halfUnit(x, of.digits.page));
    else if (name in student.halves) halves[name] = student.halves[name];
  }
  for (const values of [given, halves]) for (const [name, value] of Object.entries(values)) {
    for (const twin of of.trace.twins[name] || []) if (!own.has(twin) && !(twin in values)) values[twin] = value;
  }
  for (const name of Object.keys(given)) byKey[name] = of.key[name];
  const away = new Set([...student.off].filter(name => !quoted.includes(name)).flatMap(name => [name, ...(of.trace.twins[name] || [])]));
  return {given, byKey, halves, halvesOfKey: without(halves, away), off};
}

function following(of, student, column, over = new Set()) {
  const before = known(of, student, column, over);
  if (!before.off) return null;
  const found = row(replayed(of.trace, of.inputs, before.given), column.entries), right = row(of.key, column.entries);
  return found.every(Number.isFinite) && !found.every((value, at) => close(value, right[at])) ? found : null;
}

// Whether typed numbers lie nearer to one row than to another, over all entries as parts of their sizes.
function nearer(numbers, one, other) {
  const sizes = one.map((value, at) => Math.abs(value) + Math.abs(other[at]) || 1);
  const apart = base => numbers.reduce((sum, number, at) => sum + (close(number.value, base[at]) ? 0 : Math.abs(number.value - base[at]) / sizes[at]), 0);
  return apart(one) < apart(other);
}

function assessed(of, student, column, numbers, over = new Set()) {
  const before = known(of, student, column, over), right = row(of.key, column.entries);
  const next = following(of, student, column, over);
  const byKey = agreement(numbers, right, of.digits, count => spread(of, column, before.byKey, before.halvesOfKey, count));
  if (next && (!byKey || nearer(numbers, next, right))) {
    const carried = agreement(numbers, next, of.digits, count => spread(of, column, before.given, before.halves, count));
    const kind = byKey === "right" ? byKey : carried === "right" ? "carried" : "coarse";
    if (carried) return {kind, values: next, settled: false, given: before.given};
  }
  if (!byKey) return {kind: "wrong", values: numbers.map(one => one.value), settled: false, given: before.given};
  return {kind: byKey, values: right, settled: true, given: before.given};
}

function best(of, student, column, ways) {
  let found = null;
  for (const numbers of ways) {
    let one = assessed(of, student, column, numbers);
    if (one.kind === "wrong" && student.off.size && student.lent.size) {
      const other = assessed(of, student, column, numbers, student.lent);
      if (RANK[other.kind] > RANK[one.kind]) one = {...other, given: one.given};
    }
    if (!found || RANK[one.kind] > RANK[found.kind]) found = {...one, numbers};
  }
  return found;
}

function commit(of, student, column, found) {
  const agrees = ["right", "coarse"].includes(found.kind);
  for (const name of variables(column)) {
    if (name in student.taken && !agrees) continue;
    const value = whole(of.key[name].shape, [...of.key[name].data]), halves = value.data.map(() => 0);
    column.entries.forEach(([target, place], at) => {
      if (target !== name) return;
      const number = found.numbers[at], gap = close(number.value, found.values[at]) ? 0 : Math.abs(number.value - found.values[at]);
      const exact = !gap && (found.kind !== "wrong" || 2 * number.half >= 1);
      value.data[place] = found.values[at];
      const lost = found.kind !== "wrong" && gap <= halfOf(number, of.digits.asked), half = lost ? halfOf(number, of.digits.carried) : number.half;
      halves[place] = exact ? 0 : half + gap;
    });
    student.taken[name] = value;
    student.halves[name] = halves;
    if (found.settled) student.off.delete(name); else student.off.add(name);
    if (column.quoted.length) student.lent.add(name);
  }
}

const exactly = (of, column) => row(of.key, column.entries).map(value => ({value, half: 0, significant: null}));

// The verdicts on what was typed into some columns, in the order of the trace: `given` is what each was worked out from. Of what
// was not typed the values that it should have.
function judged(of, answers) {
  const student = {taken: {}, halves: {}, off: new Set(), lent: new Set()}, found = {};
  for (const column of of.traced) {
    const text = answers[column.column];
    if (text === undefined) {
      found[column.column] = {kind: "", values: following(of, student, column) || row(of.key, column.entries)};
      continue;
    }
    const given = known(of, student, column, new Set()).given;
    if (!text.trim()) { found[column.column] = {kind: "empty", given}; continue; }
    const ways = text === of.keys[column.column].text ? [exactly(of, column)] : readings(text, column.shape);
    if (!ways.length) { found[column.column] = {kind: "unread", given}; continue; }
    found[column.column] = best(of, student, column, ways);
    commit(of, student, column, found[column.column]);
  }
  return found;
}

// --- what is asked next

function vouches(of, column, behind, given, numbers) {
  const base = replayed(of.trace, of.inputs, given), there = row(base, column.entries);
  if (!row(base, behind.entries).every((value, at) => close(value, numbers[at]))) return false;
  return behind.entries.every(([name, place]) => [1, -1].some(way => {
    const by = way * NUDGE * (1 + Math.abs(base[name].data[place]));
    const here = row(replayed(of.trace, of.inputs, {...given, [name]: moved(base[name], place, by)}), column.entries);
    return here.some((value, at) => !close(value, there[at]));
  }));
}

const quotedOf = (of, column) => Object.fromEntries(column.quoted.filter(name => !variables(column).has(name)).map(name => [name, of.key[name]]));

// The columns that are asked of everybody: those that no other one vouches for, where it is right.
function finals(of) {
  const found = [];
  for (const column of [...of.traced].reverse()) {
    if (!found.some(other => vouches(of, other, column, quotedOf(of, other), row(of.key, column.entries)))) found.push(column);
  }
  const names = new Set(found.map(one => one.column));
  return of.columns.filter(one => !one.entries || names.has(one.column));
}

// The column to ask next, null where what was typed decides all others: the last answers, then between what is right and what
// is wrong the one in the middle, then those that no right answer vouches for.
function next(of, answers, verdicts = judged(of, answers)) {
  const asked = of.finals.find(one => !(one.column in answers));
  if (asked) return asked;
  const open = of.traced.filter(one => !(one.column in answers));
  if (!open.length) return null;
  for (const column of of.traced.filter(one => one.column in answers && !AGREEING.includes(verdicts[one.column].kind))) {
    const between = segment(of, column, verdicts[column.column].given);
    const behind = open.filter(one => [...variables(one)].some(name => between.has(name)));
    if (behind.length) return behind[Math.floor((behind.length - 1) / 2)];
  }
  const right = of.traced.filter(one => AGREEING.includes(verdicts[one.column].kind));
  const alone = open.filter(one => !right.some(other => vouches(of, other, one, verdicts[other.column].given, verdicts[one.column].values)));
  return alone.length ? alone[alone.length - 1] : null;
}

// An exercise of one student, its numbers as values.
function opened(data, exercise) {
  const trace = data.traces[exercise.trace], layout = data.layouts[exercise.layout];
  const inputs = Object.fromEntries(Object.entries(exercise.inputs).map(([name, value]) => [name, nested(value)]));
  const of = {trace, inputs, digits: data.digits, columns: layout.columns, keys: {}, number: exercise.number};
  layout.columns.forEach((one, at) => { of.keys[one.column] = exercise.keys[at]; });
  of.traced = layout.order.map(at => layout.columns[at]);
  of.key = trace ? replayed(trace, inputs) : {};
  of.finals = finals(of);
  return of;
}
