/* The first visit: three things to try, each one click from the composer; what was tried goes away.
 *
 * Once something was said the hint makes itself small, so that the answer has the room.
 */

import { emit, on } from "./bus.js";
import { $, button, h } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";

const KEPT = "countersign.hint";
const COUNTS = ["", "One thing", "Two things", "Three things", "Four things"];

const tried = () => JSON.parse(localStorage.getItem(KEPT) ?? "[]");
const keep = (list) => localStorage.setItem(KEPT, JSON.stringify(list));
const all = () => (store.hint ?? []).map(({ say }) => say);

/** Shows what is still to try; `again` begins anew. */
export function drawHint(again = false) {
  const root = $("hint");
  if (again) keep([]);
  if (again) root.classList.remove("small");
  const left = (store.hint ?? []).filter(({ say }) => !tried().includes(say));
  root.hidden = !left.length;
  const away = () => (keep(all()), drawHint());
  root.replaceChildren(h("div", { class: "hint-head" }, h("h2", null, `New here? ${COUNTS[left.length] ?? "Things"} to try:`), button({ class: "icon-button", "aria-label": "Put the hint away", on: { click: away } }, icon("close"))),
    h("ul", null, left.map(({ say, why }) => h("li", null, button({ class: "try", on: { click: () => emit("compose", say) } }, h("code", null, say), h("span", null, why))))));
}

/** Listens for what was said, so that it need not be hinted at. */
export function watchHint() {
  on("said", (text) => {
    $("hint").classList.add("small");
    if (!all().includes(text)) return;
    keep([...tried(), text]);
    drawHint();
  });
}
