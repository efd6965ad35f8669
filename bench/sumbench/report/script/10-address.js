// The address: every view has one, in the part behind #; what changes a view is a step back, what adjusts it is not.

/** @typedef {Record<string, string>} Address */

/** Views by name: each draws itself into a place for an address, and may return what it needs to be called again.
 * @type {Map<string, {title: string, listed: boolean, draw: (place: HTMLElement, address: Address) => void | Promise<void>}>} */
const VIEWS = new Map();

/** @returns {Address} */
function address() {
  const found = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (!found.view) found.view = found.doc === undefined ? (DATA.rate ? "rate" : "overview") : "document";
  return found;
}

/** @param {Address} parts @returns {string} */
function hashOf(parts) {
  const given = Object.entries(parts).filter(([key, value]) =>
    value !== undefined && value !== null && value !== "" && !(key === "view" && value === "document" && parts.doc));
  return `#${new URLSearchParams(given).toString()}`;
}

/** Goes to an address: a new step, to which the back button returns. @param {Address} parts */
function go(parts) {
  if (hashOf(parts) === location.hash) draw();
  else location.hash = hashOf(parts);
}

/** Adjusts the present address without a new step. @param {Record<string, string | null>} changes @param {boolean} redraw */
function adjust(changes, redraw = true) {
  const parts = { ...address(), ...changes };
  history.replaceState(null, "", hashOf(/** @type {Address} */ (parts)));
  if (redraw) draw();
}

let drawing = 0;
let drawnView = "";

/** Draws the view of the present address. */
async function draw() {
  const mine = ++drawing;
  const parts = address();
  const view = VIEWS.get(parts.view) || VIEWS.get(DATA.rate ? "rate" : "overview");
  const overview = byId("overview");
  const place = /** @type {HTMLElement} */ (byId("view"));
  hideTip();
  for (const link of document.querySelectorAll("#views a")) {
    const current = link.getAttribute("data-view") === (parts.view === "document" ? "documents" : parts.view);
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const changed = drawnView !== parts.view;
  drawnView = parts.view;
  const isOverview = parts.view === "overview" || !view || !DATA.documents;
  if (overview) overview.hidden = !isOverview;
  place.hidden = isOverview;
  if (isOverview || !view) {
    place.replaceChildren();
    if (changed) scrollTo(0, 0);
    return;
  }
  const fresh = make("div", { class: `view-${parts.view}` });
  try {
    await view.draw(fresh, parts);
  } catch (error) {
    fresh.replaceChildren(make("p", { class: "fault" }, `This view cannot be drawn: ${error}`));
  }
  // Meanwhile the reader may have gone on.
  if (mine !== drawing) return;
  const kept = document.activeElement && document.activeElement.getAttribute("data-keep");
  place.replaceChildren(fresh);
  if (changed) scrollTo(0, 0);
  // What sticks below the switches must know how high they are.
  const legend = place.querySelector(".legend");
  document.documentElement.style.setProperty("--legend", `${legend instanceof HTMLElement ? legend.offsetHeight : 0}px`);
  const again = kept && place.querySelector(`[data-keep="${CSS.escape(kept)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  place.dispatchEvent(new Event("drawn"));
}

/** The line of views at the top. */
function drawViews() {
  const line = byId("views");
  if (!line) return;
  line.append(
    ...[...VIEWS].filter(([name, view]) => view.listed && (DATA.documents || name === "overview")).map(([name, view]) =>
      make("a", { href: hashOf({ view: name }), "data-view": name }, view.title)),
    make("span", { class: "keys" }, make("kbd", {}, "?"), " keys"),
  );
  line.hidden = false;
}

VIEWS.set("overview", { title: "Overview", listed: true, draw: () => {} });
