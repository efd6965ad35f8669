// One document: the article at the left, references and summaries at the right, with what they share.

const SHARES = /** @type {[string, string][]} */ ([["words", "content words"], ["bigrams", "bigrams"], ["sequence", "longest sequence"], ["", "nothing"]]);
const SWITCHES = /** @type {[string, string][]} */ ([["s", "from the source"], ["u", "flagged"], ["r", "unread"]]);
const LONGEST = 200000;

/** @param {Address} parts @param {string} which @returns {boolean} */
const isOn = (parts, which) => !(parts.off || "").includes(which);

/** @param {Address} parts @returns {string} */
const shareOf = (parts) => (parts.share === undefined ? "words" : parts.share === "none" ? "" : parts.share);

/** @param {any} summary @returns {number | null} the share of the source that was read, where it is less than all */
function readShare(summary) {
  if (!summary || summary.seen === undefined || !summary.input || summary.seen >= summary.input) return null;
  return summary.seen / summary.input;
}

/** What a document's view is made of. @param {Address} parts @returns {Promise<any>} */
async function documentContext(parts) {
  const index = await indexOfDocuments();
  const at = index.ids.indexOf(parts.doc);
  if (at < 0) return null;
  const record = await recordOf(at);
  if (!record) return { at, index, record };
  const language = record.language || "en";
  const text = (record.text || "").slice(0, parts.long ? undefined : LONGEST);
  const sentences = sentencesOf(text, language, false);
  const asked = columnOf(parts.sys);
  const written = record.summaries.findIndex((/** @type {any[]} */ draws) => draws.length);
  const front = asked >= 0 ? asked : Math.max(0, written);
  const draw = Math.min(Math.max(1, Number(parts.draw) || 1), Math.max(1, record.summaries[front].length)) - 1;
  const summary = record.summaries[front][draw] || null;
  const references = (record.references || []).map((/** @type {string} */ one) => ({ text: one, words: wordsOf(one, language) }));
  const against = Math.min(Math.max(1, Number(parts.ref) || 1), Math.max(1, references.length)) - 1;
  const values = mainValues();
  const scores = new Map(await Promise.all(values.map(async (value) => /** @type {[string, any]} */ ([value.name, (await scoresOf(value.name))[at]]))));
  const lines = summary ? sentencesOf(summary.text, language, true) : [];
  const within = (/** @type {string} */ whole, /** @type {{start: number, end: number}} */ one) => wordsOf(whole.slice(one.start, one.end), language);
  const sources = isOn(parts, "s") && summary ? sourcesOf(lines.map((line) => within(summary.text, line)), sentences.map((one) => within(text, one))) : [];
  return { at, index, record, language, text, sentences, front, draw, summary, references, against, values, scores, lines, sources, parts };
}

/** The sentence colours: one for each sentence of the chosen summary, with its number beside it. @param {number} at @returns {string} */
const colourOf = (at) => `from s${at % 6}`;

/** @param {any} context @returns {HTMLElement} */
function drawArticle(context) {
  const { record, text, sentences, sources, summary, parts, language } = context;
  const owners = new Map();
  sources.forEach((/** @type {number[]} */ places, /** @type {number} */ line) => places.forEach((place) => owners.set(place, [...(owners.get(place) || []), line])));
  const share = readShare(summary);
  const end = share === null ? Infinity : share * (record.text || "").length;
  /** @type {Mark[]} */
  const marks = isOn(parts, "u") && summary ? (summary.spans || []).filter((/** @type {any} */ span) => span.source).map((/** @type {any} */ span) =>
    ({ start: span.source[0], end: span.source[1], class: "against", tip: tipOfSpan(span) })) : [];
  const body = make("div", { class: "article-text", lang: language, dir: "auto" });
  let paragraph = make("p", { dir: "auto" });
  let told = false;
  sentences.forEach((/** @type {any} */ one, /** @type {number} */ at) => {
    const from = owners.get(at) || [];
    if (!told && one.start >= end && isOn(parts, "r")) {
      told = true;
      if (paragraph.childNodes.length) body.append(paragraph);
      body.append(make("p", { class: "read-to" }, `${DATA.columns[context.front].label} read to about here: ${summary.seen.toLocaleString("en")} of ${summary.input.toLocaleString("en")} tokens`));
      paragraph = make("p", { dir: "auto" });
    }
    paragraph.append(make("span", {
      class: `sentence${from.length ? ` ${colourOf(from[0])}` : ""}${one.start >= end && isOn(parts, "r") ? " unread" : ""}`,
      "data-sentence": String(at), "data-from": from.length ? from.map((/** @type {number} */ line) => line + 1).join(", ") : null,
    }, painted(text, marks, one.start, one.end)), " ");
    if (one.breaks) {
      body.append(paragraph);
      paragraph = make("p", { dir: "auto" });
    }
  });
  if (paragraph.childNodes.length) body.append(paragraph);
  const cut = (record.text || "").length > text.length
    ? make("p", {}, make("button", { type: "button", onclick: () => adjust({ long: "1" }) }, `show the other ${(record.text.length - text.length).toLocaleString("en")} characters`)) : null;
  const scroller = make("div", { class: "article-scroll", tabindex: "0", role: "region", "aria-label": "article" }, body, cut);
  return make("section", { class: "article" },
    make("h2", {}, "Article"),
    record.text ? make("div", { class: "article-frame" }, scroller, minimap(context, owners, end, scroller)) : make("p", { class: "small" }, "The run keeps no text of it."));
}

