/* rich_text: Slack's own tree, already parsed by whoever sent it. */

import { h } from "./dom.js";
import { safeUrl } from "./mrkdwn.js";
import { channelMention, dateNode, emojiNode, groupMention, link, rangeMention, userMention } from "./text.js";

const STYLES = [["code", "code"], ["bold", "b"], ["italic", "i"], ["strike", "s"], ["underline", "u"], ["highlight", "mark"], ["client_highlight", "mark"]];

function styled(node, style = {}) {
  return STYLES.reduce((inner, [name, tag]) => (style[name] ? h(tag, null, inner) : inner), node);
}

const glyphs = (unicode) => unicode.split("-").map((code) => String.fromCodePoint(Number.parseInt(code, 16) || 0xfffd)).join("");

function colour(value) {
  const node = h("span", { class: "swatch-word" }, h("span", { class: "swatch", "aria-hidden": "true" }), value);
  node.firstChild.style.background = value;
  return node;
}

const LEAF = {
  text: (e) => e.text ?? "",
  link: (e) => (safeUrl(e.url ?? "") ? link(e.url, e.text || e.url) : e.text || e.url || ""),
  user: (e) => userMention(e.user_id),
  channel: (e) => channelMention(e.channel_id),
  usergroup: (e) => groupMention(e.usergroup_id),
  broadcast: (e) => rangeMention(e.range),
  emoji: (e) => emojiNode(e.name, /^[0-9a-f-]+$/i.test(e.unicode ?? "") ? glyphs(e.unicode) : ""),
  date: (e) => dateNode(e.timestamp, e.format, safeUrl(e.url ?? "") ? e.url : "", e.fallback),
  color: (e) => colour(e.value),
  team: (e) => `@${e.team_id}`,
};

function leaf(element) {
  const make = LEAF[element.type];
  return make ? styled(make(element), element.style) : h("span", { class: "unknown" }, `not implemented here: ${element.type}`);
}

const section = (e) => h("span", { class: "rt-section" }, (e.elements ?? []).map(leaf));

function list(e) {
  const ordered = e.style === "ordered";
  const node = h(ordered ? "ol" : "ul", { class: `rt-list indent-${Math.min(e.indent ?? 0, 8)}`, start: ordered && e.offset ? e.offset + 1 : null },
    (e.elements ?? []).map((item) => h("li", null, section(item))));
  return e.border ? h("div", { class: "rt-border" }, node) : node;
}

const PART = {
  rich_text_section: (e) => h("div", { class: "rt-line" }, section(e)),
  rich_text_list: list,
  rich_text_preformatted: (e) => h("pre", { tabindex: 0, data: { language: e.language ?? "" } }, (e.elements ?? []).map(leaf)),
  rich_text_quote: (e) => h("blockquote", null, section(e)),
};

/** The elements of a rich_text block. */
export function richText(block) {
  return (block.elements ?? []).map((part) => PART[part.type]?.(part) ?? h("div", { class: "unknown" }, `not implemented here: ${part.type}`));
}
