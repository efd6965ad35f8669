// Start: tools of the tables, the line of views, keys.

/** Keys of the views: a view adds its own while it is shown. @type {Map<string, {keys: Record<string, () => void>, help: [string, string][]}>} */
const KEYS = new Map();

const HELP = /** @type {[string, string][]} */ ([
  ["g o", "overview"], ["g d", "documents"], ["g c", "compare"], ["g r", "rate"],
  ["?", "these keys"], ["Esc", "close, or one level up"],
]);

/** @param {EventTarget | null} target @returns {boolean} */
const isField = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

KEYS.set("documents", {
  keys: { "/": () => focusOn('[data-keep="search"]'), j: () => focusOn(".matrix tbody [data-cell]"), Escape: () => go({ view: "overview" }) },
  help: [["/", "search titles"], ["j", "into the matrix"], ["← ↑ ↓ →", "from cell to cell"], ["Enter", "open the cell's document"]],
});
KEYS.set("document", {
  keys: {
    j: () => stepDocument(1), k: () => stepDocument(-1), n: () => stepSystem(1), p: () => stepSystem(-1),
    Escape: () => go(lastMatrix ? lastMatrix.parts : { view: "documents" }),
  },
  help: [["j", "next document"], ["k", "previous document"], ["n", "next system"], ["p", "previous system"]],
});

KEYS.set("compare", {
  keys: { j: () => stepMoved(1), k: () => stepMoved(-1), Escape: () => go({ view: "documents" }) },
  help: [["j", "the next document that moved"], ["k", "the one before"]],
});
KEYS.set("rate", {
  keys: { 1: () => answer("1"), 2: () => answer("2"), 0: () => answer("0") },
  help: [["1", "the first is better"], ["2", "the second is better"], ["0", "neither"]],
});

/** @param {string} selector */
function focusOn(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) found.focus();
}

let before = "";

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape") {
    const dialog = document.querySelector("dialog[open]");
    const open = document.querySelector("details.chooser[open]");
    if (dialog) return;
    if (tipOf) hideTip();
    else if (open) open.removeAttribute("open");
    else if (isField(event.target)) /** @type {HTMLElement} */ (event.target).blur();
    else (KEYS.get(address().view)?.keys.Escape || (() => {}))();
    return;
  }
  if (isField(event.target)) return;
  const sequence = before === "g" ? `g ${event.key}` : event.key;
  before = event.key === "g" && before !== "g" ? "g" : "";
  const views = /** @type {Record<string, string>} */ ({ "g o": "overview", "g d": "documents", "g c": "compare", "g r": "rate" });
  if (views[sequence] && !DATA.rate) go({ view: views[sequence] });
  else if (event.key === "?") showKeys();
  else {
    const found = KEYS.get(address().view)?.keys[event.key];
    if (!found) return;
    found();
  }
  event.preventDefault();
}

function showKeys() {
  const mine = KEYS.get(address().view)?.help || [];
  const rows = [...mine, ...(DATA.rate ? [] : HELP)].map(([key, what]) =>
    make("tr", {}, make("td", {}, ...key.split(" ").flatMap((one) => [make("kbd", {}, one), " "])), make("td", {}, what)));
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { class: "keys-help", "aria-label": "keys" },
    make("h2", {}, "Keys"), make("table", {}, make("tbody", {}, rows)),
    make("form", { method: "dialog" }, make("button", { autofocus: true }, "close"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function start() {
  for (const figure of document.querySelectorAll("figure.table")) equip(/** @type {HTMLElement} */ (figure));
  for (const text of document.querySelectorAll("pre[data-copy]")) {
    text.before(copyButton("copy", () => text.textContent || ""));
  }
  drawViews();
  document.addEventListener("keydown", onKey);
  document.addEventListener("mouseover", tipFor);
  document.addEventListener("focusin", tipFor);
  document.addEventListener("focusout", hideTip);
  addEventListener("scroll", hideTip, { passive: true });
  addEventListener("hashchange", draw);
  document.querySelector("#views .keys")?.addEventListener("click", showKeys);
  draw();
}

start();
