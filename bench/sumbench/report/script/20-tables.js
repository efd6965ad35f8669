// Tables: sorted by a click on a head, filtered, with columns to choose, copied as they are shown.

/** @param {Element} cell @returns {string} */
const cellText = (cell) => {
  const mark = cell.querySelector("sup");
  const text = (cell.textContent || "").trim();
  return mark && mark.textContent ? text.slice(0, text.length - mark.textContent.length).trim() : text;
};

/** What a cell is sorted by: its full value where it has one. @param {Element | undefined} cell @returns {number | string} */
function sortKey(cell) {
  if (!cell) return "";
  const value = cell.hasAttribute("data-value") ? cell.getAttribute("data-value") || "" : cellText(cell);
  const number = Number(value.replace(/,/g, "").replace("−", "-").replace(/^(-?[\d.]+)[–% ].*$/, "$1"));
  return value !== "" && Number.isFinite(number) ? number : value;
}

/** @param {number | string} one @param {number | string} other @returns {number} */
function inOrder(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (typeof one === typeof other) return String(one).localeCompare(String(other));
  return typeof one === "number" ? -1 : 1;
}

/** Sorts the rows of each section by a column. @param {HTMLTableElement} table @param {number} index @param {boolean} down */
function sortTable(table, index, down) {
  for (const body of table.tBodies) {
    const heading = [...body.rows].filter((row) => row.classList.contains("heading"));
    const rows = [...body.rows].filter((row) => !row.classList.contains("heading"));
    const keyed = rows.map((row, at) => ({ row, at, key: sortKey(row.cells[index]) }));
    // An empty cell comes last either way.
    keyed.sort((one, other) => {
      if ((one.key === "") !== (other.key === "")) return one.key === "" ? 1 : -1;
      return (down ? -1 : 1) * inOrder(one.key, other.key) || one.at - other.at;
    });
    body.append(...heading, ...keyed.map((each) => each.row));
  }
}

/** @param {HTMLTableElement} table */
function makeSortable(table) {
  const head = table.tHead && table.tHead.rows[0];
  if (!head) return;
  const original = [...table.tBodies].map((body) => [...body.rows]);
  [...head.cells].forEach((cell, index) => {
    if (cell.hasAttribute("data-skip") || !cell.textContent) return;
    const button = make("button", { type: "button", title: "sort by this column" }, ...cell.childNodes);
    cell.replaceChildren(button);
    button.addEventListener("click", () => {
      const before = cell.getAttribute("aria-sort");
      const number = cell.classList.contains("number");
      const steps = number ? ["descending", "ascending", null] : ["ascending", "descending", null];
      const next = steps[(steps.indexOf(before) + 1) % 3];
      for (const other of head.cells) other.removeAttribute("aria-sort");
      if (next) {
        cell.setAttribute("aria-sort", next);
        sortTable(table, index, next === "descending");
      } else {
        [...table.tBodies].forEach((body, at) => body.append(...original[at]));
      }
      say(next ? `sorted by ${cellText(cell)}, ${next}` : "in the table's own order");
    });
  });
}

/** Rows of the cells that are seen, heads first; `full` takes values with all their digits.
 * @param {HTMLTableElement} table @param {boolean} full @returns {{heads: string[], numbers: boolean[], rows: {section: string, cells: string[], best: boolean[]}[]}} */
function readTable(table, full) {
  const head = table.tHead ? [...table.tHead.rows[0].cells] : [];
  const kept = head.map((cell, at) => (cell.hidden || cell.hasAttribute("data-skip") ? -1 : at)).filter((at) => at >= 0);
  const rows = [];
  for (const body of table.tBodies) {
    let section = "";
    for (const row of body.rows) {
      if (row.classList.contains("heading")) section = (row.textContent || "").trim();
      else if (!row.hidden) {
        const cells = kept.map((at) => row.cells[at]);
        const value = (/** @type {Element} */ cell) => {
          if (full && cell.hasAttribute("data-value")) return cell.getAttribute("data-value") || "";
          const mark = cell.getAttribute("data-mark");
          return cellText(cell) + (mark && !full ? ` ${mark}` : "");
        };
        rows.push({ section, cells: cells.map(value), best: cells.map((cell) => !!cell.querySelector("strong")) });
      }
    }
  }
  return {
    heads: kept.map((at) => head[at].getAttribute(full ? "data-key" : "data-full") || cellText(head[at])),
    numbers: kept.map((at) => head[at].classList.contains("number")),
    rows,
  };
}

