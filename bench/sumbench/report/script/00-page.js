// Elements, the data of the page, and small helpers. Texts are only ever put in by textContent.

/**
 * Makes an element; children that are no nodes become text, what is null or false is left out.
 * @param {string} name
 * @param {Record<string, any>} [attributes] `on…` are listeners, true is an attribute without a value
 * @param {...any} children
 * @returns {HTMLElement}
 */
function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    made.append(child instanceof Node ? child : document.createTextNode(shownText(String(child))));
  }
  return made;
}

/** @param {string} id @returns {HTMLElement | null} */
const byId = (id) => document.getElementById(id);

// What a reader could not see, and what could reorder the page around it; in texts, directions are isolated by blocks.
const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/g;
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** @param {string} sign @returns {string} */
function escapeSign(sign) {
  const code = sign.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** A text with its control characters shown. @param {string} text @returns {string} */
const shownText = (text) => text.replace(UNSEEN, (sign) => (sign === "\r" ? "\n" : escapeSign(sign)));

/** A name: also without marks of direction. @param {string} text @returns {string} */
const shownName = (text) => shownText(text).replace(TURNING, escapeSign);

/** A name of at most so many characters, cut in its middle: names that differ often do so at their ends.
 * @param {string} text @param {number} most @returns {string} */
function shortName(text, most = 22) {
  const shown = shownName(text);
  const half = Math.floor(most / 2);
  return shown.length <= most ? shown : `${shown.slice(0, half - 1)}…${shown.slice(-half)}`;
}

const DATA = JSON.parse(/** @type {HTMLElement} */ (byId("data")).textContent || "{}");

/** @type {Map<string, Promise<any>>} */
const unpacked = new Map();

/**
 * Unpacks a block: base64, gzip, JSON. Each is unpacked once.
 * @param {string} name
 * @returns {Promise<any>}
 */
function block(name) {
  let found = unpacked.get(name);
  if (!found) {
    found = unpack(name);
    unpacked.set(name, found);
  }
  return found;
}

/** @param {string} name @returns {Promise<any>} */
async function unpack(name) {
  const element = document.querySelector(`script[data-block="${CSS.escape(name)}"]`);
  if (!element) throw new Error(`the page has no block ${name}`);
  const bytes = Uint8Array.from(atob(element.textContent || ""), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** The value that is named, with its title and decimals. @param {string} name @returns {any} */
const valueOf = (name) => DATA.values.find((/** @type {any} */ one) => one.name === name);

/** @param {number | null | undefined} score @param {number} decimals @returns {string} */
const shownScore = (score, decimals) =>
  score === null || score === undefined ? "" : score.toFixed(decimals).replace(/^-(0\.?0*)$/, "$1");

/** @param {number} number @param {number} decimals @returns {string} */
function signed(number, decimals) {
  const text = Math.abs(number).toFixed(decimals);
  return Number(text) === 0 ? text : `${number > 0 ? "+" : "−"}${text}`;
}

/** @param {number} number @param {string} what @returns {string} */
const counted = (number, what) => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;

/** Tells a screen reader, and whoever looks. @param {string} text */
function say(text) {
  const place = byId("said");
  if (place) place.textContent = text;
}

/** @param {string} text @returns {Promise<void>} */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = /** @type {HTMLTextAreaElement} */ (make("textarea", { class: "unseen", "aria-hidden": "true" }));
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  say("copied");
}

/** A button that copies what a function returns. @param {string} label @param {() => string} text @returns {HTMLElement} */
function copyButton(label, text) {
  const button = make("button", { type: "button", class: "plain" }, label);
  button.addEventListener("click", async () => {
    await copyText(text());
    button.textContent = `${label}: copied`;
    setTimeout(() => (button.textContent = label), 1500);
  });
  return button;
}

/** A labelled choice. @param {string} label @param {[string, string][]} options @param {string} chosen @param {(value: string) => void} then */
function choice(label, options, chosen, then) {
  const select = /** @type {HTMLSelectElement} */ (make("select", {}, ...options.map(([value, text]) =>
    make("option", { value, selected: value === chosen }, shownName(text)))));
  select.addEventListener("change", () => then(select.value));
  return make("label", {}, `${label} `, select);
}
