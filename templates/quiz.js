// What is typed, in one form for all ways to type it; none for what is no number.
const PROVEN = 10;

function forms(typed, most = PROVEN) {
  const found = parsed(typed);
  if (!found) return [];
  if (found.bottom === 1n) return [form(found.sign, found.top, 0)];
  if (found.bottom) return [`${found.sign === "-" && found.top ? "-" : ""}${found.top}/${found.bottom}`];
  return roundings(found.sign, found.figures, found.power, most);
}

// A number of no more than so many digits, or its neighbours with so many.
function roundings(sign, figures, power, most) {
  const over = String(figures).length - most, unit = 10n ** BigInt(Math.max(over, 0));
  if (figures % unit === 0n) return [form(sign, figures, power)];
  return [form(sign, figures / unit, power + over), form(sign, figures / unit + 1n, power + over)];
}

function form(sign, figures, power) {
  if (!figures) return "0";
  const text = String(figures), short = text.replace(/0+$/, "");
  return `${sign === "-" ? "-" : ""}${short}e${power + text.length - short.length}`;
}

// SHA-256 (FIPS 180-4), in hexadecimal; crypto.subtle is not there in every browser that opens a file.
const [ROUND, START] = (() => {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every(prime => n % prime)) primes.push(n);
  const root = (number, power) => {  // the first 32 bits behind the point of a root of a whole number
    const wanted = BigInt(number) << BigInt(32 * power);
    let low = 0n, high = 1n << 40n;
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle ** BigInt(power) <= wanted) low = middle; else high = middle;
    }
    return Number(low & 0xffffffffn);
  };
  return [primes.map(prime => root(prime, 3)), primes.slice(0, 8).map(prime => root(prime, 2))];
})();

function sha256(text) {
  const bytes = [...new TextEncoder().encode(text)], length = bytes.length * 8;
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  for (let shift = 56; shift >= 0; shift -= 8) bytes.push(Math.floor(length / 2 ** shift) & 255);
  const turned = (word, by) => word >>> by | word << 32 - by, state = [...START];
  for (let at = 0; at < bytes.length; at += 64) {
    const words = Array.from({length: 16}, (_, i) => [0, 1, 2, 3].reduce((word, j) => word << 8 | bytes[at + 4 * i + j], 0));
    for (let i = 16; i < 64; i++) {
      const one = words[i - 15], two = words[i - 2];
      words.push(words[i - 16] + (turned(one, 7) ^ turned(one, 18) ^ one >>> 3) + words[i - 7]
        + (turned(two, 17) ^ turned(two, 19) ^ two >>> 10) | 0);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const first = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + (e & f ^ ~e & g) + ROUND[i] + words[i];
      const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + (a & b ^ a & c ^ b & c);
      [h, g, f, e, d, c, b, a] = [g, f, e, d + first | 0, c, b, a, first + second | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = state[i] + word | 0; });
  }
  return state.map(word => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

// Marks: the verdict on what stands in a box, by the hashes of what is right there.
const SIGNS = {right: "✓", close: "≈", coarse: "!", wrong: "✗", unread: "?"};

function hits(box, found) {
  const right = box.dataset.accepted.split(" ");
  return found.some(one => right.includes(sha256(`${box.dataset.salt} ${one}`).slice(0, 16)));
}

function verdict(box) {
  if (box.matches("fieldset")) {
    const chosen = box.querySelector("input:checked");
    return chosen ? hits(box, [chosen.value]) ? "right" : "wrong" : "";
  }
  const typed = box.value;
  if (!typed.trim()) return "";
  const found = forms(typed);
  if (!found.length) return "unread";
  if (hits(box, found)) return "right";
  if (significant(typed) < FEWEST) return "coarse";
  return significant(typed) > FEWEST && hits(box, forms(typed, FEWEST)) ? "close" : "wrong";
}

function marked(box, say) {
  const found = verdict(box), mark = document.getElementById(`${box.id}-mark`);
  box.classList.remove(...Object.keys(SIGNS));
  if (found) box.classList.add(found);
  if (found && found !== "right") box.setAttribute("aria-invalid", "true"); else box.removeAttribute("aria-invalid");
  mark.textContent = SIGNS[found] || "";
  mark.setAttribute("aria-label", say[found] || "");
  mark.hidden = !found;
  return found;
}

// A formula that is wider than its place scrolls, by keys too.
function reachable() {
  for (const one of document.querySelectorAll(".quiz label span")) {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0; else one.removeAttribute("tabindex");
  }
}

function start() {
  reachable();
  window.addEventListener("resize", reachable);
  const say = JSON.parse(document.getElementById("words").textContent);
  document.addEventListener("submit", event => {
    const form = event.target;
    if (!form.matches(".quiz")) return;
    event.preventDefault();
    const boxes = [...form.querySelectorAll("[data-accepted]")], found = boxes.map(box => marked(box, say));
    const count = `${say.right}: ${found.filter(one => one === "right").length} / ${boxes.length}`;
    const told = ["wrong", "close", "coarse", "unread"].filter(one => found.includes(one)).map(one => `${SIGNS[one]} ${say[one]}`);
    form.querySelector("[role=status]").textContent = [count, ...told].join(" \u00b7 ");
  });
}

if (typeof document !== "undefined" && document.getElementById("words")) start();
