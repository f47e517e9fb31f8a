"use strict";

// The flow of a page for whoever grades on paper: a student, then one question after another; nothing but the keyboard is needed.
const SIGNS = {right: "✓", coarse: "≈", carried: "→", wrong: "✗", empty: "–", unread: "?"};
const FORMULA = /^[=+\-@＝＋－＠]/;

function start() {
  const data = JSON.parse(document.getElementById("data").textContent), say = data.words;
  const at = name => document.getElementById(name), kept = `keygen ask ${data.mark}`;
  const state = remembered(), made = new Map();
  let person = null, question = null, former = "";

  function remembered() {
    try { return JSON.parse(localStorage.getItem(kept)) || {}; } catch (error) { return {}; }
  }

  function remember() {
    try { localStorage.setItem(kept, JSON.stringify(state)); } catch (error) { at("status").textContent = say.unkept; }
  }

  function exercises(one) {
    if (!made.has(one)) made.set(one, one.exercises.map(exercise => opened(data, exercise)));
    return made.get(one);
  }

  const answers = one => Object.fromEntries((state[one.id] || []).flat());
  const asked = one => exercises(one).map(of => [of, next(of, answers(one))]).find(([, column]) => column) || null;
  const through = new Map();  // whose paper is through, worked out anew only where something was typed
  const mark = one => JSON.stringify(state[one.id]);
  function done(one) {
    if (!(state[one.id] || []).length) return false;
    const known = through.get(one.id);
    if (known && known.mark === mark(one)) return known.done;
    through.set(one.id, {mark: mark(one), done: !asked(one)});
    return through.get(one.id).done;
  }
  const people = typed => {
    const text = typed.trim().toLowerCase(), exact = data.people.filter(one => [one.id, one.code].some(own => own.toLowerCase() === text));
    if (!text || exact.length) return exact;
    return data.people.filter(one => [one.id, one.code, one.name].some(own => own.toLowerCase().includes(text)));
  };

  // --- what is seen

  function node(name, attributes, ...inside) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  }

  function shownPeople() {
    const found = at("student").value.trim() ? people(at("student").value) : data.people;
    at("people").replaceChildren(...found.map(one => {
      const mark = done(one) ? SIGNS.right : (state[one.id] || []).length ? "…" : "";
      const button = node("button", {type: "button"}, `${[one.id, one.name].filter(Boolean).join(" · ")} `, node("span", {"aria-hidden": "true"}, mark));
      if (done(one)) button.setAttribute("aria-label", `${one.id} ${one.name}: ${say.finished}`);
      button.addEventListener("click", () => choose(one));
      return node("li", {}, button);
    }));
    const finished = data.people.filter(done).length;
    at("count").textContent = `${say.finished}: ${finished} / ${data.people.length}`;
  }

  // What is no number of the trace is the key, or nothing, or is left to keygen grade.
  function byEye(of, column, text) {
    return !text ? "empty" : text === of.keys[column].text ? "right" : "unread";
  }

  function choose(one) {
    person = one;
    state[one.id] ??= [];
    at("student").value = "";
    shown();
  }

  function shown() {
    shownPeople();
    at("paper").hidden = !person;
    if (!person) { at("student").focus(); return; }
    at("whose").textContent = [person.id, person.name, person.code].filter(Boolean).join(" · ");
    const typed = answers(person);
    const rows = exercises(person).flatMap(of => {
      const verdicts = judged(of, typed);
      return of.columns.filter(one => one.column in typed).map(one => {
        const kind = one.entries ? verdicts[one.column].kind : byEye(of, one.column, typed[one.column]);
        const mark = node("td", {class: kind}, `${SIGNS[kind]} ${say[kind]}`);
        const made = node("tr", {}, node("th", {scope: "row"}, one.label), node("td", {}, node("code", {}, typed[one.column])), mark);
        return [Object.keys(typed).indexOf(one.column), made];
      });
    });
    at("typed").replaceChildren(...rows.sort(([one], [other]) => other - one).map(([, made]) => made));  // the latest first
    at("table").hidden = !at("typed").childElementCount;
    const found = asked(person);
    question = found && found[1];
    at("ask").hidden = !found;
    at("through").hidden = Boolean(found);
    if (!found) { at("onward").focus(); return; }
    const of = found[0];
    at("label").textContent = question.label;
    at("shape").textContent = say[`wants_${question.told}`] || question.told;
    at("key").textContent = of.keys[question.column].shown;
    at("answer").value = former;
    former = "";
    at("answer").focus();
    at("answer").scrollIntoView({block: "nearest"});
  }

  // --- what is done

  function took(cells) {
    state[person.id].push(cells);
    remember();
    at("status").textContent = "";
    shown();
  }

  function entered() {
    const of = asked(person)[0], key = of.keys[question.column].text, typed = at("answer").value.trim();
    const text = typed === "=" ? key : typed;
    const unread = question.entries && text && text !== key && !readings(text, question.shape).length;
    if (unread && at("status").dataset.text !== text) {
      at("status").dataset.text = text;
      at("status").textContent = say.again;
      return;
    }
    took([[question.column, text]]);
  }

  function back() {
    if (!person || !state[person.id].length) return;
    const last = state[person.id].pop();
    former = last.length === 1 ? last[0][1] : "";
    remember();
    shown();
  }

  // Nothing more of an exercise was answered.
  function rest() {
    const typed = answers(person);
    took(asked(person)[0].columns.filter(one => !(one.column in typed)).map(one => [one.column, ""]));
  }

  function leave() {
    person = null;
    shown();
  }

  // --- the table

  const inert = text => FORMULA.test(text) ? `'${text}` : text;
  const cell = text => /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;

  function table() {
    const columns = [...new Set(data.layouts.flatMap(layout => layout.columns.map(one => one.column)))].sort(byPlace);
    const lines = [["id", "name", "code", "taken", ...columns]];
    for (const one of data.people.filter(done)) {
      const typed = answers(one), own = exercises(one).flatMap(of => of.columns.map(column => column.column));
      const taken = own.filter(column => !(column in typed));
      lines.push([one.id, one.name, one.code, taken.join(" "), ...columns.map(column => typed[column] || "")]);
    }
    return "\ufeff" + lines.map(line => line.map(inert).map(cell).join(",")).join("\r\n") + "\r\n";
  }

  function byPlace(one, other) {
    return Number(one.split(".")[0]) - Number(other.split(".")[0]) || data.columns.indexOf(one) - data.columns.indexOf(other);
  }

  function save() {
    const address = URL.createObjectURL(new Blob([table()], {type: "text/csv"}));
    node("a", {href: address, download: `${data.sheet}-answers.csv`}).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    const begun = data.people.filter(one => (state[one.id] || []).length && !done(one)).map(one => one.id);
    at("status").textContent = begun.length ? `${say.begun} ${begun.join(", ")}` : say.saved;
  }

  document.addEventListener("keydown", event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); save(); }
    if (!person || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowUp") { event.preventDefault(); back(); }
    if (event.key === "Escape") { event.preventDefault(); leave(); }
    if (event.key === "ArrowDown" && question) { event.preventDefault(); rest(); }
  });
  at("find").addEventListener("submit", event => {
    event.preventDefault();
    const found = people(at("student").value);
    if (found.length) choose(found[0]); else at("status").textContent = say.nobody;
  });
  at("ask").addEventListener("submit", event => { event.preventDefault(); entered(); });
  at("student").addEventListener("input", shownPeople);
  for (const [name, does] of Object.entries({back, rest, leave, save, onward: leave})) at(name).addEventListener("click", does);
  window.keygen = {table, state, exercises, data};
  shown();
}

if (typeof document !== "undefined" && document.getElementById("data")) start();