/** A strip beside the article: where the summary's sentences come from, and what was not read.
 * @param {any} context @param {Map<number, number[]>} owners @param {number} end @param {HTMLElement} scroller @returns {Node} */
function minimap(context, owners, end, scroller) {
  const space = "http://www.w3.org/2000/svg";
  const strip = document.createElementNS(space, "svg");
  strip.setAttribute("class", "minimap");
  strip.setAttribute("aria-hidden", "true");
  const { text, sentences, parts } = context;
  const bar = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ name) => {
    const rect = document.createElementNS(space, "rect");
    const size = Math.max(0.6, (100 * (to - from)) / (text.length || 1));
    for (const [key, value] of [["x", "0"], ["width", "100%"], ["y", `${(100 * from) / (text.length || 1)}%`], ["height", `${size}%`], ["class", name]]) rect.setAttribute(key, value);
    strip.append(rect);
  };
  if (end < text.length && isOn(parts, "r")) bar(end, text.length, "unread");
  for (const [at, lines] of owners) bar(sentences[at].start, sentences[at].end, `s${lines[0] % 6}`);
  const seen = document.createElementNS(space, "rect");
  seen.setAttribute("class", "window");
  seen.setAttribute("width", "100%");
  strip.append(seen);
  const follow = () => {
    seen.setAttribute("y", `${(100 * scroller.scrollTop) / (scroller.scrollHeight || 1)}%`);
    seen.setAttribute("height", `${Math.min(100, (100 * scroller.clientHeight) / (scroller.scrollHeight || 1))}%`);
  };
  scroller.addEventListener("scroll", follow, { passive: true });
  byId("view")?.addEventListener("drawn", follow, { once: true });
  strip.addEventListener("click", (event) => {
    const box = strip.getBoundingClientRect();
    scroller.scrollTop = ((event.clientY - box.top) / box.height) * scroller.scrollHeight - scroller.clientHeight / 2;
  });
  return strip;
}

/** @param {any} span @returns {string} */
const tipOfSpan = (span) => [valueOf(span.value)?.title || span.value, [span.kind, span.reason].filter(Boolean).join(": ")].filter(Boolean).join(" · ");

/** The scores of a summary on one line. @param {any} context @param {number} column @returns {HTMLElement | null} */
function scoreLine(context, column) {
  const known = context.values.map((/** @type {any} */ value) => [value, context.scores.get(value.name)[column]]).filter((/** @type {any} */ [, score]) => score !== null && score !== undefined);
  if (!known.length) return null;
  return make("dl", { class: "scores" }, known.map((/** @type {any} */ [value, score]) =>
    make("div", {}, make("dt", {}, value.title), make("dd", {}, shownScore(score, value.decimals)))));
}

/** @param {any} context @param {string} text @param {Mark[]} marks @param {boolean} isFront @returns {HTMLElement} */
function drawLines(context, text, marks, isFront) {
  const lines = isFront ? context.lines : sentencesOf(text, context.language, true);
  return make("div", { class: "lines", lang: context.language }, lines.map((/** @type {any} */ line, /** @type {number} */ at) => {
    const places = isFront ? context.sources[at] || [] : [];
    const row = make("p", { dir: "auto", class: places.length ? `line ${colourOf(at)}` : `line${isFront && context.sources.length ? " nowhere" : ""}`,
      "data-from": places.length ? String(at + 1) : null }, painted(text, marks, line.start, line.end));
    if (places.length) {
      row.append(" ", make("button", { type: "button", class: "to-source", "aria-label": `go to the source of sentence ${at + 1}`, title: "go to its source", onclick: () => showSource(places[0]) }, `→${at + 1}`));
    }
    return row;
  }));
}

