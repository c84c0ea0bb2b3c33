/* A panel that makes the workspace misbehave on purpose, for those who want to see how the bot takes it. */

import { tell } from "./api.js";
import { emit } from "./bus.js";
import { openDialog } from "./dialog.js";
import { button, h } from "./dom.js";

const KINDS = [
  ["429", "Rate limit", "The next calls are refused with 429 and Retry-After."],
  ["500", "Server error", "The next calls fail with 500."],
  ["slow", "Slow answers", "The next calls are answered late."],
  ["drop_socket", "Drop the connection", "The bot's Socket Mode connection is cut."],
  ["twice", "Deliver twice", "The next event reaches the bot twice, as Slack's retries do."],
];

const field = (label, input) => h("label", { class: "input" }, h("span", { class: "input-label" }, label), input);
const number = (name, value, extra = {}) => h("input", { class: "field", type: "number", min: 1, max: 100, name, value, ...extra });

/** Opens the panel. */
export function openFaults() {
  const kinds = KINDS.map(([value, name, about], i) => h("label", { class: "choice" }, h("input", { type: "radio", name: "kind", value, checked: i === 0 }), h("span", null, h("b", null, name), h("span", { class: "choice-detail" }, about))));
  const form = h("form", { class: "view", on: { submit: send } }, h("div", { class: "choices", role: "radiogroup", "aria-label": "What shall go wrong" }, kinds),
    field("Only this method (optional)", h("input", { class: "field", name: "method", placeholder: "chat.postMessage", autocomplete: "off" })),
    h("div", { class: "two" }, field("How many times", number("times", 1)), field("Seconds", number("seconds", 2, { step: "any", min: 0 }))));
  const { close } = openDialog({ title: "Faults on demand", className: "faults", body: form, foot: [button({ class: "button", on: { click: () => close() } }, "Cancel"), button({ class: "button", on: { click: clear } }, "Clear all"), button({ class: "button danger", on: { click: () => form.requestSubmit() } }, "Make it so")] });

  async function clear() {
    if (!(await tell("faults", { kind: "none" }))) return;
    close();
    emit("toast", { level: "info", text: "All faults are cleared." });
  }

  async function send(event) {
    event.preventDefault();
    const { kind, method, times, seconds } = Object.fromEntries(new FormData(form));
    const asked = { kind, times: Number(times), seconds: Number(seconds), ...(method ? { method } : {}) };
    const reply = await tell("faults", asked);
    if (!reply) return;
    close();
    emit("toast", { level: "info", text: `Fault set: ${KINDS.find(([value]) => value === kind)[1].toLowerCase()}${method ? ` for ${method}` : ""}.` });
  }
}
