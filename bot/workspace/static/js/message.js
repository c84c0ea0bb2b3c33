/* One message as Slack draws it: who, when, what, and what hangs below. */

import { avatar } from "./avatar.js";
import { foldable, renderBlocks } from "./blocks.js";
import { emit } from "./bus.js";
import { slackDate } from "./dates.js";
import { button, h } from "./dom.js";
import { emoji } from "./emoji.js";
import { files } from "./files.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { safeUrl } from "./mrkdwn.js";
import { picture } from "./elements.js";
import { now, person, store, zone } from "./store.js";
import { drawing, surfaceOf } from "./surface.js";
import { flat, link, mrkdwn } from "./text.js";

const FOLD = 1400;

/** The moment of a message in words of this format. */
export const when = (ts, format) => slackDate(Number(ts), format, "", zone(), now());

/** Who wrote it: a person, the bot, or Slackbot. */
export function author(message) {
  const known = person(message.user);
  const name = message.username || known.real_name;
  const bot = Boolean(message.bot_id) || known.is_bot;
  return { ...known, real_name: name, is_bot: bot, initials: known.initials && known.real_name === name ? known.initials : name.slice(0, 1).toUpperCase() };
}

/** What a screen reader hears: the top-level text, as in Slack, and no blocks. */
export function said(message) {
  const extra = (message.files ?? []).map((file) => `file ${file.name}`).join(", ");
  return [flat(message.text), extra].filter(Boolean).join("; ") || "a message without text";
}

const rgb = (value) => (/^[0-9a-f]{3,8}$/i.test(value ?? "") ? `#${value}` : { good: "#2eb886", warning: "#daa038", danger: "#a30200" }[value] ?? value);

const SHOWN = ["author_name", "title", "text", "fields", "blocks", "image_url", "footer", "pretext"];

function attachment(fact, surface) {
  const title = fact.title ? h("div", { class: "attachment-title" }, fact.title_link && safeUrl(fact.title_link) ? link(fact.title_link, mrkdwn(fact.title)) : mrkdwn(fact.title)) : null;
  const fields = fact.fields?.length ? h("div", { class: "fields" }, fact.fields.map((field) => h("div", { class: field.short ? "field-cell" : "field-cell wide" }, h("b", null, mrkdwn(field.title)), h("div", { class: "mrkdwn" }, mrkdwn(field.value))))) : null;
  const node = h("div", { class: "attachment" },
    fact.author_name ? h("div", { class: "attachment-author" }, fact.author_name) : null, title,
    fact.text ? h("div", { class: "mrkdwn" }, mrkdwn(fact.text)) : null, fields, SHOWN.some((name) => fact[name]) ? null : fact.fallback,
    fact.blocks ? renderBlocks(fact.blocks, surface) : null,
    fact.image_url ? picture({ image_url: fact.image_url, alt_text: fact.fallback ?? "image" }) : null,
    fact.footer || fact.ts ? h("div", { class: "attachment-footer" }, [mrkdwn(fact.footer ?? ""), fact.footer && fact.ts ? " | " : "", fact.ts ? when(fact.ts, "{date_short_pretty} at {time}") : ""]) : null);
  if (fact.color) node.style.borderLeftColor = rgb(fact.color);
  return [fact.pretext ? h("div", { class: "mrkdwn" }, mrkdwn(fact.pretext)) : null, node];
}

function body(message) {
  const surface = drawing(surfaceOf(`${message.channel}/${message.ts}`, "message", { channel: message.channel, ts: message.ts, ...(message.ephemeral ? { ephemeral: true } : {}) }));
  const edited = message.edited ? h("span", { class: "edited", title: when(message.edited.ts, "{date_long} at {time_secs}") }, " (edited)") : null;
  const main = message.blocks?.length ? [renderBlocks(message.blocks, surface), edited] : message.text || edited ? h("div", { class: "mrkdwn message-text" }, mrkdwn(message.text), edited) : null;
  return [main, (message.attachments ?? []).map((one) => attachment(one, surface)), message.files?.length ? files(message.files) : null];
}