/** @param {number} sentence */
function showSource(sentence) {
  const place = document.querySelector(`[data-sentence="${sentence}"]`);
  const frame = place && place.closest(".article-scroll");
  if (!place || !frame) return;
  if (frame.scrollHeight > frame.clientHeight + 4) {
    frame.scrollTop += place.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 3;
  } else place.scrollIntoView({ block: "center" });
  place.classList.add("shown");
  setTimeout(() => place.classList.remove("shown"), 1600);
}

/** @param {any} context @param {string} text @returns {Mark[]} */
function sharedMarks(context, text) {
  const how = shareOf(context.parts);
  const reference = context.references[context.against];
  if (!how || !reference) return [];
  return sharedPlaces(wordsOf(text, context.language), reference.words, how).map((place) => ({ ...place, class: "shared" }));
}

/** @param {any} context @param {number} column @returns {HTMLElement} */
function drawSummary(context, column) {
  const draws = context.record.summaries[column];
  const isFront = column === context.front;
  const at = isFront ? context.draw : 0;
  const summary = draws[at];
  const label = shownName(DATA.columns[column].label);
  const head = make("h3", { dir: "ltr" }, isFront ? label : make("a", { href: hashOf({ ...context.parts, sys: DATA.columns[column].label, draw: "" }), title: "put it in front" }, label));
  if (!summary) return make("article", { class: "summary" }, head, make("p", { class: "small" }, "wrote nothing of it in this page's runs"));
  const marks = [...sharedMarks(context, summary.text)];
  if (isOn(context.parts, "u")) {
    marks.push(...(summary.spans || []).map((/** @type {any} */ span) => ({ start: span.at[0], end: span.at[1], class: "unsupported", tip: tipOfSpan(span) })));
  }
  const share = readShare(summary);
  const facts = [
    draws.length > 1 ? `draw ${at + 1} of ${draws.length}` : "", counted(summary.text.split(/\s+/).filter(Boolean).length, "word"),
    share === null ? "" : `read ${Math.round(100 * share)} % of the article`,
    summary.seconds === undefined ? "" : `${summary.seconds < 0.1 ? summary.seconds.toPrecision(1) : summary.seconds.toFixed(1)} s`,
  ].filter(Boolean).join(" · ");
  const more = draws.length > 1 ? make("p", { class: "small" }, "draws: ", draws.map((/** @type {any} */ _, /** @type {number} */ number) => [
    make("a", { href: hashOf({ ...context.parts, sys: DATA.columns[column].label, draw: String(number + 1) }), "aria-current": isFront && number === at ? "true" : null }, String(number + 1)), " "])) : null;
  return make("article", { class: `summary${isFront ? " front" : ""}`, "data-system": label }, head, scoreLine(context, column),
    summary.error !== undefined ? make("p", { class: "fault" }, `no summary (${summary.failure || "error"}): ${summary.error}`) : drawLines(context, summary.text, marks, isFront),
    make("p", { class: "small" }, facts), more,
    summary.raw === undefined ? null : make("details", {}, make("summary", {}, `all that it wrote (${counted(summary.raw.length, "character")}): something was taken off`), make("pre", { dir: "auto" }, summary.raw)),
    (summary.said || []).map((/** @type {[string, string]} */ [name, text]) => make("details", {}, make("summary", {}, `what ${valueOf(name)?.title || name} says`), make("pre", {}, text))));
}

/** @param {any} context @returns {HTMLElement} */
function drawReferences(context) {
  const { references, against, parts, summary } = context;
  const order = references.map((/** @type {any} */ _, /** @type {number} */ at) => at).sort((/** @type {number} */ one, /** @type {number} */ other) => Number(other === against) - Number(one === against));
  const words = summary ? wordsOf(summary.text, context.language) : [];
  const how = shareOf(parts);
  return make("section", { class: "references" }, make("h2", {}, references.length === 1 ? "Reference" : "References"), order.map((/** @type {number} */ at) => {
    const one = references[at];
    const marks = how && at === against ? sharedPlaces(one.words, words, how).map((place) => ({ ...place, class: "shared" })) : [];
    const name = `reference ${at + 1}`;
    return make("article", { class: `reference${at === against ? " front" : ""}` },
      make("h3", {}, at === against ? name : make("a", { href: hashOf({ ...parts, ref: String(at + 1) }), title: "mark what is shared with it" }, name)),
      drawLines(context, one.text, marks, false));
  }));
}

