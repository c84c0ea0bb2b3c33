/* The first visit: three things to try, each one click from the composer. */

import { emit } from "./bus.js";
import { $, button, h } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";

const KEPT = "countersign.hint";

/** Shows the hint unless it was put away; `again` shows it in any case. */
export function drawHint(again = false) {
  const root = $("hint");
  root.hidden = !store.hint?.length || (!again && localStorage.getItem(KEPT) === "seen");
  if (root.hidden) return;
  const put = () => {
    localStorage.setItem(KEPT, "seen");
    root.hidden = true;
  };
  root.replaceChildren(h("div", { class: "hint-head" }, h("h2", null, `New here? Try ${["one", "two", "three", "four", "five"][store.hint.length - 1] ?? "these"}:`), button({ class: "icon-button", "aria-label": "Put the hint away", on: { click: put } }, icon("close"))),
    h("ul", null, store.hint.map(({ say, why }) => h("li", null, button({ class: "try", on: { click: () => emit("compose", say) } }, h("code", null, say), h("span", null, why))))));
}
