/* The page's roof: knows every room, wires them, and decides what is on the screen. */

import { ask, listen, tell } from "./api.js";
import { emit, on } from "./bus.js";
import { Composer } from "./composer.js";
import { $, button } from "./dom.js";
import { openFaults } from "./faults.js";
import { drawHint, watchHint } from "./hint.js";
import { drawAbout, drawHome, drawTabs, openHome } from "./home.js";
import { icon } from "./icons.js";
import { watchViews } from "./modal.js";
import { drawRail, drawSwitcher, toggleRail, wireRail } from "./rail.js";
import { channel, isAppChannel, learn, person, store, title } from "./store.js";
import { Stream } from "./stream.js";
import { themeButton } from "./theme.js";
import { closeThread, wireThread } from "./thread.js";
import { watchToasts } from "./toast.js";
import { watchMessages } from "./traffic.js";

const KEPT = "countersign.person";
const POINTER = matchMedia("(hover: hover)"); // where focus brings no keyboard over the screen
const STOPS = ["#rail .room[aria-current]", "#tabs [aria-selected=true]", "#messages article[tabindex='0']", "#composer textarea", "#thread textarea"];
const stream = new Stream($("messages"));
const composer = new Composer($("composer"), { where: () => ({ channel: store.channel, thread: "" }), name: "Message" });

function drawHead() {
  const one = channel(store.channel);
  const app = isAppChannel(one.id);
  $("title").replaceChildren(...(one.is_im ? [] : [icon(one.is_private ? "lock" : "hash")]), title(one.id));
  $("topic").textContent = one.is_im ? person(one.user).title ?? "" : one.topic ?? "";
  $("tabs").hidden = !app;
  if (app) drawTabs(pick);
}

async function pick(tab) {
  store.tab = tab;
  const talk = tab === "messages";
  $("messages").hidden = !talk;
  $("talk").hidden = !talk;
  $("home").hidden = talk;
  drawHead();
  if (tab === "about") drawAbout();
  if (tab !== "home") return;
  const { as } = store;
  const { view } = await ask("home");
  if (store.tab === "home" && store.as === as) drawHome(view);
  openHome();
}

async function show(id, tab = "messages") {
  if (id !== store.channel) closeThread();
  const unread = channel(id).unread ?? 0;
  store.channel = id;
  $("messages").setAttribute("aria-busy", "true");
  channel(id).unread = 0;
  remember();
  drawRail();
  toggleRail(false);
  pick(isAppChannel(id) ? tab : "messages");
  composer.enter(id, `Message ${channel(id).is_im ? "" : "#"}${title(id)}`);
  if (POINTER.matches) composer.box.focus();
  await load(unread);
}

async function load(unread = 0) {
  const id = store.channel;
  const { messages } = await ask("messages", { channel: id });
  if (id !== store.channel) return;
  const others = messages.filter((message) => message.user !== store.as && !message.ephemeral);
  stream.show(messages.map((message) => ({ ...message, channel: id })), unread ? others.at(-Math.min(unread, others.length))?.ts : "");
}

function remember() {
  localStorage.setItem(KEPT, store.as);
  history.replaceState(null, "", `?${new URLSearchParams({ as: store.as, channel: store.channel })}`);
}

async function refresh() {
  learn(await ask("state"));
  drawRail();
  drawHead();
  drawSwitcher();
}

async function be(id) {
  store.as = id;
  $("home").replaceChildren();
  stream.draw([], ""); // nobody sees, not for a moment, what only another may
  closeThread();
  emit("person");
  $("messages").setAttribute("aria-busy", "true");
  await refresh();
  await listen();
  const there = store.channels.some((one) => one.id === store.channel);
  await show(there ? store.channel : store.channels[0].id, store.tab);
  emit("toast", { level: "info", text: `You are now ${store.me.real_name}.` });
}

async function shortcut({ shortcut: { callback_id }, message }) {
  await tell("shortcut", { callback_id, ...(message ? { channel: message.channel, ts: message.ts } : {}) });
}

/** F6 goes round the parts of the page, Shift+F6 back, as in Slack. */
function round(event) {
  if (event.key !== "F6" || document.querySelector("dialog[open]")) return;
  const stops = STOPS.map((stop) => document.querySelector(stop)).filter((node) => node?.checkVisibility());
  const at = stops.findIndex((node) => node.closest("nav, #tabs, #messages, #talk, aside").contains(document.activeElement));
  event.preventDefault();
  stops.at((at + (event.shiftKey ? -1 : 1)) % stops.length)?.focus();
}

function wire() {
  const bar = (name, label, run) => button({ class: "bar-button", "aria-label": label, title: label, on: { click: run } }, icon(name));
  $("bar-tools").replaceChildren(bar("gauge", "Faults on demand", openFaults), bar("help", "Things to try", () => drawHint(true)), themeButton());
  on("open", ({ channel: id }) => show(id, isAppChannel(id) && store.channel !== id ? "messages" : store.tab));
  on("be", be);
  on("shortcut", shortcut);
  on("compose", (text) => pick("messages").then(() => composer.put(text)));
  on("focus-composer", () => composer.box.focus());
  on("event:home", ({ view }) => store.tab === "home" && isAppChannel(store.channel) && drawHome(view));
  on("event:channel", refresh);
  on("refresh", () => refresh().then(() => load()));
  on("connection", (alive) => ($("lost").hidden = alive));
  window.addEventListener("unhandledrejection", ({ reason }) => emit("toast", { level: "error", text: `The workspace did not answer: ${reason?.message ?? reason}` }));
  document.addEventListener("keydown", round);
  document.addEventListener("keydown", (event) => event.key === "Escape" && document.body.classList.contains("rail-shown") && toggleRail(false));
}

async function start() {
  wireRail();
  wireThread();
  watchViews();
  watchToasts();
  watchHint();
  watchMessages(stream, () => load());
  wire();
  const asked = new URLSearchParams(location.search);
  store.as = asked.get("as") ?? localStorage.getItem(KEPT) ?? "";
  learn(await ask("state").catch(() => ((store.as = ""), ask("state"))));
  await tell("reset-ephemeral");
  await listen();
  drawSwitcher();
  drawHint();
  const first = store.channels.find(({ id }) => id === asked.get("channel")) ?? store.channels[0];
  await show(first.id);
  document.body.classList.add("ready");
}

start().catch((fault) => {
  $("lost").hidden = false;
  $("lost").textContent = `The workspace does not answer: ${fault.message} Is "countersign run" still running? Reload to try again.`;
});
