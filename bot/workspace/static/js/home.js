/* The app's own place: Home, Messages and About. */

import { tell } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { avatar } from "./avatar.js";
import { $, button, h, keepingFocus } from "./dom.js";
import { person, store } from "./store.js";
import { drawing, surfaceOf } from "./surface.js";

const TABS = [["home", "Home"], ["messages", "Messages"], ["about", "About"]];

/** Draws the tabs; `pick(tab)` is called on a choice. */
export function drawTabs(pick) {
  const nodes = TABS.map(([id, name]) => button({ role: "tab", id: `tab-${id}`, class: "tab", "aria-selected": String(store.tab === id), "aria-controls": id === "messages" ? "messages" : "home", tabindex: store.tab === id ? 0 : -1, data: { key: `tab/${id}` }, on: { click: () => pick(id), keydown: (event) => step(event, id, pick) } }, name));
  keepingFocus($("tabs"), () => $("tabs").replaceChildren(...nodes));
}

function step(event, id, pick) {
  const at = TABS.findIndex(([tab]) => tab === id);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const [tab] = TABS[(to + TABS.length) % TABS.length];
  pick(tab);
  $(`tab-${tab}`).focus();
}

/** Tells the app that its home was opened. */
export const openHome = () => tell("home/open");

/** Draws a home view, or the words for none. */
export function drawHome(view) {
  const root = $("home");
  if (!view) {
    root.replaceChildren(h("div", { class: "empty" }, h("h2", null, "Nothing here yet"), h("p", null, "The app has not published a home for you. It does so when you open this tab, if it is running.")));
    return;
  }
  const surface = drawing(surfaceOf(`view/${view.id}`, "home", { view_id: view.id }));
  keepingFocus(root, () => root.replaceChildren(h("div", { class: "home-view", data: { view: view.id } }, renderBlocks(view.blocks, surface))));
}

/** Draws what is known of the app. */
export function drawAbout() {
  const bot = person(store.app.bot_user);
  const rows = store.commands.map((one) => h("li", null, h("code", null, `${one.command} ${one.usage_hint ?? ""}`.trim()), " ", one.description));
  const shortcuts = store.shortcuts.map((one) => h("li", null, one.name, h("span", { class: "soft" }, one.type.startsWith("message") ? " on a message" : " from anywhere")));
  $("home").replaceChildren(h("div", { class: "about" }, h("div", { class: "about-head" }, avatar(bot, "huge"), h("div", null, h("h2", null, store.app.name), h("p", null, bot.title))),
    h("h3", null, "Commands"), h("ul", null, rows), shortcuts.length ? [h("h3", null, "Shortcuts"), h("ul", null, shortcuts)] : null, h("p", { class: "soft" }, `App ${store.app.id}, bot user ${store.app.bot_user}`)));
}
