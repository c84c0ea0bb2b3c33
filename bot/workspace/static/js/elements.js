/* Block elements that one presses. Every element type has its line in ELEMENTS. */

import { checkboxes, radios } from "./choices.js";
import { confirmed } from "./dialog.js";
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { textInput } from "./inputs.js";
import { openMenu } from "./menu.js";
import { safeUrl } from "./mrkdwn.js";
import { datePicker, dateTimePicker, timePicker } from "./pickers.js";
import { select } from "./selects.js";
import { store } from "./store.js";
import { act } from "./surface.js";
import { plain, withPlain } from "./words.js";

const keyed = (place, element) => ({ key: `${place.block}/${element.action_id}`, action: element.action_id ?? "" });

/** Sends the press, after the question if there is one; true if it was sent. */
async function press(place, element, chosen, node) {
  const sure = await confirmed(element.confirm);
  if (sure) await act(place, element, chosen, node);
  return sure;
}

function pressable(element, place) {
  const words = plain(element.text);
  const props = { class: `button ${element.style ?? ""}`.trim(), "aria-label": element.accessibility_label || null, data: keyed(place, element) };
  const chosen = { text: element.text, value: element.value, style: element.style };
  if (element.url && safeUrl(element.url)) {
    const open = async (event) => {
      if (element.confirm) event.preventDefault();
      if ((await press(place, element, chosen, node)) && element.confirm) window.open(element.url, "_blank", "noopener,noreferrer");
    };
    const node = h("a", { ...props, href: element.url, target: "_blank", rel: "noopener noreferrer", on: { click: open } }, words);
    return node;
  }
  const node = button({ ...props, on: { click: () => press(place, element, chosen, node) } }, words);
  return node;
}

function overflow(element, place) {
  const options = (element.options ?? []).map((option) => ({ label: plain(option.text), detail: plain(option.description), value: option.value, option }));
  const picked = ({ option }) => {
    if (option.url && safeUrl(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
    press(place, element, { selected_option: option }, node);
  };
  const node = button({ class: "button icon-only", "aria-label": "More options", "aria-haspopup": "listbox", "aria-expanded": "false", data: keyed(place, element), on: { click: () => openMenu(node, { label: "More options", items: options, onPick: picked }) } }, icon("more"));
  return node;
}

/** The address of an image; the workspace's own files by their path, whatever name of this machine the page was opened by. */
function sourceOf({ image_url: address, slack_file: file }) {
  const given = address ?? file?.url ?? (file?.id ? `/page/files/${encodeURIComponent(file.id)}` : "");
  return given.replace(/^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+(?=\/page\/files\/)/, "");
}

/** Only what the workspace itself serves is loaded: the page makes no request to anyone else. */
const served = (source) => /^(?:\/page\/files\/|\/static\/|data:image\/)/i.test(source) || source.startsWith(`${location.origin}/`);

/** An image, or its alternative text where it cannot be shown. */
export function picture(element, className = "") {
  const source = sourceOf(element);
  const words = h("span", { class: "no-image", role: "img", "aria-label": element.alt_text, title: source }, `Image not loaded here: ${element.alt_text || source}`);
  if (!served(source)) return words;
  const node = h("img", { class: className, src: source, alt: element.alt_text ?? "" });
  node.addEventListener("error", () => node.replaceWith(words));
  return node;
}

function iconButton(element, place) {
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(store.as)) return null;
  const node = button({ class: "icon-button", "aria-label": element.accessibility_label || plain(element.text), title: plain(element.text), data: keyed(place, element), on: { click: () => press(place, element, { value: element.value }, node) } }, icon(element.icon === "trash" ? "trash" : "more"));
  return node;
}

function feedback(element, place) {
  return h("span", { class: "row" }, [element.positive_button, element.negative_button].map((choice) => {
    const node = button({ class: "button small", "aria-label": choice.accessibility_label || null, on: { click: () => act(place, element, { text: choice.text, value: choice.value }, node) } }, plain(choice.text));
    return node;
  }));
}

const SELECTS = ["static", "external", "users", "conversations", "channels"];

const ELEMENTS = {
  button: pressable,
  overflow,
  image: (element) => picture(element, "element-image"),
  icon_button: iconButton,
  feedback_buttons: feedback,
  radio_buttons: radios,
  checkboxes,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
  plain_text_input: textInput,
  email_text_input: textInput,
  number_input: textInput,
  url_text_input: textInput,
  ...Object.fromEntries(SELECTS.flatMap((kind) => [[`${kind}_select`, select], [`multi_${kind}_select`, select]])),
};

/** One element at its place: `{surface, block, dispatch, label}`; a type without a line says so. */
export function element(fact, place) {
  const make = ELEMENTS[fact.type];
  return make ? make(fact, place) : h("span", { class: "unknown" }, `not implemented here: ${fact.type}`, withPlain(fact.text));
}