/** The legend with its switches: always in sight. @param {any} context @returns {HTMLElement} */
function drawLegend(context) {
  const { parts, references, against } = context;
  const off = parts.off || "";
  const reference = references.length > 1
    ? choice("with", references.map((/** @type {any} */ _, /** @type {number} */ at) => [String(at + 1), `reference ${at + 1}`]), String(against + 1), (ref) => adjust({ ref }))
    : null;
  const samples = /** @type {Record<string, Node>} */ ({
    s: make("span", { class: "sample from s0", "data-from": "1" }), u: make("span", { class: "unsupported" }, "word"), r: make("span", { class: "unread" }, "text"),
  });
  return make("div", { class: "legend tools", role: "group", "aria-label": "marks" },
    choice("shared", SHARES.map(([name, text]) => [name || "none", text]), shareOf(parts) || "none", (share) => adjust({ share })), make("mark", { class: "shared" }, "word"), reference,
    SWITCHES.map(([name, text]) => make("button", { type: "button", "aria-pressed": String(isOn(parts, name)), "data-keep": `switch-${name}`,
      onclick: () => adjust({ off: off.includes(name) ? off.replace(name, "") : off + name }) }, samples[name], ` ${text}`)));
}

/** The next or previous document of the matrix as it was last sorted. @param {number} step */
async function stepDocument(step) {
  const parts = address();
  const index = await indexOfDocuments();
  const rows = lastMatrix ? lastMatrix.rows : index.ids.map((_, at) => at);
  const next = rows[rows.indexOf(index.ids.indexOf(parts.doc)) + step];
  if (next !== undefined) go({ ...parts, doc: index.ids[next], draw: "", long: "" });
}

/** @param {number} step */
function stepSystem(step) {
  const parts = address();
  const columns = DATA.columns.filter((/** @type {any} */ column) => column.name !== "reference agreement");
  const at = columns.findIndex((/** @type {any} */ column) => column.label === parts.sys);
  adjust({ sys: columns[(Math.max(0, at) + step + columns.length) % columns.length].label, draw: "" });
}

/** @param {HTMLElement} place @param {Address} parts */
async function drawDocument(place, parts) {
  const context = await documentContext(parts);
  const back = make("a", { href: lastMatrix ? hashOf(lastMatrix.parts) : hashOf({ view: "documents" }) }, "← documents");
  if (!context) {
    place.append(make("p", {}, back), make("p", { class: "fault" }, `There is no document ${shownName(parts.doc)} in this page.`));
    return;
  }
  const { index, at, record } = context;
  const head = make("header", { class: "document-head" },
    make("p", { class: "small steps" }, back, " ", make("button", { type: "button", class: "plain", onclick: () => stepDocument(-1) }, "previous"), " ", make("button", { type: "button", class: "plain", onclick: () => stepDocument(1) }, "next"),
      " ", record ? make("a", { href: hashOf({ view: "compare", doc: parts.doc, a: DATA.columns[context.front].label }) }, "compare two") : null),
    make("h1", {}, make("bdi", {}, titleOf(index, at))));
  if (!record) {
    place.append(head, make("p", {}, "The texts of this document are not in this page. ", make("code", {}, "sumbench report RUN --all"), " puts all of them there."));
    return;
  }
  const about = Object.entries(record.metadata || {}).map(([key, value]) => `${key}: ${value}`).join(" · ");
  head.append(make("p", { class: "small about" }, make("bdi", {}, shownName(index.ids[at])), ` · ${counted(index.words[at], "word")}${about ? ` · ${shownName(about)}` : ""}`));
  const order = DATA.columns.map((/** @type {any} */ _, /** @type {number} */ column) => column)
    .filter((/** @type {number} */ column) => record.summaries[column].length)
    .sort((/** @type {number} */ one, /** @type {number} */ other) => Number(other === context.front) - Number(one === context.front) || one - other);
  place.append(head, drawLegend(context), make("div", { class: "edition" }, drawArticle(context), drawReferences(context),
    make("section", { class: "summaries" }, make("h2", {}, "Summaries"), order.map((/** @type {number} */ column) => drawSummary(context, column)))));
  for (const near of [at - 1, at + 1]) void (near >= 0 && near < index.ids.length && recordOf(near));
}

VIEWS.set("document", { title: "Document", listed: false, draw: drawDocument });
