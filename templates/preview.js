"use strict";

// Sorts a table by a column; the variants beside each other follow. What has no value comes last.
function sorted(table, by, turn) {
  const value = row => { const cell = row.cells[by]; return cell && cell.dataset.value !== undefined ? Number(cell.dataset.value) : NaN; };
  const sign = turn === "descending" ? -1 : 1, body = table.tBodies[0];
  const order = (one, other) => isNaN(one) ? (isNaN(other) ? 0 : 1) : isNaN(other) ? -1 : sign * (one - other);
  const rows = [...body.rows].sort((one, other) => order(value(one), value(other)) || value0(one) - value0(other));
  body.append(...rows);
  [...table.tHead.rows[0].cells].forEach((cell, at) => cell.setAttribute("aria-sort", at === by ? turn : "none"));
  const strip = table.closest(".exercise")?.querySelector(".strip");
  if (!strip) return;
  const cards = new Map([...strip.children].map(card => [card.dataset.seed, card]));
  strip.append(...rows.map(row => cards.get(row.dataset.seed)).filter(Boolean));
}

const value0 = row => Number(row.cells[0].dataset.value);

function chosen(seed) {
  for (const card of document.querySelectorAll(".variant")) {
    const it = card.dataset.seed === seed;
    card.classList.toggle("chosen", it);
    if (it) card.parentElement.scrollLeft = card.offsetLeft - card.parentElement.offsetLeft;
  }
}

document.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.classList.contains("to")) return chosen(button.dataset.seed);
  const work = button.closest(".work, #whole"), by = Number(button.dataset.by);
  if (!work || button.dataset.by === undefined) return;
  const table = work.querySelector("table"), now = table.tHead.rows[0].cells[by].getAttribute("aria-sort");
  sorted(table, by, button.dataset.turn || (now === "ascending" ? "descending" : "ascending"));
  const strip = table.closest(".exercise")?.querySelector(".strip");
  if (strip) strip.scrollLeft = 0;
});
