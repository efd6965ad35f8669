// The matrix: a row a document, a column a system, in each cell a score with its shade.

const ROW = 30;
const BEYOND = 12;

/** @type {[string, string, (context: any, at: number) => boolean][]} */
const FILTERS = [
  ["", "all documents", () => true],
  ["failed", "a system failed", (context, at) => context.index.flags[at].some((/** @type {number} */ bits) => bits & FAILED)],
  ["lost", "the first is worse than the second", (context, at) => (context.gap(at) ?? 0) * better(context.value) < 0],
  ["won", "the first is better than the second", (context, at) => (context.gap(at) ?? 0) * better(context.value) > 0],
  ["flagged", "a metric flags a place", (context, at) => context.index.flags[at].some((/** @type {number} */ bits) => bits & FLAGGED)],
  ["cut", "a system did not read it to its end", (context, at) => context.index.flags[at].some((/** @type {number} */ bits) => bits & CUT)],
  ["texts", "its texts are in this page", (context, at) => context.index.block[at] >= 0],
];

/** @type {[string, string, (context: any, at: number) => number][]} */
const SORTS = [
  ["gap", "difference, largest first", (context, at) => (context.gap(at) === null ? 1 : -Math.abs(context.gap(at)))],
  ["won", "where the first is better", (context, at) => -better(context.value) * (context.gap(at) ?? -1e9 * better(context.value))],
  ["lost", "where the second is better", (context, at) => better(context.value) * (context.gap(at) ?? 1e9 * better(context.value))],
  ["a", "the first's score, best first", (context, at) => -better(context.value) * (context.scores[at][context.a] ?? -1e9 * better(context.value))],
  ["worst", "the first's score, worst first", (context, at) => better(context.value) * (context.scores[at][context.a] ?? 1e9 * better(context.value))],
  ["words", "length, longest first", (context, at) => -context.index.words[at]],
  ["corpus", "the corpus' order", (_, at) => at],
];

/** @param {Address} parts @returns {Promise<any>} */
async function matrixContext(parts) {
  const index = await indexOfDocuments();
  const value = chosenValue(parts);
  const scores = await scoresOf(value.name);
  const [a, b] = chosenPair(parts);
  const gap = (/** @type {number} */ at) => difference(scores[at][a], scores[at][b]);
  return { index, value, scores, a, b, gap };
}

/** The documents that the address asks for, in its order. @param {any} context @param {Address} parts @returns {number[]} */
function chosenRows(context, parts) {
  const keep = (FILTERS.find(([name]) => name === (parts.show || "")) || FILTERS[0])[2];
  const key = (SORTS.find(([name]) => name === (parts.sort || "gap")) || SORTS[0])[2];
  const wanted = (parts.q || "").trim().toLowerCase();
  const { index } = context;
  const rows = index.ids.map((/** @type {string} */ _, /** @type {number} */ at) => at).filter((/** @type {number} */ at) =>
    keep(context, at) && (!parts.group || index.groups[at] === parts.group) &&
    (!wanted || `${index.titles[at]} ${index.ids[at]}`.toLowerCase().includes(wanted)));
  const keys = new Map(rows.map((/** @type {number} */ at) => [at, key(context, at)]));
  return rows.sort((/** @type {number} */ one, /** @type {number} */ other) => keys.get(one) - keys.get(other) || one - other);
}

/** Classes of shade: nine steps between the ends of most scores. @param {any} context @returns {(score: number | null) => string} */
function shader(context) {
  const known = context.scores.flat().filter((/** @type {number | null} */ score) => score !== null).sort((/** @type {number} */ one, /** @type {number} */ other) => one - other);
  const low = known[Math.floor(0.03 * known.length)] ?? 0;
  const high = known[Math.floor(0.97 * (known.length - 1))] ?? 1;
  context.low = low;
  context.high = high;
  return (score) => (score === null ? "" : `shade${Math.max(0, Math.min(9, Math.floor((10 * (score - low)) / (high - low || 1))))}`);
}

