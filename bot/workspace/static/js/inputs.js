/* Text fields; limits and shapes are checked when a view is submitted, under the field. */

import { h } from "./dom.js";
import { choose, recall } from "./surface.js";
import { called, plain } from "./words.js";

const TYPES = { email_text_input: "email", url_text_input: "url", number_input: "text", plain_text_input: "text" };

const asked = (element, trigger) => (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(trigger);

export function textInput(element, place) {
  const held = recall(place, element, { value: element.initial_value ?? null });
  const store = (node) => ({ value: node.value === "" ? null : node.value });
  const silent = { ...place, dispatch: false };
  const onInput = () => choose(asked(element, "on_character_entered") ? place : silent, element, store(node), null);
  const onKey = (event) => {
    if (event.key !== "Enter" || event.isComposing || !place.dispatch || !asked(element, "on_enter_pressed")) return;
    if (element.multiline && event.shiftKey) return;
    event.preventDefault();
    choose(place, element, store(node), node);
  };
  const props = {
    class: "field", value: held.value ?? "", placeholder: plain(element.placeholder), "aria-label": called(element, place), autofocus: element.focus_on_load,
    maxlength: element.max_length ?? null, inputmode: element.type === "number_input" ? (element.is_decimal_allowed ? "decimal" : "numeric") : null,
    autocomplete: "off", data: { key: `${place.block}/${element.action_id}` }, on: { input: onInput, keydown: onKey },
  };
  const node = element.multiline ? h("textarea", { ...props, rows: 4 }) : h("input", { type: TYPES[element.type], ...props });
  return node;
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

const CHECKS = {
  plain_text_input: (e, v) => (v.length < (e.min_length ?? 0) ? `Please enter at least ${e.min_length} characters.` : v.length > (e.max_length ?? 3000) ? `Please enter at most ${e.max_length ?? 3000} characters.` : ""),
  email_text_input: (_, v) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(v) ? "" : "Please enter a valid email address."),
  url_text_input: (_, v) => (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(v) ? "" : "Please enter a valid URL, such as https://example.com."),
  number_input: (e, v) => {
    if (!NUMBER.test(v) || (!e.is_decimal_allowed && v.includes("."))) return e.is_decimal_allowed ? "Please enter a number." : "Please enter a whole number.";
    if (e.min_value !== undefined && Number(v) < Number(e.min_value)) return `Please enter ${e.min_value} or more.`;
    if (e.max_value !== undefined && Number(v) > Number(e.max_value)) return `Please enter ${e.max_value} or less.`;
    return "";
  },
};

const isEmpty = (held) => Object.entries(held ?? {}).every(([name, value]) => name === "type" || value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length));

/** What Slack's own client would say under an input before it asks the app; "" if nothing. */
export function complaint(block, held) {
  if (isEmpty(held)) return block.optional ? "" : "Please complete this required field.";
  return CHECKS[block.element.type]?.(block.element, String(held.value)) ?? "";
}
