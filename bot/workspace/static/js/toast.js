/* Passing notices in the corner, above whatever is open; errors stay longer. */

import { on } from "./bus.js";
import { topHost } from "./dialog.js";
import { button, h } from "./dom.js";
import { icon } from "./icons.js";

const STAY = { error: 12_000, warning: 9000, info: 5000 };
const shelf = h("div", { class: "toasts", popover: "manual" });

function show({ level = "info", text }) {
  if ([...shelf.children].some((node) => node.dataset.text === text)) return;
  const gone = () => {
    node.remove();
    if (!shelf.childElementCount && shelf.matches(":popover-open")) shelf.hidePopover();
  };
  const node = h("div", { class: `toast ${level in STAY ? level : "info"}`, role: level === "error" ? "alert" : "status", data: { text } },
    icon(level === "error" || level === "warning" ? "warn" : "check"), h("span", null, text), button({ class: "icon-button", "aria-label": "Dismiss", on: { click: gone } }, icon("close")));
  raise();
  shelf.append(node);
  setTimeout(gone, STAY[level] ?? STAY.info);
}

function raise(host = topHost()) {
  if (shelf.parentNode !== host) host.append(shelf);
  else if (shelf.matches(":popover-open")) shelf.hidePopover();
  shelf.showPopover();
}

/** Listens for what rooms and the workspace want said. */
export function watchToasts() {
  on("toast", show);
  on("event:toast", show);
  on("dialog-closing", (dialog) => {
    if (!dialog.contains(shelf)) return;
    document.body.append(shelf);
    if (shelf.childElementCount) shelf.showPopover();
  });
}
