// Word differences between two texts: by the longest common sequence of their words.

/** @typedef {{kind: "same" | "removed" | "added", text: string}} Piece */

/** @param {string} text @returns {string[]} words, blanks and marks, which together are the text */
function piecesOf(text) {
  if (UNSPACED.test(text) && "Segmenter" in Intl) {
    return [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)].map((part) => part.segment);
  }
  return text.match(/[\p{L}\p{N}\p{M}'’]+|\s+|[^\p{L}\p{N}\p{M}\s]/gu) || [];
}

/** Of longer texts so many pieces are compared: the time grows with the product of their numbers. */
const MOST_PIECES = 4000;

/** @param {string} before @param {string} after @returns {Piece[]} */
function wordDifference(before, after) {
  const [a, b] = [piecesOf(before).slice(0, MOST_PIECES), piecesOf(after).slice(0, MOST_PIECES)];
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let one = a.length - 1; one >= 0; one--) {
    for (let other = b.length - 1; other >= 0; other--) {
      // A blank alone is no common ground.
      const weight = /\S/.test(a[one]) ? 3 : 1;
      rows[one][other] = a[one] === b[other] ? rows[one + 1][other + 1] + weight : Math.max(rows[one + 1][other], rows[one][other + 1]);
    }
  }
  /** @type {Piece[]} */
  const found = [];
  const add = (/** @type {Piece["kind"]} */ kind, /** @type {string} */ text) => {
    const last = found[found.length - 1];
    if (last && last.kind === kind) last.text += text;
    else found.push({ kind, text });
  };
  let one = 0, other = 0;
  while (one < a.length || other < b.length) {
    if (one < a.length && other < b.length && a[one] === b[other]) {
      add("same", a[one++]);
      other++;
    } else if (other >= b.length || (one < a.length && rows[one + 1][other] >= rows[one][other + 1])) add("removed", a[one++]);
    else add("added", b[other++]);
  }
  return withoutSpecks(found);
}

/** Joins changes that nothing but a blank, a sign or a stop word keeps apart: it is no common ground.
 * @param {Piece[]} pieces @returns {Piece[]} */
function withoutSpecks(pieces) {
  const stops = stopSet("en");
  const isSpeck = (/** @type {number} */ at) => {
    const words = pieces[at].text.match(/[\p{L}\p{N}\p{M}]+/gu) || [];
    return pieces[at].kind === "same" && at > 0 && at < pieces.length - 1 && words.length <= 1 && words.every((word) => stops.has(word.toLowerCase()));
  };
  /** @type {Record<"removed" | "added", string>} */
  let open = { removed: "", added: "" };
  /** @type {Piece[]} */
  const found = [];
  const close = () => {
    for (const kind of /** @type {("removed" | "added")[]} */ (["removed", "added"])) if (open[kind]) found.push({ kind, text: open[kind] });
    open = { removed: "", added: "" };
  };
  pieces.forEach((piece, at) => {
    if (piece.kind !== "same") open[piece.kind] += piece.text;
    else if (isSpeck(at)) {
      open.removed += piece.text;
      open.added += piece.text;
    } else {
      close();
      found.push(piece);
    }
  });
  close();
  return found;
}

/** @param {Piece[]} pieces @param {string} left out @returns {Node[]} */
const drawnPieces = (pieces, left) => pieces.filter((piece) => piece.kind !== left).map((piece) =>
  piece.kind === "same" ? document.createTextNode(shownText(piece.text)) : make(piece.kind === "removed" ? "del" : "ins", {}, piece.text));