/** @param {HTMLTableElement} table @returns {string} */
function asMarkdown(table) {
  const { heads, numbers, rows } = readTable(table, false);
  const safe = (/** @type {string} */ text) => text.replace(/[\\|`*_<>[\]]/g, "\\$&").replace(/\s+/g, " ");
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const lines = [line(heads.map(safe)), line(numbers.map((number) => (number ? "--:" : "---")))];
  let section = "";
  for (const row of rows) {
    if (row.section !== section) {
      section = row.section;
      lines.push(line([`*${safe(section)}*`, ...heads.slice(1).map(() => "")]));
    }
    lines.push(line(row.cells.map((cell, at) => (row.best[at] ? `**${safe(cell)}**` : safe(cell)))));
  }
  return `${lines.join("\n")}\n`;
}

/** @param {HTMLTableElement} table @returns {string} */
function asCsv(table) {
  const { heads, rows } = readTable(table, true);
  const quoted = (/** @type {string} */ cell) => {
    // A spreadsheet would run it as a formula.
    const text = /^[=+\-@\t\r]/.test(cell) && !Number.isFinite(Number(cell)) ? `'${cell}` : cell;
    return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  const lines = [["section", ...heads], ...rows.map((row) => [row.section, ...row.cells])];
  return `${lines.map((cells) => cells.map(quoted).join(",")).join("\n")}\n`;
}

const LATEX_SIGNS = /** @type {Record<string, string>} */ ({
  "\\": "\\textbackslash{}", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "\\textless{}",
  ">": "\\textgreater{}", "|": "\\textbar{}", "–": "--", "−": "$-$", "†": "\\dag{}", "‡": "\\ddag{}", "±": "$\\pm$",
  "×": "$\\times$",
});

/** @param {HTMLTableElement} table @returns {string} */
function asLatex(table) {
  const { heads, numbers, rows } = readTable(table, false);
  const safe = (/** @type {string} */ text) =>
    text.replace(/\s+/g, " ").replace(/[#$%&_{}]|[\\^~<>|–−†‡±×]/g, (sign) => LATEX_SIGNS[sign] || `\\${sign}`);
  const line = (/** @type {string[]} */ cells) => `${cells.join(" & ")} \\\\`;
  const lines = ["% \\usepackage{booktabs}", `\\begin{tabular}{${numbers.map((one) => (one ? "r" : "l")).join("")}}`];
  lines.push("\\toprule", line(heads.map(safe)), "\\midrule");
  let section = "";
  for (const row of rows) {
    if (row.section !== section) {
      section = row.section;
      lines.push("\\midrule", `\\multicolumn{${heads.length}}{l}{\\textit{${safe(section)}}} \\\\`);
    }
    lines.push(line(row.cells.map((cell, at) => (row.best[at] ? `\\textbf{${safe(cell)}}` : safe(cell)))));
  }
  return `${[...lines, "\\bottomrule", "\\end{tabular}"].join("\n")}\n`;
}

/** The three ways to copy a table. @param {() => HTMLTableElement} table @returns {HTMLElement} */
function copyTools(table) {
  return make("span", {}, "copy as ", copyButton("Markdown", () => asMarkdown(table())), " ",
    copyButton("LaTeX", () => asLatex(table())), " ", copyButton("CSV", () => asCsv(table())));
}

/** The columns to choose: those beyond what people read first are off. @param {HTMLTableElement} table @returns {HTMLElement} */
function columnChooser(table) {
  const head = table.tHead ? [...table.tHead.rows[0].cells] : [];
  const boxes = head.map((cell, at) => {
    if (at === 0) return null;
    const box = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox" }));
    box.checked = !cell.hidden;
    box.addEventListener("change", () => {
      for (const row of table.rows) if (!row.classList.contains("heading") && row.cells[at]) row.cells[at].hidden = !box.checked;
    });
    const name = cell.hasAttribute("data-skip") ? "plot" : cell.getAttribute("data-full") || cellText(cell);
    return make("label", {}, box, ` ${name}`);
  });
  return make("details", { class: "chooser" }, make("summary", {}, "columns"), make("div", { class: "choices" }, boxes));
}

/** Lets each score of a row lead to the documents behind it. @param {HTMLTableElement} table @param {HTMLTableRowElement} row @param {string} label */
function linkScores(table, row, label) {
  const head = table.tHead ? table.tHead.rows[0].cells : [];
  [...row.cells].forEach((cell, at) => {
    const value = valueOf(head[at]?.getAttribute("data-key") || "");
    const shown = cell.querySelector("strong") || cell.firstChild;
    if (!value || !shown || !cell.getAttribute("data-value")) return;
    const link = make("a", { href: hashOf({ view: "documents", a: label, sort: "a", value: value.name }), tabindex: "-1" });
    shown.before(link);
    link.append(shown);
  });
}

/** Gives a table of the page its tools. @param {HTMLElement} figure */
function equip(figure) {
  const table = /** @type {HTMLTableElement | null} */ (figure.querySelector("table"));
  const tools = /** @type {HTMLElement | null} */ (figure.querySelector("[data-tools]"));
  if (!table || !tools) return;
  const chooser = columnChooser(table);
  makeSortable(table);
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => !row.classList.contains("heading"));
  const filter = /** @type {HTMLInputElement} */ (make("input", { type: "search", placeholder: "filter rows", "aria-label": "filter the rows by their name" }));
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !(row.cells[0].textContent || "").toLowerCase().includes(wanted);
    for (const body of table.tBodies) {
      const shown = [...body.rows].some((row) => !row.classList.contains("heading") && !row.hidden);
      for (const row of body.rows) if (row.classList.contains("heading")) row.hidden = !shown;
    }
    say(counted(rows.filter((row) => !row.hidden).length, "row"));
  });
  tools.append(rows.length > 1 ? filter : "", chooser, copyTools(() => table));
  tools.hidden = false;
  for (const cell of table.querySelectorAll("th[data-name]")) {
    const name = cell.getAttribute("data-name") || "";
    const column = DATA.columns.find((/** @type {any} */ one) => one.run === 0 && shownName(one.name) === name);
    if (!column || !DATA.documents) continue;
    const link = { href: hashOf({ view: "documents", a: column.label, sort: "a" }), title: "its documents" };
    cell.replaceChildren(make("a", link, cell.textContent || ""));
    linkScores(table, /** @type {HTMLTableRowElement} */ (cell.parentElement), column.label);
  }
}
