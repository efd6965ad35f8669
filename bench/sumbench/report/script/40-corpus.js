// Documents and their scores, unpacked when a view asks for them.

const FAILED = 1, CUT = 2, FLAGGED = 4, STRIPPED = 8;

/** @typedef {{ids: string[], titles: string[], group: string, groups: string[], words: number[], block: number[], flags: number[][]}} Index */

/** @returns {Promise<Index>} */
const indexOfDocuments = () => block("index");

/** A row of shown scores a document, a column a system. @param {string} name @returns {Promise<(number | null)[][]>} */
const scoresOf = (name) => block(`scores-${name}`);

/** @returns {any[]} */
const mainValues = () => DATA.values.filter((/** @type {any} */ value) => value.main);

/** The value of the address, or the one that ranks. @param {Address} parts @returns {any} */
const chosenValue = (parts) => valueOf(parts.value) || valueOf(DATA.ranked) || DATA.values[0];

/** The index of a system's column by its label, -1 for none. @param {string | undefined} label @returns {number} */
const columnOf = (label) => DATA.columns.findIndex((/** @type {any} */ column) => column.label === label);

/** The two systems of a comparison: those of the address, else of one run the first, and lead or the second; of several
 * runs the first system of the second run, and the same one of the first run.
 * @param {Address} parts @returns {[number, number]} */
function chosenPair(parts) {
  const columns = DATA.columns;
  const one = columnOf(parts.a);
  const a = one >= 0 ? one : Math.max(0, columns.findIndex((/** @type {any} */ each) => each.run === 1));
  const two = columnOf(parts.b);
  if (two >= 0 && two !== a) return [a, two];
  const name = columns[a].name;
  const same = columns.findIndex((/** @type {any} */ each) => each.name === name && each.run !== columns[a].run);
  const lead = columns.findIndex((/** @type {any} */ each) => each.name === "lead");
  const other = same >= 0 ? same : lead >= 0 && lead !== a ? lead : columns.findIndex((/** @type {any} */ _, /** @type {number} */ at) => at !== a);
  return [a, other >= 0 ? other : a];
}

/** The record of a document with its texts; null where they are not in the page.
 * @param {number} at @returns {Promise<any>} */
async function recordOf(at) {
  const index = await indexOfDocuments();
  const number = index.block[at];
  if (number === undefined || number < 0) return null;
  const records = await block(`texts-${number}`);
  return records.find((/** @type {any} */ record) => record.id === index.ids[at]) || null;
}

/** The first score minus the second, null where one is missing. @param {number | null} one @param {number | null} other @returns {number | null} */
function difference(one, other) {
  return one === null || other === null || one === undefined || other === undefined ? null : one - other;
}

/** The sign of a difference by which the first is better. @param {any} value @returns {number} */
const better = (value) => (value.direction === "lower" ? -1 : 1);

/** @param {Index} index @param {number} at @returns {string} */
const titleOf = (index, at) => shownName(index.titles[at] || index.ids[at]);

const systemOptions = () => DATA.columns.map((/** @type {any} */ column) => [column.label, column.label]);
