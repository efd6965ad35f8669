// The tip: what a marked place says, when it is pointed at or focused.

let tipOf = /** @type {Element | null} */ (null);

/** @param {Element} place @param {string} text */
function showTip(place, text) {
  const tip = byId("tip");
  if (!tip || !text) return;
  tipOf = place;
  tip.textContent = shownText(text);
  tip.hidden = false;
  const box = place.getClientRects()[0] || place.getBoundingClientRect();
  const below = box.bottom + tip.offsetHeight + 10 < innerHeight;
  tip.style.setProperty("left", `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`);
  tip.style.setProperty("top", `${below ? box.bottom + 6 : Math.max(4, box.top - tip.offsetHeight - 6)}px`);
  place.setAttribute("aria-describedby", "tip");
}

function hideTip() {
  const tip = byId("tip");
  if (tip) tip.hidden = true;
  if (tipOf) tipOf.removeAttribute("aria-describedby");
  tipOf = null;
}

/** @param {Event} event */
function tipFor(event) {
  const place = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
  if (place) showTip(place, place.getAttribute("data-tip") || "");
  else if (event.type === "mouseover") hideTip();
}
