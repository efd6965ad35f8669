// Words and sentences: what two texts share, and where in the source a sentence comes from.

/** @typedef {{start: number, end: number, stem: string, stop: boolean}} Word */

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)?/gu;
const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;

/** A plain stem: lower case; of English words also without their commonest endings. @param {string} word @param {string} language @returns {string} */
function stem(word, language) {
  let text = word.normalize("NFKC").toLowerCase().replace(/['’]s?$/, "");
  if (!language.startsWith("en")) return text;
  for (const [ending, least, instead] of /** @type {[RegExp, number, string][]} */ ([
    [/ies$/, 5, "y"], [/(ss|sh|ch|x)es$/, 5, "$1"], [/([^su])s$/, 4, "$1"],
    [/ied$/, 5, "y"], [/(?<=[aeiouy].*)(ing|ed)$/, 5, ""], [/ly$/, 6, ""],
  ])) if (text.length >= least) text = text.replace(ending, instead);
  return text.replace(/([bdfgmnprt])\1$/, "$1").replace(/(?<=..[^aeiou])e$/, "");
}

/** @type {Map<string, Set<string>>} */
const stopSets = new Map();

/** @param {string} language @returns {Set<string>} */
function stopSet(language) {
  const code = language.split("-")[0] || "en";
  let found = stopSets.get(code);
  if (!found) {
    found = new Set(DATA.stop[code] || []);
    stopSets.set(code, found);
  }
  return found;
}

/** @param {string} text @param {string} language @returns {Word[]} */
function wordsOf(text, language) {
  const stops = stopSet(language);
  const word = (/** @type {string} */ found, /** @type {number} */ start) =>
    ({ start, end: start + found.length, stem: stem(found, language || "en"), stop: stops.has(found.toLowerCase()) });
  if (UNSPACED.test(text) && "Segmenter" in Intl) {
    const parts = new Intl.Segmenter(language || undefined, { granularity: "word" }).segment(text);
    return [...parts].filter((part) => part.isWordLike).map((part) => word(part.segment, part.index));
  }
  return [...text.matchAll(WORD)].map((found) => word(found[0], found.index));
}

/** Places of sentences in a text: lines, and sentences within them. @param {string} text @param {string} language @param {boolean} lines whether a line is a sentence @returns {{start: number, end: number, breaks: boolean}[]} */
function sentencesOf(text, language, lines) {
  /** @type {{start: number, end: number, breaks: boolean}[]} */
  const found = [];
  const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(language || undefined, { granularity: "sentence" }) : null;
  for (const line of text.matchAll(/[^\n]+/g)) {
    // A line of megabytes is no prose: it stays whole.
    const parts = lines || !segmenter || line[0].length > 100000 ? [{ segment: line[0], index: 0 }] : [...segmenter.segment(line[0])];
    parts.forEach((part, at) => {
      const blank = part.segment.length - part.segment.trimStart().length;
      const kept = part.segment.trim();
      if (kept) found.push({ start: line.index + part.index + blank, end: line.index + part.index + blank + kept.length, breaks: at === parts.length - 1 });
    });
  }
  return found;
}

const pairKey = (/** @type {Word} */ one, /** @type {Word} */ other) => `${one.stem} ${other.stem}`;

/** Which words of one text are in a longest common subsequence with another, of the first 3,000 words of each. @param {Word[]} mine @param {Word[]} theirs @returns {Set<number>} */
function commonSequence(mine, theirs) {
  const [a, b] = [mine.slice(0, 3000), theirs.slice(0, 3000)];
  const rows = [new Uint16Array(b.length + 1)];
  for (const word of a) {
    const above = rows[rows.length - 1];
    const row = new Uint16Array(b.length + 1);
    for (let at = 0; at < b.length; at++) row[at + 1] = word.stem === b[at].stem ? above[at] + 1 : Math.max(above[at + 1], row[at]);
    rows.push(row);
  }
  const found = new Set();
  for (let one = a.length, other = b.length; one && other;) {
    if (a[one - 1].stem === b[other - 1].stem) {
      found.add(one - 1);
      one--;
      other--;
    } else if (rows[one - 1][other] >= rows[one][other - 1]) one--;
    else other--;
  }
  return found;
}

/**
 * Places that a text shares with another: content words, pairs of neighbours, or the longest common sequence of words.
 * A stop word is marked beside a content word alone.
 * @param {Word[]} mine @param {Word[]} theirs @param {string} how words, bigrams or sequence @returns {{start: number, end: number}[]}
 */
function sharedPlaces(mine, theirs, how) {
  let lit = new Set();
  if (how === "sequence") lit = commonSequence(mine, theirs);
  else if (how === "bigrams") {
    const known = new Set(theirs.slice(1).map((word, at) => pairKey(theirs[at], word)));
    mine.slice(1).forEach((word, at) => {
      if (known.has(pairKey(mine[at], word)) && !(mine[at].stop && word.stop)) lit.add(at).add(at + 1);
    });
  } else {
    const known = new Set(theirs.filter((word) => !word.stop).map((word) => word.stem));
    mine.forEach((word, at) => {
      if (!word.stop && known.has(word.stem)) lit.add(at);
    });
  }
  const content = (/** @type {number} */ at) => lit.has(at) && mine[at] && !mine[at].stop;
  const kept = mine.map((_, at) => at).filter((at) => lit.has(at) && (content(at) || content(at - 1) || content(at + 1)));
  /** @type {{start: number, end: number}[]} */
  const places = [];
  let last = -2;
  for (const at of kept) {
    if (how !== "words" && at === last + 1) places[places.length - 1].end = mine[at].end;
    else places.push({ start: mine[at].start, end: mine[at].end });
    last = at;
  }
  return places;
}

/**
 * For each sentence of a summary, the sentences of the source that it comes from, by index: those that have most of its
 * content words, rare ones counting more; a further one only where it adds a good part. None where little is there.
 * @param {Word[][]} summary @param {Word[][]} source @returns {number[][]}
 */
function sourcesOf(summary, source) {
  const content = (/** @type {Word[]} */ words) => new Set(words.filter((word) => !word.stop).map((word) => word.stem));
  const sets = source.map(content);
  const counts = new Map();
  for (const set of sets) for (const one of set) counts.set(one, (counts.get(one) || 0) + 1);
  const weight = (/** @type {string} */ one) => Math.log(1 + source.length / (counts.get(one) || 0.5));
  return summary.map((words) => {
    const left = content(words);
    const all = [...left].reduce((sum, one) => sum + weight(one), 0);
    const found = [];
    while (all && found.length < 3) {
      let best = -1, most = 0;
      sets.forEach((set, at) => {
        let sum = 0;
        for (const one of left) if (set.has(one)) sum += weight(one);
        if (sum > most) [best, most] = [at, sum];
      });
      if (best < 0 || most / all < (found.length ? 0.2 : 0.34)) break;
      found.push(best);
      for (const one of sets[best]) left.delete(one);
    }
    return found.sort((one, other) => one - other);
  });
}