/** @param {any} context @param {Address} parts @returns {HTMLElement} */
function matrixTools(context, parts) {
  const groups = [...new Set(context.index.groups)].filter(Boolean).sort();
  const search = /** @type {HTMLInputElement} */ (make("input", { type: "search", placeholder: "title or id", "aria-label": "search titles and ids", "data-keep": "search", value: parts.q || "" }));
  search.addEventListener("input", () => adjust({ q: search.value }));
  const system = systemOptions();
  const values = mainValues().map((value) => /** @type {[string, string]} */ ([value.name, value.title]));
  return make("div", { class: "tools legend" },
    choice("sort by", SORTS.map(([name, title]) => [name, title]), parts.sort || "gap", (sort) => adjust({ sort })),
    choice("of", system, DATA.columns[context.a].label, (a) => adjust({ a })),
    choice("and", system, DATA.columns[context.b].label, (b) => adjust({ b })),
    choice("under", values, context.value.name, (value) => adjust({ value })),
    choice("show", FILTERS.map(([name, title]) => [name, title]), parts.show || "", (show) => adjust({ show })),
    groups.length ? choice(shownName(context.index.group), [["", "any"], ...groups.map((group) => /** @type {[string, string]} */ ([group, group]))], parts.group || "", (group) => adjust({ group })) : null,
    search);
}

/** @param {any} context @returns {HTMLElement} */
function matrixKey(context) {
  const { value } = context;
  const scale = make("span", { class: "scale", "aria-hidden": "true" }, Array.from({ length: 10 }, (_, at) => make("i", { class: `shade${at}` })));
  const any = (/** @type {number} */ bit) => context.index.flags.some((/** @type {number[]} */ row) => row.some((bits) => bits & bit));
  return make("p", { class: "small key" }, `${value.title}${value.unit ? ` (${value.unit})` : ""}: `,
    shownScore(context.low, value.decimals), " ", scale, " ", shownScore(context.high, value.decimals),
    value.direction === "lower" ? ", lower is better" : "",
    any(FAILED) ? " · ✕ no summary" : "", any(CUT) ? " · † not read to the end" : "",
    any(FLAGGED) ? " · ! a metric flags a place" : "", any(STRIPPED) ? " · ° something was taken off it" : "");
}

/** @param {number} bits @returns {string} */
const cellMarks = (bits) => (bits & FAILED ? "✕" : "") + (bits & CUT ? "†" : "") + (bits & FLAGGED ? "!" : "") + (bits & STRIPPED ? "°" : "");

/** A rule stands where another role or run begins. @param {number} at @returns {string} */
const begins = (at) => (at && (DATA.columns[at].role !== DATA.columns[at - 1].role || DATA.columns[at].run !== DATA.columns[at - 1].run) ? " begins" : "");

/** @param {any} context @param {number} at @param {number} place @param {(score: number | null) => string} shade @returns {HTMLElement} */
function matrixRow(context, at, place, shade) {
  const { index, value, scores } = context;
  const gap = context.gap(at);
  const id = index.ids[at];
  const link = (/** @type {string | null} */ sys) => hashOf({ doc: id, ...(sys === null ? {} : { sys }), ...(context.parts.value ? { value: value.name } : {}) });
  const cells = DATA.columns.map((/** @type {any} */ column, /** @type {number} */ number) => {
    const bits = index.flags[at][number];
    const score = scores[at][number];
    const chosen = number === context.a ? " first" : number === context.b ? " second" : "";
    const text = shownScore(score, value.decimals) || (bits & FAILED ? "" : "·");
    const label = `${titleOf(index, at)}, ${column.label}: ${text || "no summary"}`;
    return make("td", { class: `number cell ${shade(score)}${chosen}${begins(number)}` },
      make("a", { href: link(column.label), tabindex: "-1", "data-cell": `${place},${number}`, "aria-label": label }, text, make("sup", {}, cellMarks(bits))));
  });
  const without = index.block[at] < 0;
  return make("tr", { "aria-rowindex": String(place + 2), class: without ? "without" : null },
    make("th", { scope: "row" }, make("a", { href: link(DATA.columns[context.a].label), tabindex: "-1", "data-cell": `${place},-1`, title: without ? "its texts are not in this page: sumbench report RUN --all" : titleOf(index, at) }, make("bdi", {}, titleOf(index, at)))),
    index.group ? make("td", { class: "group" }, shownName(index.groups[at])) : null,
    make("td", { class: "number size" }, index.words[at].toLocaleString("en")),
    make("td", { class: "number gap" }, gap === null ? "" : signed(gap, value.decimals)),
    cells);
}

/** @param {any} context @returns {HTMLElement} */
function matrixHead(context) {
  const label = (/** @type {string} */ text) => make("span", {}, shortName(text, 15));
  return make("thead", {}, make("tr", { "aria-rowindex": "1" },
    make("th", { scope: "col" }, "document"),
    context.index.group ? make("th", { scope: "col", class: "group" }, shownName(context.index.group)) : null,
    make("th", { scope: "col", class: "number size" }, "words"),
    make("th", { scope: "col", class: "number" }, "difference"),
    DATA.columns.map((/** @type {any} */ column, /** @type {number} */ at) => make("th", {
      scope: "col", title: shownName(column.label),
      class: `system ${column.role}${at === context.a ? " first" : at === context.b ? " second" : ""}${begins(at)}` }, label(column.label)))));
}

