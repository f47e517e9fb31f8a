// The page of `keygen preview --watch`: it hears of changes, asks for the pieces that are new, and keeps its place.
const live = document.getElementById("live"), opened = new Map();
live.innerHTML = '<p id="status" role="status" hidden></p><div id="failure" role="alert" lang="en" hidden></div>';

// --- the place on the page: what is open, how tables are sorted, what stands where in the window

document.addEventListener("toggle", event => {
  const piece = event.target.closest("[data-digest]");
  if (piece) opened.set(piece.id, [...piece.querySelectorAll("details")].map(one => one.open));
}, true);

function unfold(piece) {
  const open = opened.get(piece.id) || [];
  piece.querySelectorAll("details").forEach((one, at) => { one.open = Boolean(open[at]); });
}

function sorting(piece) {
  const head = piece.querySelector('th[aria-sort="ascending"], th[aria-sort="descending"]');
  return head && {name: head.textContent, turn: head.getAttribute("aria-sort")};
}

function sortAs(piece, how) {
  const table = how && piece.querySelector("table");
  const by = table ? [...table.tHead.rows[0].cells].findIndex(cell => cell.textContent === how.name) : -1;
  if (by >= 0) sorted(table, by, how.turn);
}

function anchor() {
  const pieces = [...document.querySelectorAll("[data-digest]:not([hidden])")];
  const seen = document.elementFromPoint(Math.min(innerWidth / 3, 300), 60)?.closest("[data-digest] *");
  const piece = seen ? seen.closest("[data-digest]") : pieces.find(one => one.getBoundingClientRect().bottom > 0);
  if (!piece) return null;
  const at = seen ? [...piece.querySelectorAll("*")].indexOf(seen) : -1;
  return {id: piece.id, at, top: (seen || piece).getBoundingClientRect().top};
}

function anchored(mark) {
  const piece = mark && document.getElementById(mark.id);
  const it = piece && (piece.querySelectorAll("*")[mark.at] || piece);
  if (it && !piece.hidden) scrollBy(0, it.getBoundingClientRect().top - mark.top);
}

function keep() {
  const works = [...document.querySelectorAll(".work")].map(one => [one.id, sorting(one)]);
  const strips = [...document.querySelectorAll(".exercise")].map(one => [one.id, one.querySelector(".strip").scrollLeft]);
  sessionStorage.setItem("place", JSON.stringify({mark: anchor(), works, strips, opened: [...opened]}));
}

function restore() {
  const place = JSON.parse(sessionStorage.getItem("place") || "null");
  sessionStorage.removeItem("place");
  if (!place) return;
  history.scrollRestoration = "manual";
  for (const [id, open] of place.opened) opened.set(id, open);
  document.querySelectorAll("[data-digest]").forEach(unfold);
  for (const [id, how] of place.works) if (document.getElementById(id)) sortAs(document.getElementById(id), how);
  for (const [id, left] of place.strips) {
    const strip = document.getElementById(id)?.querySelector(".strip");
    if (strip) strip.scrollLeft = left;
  }
  anchored(place.mark);
}

// --- changes

function put(pieces) {
  const mark = anchor(), focused = document.activeElement;
  const holder = focused.closest("[data-digest]"), at = holder ? [...holder.querySelectorAll("*")].indexOf(focused) : -1;
  for (const [id, html] of Object.entries(pieces)) {
    const old = document.getElementById(id), template = document.createElement("template");
    template.innerHTML = html;
    const fresh = template.content.firstElementChild, how = sorting(old);
    fresh.classList.toggle("chosen", old.classList.contains("chosen"));
    old.replaceWith(fresh);
    unfold(fresh);
    sortAs(fresh, how);
  }
  if (holder && !holder.isConnected) document.getElementById(holder.id)?.querySelectorAll("*")[at]?.focus({preventScroll: true});
  anchored(mark);
}

function say(words) {
  const status = document.getElementById("status");
  status.hidden = !words;
  if (status.textContent !== words) status.textContent = words;
}

async function follow(state) {
  if (state.layout !== live.dataset.layout && state.layout) { keep(); location.reload(); return; }
  if (state.working) say(live.dataset.working);
  const news = Object.keys(state.pieces).filter(id => document.getElementById(id)?.dataset.digest !== state.pieces[id]);
  if (news.length) {
    const answer = await fetch("/pieces?" + new URLSearchParams(news.map(id => ["id", id])));
    put(await answer.json());
  }
  if (state.working) return;
  const failure = document.getElementById("failure");
  failure.hidden = !state.error;
  if (failed !== state.error) failure.innerHTML = failed = state.error;
  say("");
}

let latest = null, following = false, failed = "";
const source = new EventSource("/events");
source.onerror = () => say(live.dataset.gone);
source.onmessage = async event => {
  latest = JSON.parse(event.data);
  if (following) return;
  following = true;
  try {
    while (latest) { const state = latest; latest = null; await follow(state); }
  } finally { following = false; }
};
restore();
