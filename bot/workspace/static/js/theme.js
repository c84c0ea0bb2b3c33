/* Light, dark, or as the system says. */

import { button } from "./dom.js";
import { icon } from "./icons.js";

const ORDER = ["auto", "light", "dark"];
const ICONS = { auto: "auto", light: "sun", dark: "moon" };
const KEPT = "countersign.theme";

/** The button that goes round the themes. */
export function themeButton() {
  const node = button({ class: "bar-button", on: { click: next } });
  let theme = ORDER.includes(localStorage.getItem(KEPT)) ? localStorage.getItem(KEPT) : "auto";
  function wear() {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    node.replaceChildren(icon(ICONS[theme]));
    node.setAttribute("aria-label", `Theme: ${theme === "auto" ? "as the system" : theme}. Change`);
    node.title = `Theme: ${theme === "auto" ? "as the system" : theme}`;
  }
  function next() {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    localStorage.setItem(KEPT, theme);
    wear();
  }
  wear();
  return node;
}