/** Keeps the rows drawn that are in sight. @param {HTMLElement} body @param {any} context @param {number[]} rows */
function followScroll(body, context, rows) {
  const shade = shader(context);
  const spacer = (/** @type {number} */ height) => {
    const cell = make("td", { colspan: String(4 + DATA.columns.length), class: "spacer" });
    cell.style.setProperty("height", `${height}px`);
    return make("tr", { "aria-hidden": "true", class: "spacer" }, cell);
  };
  let drawn = "";
  /** Rows in sight are kept as they are. @type {Map<number, HTMLElement>} */
  let kept = new Map();
  const update = (/** @type {number} */ must = -1) => {
    if (!body.isConnected && drawn) return;
    const top = body.isConnected ? body.getBoundingClientRect().top : 0;
    let first = Math.max(0, Math.floor(-top / ROW) - BEYOND);
    let last = Math.min(rows.length, Math.ceil((innerHeight - top) / ROW) + BEYOND);
    if (must >= 0) [first, last] = [Math.min(first, Math.max(0, must - BEYOND)), Math.max(last, Math.min(rows.length, must + BEYOND))];
    if (must < 0 && drawn === `${first},${last}`) return;
    drawn = `${first},${last}`;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.getAttribute("data-cell") : null;
    const next = new Map();
    for (let place = first; place < last; place++) next.set(place, kept.get(place) || matrixRow(context, rows[place], place, shade));
    kept = next;
    body.replaceChildren(spacer(first * ROW), ...kept.values(), spacer((rows.length - last) * ROW));
    const again = focused && body.querySelector(`[data-cell="${focused}"]`);
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
    const enter = body.querySelector("[data-cell]");
    if (enter) enter.setAttribute("tabindex", "0");
  };
  update();
  return update;
}

/** Arrow keys go from cell to cell. @param {HTMLElement} body @param {number} rows @param {(must?: number) => void} update */
function followArrows(body, rows, update) {
  body.addEventListener("keydown", (event) => {
    const cell = event.target instanceof HTMLElement ? event.target.getAttribute("data-cell") : null;
    const moves = /** @type {Record<string, [number, number]>} */ ({ ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [15, 0], PageUp: [-15, 0] });
    const move = moves[event.key];
    if (!cell || !move) return;
    event.preventDefault();
    const [row, column] = cell.split(",").map(Number);
    const to = [Math.max(0, Math.min(rows - 1, row + move[0])), Math.max(-1, Math.min(DATA.columns.length - 1, column + move[1]))];
    let next = body.querySelector(`[data-cell="${to.join(",")}"]`);
    if (!next) {
      update(to[0]);
      next = body.querySelector(`[data-cell="${to.join(",")}"]`);
    }
    if (next instanceof HTMLElement) {
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    }
  });
}

/** What the matrix was last asked for: the way from one document to the next. @type {{rows: number[], parts: Address} | null} */
let lastMatrix = null;

/** @param {HTMLElement} place @param {Address} parts */
async function drawMatrix(place, parts) {
  const context = await matrixContext(parts);
  context.parts = parts;
  const rows = chosenRows(context, parts);
  lastMatrix = { rows, parts };
  const body = make("tbody", {});
  const table = /** @type {HTMLTableElement} */ (make("table", { class: "matrix", "data-title": "documents", "aria-rowcount": String(rows.length + 1) }, matrixHead(context), body));
  const update = followScroll(body, context, rows);
  followArrows(body, rows.length, update);
  const few = DATA.shown < DATA.documents ? ` · texts of ${DATA.shown.toLocaleString("en")} are in this page` : "";
  place.append(
    make("h1", { class: "unseen" }, "Documents"),
    matrixTools(context, parts),
    make("p", { class: "small" }, `${counted(rows.length, "document")} of ${DATA.documents.toLocaleString("en")}${few} · difference: ${shownName(DATA.columns[context.a].label)} − ${shownName(DATA.columns[context.b].label)}`),
    matrixKey(context),
    make("div", { class: "matrix-place" }, table),
    rows.length ? "" : make("p", {}, "No document is like that."));
  const follow = () => (body.isConnected ? update() : removeEventListener("scroll", follow));
  addEventListener("scroll", follow, { passive: true });
  addEventListener("resize", follow);
  byId("view")?.addEventListener("drawn", () => update(), { once: true });
}

VIEWS.set("documents", { title: "Documents", listed: true, draw: drawMatrix });
