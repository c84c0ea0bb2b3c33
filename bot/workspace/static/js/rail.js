/* The left rail: channels, direct messages, apps; and who one is. */

import { avatar } from "./avatar.js";
import { emit } from "./bus.js";
import { $, button, h, keepingFocus, spoken } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { isAppChannel, person, store, title } from "./store.js";

function sign(one) {
  if (one.is_im) return avatar(person(one.user), "tiny");
  return icon(one.is_private ? "lock" : "hash");
}

function row(one) {
  const current = one.id === store.channel;
  const unread = one.unread > 0 && !current;
  return h("li", null, button({ class: unread ? "room unread" : "room", "aria-current": current ? "page" : null, data: { key: `room/${one.id}`, channel: one.id }, on: { click: () => emit("open", { channel: one.id }) } },
    h("span", { class: "room-sign" }, sign(one)), h("span", { class: "room-name" }, title(one.id)),
    isAppChannel(one.id) ? h("span", { class: "app-badge" }, "APP") : null,
    unread ? [h("span", { class: "badge", "aria-hidden": "true" }, one.unread > 99 ? "99+" : one.unread), spoken(`, ${one.unread} unread`)] : null));
}

function group(name, rooms) {
  if (!rooms.length) return null;
  return h("section", { class: "rooms" }, h("h2", null, name), h("ul", null, rooms.map(row)));
}

function walk(event) {
  const rooms = [...$("rail").querySelectorAll(".room")];
  const at = rooms.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rooms.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  rooms[Math.max(0, Math.min(to, rooms.length - 1))].focus();
}

/** Draws the rail anew. */
export function drawRail() {
  const direct = store.channels.filter((one) => one.is_im);
  const rooms = store.channels.filter((one) => !one.is_im);
  keepingFocus($("rail"), () => $("rooms").replaceChildren(...[group("Channels", rooms), group("Direct messages", direct.filter((one) => !isAppChannel(one.id))), group("Apps", direct.filter((one) => isAppChannel(one.id)))].filter(Boolean)));
  $("team").textContent = store.team.name;
  const unread = store.channels.some((one) => one.unread > 0 && one.id !== store.channel);
  document.title = `${unread ? "* " : ""}${title(store.channel)} · ${store.team.name}`;
  $("rail-open").classList.toggle("has-unread", unread);
}

/** Opens and closes the rail where the page is narrow. */
export function toggleRail(open) {
  document.body.classList.toggle("rail-shown", open);
  $("rail-open").setAttribute("aria-expanded", String(open));
  if (open) $("rail").querySelector("[aria-current], .room")?.focus();
}

/** Draws "You are: …". */
export function drawSwitcher() {
  const node = $("switcher");
  node.replaceChildren(avatar(store.me, "small"), h("span", { class: "switcher-words" }, h("span", { class: "switcher-lead" }, "You are: "), h("b", null, store.me.real_name), " ", h("span", { class: "switcher-role" }, store.me.role || store.me.title)), spoken(". Be another person"), icon("down"));
}

/** Makes the rail's buttons work. */
export function wireRail() {
  $("rail").addEventListener("keydown", walk);
  $("rail-open").append(icon("menu"));
  $("rail-open").addEventListener("click", () => toggleRail(!document.body.classList.contains("rail-shown")));
  $("shade").addEventListener("click", () => toggleRail(false));
  $("switcher").addEventListener("click", () => {
    const items = store.people.filter((one) => !one.is_bot).map((one) => ({ label: one.real_name, detail: [one.role || one.title, one.tz].filter(Boolean).join(" · "), value: one.id, chosen: one.id === store.as, lead: avatar(one, "small") }));
    openMenu($("switcher"), { label: "Be another person", items, onPick: (item) => emit("be", item.value) });
  });
}
