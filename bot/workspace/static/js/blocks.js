/* Block Kit: every block type has its line in BLOCKS; one without is shown as such, with what it holds. */

import { chart } from "./chart.js";
import { button, h } from "./dom.js";
import { element, picture } from "./elements.js";
import { icon } from "./icons.js";
import { parseMarkdown } from "./markdown.js";
import { safeUrl } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./table.js";
import { link, nodes, plain, textObject } from "./text.js";

const place = (block, surface, dispatch = true, label = "") => ({ surface, block: block.block_id ?? "", dispatch, label });
const words = (text, className = "mrkdwn") => h("div", { class: className }, textObject(text));

function section(block, surface) {
  const main = h("div", { class: "section-main" }, block.text ? words(block.text) : null,
    block.fields ? h("div", { class: "fields" }, block.fields.map((field) => words(field, "mrkdwn field-cell"))) : null);
  return [main, block.accessory ? h("div", { class: "accessory" }, element(block.accessory, place(block, surface))) : null];
}

const contextPart = (part) => (part.type === "image" ? picture(part, "context-image") : h("span", { class: "mrkdwn" }, textObject(part)));

function image(block) {
  const shown = picture(block);
  return h("figure", null, block.title ? h("figcaption", null, plain(block.title)) : null, shown);
}

let serial = 0;

function input(block, surface) {
  const id = `input-${(serial += 1)}`;
  const label = plain(block.label);
  const control = element(block.element ?? {}, place(block, surface, block.dispatch_action === true, label));
  const error = h("p", { class: "input-error", id: `${id}-error`, data: { errorFor: block.block_id ?? "" } }, surface.errors[block.block_id] ?? "");
  if (control.setAttribute) control.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  if (!block.optional && /^(?:INPUT|TEXTAREA)$/.test(control.tagName)) control.setAttribute("aria-required", "true");
  return h("div", { class: "input" }, h("div", { class: "input-label", "aria-hidden": "true" }, label, block.optional ? h("span", { class: "optional" }, " (optional)") : null),
    control, error, h("p", { class: "input-hint", id: `${id}-hint` }, plain(block.hint)));
}

const LEVELS = { default: "help", info: "help", warning: "warn", error: "warn", success: "check" };

function alert(block) {
  const level = Object.hasOwn(LEVELS, block.level) ? block.level : "default";
  return h("div", { class: `alert ${level}`, role: "note" }, icon(LEVELS[level]), words(block.text));
}

function card(block, surface) {
  const actions = block.actions?.length ? h("div", { class: "row" }, block.actions.map((one) => element(one, place(block, surface)))) : null;
  return h("div", { class: "card" }, block.hero_image ? picture(block.hero_image, "card-hero") : null,
    h("div", { class: "card-head" }, block.icon ? picture(block.icon, "context-image") : null, h("div", null, block.title ? words(block.title, "mrkdwn card-title") : null, block.subtitle ? words(block.subtitle, "mrkdwn card-subtitle") : null)),
    block.body ? words(block.body) : null, actions, block.subtext ? words(block.subtext, "mrkdwn card-subtitle") : null);
}

function container(block, surface) {
  const head = [block.rich_text_title ? richText(block.rich_text_title) : plain(block.title), block.subtitle ? words(block.subtitle, "mrkdwn card-subtitle") : null];
  const inner = (block.child_blocks ?? []).map((child) => drawn(child, surface));
  if (block.is_collapsible) return h("details", { class: "container", open: !block.default_collapsed }, h("summary", null, head), inner);
  return h("div", { class: "container" }, h("div", { class: "container-head" }, head), inner);
}

const MARKS = { pending: "to do", in_progress: "in progress", complete: "done", error: "failed" };

const task = (block) => h("div", { class: `task-card ${Object.hasOwn(MARKS, block.status) ? block.status : ""}` }, h("b", null, block.title), h("span", { class: "tag" }, MARKS[block.status] ?? block.status),
  block.details ? richText(block.details) : null, block.output ? richText(block.output) : null, (block.sources ?? []).map((one) => (safeUrl(one.url ?? "") ? link(one.url, one.text ?? one.url) : null)));

function video(block) {
  const title = plain(block.title);
  return [missing(block, title), block.title_url && safeUrl(block.title_url) ? link(block.title_url, title) : null, h("div", null, plain(block.description))];
}

/** A label for what this page does not draw, and the very block below it. */
export function missing(block, about = "") {
  return h("details", { class: "unknown" }, h("summary", null, `not implemented here: ${block.type}${about ? ` (${about})` : ""}`), h("pre", { tabindex: 0 }, JSON.stringify(block, null, 2)));
}

const BLOCKS = {
  section,
  header: (block, { kind }) => h(kind === "home" ? "h2" : "h3", { class: "header" }, plain(block.text)),
  divider: () => h("hr"),
  context: (block) => (block.elements ?? []).map(contextPart),
  actions: (block, surface) => (block.elements ?? []).map((one) => element(one, place(block, surface))),
  context_actions: (block, surface) => (block.elements ?? []).map((one) => element(one, place(block, surface))),
  image,
  input,
  rich_text: richText,
  markdown: (block) => nodes(parseMarkdown(block.text ?? "")),
  table,
  data_table: dataTable,
  data_visualization: chart,
  alert,
  card,
  carousel: (block, surface) => (block.elements ?? []).map((one) => card(one, surface)),
  container,
  task_card: task,
  plan: (block) => [h("b", null, block.title), (block.tasks ?? []).map(task)],
  video,
};

const SEEN = "hr, img, button, input, textarea, [role=img]";

function drawn(block, surface) {
  const make = BLOCKS[block?.type];
  const known = make && /^[a-z_]+$/.test(block.type);
  const node = h("div", { class: `block block-${known ? block.type : "other"}`, data: { block: block?.block_id ?? "", type: block?.type ?? "" } }, known ? safely(make, block, surface) : missing(block ?? {}));
  if (!node.textContent.trim() && !node.querySelector(SEEN)) node.append(missing(block));
  return node;
}

function safely(make, block, surface) {
  try {
    return make(block, surface);
  } catch (fault) {
    return [h("p", { class: "input-error" }, `This block could not be drawn: ${fault.message}`), missing(block)];
  }
}

/** The elements of a list of blocks on a surface. */
export const renderBlocks = (blocks, surface) => h("div", { class: "blocks" }, (blocks ?? []).map((block) => drawn(block, surface)));

/** Long content folds behind a button, as in Slack. */
export function foldable(node, limit) {
  const more = button({ class: "link-button", on: { click: () => (node.classList.remove("folded"), more.remove()) } }, "Show more");
  node.style.setProperty("--fold", `${limit}px`);
  node.classList.add("folded");
  return [node, more];
}
