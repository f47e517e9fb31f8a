"use strict";

// Numbers as they are typed: the rules of keygen/export/typed_text.py.
const SAME = [[/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, "-"], [/[\t\u00a0\u2007-\u2009\u202f]/g, " "], [/[\u200b\u200e\u200f\u2060\ufeff]/g, ""]];
const NUMBER = /^([+-]?) ?([0-9]{1,3}(?: [0-9]{3})+|[0-9]{0,60})(?:[.,]([0-9]{0,60}))?(?:[eE]([+-]?[0-9]{1,3})| ?[*\u00b7\u00d7\u22c5] ?10 ?\^ ?(?:([+-]?[0-9]{1,3})|\(([+-]?[0-9]{1,3})\)))?$/;
const FRACTION = /^([+-]?) ?([0-9]{1,60}) ?[/\u2044\u2215] ?([0-9]{1,60})$/;
const FEWEST = 3;

// A fraction in lowest terms: {sign, top, bottom}; a decimal as {sign, figures, power}; null for what is no number.
function parsed(typed) {
  const text = SAME.reduce((so, [sign, one]) => so.replace(sign, one), typed).replace(/^ +| +$/g, "");
  let found = FRACTION.exec(text);
  if (found) {
    const [, sign, ...parts] = found, [top, bottom] = parts.map(BigInt), divisor = common(top, bottom);
    return bottom ? {sign, top: top / divisor, bottom: bottom / divisor} : null;
  }
  found = NUMBER.exec(text);
  if (!found) return null;
  const before = found[2].replace(/ /g, ""), after = found[3] || "";
  if (!(before + after)) return null;
  return {sign: found[1], figures: BigInt(before + after), power: Number(found[4] || found[5] || found[6] || 0) - after.length};
}

function common(one, other) {
  while (other) [one, other] = [other, one % other];
  return one;
}

// How many significant digits are typed in a decimal; a fraction has enough.
function significant(typed) {
  if (/[/\u2044\u2215]/.test(typed)) return FEWEST;
  return typed.replace(/[eE*\u00b7\u00d7\u22c5].*/, "").replace(/[^0-9]/g, "").replace(/^0+/, "").length;
}
