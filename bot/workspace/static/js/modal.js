/* Modals: the stack of views that the app opened, with state, errors under the inputs, and a way back. */

import { tell } from "./api.js";
import { on } from "./bus.js";
import { renderBlocks } from "./blocks.js";
import { openDialog } from "./dialog.js";
import { button, h, keepingFocus } from "./dom.js";
import { icon } from "./icons.js";
import { complaint } from "./inputs.js";
import { drawing, forget, state, surfaceOf } from "./surface.js";
import { plain } from "./words.js";

const stack = [];
let shown = null;

const surface = (view) => surfaceOf(`view/${view.id}`, "view", { view_id: view.id });
const top = () => stack.at(-1);

function draw() {
  const view = top();
  if (!view) {
    shown?.close();
    shown = null;
    return;
  }
  if (!shown) shown = openDialog({ title: "", className: "modal", foot: h("span"), onCancel: cancel, onClose: () => (shown = null) });
  const { node } = shown;
  const fresh = node.dataset.view !== view.id;
  node.dataset.view = view.id;
  keepingFocus(node, () => fillIn(node, view));
  if (fresh) begin(node);
}

function fillIn(node, view) {
  const back = stack.length > 1 ? button({ class: "icon-button dialog-back", "aria-label": "Back", on: { click: leave } }, icon("back")) : null;
  node.querySelector(".dialog-back")?.remove();
  if (back) node.querySelector(".dialog-head").prepend(back);
  node.querySelector("h2").textContent = plain(view.title) || "…";
  const drawn = renderBlocks(view.blocks, drawing(surface(view)));
  node.querySelector(".dialog-body").replaceChildren(h("form", { class: "view", novalidate: true, on: { submit: (event) => (event.preventDefault(), submit()) } }, drawn, h("button", { type: "submit", class: "spoken", tabindex: -1, "aria-hidden": "true" }, "Submit")));
  node.querySelector(".dialog-foot").replaceChildren(button({ class: "button", data: { key: "view/close" }, on: { click: leave } }, plain(view.close) || (view.submit ? "Cancel" : "Close")),
    view.submit ? button({ class: "button primary view-submit", data: { key: "view/submit" }, on: { click: submit } }, plain(view.submit)) : "");
}

function begin(node) {
  const first = node.querySelector(".dialog-body [autofocus]") ?? node.querySelector(".dialog-body :is(input, textarea, select, button.select)") ?? node.querySelector(".dialog-foot .primary") ?? node.querySelector("h2");
  first.focus();
}

function showErrors(view, errors) {
  const held = surface(view);
  held.errors = errors;
  draw();
  const slots = [...shown.node.querySelectorAll(".input-error")];
  const strays = Object.entries(errors).filter(([block]) => !slots.some((slot) => slot.dataset.errorFor === block));
  if (strays.length) shown.node.querySelector("form").prepend(h("p", { class: "input-error", role: "alert" }, strays.map(([, words]) => words).join(" ")));
  const wrong = slots.find((slot) => slot.textContent);
  for (const slot of slots.filter((one) => one.textContent)) {
    slot.setAttribute("role", "alert");
    slot.closest(".input").classList.add("wrong");
    slot.closest(".input").querySelector(".field, .select, .choices")?.setAttribute("aria-invalid", "true");
  }
  wrong?.closest(".input").querySelector("input, textarea, button")?.focus();
}

function complaints(view, { values }) {
  const inputs = (view.blocks ?? []).filter(({ type }) => type === "input");
  return Object.fromEntries(inputs.map((block) => [block.block_id, complaint(block, values[block.block_id]?.[block.element.action_id])]).filter(([, words]) => words));
}

async function submit() {
  const view = top();
  const held = state(surface(view));
  const wrong = complaints(view, held);
  if (Object.keys(wrong).length) return showErrors(view, wrong);
  const pressed = shown.node.querySelector(".view-submit");
  if (pressed?.getAttribute("aria-busy") === "true") return undefined;
  pressed?.setAttribute("aria-busy", "true");
  const reply = await tell("submit", { view_id: view.id, state: held });
  shown?.node.querySelector(".view-submit")?.removeAttribute("aria-busy");
  const response = reply?.response ?? {};
  if (response.errors) return showErrors(view, response.errors);
  return undefined;
}

/** Back one view, or out of the last. */
function leave() {
  const view = top();
  if (view) tell("close", { view_id: view.id });
  remove(view?.id);
}

/** The cross, Escape and a click beside: the whole stack goes. */
function cancel() {
  if (top()) tell("close", { view_id: top().id, all: true });
  for (const { id } of stack.splice(0)) forget(`view/${id}`);
  draw();
}

function remove(id) {
  const at = stack.findIndex((view) => view.id === id);
  if (at < 0) return;
  for (const gone of stack.splice(at)) forget(`view/${gone.id}`);
  draw();
}

function update(view) {
  const at = stack.findIndex(({ id }) => id === view.id);
  if (at < 0) return;
  surface(view).errors = {};
  stack[at] = view;
  if (at === stack.length - 1) draw();
}

/** Listens for what the app does with views. */
export function watchViews() {
  on("event:view_opened", ({ view }) => {
    stack.splice(0, stack.length, view);
    draw();
  });
  on("event:view_pushed", ({ view }) => {
    stack.push(view);
    draw();
  });
  on("event:view_updated", ({ view }) => update(view));
  on("event:view_closed", ({ view, root_view_id: root }) => (view ? remove(view.id) : stack[0]?.id === root && remove(root)));
  on("person", () => {
    stack.length = 0;
    draw();
  });
}
