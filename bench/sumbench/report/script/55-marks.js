// Marks: a text with places that overlap, each with a class, some with a tip.

/** @typedef {{start: number, end: number, class: string, tip?: string}} Mark */

/**
 * The part of a text from `from` to `to` with its marks.
 * @param {string} text @param {Mark[]} marks @param {number} from @param {number} to @returns {Node[]}
 */
function painted(text, marks, from = 0, to = text.length) {
  const here = marks.filter((mark) => mark.start < to && mark.end > from);
  const ends = new Set([from, to]);
  for (const mark of here) ends.add(Math.max(from, mark.start)).add(Math.min(to, mark.end));
  const cuts = [...ends].sort((one, other) => one - other);
  const told = new Set();
  return cuts.slice(1).map((end, at) => {
    const start = cuts[at];
    const over = here.filter((mark) => mark.start < end && mark.end > start);
    const content = shownText(text.slice(start, end));
    if (!over.length) return document.createTextNode(content);
    const tips = over.filter((mark) => mark.tip);
    const fresh = tips.some((mark) => !told.has(mark));
    for (const mark of tips) told.add(mark);
    return make(over.some((mark) => mark.class === "shared") ? "mark" : "span", {
      class: [...new Set(over.map((mark) => mark.class))].join(" "),
      "data-tip": tips.length ? tips.map((mark) => mark.tip).join("\n") : null,
      tabindex: fresh ? "0" : null,
    }, content);
  });
}
