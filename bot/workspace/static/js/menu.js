/* A list that opens at a button: arrow keys walk, letters search, Enter picks, Escape closes. */

import { topHost } from "./dialog.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

const GAP = 4;
let serial = 0;

function place(panel, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = box.bottom + GAP + height <= innerHeight || box.top < height;
  panel.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  panel.style.top = `${Math.max(8, below ? Math.min(box.bottom + GAP, innerHeight - height - 8) : box.top - GAP - height)}px`;
  panel.style.minWidth = `${Math.min(box.width, innerWidth - 16)}px`;
}

const matches = (item, words) => `${item.label} ${item.detail ?? ""}`.toLowerCase().includes(words.toLowerCase());

/** Opens a menu. `items`: [{label, detail?, group?, lead?, chosen?, value}]; `load(words)` fetches them instead.
 *  `multi` keeps it open and tells all values at the end by `onDone`; else `onPick(item)` closes it. */
export function openMenu(anchor, { label, items = [], load = null, search = false, multi = false, onPick = () => {}, onDone = () => {} }) {
  const id = `menu-${(serial += 1)}`;
  const picked = new Set(items.filter((item) => item.chosen).map((item) => item.value));
  const list = h("ul", { id, role: "listbox", "aria-label": label, "aria-multiselectable": multi ? "true" : null, tabindex: search ? null : 0 });
  const field = search ? h("input", { type: "text", class: "menu-search", role: "combobox", "aria-controls": id, "aria-expanded": "true", "aria-label": `Search: ${label}`, placeholder: "Search", autocomplete: "off" }) : null;
  const panel = h("div", { class: "menu", popover: "auto" }, field, list);
  const focus = field ?? list;
  let shown = items;
  let at = Math.max(0, items.findIndex((item) => item.chosen));
  let asked = 0;

  function draw() {
    let group;
    list.replaceChildren(...shown.flatMap((item, i) => {
      const heading = item.group && item.group !== group ? [h("li", { class: "menu-group", role: "presentation" }, item.group)] : [];
      group = item.group;
      return [...heading, row(item, i)];
    }));
    if (!shown.length) list.append(h("li", { class: "menu-empty", role: "presentation" }, load && asked ? "Loading…" : "Nothing found"));
    point();
  }

  function row(item, i) {
    const chosen = multi ? picked.has(item.value) : Boolean(item.chosen);
    return h("li", { id: `${id}-${i}`, role: "option", "aria-selected": String(chosen), data: { index: i }, on: { click: () => pick(item), pointermove: () => at !== i && ((at = i), point()) } },
      h("span", { class: "menu-check" }, chosen ? icon("check") : null), item.lead,
      h("span", { class: "menu-words" }, h("span", { class: "menu-label" }, item.label), item.detail ? h("span", { class: "menu-detail" }, item.detail) : null));
  }

  function point() {
    at = Math.max(0, Math.min(at, shown.length - 1));
    for (const node of list.querySelectorAll("[role=option]")) node.classList.toggle("at", Number(node.dataset.index) === at);
    const current = list.querySelector(".at");
    if (current) focus.setAttribute("aria-activedescendant", current.id);
    current?.scrollIntoView({ block: "nearest" });
  }

  function pick(item) {
    if (!item) return;
    if (!multi) {
      panel.hidePopover();
      onPick(item);
      return;
    }
    if (!picked.delete(item.value)) picked.add(item.value);
    draw();
  }

  const KEYS = { ArrowDown: () => (at += 1), ArrowUp: () => (at -= 1), PageDown: () => (at += 8), PageUp: () => (at -= 8), Home: () => (at = 0), End: () => (at = shown.length) };

  function key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" || (event.key === " " && !field)) pick(shown[at]);
    else if (event.key === "Tab") panel.hidePopover();
    else if (KEYS[event.key] && !(field && ["Home", "End"].includes(event.key))) {
      KEYS[event.key]();
      point();
    } else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }

  async function filter() {
    const words = field?.value ?? "";
    at = 0;
    if (!load) shown = items.filter((item) => matches(item, words));
    else {
      const ticket = (asked += 1);
      const answer = await load(words);
      if (ticket !== asked || !panel.isConnected) return;
      asked = 0;
      shown = answer;
    }
    draw();
  }

  panel.addEventListener("keydown", key);
  field?.addEventListener("input", filter);
  panel.addEventListener("toggle", ({ newState }) => {
    if (newState === "open") return;
    anchor.setAttribute("aria-expanded", "false");
    const own = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.remove();
    if (own && anchor.isConnected) anchor.focus();
    if (multi) onDone([...picked]);
  });
  (anchor.closest("dialog, main, aside, header") ?? topHost()).append(panel);
  anchor.setAttribute("aria-expanded", "true");
  panel.showPopover();
  draw();
  place(panel, anchor);
  focus.focus();
  if (load) filter().then(() => panel.isConnected && place(panel, anchor));
}
