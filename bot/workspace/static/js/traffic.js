/* Messages as they come, change and go, put where they belong. */

import { ask } from "./api.js";
import { on } from "./bus.js";
import { $ } from "./dom.js";
import { drawRail } from "./rail.js";
import { channel, store } from "./store.js";
import { announce } from "./stream.js";
import { dropFromThread, putInThread } from "./thread.js";

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts && message.subtype !== "thread_broadcast";

/** Listens for message events and keeps `stream` (the open channel's list) true to them. */
export function watchMessages(stream, reload) {
  const withChannel = (event) => ({ channel: event.channel, ...event.message });

  function arrived(event) {
    const message = withChannel(event);
    const threaded = putInThread(message);
    const here = message.channel === store.channel;
    if (here || threaded) announce($("log"), message);
    if (isReply(message) && !message.ephemeral) return;
    if (here && !(isReply(message) && threaded)) stream.put(message);
    if (here) seen();
    if (!here && message.user !== store.as) unread(message.channel);
  }

  function changed(event) {
    const message = withChannel(event);
    putInThread(message);
    const before = stream.messages.get(message.ts);
    if (before && before.text !== message.text && message.channel === store.channel) announce($("log"), message);
    if (message.channel === store.channel && stream.messages.has(message.ts)) stream.put(message);
  }

  function gone(event) {
    const { ts } = event.message;
    dropFromThread(ts);
    if (event.channel === store.channel) stream.drop(ts);
  }

  function unread(id) {
    const room = channel(id);
    room.unread = (room.unread ?? 0) + 1;
    drawRail();
  }

  for (const kind of ["message", "ephemeral"]) {
    on(`event:${kind}`, arrived);
    on(`event:${kind}_changed`, changed);
    on(`event:${kind}_deleted`, gone);
  }
  on("person", () => $("log").replaceChildren());
  on("dismiss", (message) => (stream.drop(message.ts), dropFromThread(message.ts)));
  on("event:reaction", (event) => event.channel === store.channel && reload());
}

let told = 0;

/** Tells the workspace that this channel was read up to now, at most once in two seconds. */
function seen() {
  clearTimeout(told);
  const { channel: id } = store;
  told = setTimeout(() => id === store.channel && ask("messages", { channel: id }).catch(() => {}), 2000);
}
