// Comparison of two systems: how often which is better, the documents that moved most, and the two summaries word by word.

const LISTED = 100;

/** @param {any} context @returns {{wins: number, ties: number, losses: number, mean: number | null, known: number}} */
function tally(context) {
  const gaps = context.index.ids.map((/** @type {string} */ _, /** @type {number} */ at) => context.gap(at)).filter((/** @type {number | null} */ gap) => gap !== null);
  const turned = better(context.value);
  return {
    wins: gaps.filter((/** @type {number} */ gap) => turned * gap > 0).length,
    ties: gaps.filter((/** @type {number} */ gap) => gap === 0).length,
    losses: gaps.filter((/** @type {number} */ gap) => turned * gap < 0).length,
    mean: gaps.length ? gaps.reduce((/** @type {number} */ sum, /** @type {number} */ gap) => sum + gap, 0) / gaps.length : null,
    known: gaps.length,
  };
}

/** The share of better, same and worse documents as one bar. @param {any} counts @param {[string, string]} names @returns {HTMLElement} */
function tallyBar(counts, names) {
  const part = (/** @type {number} */ number, /** @type {string} */ name, /** @type {string} */ text) => {
    if (!number) return null;
    const span = make("span", { class: name }, text);
    span.style.setProperty("flex", `${number} 1 0`);
    return span;
  };
  return make("div", { class: "tally", "aria-hidden": "true" },
    part(counts.wins, "wins", `${names[0]} ${counts.wins}`), part(counts.ties, "ties", String(counts.ties)), part(counts.losses, "losses", `${names[1]} ${counts.losses}`));
}

/** @param {any} context @param {Address} parts @param {number[]} rows @returns {HTMLElement} */
function movedTable(context, parts, rows) {
  const { value, index, scores, a, b } = context;
  const [one, other] = [DATA.columns[a].label, DATA.columns[b].label].map(shownName);
  const number = (/** @type {string} */ text) => make("td", { class: "number" }, text);
  const table = make("table", { "data-title": "documents that moved" },
    make("thead", {}, make("tr", {}, make("th", { scope: "col", "data-key": "document" }, "document"), make("th", { scope: "col", class: "number", "data-key": "a" }, one), make("th", { scope: "col", class: "number", "data-key": "b" }, other), make("th", { scope: "col", class: "number", "data-key": "difference" }, "difference"))),
    make("tbody", {}, rows.slice(0, LISTED).map((at) => make("tr", { class: index.ids[at] === parts.doc ? "chosen" : null },
      make("th", { scope: "row" }, make("a", { href: hashOf({ ...parts, view: "compare", doc: index.ids[at] }), "aria-current": index.ids[at] === parts.doc ? "true" : null }, make("bdi", {}, titleOf(index, at)))),
      number(shownScore(scores[at][a], value.decimals)), number(shownScore(scores[at][b], value.decimals)), number(signed(context.gap(at), value.decimals))))));
  makeSortable(/** @type {HTMLTableElement} */ (table));
  return make("section", { class: "moved" }, make("h2", {}, "Documents that moved most"),
    make("div", { class: "tools" }, copyTools(() => /** @type {HTMLTableElement} */ (table))),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "documents that moved most" }, table),
    rows.length > LISTED ? make("p", { class: "small" }, `the first ${LISTED} of ${counted(rows.length, "document")} that moved; `, make("a", { href: hashOf({ view: "documents", a: parts.a, b: parts.b, value: parts.value, sort: "gap" }) }, "all of them")) : null);
}

