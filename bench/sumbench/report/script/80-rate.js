// Rating: two summaries of an article in random order and without names; the answers stay in this browser.

/** @typedef {{document: string, a: string, b: string, preferred: "a" | "b" | "tie", reason: string, rater: string, order: string}} Answer */

const KEPT = `sumbench-ratings:${DATA.key}`;
/** Where nothing can be kept, as for a page in a private window, the answers last as long as the page. @type {Answer[]} */
let answers = [];

function readAnswers() {
  try {
    answers = JSON.parse(localStorage.getItem(KEPT) || "[]");
  } catch {
    // What is in memory stands.
  }
  return answers;
}

/** @param {Answer[]} given */
function keepAnswers(given) {
  answers = given;
  try {
    localStorage.setItem(KEPT, JSON.stringify(given));
  } catch {
    say("this browser keeps nothing: export before you close the page");
  }
}

/** The rater's name, kept beside the answers. @param {string} [name] @returns {string} */
function rater(name) {
  try {
    if (name !== undefined) localStorage.setItem(`${KEPT}:rater`, name);
    return localStorage.getItem(`${KEPT}:rater`) || "";
  } catch {
    return name || "";
  }
}

/** The answers as JSON Lines. @returns {string} */
const asLines = () => readAnswers().map((answer) => `${JSON.stringify(answer)}\n`).join("");

