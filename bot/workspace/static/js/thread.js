/* The pane on the right: one message and what was answered to it. */

import { ask } from "./api.js";
import { emit, on } from "./bus.js";
import { Composer } from "./composer.js";
import { $, button, h } from "./dom.js";
import { icon } from "./icons.js";
import { messageNode } from "./message.js";
import { channel, store, title } from "./store.js";
import { Stream } from "./stream.js";

let stream = null;
let composer = null;
let parent = null;
let opener = null;

const belongs = (message) => parent && message.channel === parent.channel && message.thread_ts === parent.ts && message.ts !== parent.ts;

function drawParent() {
  $("thread-parent").replaceChildren(messageNode(parent, { inThread: true }));
  const count = parent.reply_count ?? 0;
  $("thread-count").textContent = count ? `${count} ${count === 1 ? "reply" : "replies"}` : "";
}

async function open(message) {
  opener = document.activeElement;
  const root = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : message.ts;
  store.thread = root;
  const { messages } = await ask("messages", { channel: message.channel, thread: root });
  parent = { ...(messages.find(({ ts }) => ts === root) ?? message), channel: message.channel };
  $("thread").hidden = false;
  document.body.classList.add("thread-shown");
  $("thread-where").textContent = `${channel(message.channel).is_im ? "" : "#"}${title(message.channel)}`;
  drawParent();
  stream.show(messages.filter(({ ts }) => ts !== root));
  composer.enter(root, "Reply…");
  composer.box.focus();
}

/** Puts the pane away and gives the focus back. */
export function closeThread() {
  if ($("thread").hidden) return;
  store.thread = "";
  parent = null;
  $("thread").hidden = true;
  document.body.classList.remove("thread-shown");
  if (opener?.isConnected) opener.focus();
  else emit("focus-composer");
}

/** Shows a message in the open thread, if it belongs there. True if it did. */
export function putInThread(message) {
  if (parent && message.ts === parent.ts && message.channel === parent.channel) {
    parent = message;
    drawParent();
  }
  if (!belongs(message)) return false;
  stream.put(message);
  return true;
}

export const dropFromThread = (ts) => stream?.drop(ts);

/** Builds the pane. */
export function wireThread() {
  $("thread").append(
    h("header", { class: "pane-head" }, h("h2", null, "Thread ", h("span", { id: "thread-where", class: "soft" })), button({ class: "icon-button", "aria-label": "Close thread", on: { click: closeThread } }, icon("close"))),
    h("div", { id: "thread-scroll", class: "scroll" }, h("div", { id: "thread-parent" }), h("div", { class: "thread-rule" }, h("span", { id: "thread-count" })), h("div", { id: "replies", role: "region", "aria-label": "Replies" })),
    h("form", { id: "thread-composer", class: "composer" }));
  stream = new Stream($("replies"), { inThread: true });
  stream.toEnd = () => ($("thread-scroll").scrollTop = $("thread-scroll").scrollHeight);
  composer = new Composer($("thread-composer"), { where: () => ({ channel: parent.channel, thread: parent.ts }), name: "Reply in thread" });
  $("thread").addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && closeThread());
  on("open-thread", open);
}
