/* Dates and times by the browser's own pickers, which keyboards and phones already know. */

import { confirmed } from "./dialog.js";
import { fromWall, toWall } from "./dates.js";
import { h } from "./dom.js";
import { store, zone } from "./store.js";
import { choose, recall } from "./surface.js";
import { called } from "./words.js";

function picker(type, element, place, value, tell) {
  const node = h("input", { type, class: "field picker", value, "aria-label": called(element, place), autofocus: element.focus_on_load, data: { key: `${place.block}/${element.action_id}` },
    on: { change: () => choose(place, element, tell(node.value), node, () => confirmed(element.confirm)) } });
  return node;
}

export function datePicker(element, place) {
  const held = recall(place, element, { selected_date: element.initial_date ?? null });
  return picker("date", element, place, held.selected_date ?? "", (value) => ({ selected_date: value || null }));
}

export function timePicker(element, place) {
  const held = recall(place, element, { selected_time: element.initial_time ?? null });
  const extra = element.timezone ? { timezone: element.timezone } : {};
  return picker("time", element, place, held.selected_time ?? "", (value) => ({ selected_time: value || null, ...extra }));
}

export function dateTimePicker(element, place) {
  const held = recall(place, element, { selected_date_time: element.initial_date_time ?? null });
  const wall = held.selected_date_time ? toWall(held.selected_date_time, zone()) : "";
  const node = picker("datetime-local", element, place, wall, (value) => ({ selected_date_time: value ? fromWall(value, zone()) : null }));
  node.title = `In ${store.me.real_name}'s zone: ${zone()}`;
  return node;
}
