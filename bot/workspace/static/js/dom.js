/* Elements are built, never parsed: whatever a person, a bot or a log wrote can only become text. */

const SVG = "http://www.w3.org/2000/svg";

function give(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "value") node.value = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) give(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element with attributes (`on`: listeners, `data`: data-*) and children; strings become text nodes. */
export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);

/** The same for SVG. */
export const svg = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);

/** Text for screen readers alone. */
export const spoken = (text) => h("span", { class: "spoken" }, text);

/** The element of index.html with this id. */
export const $ = (id) => document.getElementById(id);

/** A button that never submits a form. */
export const button = (props, ...children) => h("button", { type: "button", ...props }, ...children);

/** Runs `draw` and gives the keyboard focus and the caret back to the element with the same `data-key`. */
export function keepingFocus(root, draw) {
  const active = document.activeElement;
  const key = root.contains(active) ? active.closest("[data-key]")?.dataset.key : undefined;
  const caret = [active?.selectionStart, active?.selectionEnd];
  draw();
  const heir = key ? [...root.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key) : null;
  heir?.focus();
  if (heir?.setSelectionRange && Number.isInteger(caret[0]) && ["text", "url", "textarea"].includes(heir.type)) heir.setSelectionRange(...caret);
}