function reactions(list) {
  return h("div", { class: "reactions" }, list.map(({ name, count, users }) => h("span", { class: users?.includes(store.as) ? "reaction mine" : "reaction", title: (users ?? []).map((id) => person(id).real_name).join(", "), role: "img", "aria-label": `${count} reacted with ${name.replaceAll("_", " ")}` }, emoji(name) ?? `:${name}:`, " ", count)));
}

function threadBar(message) {
  const count = message.reply_count;
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(person(id), "tiny"));
  return button({ class: "thread-bar", data: { key: `thread/${message.ts}` }, on: { click: () => emit("open-thread", message) } }, faces, h("span", { class: "thread-count" }, `${count} ${count === 1 ? "reply" : "replies"}`), h("span", { class: "thread-last" }, message.latest_reply ? `Last reply ${when(message.latest_reply, "{ago}").toLowerCase()}` : "View thread"));
}

async function copy(text) {
  const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  emit("toast", done ? { level: "info", text: "Copied." } : { level: "warning", text: "The browser does not let this page copy. Select the text instead." });
}

function tools(message, inThread) {
  const shortcuts = store.shortcuts.filter(({ type }) => type.startsWith("message")).map((one) => ({ label: one.name, detail: store.app.name, value: one.callback_id, run: () => emit("shortcut", { shortcut: one, message }) }));
  const items = [...(message.ephemeral ? [{ label: "Dismiss message", value: "dismiss", run: () => emit("dismiss", message) }] : shortcuts), { label: "Copy text", value: "copy", run: () => copy(flat(message.text)) }];
  const more = button({ class: "tool", "aria-label": "More actions", title: "More actions", "aria-haspopup": "listbox", "aria-expanded": "false", data: { key: `more/${message.ts}` }, on: { click: () => openMenu(more, { label: "Message actions", items, onPick: (item) => item.run() }) } }, icon("more"));
  const reply = inThread || message.ephemeral ? null : button({ class: "tool", "aria-label": "Reply in thread", title: "Reply in thread", data: { key: `reply/${message.ts}` }, on: { click: () => emit("open-thread", message) } }, icon("thread"));
  return h("div", { class: "tools", role: "toolbar", "aria-label": "Message tools" }, reply, more);
}

/** The element of a message; `compact` when it follows its author's last one. */
export function messageNode(message, { compact = false, inThread = false } = {}) {
  const who = author(message);
  const time = h("time", { class: "time", datetime: new Date(Number(message.ts) * 1000).toISOString(), title: when(message.ts, "{date_long} at {time_secs}") }, when(message.ts, "{time}"));
  const label = `${who.real_name}${who.is_bot ? ", app" : ""}, ${when(message.ts, "{date_pretty} at {time}")}${message.ephemeral ? ", only visible to you" : ""}: ${said(message)}`;
  const content = h("div", { class: "message-content" }, body(message));
  const head = h("div", { class: "message-head" }, h("b", { class: "author" }, who.real_name), who.is_bot ? h("span", { class: "app-badge" }, "APP") : null, time);
  return h("article", { class: `message${compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`, tabindex: -1, "aria-label": label, data: { ts: message.ts, key: `message/${message.ts}` } },
    message.ephemeral ? h("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
    h("div", { class: "gutter" }, avatar(who), h("time", { class: "gutter-time", "aria-hidden": "true" }, when(message.ts, "{time}").replace(/ [AP]M$/, ""))),
    h("div", { class: "message-main" }, head, JSON.stringify(message.blocks ?? "").length > FOLD * 20 ? foldable(content, FOLD) : content,
      message.reactions?.length ? reactions(message.reactions) : null, message.reply_count && !inThread ? threadBar(message) : null),
    tools(message, inThread));
}
