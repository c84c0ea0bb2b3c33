/* Radio buttons and checkboxes. */

import { confirmed } from "./dialog.js";
import { h } from "./dom.js";
import { choose, recall } from "./surface.js";
import { textObject } from "./text.js";
import { called } from "./words.js";

let serial = 0;

function group(type, role, element, place, isChosen, pick) {
  const name = `choice-${(serial += 1)}`;
  return h("div", { class: "choices", role, "aria-label": called(element, place) }, (element.options ?? []).map((option) => {
    const box = h("input", { type, name, value: option.value, checked: isChosen(option), data: { key: `${place.block}/${element.action_id}/${option.value}` }, on: { change: () => pick(option, box) } });
    return h("label", { class: "choice" }, box, h("span", { class: "mrkdwn" }, textObject(option.text), option.description ? h("span", { class: "choice-detail" }, textObject(option.description)) : null));
  }));
}

export function radios(element, place) {
  const held = recall(place, element, { selected_option: element.initial_option ?? null });
  const pick = (option, node) => choose(place, element, { selected_option: option }, node, () => confirmed(element.confirm));
  return group("radio", "radiogroup", element, place, (option) => option.value === held.selected_option?.value, pick);
}

export function checkboxes(element, place) {
  const held = recall(place, element, { selected_options: element.initial_options ?? [] });
  const chosen = new Set(held.selected_options.map((option) => option.value));
  const pick = (option, box) => {
    if (box.checked) chosen.add(option.value);
    else chosen.delete(option.value);
    choose(place, element, { selected_options: element.options.filter(({ value }) => chosen.has(value)) }, box, () => confirmed(element.confirm));
  };
  return group("checkbox", "group", element, place, (option) => chosen.has(option.value), pick);
}