function exportAnswers() {
  const link = /** @type {HTMLAnchorElement} */ (make("a", { download: `ratings-${rater() || "anonymous"}.jsonl` }));
  link.href = URL.createObjectURL(new Blob([asLines()], { type: "application/jsonl" }));
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** A number below `end` from the browser's own source of chance. @param {number} end @returns {number} */
const chance = (end) => crypto.getRandomValues(new Uint32Array(1))[0] % end;

/** The pairs that can be rated: each document with two systems that both wrote something, chosen ones or any.
 * @param {Address} parts @returns {Promise<{at: number, a: number, b: number}[]>} */
async function pairsToRate(parts) {
  const index = await indexOfDocuments();
  const [one, other] = [columnOf(parts.a), columnOf(parts.b)];
  const chosen = one >= 0 ? one : other;
  const ranked = DATA.columns.map((/** @type {any} */ column, /** @type {number} */ at) => (column.role === "ceiling" || column.name === "random" ? -1 : at)).filter((/** @type {number} */ at) => at >= 0);
  const rest = (one >= 0 && other >= 0 ? [other] : ranked).filter((/** @type {number} */ at) => at !== chosen);
  const pairs = chosen >= 0 ? rest.map((/** @type {number} */ at) => [chosen, at]) : rest.flatMap((/** @type {number} */ a, /** @type {number} */ at) => rest.slice(at + 1).map((/** @type {number} */ b) => [a, b]));
  const found = [];
  for (let at = 0; at < index.ids.length; at++) {
    if (index.block[at] < 0) continue;
    for (const [a, b] of pairs) if (!((index.flags[at][a] | index.flags[at][b]) & FAILED)) found.push({ at, a, b });
  }
  return found;
}

/** The pair that is asked for now: it stays the same until it is answered. @type {{key: string, at: number, a: number, b: number, turned: boolean} | null} */
let asked = null;

/** Chooses the pair to ask for, any of those left whose texts differ; `same` pairs are left whose texts do not.
 * @param {Address} parts @returns {Promise<{left: number, same: number, total: number}>} */
async function askNext(parts) {
  const index = await indexOfDocuments();
  const pairs = await pairsToRate(parts);
  const done = new Set(readAnswers().map((answer) => `${answer.document}\n${[answer.a, answer.b].sort().join("\n")}`));
  const left = pairs.filter((pair) => !done.has(`${index.ids[pair.at]}\n${[DATA.columns[pair.a].label, DATA.columns[pair.b].label].sort().join("\n")}`));
  const key = `${parts.a}\n${parts.b}`;
  if (!asked || asked.key !== key || !left.some((pair) => pair.at === asked?.at && pair.a === asked.a && pair.b === asked.b)) {
    asked = null;
    const waiting = [...left];
    while (waiting.length && !asked) {
      const place = chance(waiting.length);
      const pair = waiting[place];
      waiting[place] = waiting[waiting.length - 1];
      waiting.pop();
      const record = await recordOf(pair.at);
      const [one, other] = [record.summaries[pair.a][0], record.summaries[pair.b][0]];
      if (one && other && one.text.trim() !== other.text.trim()) asked = { key, ...pair, turned: chance(2) === 1 };
    }
  }
  return { left: asked ? left.length : 0, same: asked ? 0 : left.length, total: pairs.length };
}

/** @param {"1" | "2" | "0"} key */
async function answer(key) {
  if (!asked) return;
  const index = await indexOfDocuments();
  const [first, second] = asked.turned ? [asked.b, asked.a] : [asked.a, asked.b];
  const chosen = key === "0" ? null : key === "1" ? first : second;
  const reason = byId("reason");
  keepAnswers([...readAnswers(), {
    document: index.ids[asked.at], a: DATA.columns[asked.a].label, b: DATA.columns[asked.b].label,
    preferred: chosen === null ? "tie" : chosen === asked.a ? "a" : "b",
    reason: reason instanceof HTMLInputElement ? reason.value : "", rater: rater(), order: asked.turned ? "ba" : "ab",
  }]);
  asked = null;
  await draw();
  scrollTo(0, 0);
  say("kept; the next pair");
}

/** @param {HTMLElement} place @param {Address} parts */
async function drawRate(place, parts) {
  const { left, same, total } = await askNext(parts);
  const given = readAnswers().length;
  const name = /** @type {HTMLInputElement} */ (make("input", { type: "text", value: rater(), placeholder: "your name", "aria-label": "your name, kept with the answers", "data-keep": "rater" }));
  name.addEventListener("change", () => rater(name.value.trim()));
  const anySystem = /** @type {[string, string][]} */ ([["", "any system"], ...systemOptions()]);
  const tools = make("div", { class: "tools" }, name,
    DATA.rate ? null : [choice("rate", anySystem, parts.a || "", (a) => adjust({ a })), choice("against", anySystem, parts.b || "", (b) => adjust({ b }))],
    make("span", { class: "progress" }, `${given} answered, ${left} of ${total} pairs left`),
    make("button", { type: "button", onclick: exportAnswers, disabled: !given }, "export answers"),
    given ? make("button", { type: "button", class: "plain", onclick: () => {
      keepAnswers(readAnswers().slice(0, -1));
      draw();
    } }, "take the last one back") : null);
  if (!asked) {
    place.append(tools, make("p", {}, total ? `All pairs are answered${same ? `, but for ${counted(same, "pair")} of equal texts` : ""}. Export the answers, and send the file back.` : "There is no pair to rate: it takes two systems and the documents' texts."));
    return;
  }
  const record = await recordOf(asked.at);
  const order = asked.turned ? [asked.b, asked.a] : [asked.a, asked.b];
  const language = record.language || "en";
  const lines = (/** @type {string} */ text, /** @type {boolean} */ whole) => sentencesOf(text.slice(0, LONGEST), language, whole).map((one) => make("p", { dir: "auto" }, text.slice(one.start, one.end)));
  const article = (record.text || "").slice(0, LONGEST).split(/\n+/).filter(Boolean).map((/** @type {string} */ one) => make("p", { dir: "auto" }, one));
  place.append(tools, make("h1", { class: "question" }, "Which summary would you rather have?"),
    make("div", { class: "rating" },
      make("section", { class: "article" }, make("h2", {}, "Article"), make("div", { class: "article-scroll", tabindex: "0", role: "region", "aria-label": "article" }, make("div", { class: "article-text", lang: language }, article))),
      make("div", {}, make("div", { class: "pair" }, order.map((column, at) => make("section", { class: "candidate", "aria-label": `summary ${at + 1}` }, make("h2", {}, String(at + 1)), make("div", { lang: language }, lines(record.summaries[column][0].text, true))))),
        make("div", { class: "answers" },
          make("button", { type: "button", onclick: () => answer("1") }, make("kbd", {}, "1"), " the first"),
          make("button", { type: "button", onclick: () => answer("2") }, make("kbd", {}, "2"), " the second"),
          make("button", { type: "button", onclick: () => answer("0") }, make("kbd", {}, "0"), " neither is better"),
          make("input", { type: "text", id: "reason", placeholder: "why, if you like", "aria-label": "why, if you like" })))));
}

VIEWS.set("rate", { title: "Rate", listed: true, draw: drawRate });