/** @param {any} context @param {Address} parts @param {number} at @returns {Promise<HTMLElement>} */
async function drawSides(context, parts, at) {
  const { index, value, scores, a, b } = context;
  const record = await recordOf(at);
  const head = make("h2", {}, make("a", { href: hashOf({ doc: index.ids[at], sys: DATA.columns[a].label }) }, make("bdi", {}, titleOf(index, at))));
  if (!record) return make("section", { class: "sides" }, head, make("p", {}, "Its texts are not in this page: ", make("code", {}, "sumbench report RUN --all")));
  const [one, other] = [a, b].map((column) => record.summaries[column][0]);
  const text = (/** @type {any} */ summary) => (summary && summary.error === undefined ? summary.text : "");
  // The second is what it was before, the first what it is now.
  const pieces = wordDifference(text(other), text(one));
  const cut = [one, other].some((summary) => piecesOf(text(summary)).length > MOST_PIECES)
    ? ` · of each summary only the first ${MOST_PIECES.toLocaleString("en")} words, blanks and signs` : "";
  const side = (/** @type {number} */ column, /** @type {any} */ summary, /** @type {string} */ left, /** @type {string} */ kind) => make("article", { class: `side ${kind}` },
    make("h3", {}, shownName(DATA.columns[column].label), " ", make("span", { class: "score" }, `${value.title} ${shownScore(scores[at][column], value.decimals)}`)),
    summary && summary.error === undefined ? make("p", { class: "difference", dir: "auto" }, drawnPieces(pieces, left)) : make("p", { class: "fault" }, summary ? `no summary: ${summary.error}` : "no summary in this page"));
  const references = (record.references || []).map((/** @type {string} */ reference, /** @type {number} */ number) => make("div", {}, number ? make("h4", {}, `reference ${number + 1}`) : null, make("p", { class: "difference", dir: "auto" }, reference)));
  return make("section", { class: "sides", "aria-live": "polite" }, head,
    make("p", { class: "small" }, `difference ${signed(context.gap(at) ?? 0, value.decimals)} · `, make("ins", {}, "only the first"), " · ", make("del", {}, "only the second"), cut),
    make("div", { class: "three" }, side(a, one, "removed", "first"),
      make("article", { class: "side" }, make("h3", {}, references.length > 1 ? "reference 1" : "reference"), references.slice(0, 1), references.length > 1 ? make("details", {}, make("summary", {}, `${references.length - 1} more`), references.slice(1)) : null),
      side(b, other, "added", "second")));
}

/** @param {HTMLElement} place @param {Address} parts */
async function drawCompare(place, parts) {
  if (DATA.columns.length < 2) {
    place.append(make("p", {}, "There is one system: nothing to compare."));
    return;
  }
  const context = await matrixContext(parts);
  const { index, value, a, b } = context;
  const labels = /** @type {[string, string]} */ ([a, b].map((column) => shownName(DATA.columns[column].label)));
  const moved = index.ids.map((/** @type {string} */ _, /** @type {number} */ at) => at).filter((/** @type {number} */ at) => context.gap(at))
    .sort((/** @type {number} */ one, /** @type {number} */ other) => Math.abs(context.gap(other)) - Math.abs(context.gap(one)) || one - other);
  const counts = tally(context);
  const at = parts.doc === undefined ? moved.find((/** @type {number} */ one) => index.block[one] >= 0) ?? -1 : index.ids.indexOf(parts.doc);
  const system = systemOptions();
  const full = { ...parts, a: DATA.columns[a].label, b: DATA.columns[b].label };
  lastMatrix = { rows: moved, parts: full };
  const judged = value.direction !== "neither";
  const words = judged ? ["better", "worse"] : ["higher", "lower"];
  place.append(make("h1", { class: "unseen" }, "Comparison"),
    make("div", { class: "tools legend" },
      choice("compare", system, full.a, (label) => adjust({ a: label })), choice("with", system, full.b, (label) => adjust({ b: label })),
      make("button", { type: "button", onclick: () => adjust({ a: full.b, b: full.a }) }, "swap"),
      choice("under", mainValues().map((one) => /** @type {[string, string]} */ ([one.name, one.title])), value.name, (name) => adjust({ value: name }))),
    make("p", { class: "verdict" }, `${labels[0]} scores ${words[0]} than ${labels[1]} on ${counts.wins} of ${counted(counts.known, "document")}, ${words[1]} on ${counts.losses}, the same on ${counts.ties}.`,
      make("span", { class: "more" }, counts.mean === null ? "" : `Mean difference in ${value.title}: ${signed(counts.mean, value.decimals)}. Whether that is real, the table and its letters say; `, make("code", {}, "sumbench compare"), " tests a pair by itself.")),
    tallyBar(counts, labels),
    at >= 0 ? await drawSides(context, full, at) : make("p", {}, "No document that moved has its texts in this page."),
    movedTable(context, { ...full, doc: at >= 0 ? index.ids[at] : "" }, moved));
}

VIEWS.set("compare", { title: "Compare", listed: true, draw: drawCompare });

/** @param {number} step */
async function stepMoved(step) {
  const parts = address();
  const index = await indexOfDocuments();
  const rows = lastMatrix ? lastMatrix.rows : [];
  const at = rows.indexOf(index.ids.indexOf(parts.doc ?? ""));
  const next = rows[(at < 0 ? 0 : at) + step];
  if (next !== undefined) adjust({ doc: index.ids[next] });
}
