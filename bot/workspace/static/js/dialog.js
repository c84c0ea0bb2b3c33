/* Native dialogs: the browser keeps the focus inside, makes the rest inert and listens to Escape. */

import { button, h } from "./dom.js";
import { emit } from "./bus.js";
import { icon } from "./icons.js";
import { plain, textObject } from "./text.js";

let serial = 0;

/** Where a menu or a toast must live to be reachable: the topmost open dialog, else the page. */
export const topHost = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;

/** Shows a dialog: `title`, `body`, `foot` (nodes), `lead` (node before the title), `onClose`. Gives `{node, close}`. */
export function openDialog({ title, body, foot, lead, className = "", onClose = () => {}, onCancel = null }) {
  const id = `dialog-${(serial += 1)}`;
  const cancel = () => (onCancel ? onCancel() : close());
  const node = h("dialog", { class: `dialog ${className}`, "aria-labelledby": id, on: { cancel: (event) => stop(event, cancel), click: (event) => event.target === node && cancel() } },
    h("div", { class: "dialog-box" },
      h("header", { class: "dialog-head" }, lead, h("h2", { id, tabindex: -1 }, title), button({ class: "icon-button dialog-close", "aria-label": "Close", on: { click: cancel } }, icon("close"))),
      h("div", { class: "dialog-body" }, body),
      foot ? h("footer", { class: "dialog-foot" }, foot) : null));
  const back = document.activeElement;
  function close() {
    if (!node.isConnected) return;
    emit("dialog-closing", node);
    node.close();
    node.remove();
    if (back?.isConnected) back.focus();
    onClose();
  }
  document.body.append(node);
  node.showModal();
  return { node, close };
}

function stop(event, cancel) {
  if (event.target.tagName !== "DIALOG") return;
  event.preventDefault();
  cancel();
}

/** Asks Slack's confirm object; true if the person confirms. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((settle) => {
    let said = false;
    const answer = (value) => () => {
      said = value;
      shown.close();
    };
    const tone = confirm.style === "danger" ? "danger" : "primary";
    const shown = openDialog({
      title: plain(confirm.title) || "Are you sure?", className: "confirm", body: h("div", { class: "mrkdwn" }, textObject(confirm.text)), onClose: () => settle(said),
      foot: [button({ class: "button", on: { click: answer(false) } }, plain(confirm.deny) || "Cancel"), button({ class: `button ${tone}`, autofocus: true, on: { click: answer(true) } }, plain(confirm.confirm) || "Yes")],
    });
  });
}
