/* The select menus: five sources of options, each for one choice or many. */

import { tell } from "./api.js";
import { avatar } from "./avatar.js";
import { confirmed } from "./dialog.js";
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { person, store, title } from "./store.js";
import { choose, recall } from "./surface.js";
import { called, plain } from "./words.js";

const asItem = (option, group = "") => ({ label: plain(option.text), detail: plain(option.description), group, value: option.value, whole: option });

function offered({ options = [], option_groups: groups = [] }) {
  return [...options.map((option) => asItem(option)), ...groups.flatMap(({ label, options: inner }) => inner.map((option) => asItem(option, plain(label))))];
}

const people = () => store.people.map((one) => ({ label: one.real_name, detail: one.title, value: one.id, whole: one.id, lead: avatar(one, "tiny") }));
const room = (one) => ({ label: one.is_im ? title(one.id) : `#${one.name}`, value: one.id, whole: one.id });

function wanted(one, { include, exclude_bot_users: noBots } = {}) {
  const kind = one.is_im ? "im" : one.is_private ? "private" : "public";
  return (!include || include.includes(kind)) && !(noBots && one.is_im && person(one.user).is_bot);
}

const SOURCES = {
  static: { one: "selected_option", many: "selected_options", items: offered },
  external: { one: "selected_option", many: "selected_options", items: () => [] },
  users: { one: "selected_user", many: "selected_users", items: people, name: (id) => person(id).real_name },
  conversations: { one: "selected_conversation", many: "selected_conversations", items: ({ filter }) => store.channels.filter((one) => wanted(one, filter)).map(room), name: (id) => room(store.channels.find((one) => one.id === id) ?? { name: id }).label },
  channels: { one: "selected_channel", many: "selected_channels", items: () => store.channels.filter((one) => !one.is_im && !one.is_private).map(room), name: (id) => `#${title(id)}` },
};

const SINGLE = { users: "initial_user", conversations: "initial_conversation", channels: "initial_channel" };

function initial(element, kind, many) {
  if (many) return element[`${SINGLE[kind] ?? "initial_option"}s`] ?? [];
  return element[SINGLE[kind] ?? "initial_option"] ?? null;
}

async function fetched(element, place, value) {
  if (value.length < (element.min_query_length ?? 3)) return [];
  const { channel, ts, view_id } = place.surface.address;
  const reply = await tell("options", { channel, ts, view_id, block_id: place.block, action_id: element.action_id, value });
  return offered(reply?.response ?? reply ?? {});
}

/** Any select menu, `static_select` to `multi_channels_select`. */
export function select(element, place) {
  const many = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "").replace("_select", "");
  const source = SOURCES[kind];
  const field = many ? source.many : source.one;
  const held = recall(place, element, { [field]: initial(element, kind, many) });
  const list = () => [current[field]].flat().filter(Boolean);
  const valueOf = (chosen) => (source.name ? chosen : chosen.value);
  const nameOf = (chosen) => (source.name ? source.name(chosen) : plain(chosen.text));
  let current = held;

  const words = h("span", { class: "select-words" });
  const node = button({ class: many ? "select many" : "select", "aria-haspopup": "listbox", "aria-expanded": "false", autofocus: element.focus_on_load, data: { key: `${place.block}/${element.action_id}`, action: element.action_id ?? "" }, on: { click: open } }, words, icon("down"));
  show();

  function show() {
    const names = list().map(nameOf);
    words.replaceChildren(...(names.length ? (many ? names.map((name) => h("span", { class: "chip" }, name)) : names) : [plain(element.placeholder) || "Select an option"]));
    words.classList.toggle("placeholder", !names.length);
    const label = called(element, place);
    const shown = names.join(", ") || plain(element.placeholder) || "Select an option";
    node.setAttribute("aria-label", label === shown ? label : `${label}: ${shown}`);
  }

  function take(chosen) {
    current = { type: element.type, [field]: chosen };
    show();
    choose(place, element, { [field]: chosen }, node, () => confirmed(element.confirm));
  }

  function open() {
    const values = new Set(list().map(valueOf));
    const items = source.items(element).map((item) => ({ ...item, chosen: values.has(item.value) }));
    const seen = new Map([...list().map((chosen) => [valueOf(chosen), chosen]), ...items.map((item) => [item.value, item.whole])]);
    const note = (found) => found.map((item) => (seen.set(item.value, item.whole), item));
    const load = kind === "external" ? async (value) => note(await fetched(element, place, value)) : null;
    const before = JSON.stringify([...values]);
    openMenu(node, {
      label: called(element, place), items, load, multi: many, search: kind !== "static" || items.length > 6,
      onPick: (item) => take(item.whole),
      onDone: (picked) => JSON.stringify(picked) !== before && take(picked.slice(0, element.max_selected_items).map((value) => seen.get(value))),
    });
  }
  return node;
}
