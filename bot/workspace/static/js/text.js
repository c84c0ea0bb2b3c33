/* The tree of a text becomes elements; names are looked up, dates told in the reader's zone. */

import { emit } from "./bus.js";
import { slackDate } from "./dates.js";
import { button, h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { decoded, parse } from "./mrkdwn.js";
import { channel, group, knows, knowsChannel, now, person, store, title, zone } from "./store.js";

/** A link that tells its destination nothing. */
export function link(url, ...label) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow", title: url }, ...label);
}

export function userMention(id, label = "") {
  const name = knows(id) ? person(id).real_name : label || id;
  return h("span", { class: id === store.as ? "mention mine" : "mention", title: knows(id) ? person(id).title : id }, `@${name.replace(/^@/, "")}`);
}

export function channelMention(id, label = "") {
  if (!knowsChannel(id)) return h("span", { class: "mention" }, `#${label || id}`);
  return button({ class: "mention", on: { click: () => emit("open", { channel: id }) } }, `#${title(id)}`);
}

export function groupMention(id, label = "") {
  return h("span", { class: "mention" }, `@${(group(id)?.handle ?? (label || id)).replace(/^@/, "")}`);
}

export const rangeMention = (name) => h("span", { class: "mention mine" }, `@${name}`);

export function emojiNode(name, unicode = "") {
  const drawn = unicode || emoji(name);
  return drawn ? h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, drawn) : `:${name}:`;
}

export function dateNode(ts, format, url, fallback) {
  const told = slackDate(ts, format, fallback || String(ts), zone(), now());
  const stamp = Number.isFinite(Number(ts)) ? new Date(Number(ts) * 1000) : null;
  const node = h("time", { datetime: stamp?.toISOString(), title: stamp ? slackDate(ts, "{date_long} at {time_secs}", "", zone(), now()) : fallback }, told);
  return url ? link(url, node) : node;
}

const MAKE = {
  text: (n) => n.v,
  bold: (n) => h("b", null, nodes(n.c)),
  italic: (n) => h("i", null, nodes(n.c)),
  strike: (n) => h("s", null, nodes(n.c)),
  code: (n) => h("code", null, n.v),
  pre: (n) => h("pre", { tabindex: 0 }, n.v),
  quote: (n) => h("blockquote", null, nodes(n.c)),
  link: (n) => link(n.url, n.c ? nodes(n.c) : n.label),
  user: (n) => userMention(n.id, n.label),
  channel: (n) => channelMention(n.id, n.label),
  group: (n) => groupMention(n.id, n.label),
  range: (n) => rangeMention(n.v),
  date: (n) => dateNode(n.ts, n.format, n.url, n.fallback),
  emoji: (n) => emojiNode(n.name),
  heading: (n) => h(`h${Math.min(n.level + 2, 6)}`, { class: "md-heading" }, nodes(n.c)),
  list: (n) => h(n.ordered ? "ol" : "ul", n.ordered && n.start > 1 ? { start: n.start } : null, n.items.map((item) => h("li", item.task === undefined ? null : { class: "task" }, taskMark(item), nodes(item.c)))),
  paragraph: (n) => h("p", null, nodes(n.c)),
  rule: () => h("hr"),
  table: (n) => h("div", { class: "table-scroll", tabindex: 0, role: "group", "aria-label": "Table" }, h("table", { class: "block-table" },
    h("thead", null, h("tr", null, n.head.map((cell) => h("th", { scope: "col" }, nodes(cell))))),
    h("tbody", null, n.rows.map((row) => h("tr", null, row.map((cell) => h("td", null, nodes(cell)))))))),
};

const taskMark = ({ task }) => (task === undefined ? null : h("span", { role: "img", "aria-label": task ? "done" : "to do" }, task ? "☑ " : "☐ "));

/** The elements of a tree. */
export const nodes = (tree) => tree.map((node) => MAKE[node.t](node));

/** A mrkdwn text as elements. */
export const mrkdwn = (source, how) => nodes(parse(source ?? "", how));

/** A Block Kit text object as elements. */
export function textObject(text) {
  if (!text) return [];
  if (typeof text === "string") return [text];
  if (text.type === "mrkdwn") return mrkdwn(text.text, { verbatim: text.verbatim === true });
  return [plain(text)];
}

/** A plain_text object as a string. */
export function plain(text) {
  if (!text) return "";
  if (typeof text === "string") return text;
  const told = text.type === "mrkdwn" ? flat(text.text) : text.text ?? "";
  return text.emoji === false ? told : withEmoji(told);
}

const FLAT = {
  user: (n) => `@${knows(n.id) ? person(n.id).real_name : n.label || n.id}`,
  channel: (n) => `#${knowsChannel(n.id) ? channel(n.id).name : n.label || n.id}`,
  group: (n) => groupMention(n.id, n.label).textContent,
  range: (n) => `@${n.v}`,
  link: (n) => n.label,
  date: (n) => slackDate(n.ts, n.format, n.fallback, zone(), now()),
  emoji: (n) => emoji(n.name) ?? `:${n.name}:`,
};

/** A mrkdwn text as one string: what a screen reader or a notification says. */
export function flat(source) {
  const say = (tree) => tree.map((n) => FLAT[n.t]?.(n) ?? (n.c ? say(n.c) : n.v)).join("");
  return say(parse(source ?? ""));
}

export { decoded };
