/* Tables: `table` as it stands, `data_table` with sorting and pages. The first row is the header. */

import { button, h } from "./dom.js";
import { richText } from "./richtext.js";
import { withEmoji } from "./emoji.js";

const CELLS = {
  raw_text: (cell) => withEmoji(cell.text ?? ""),
  raw_number: (cell) => cell.text ?? String(cell.value ?? cell.number ?? ""),
  rich_text: (cell) => richText(cell),
};

const content = (cell) => CELLS[cell?.type]?.(cell) ?? h("span", { class: "unknown" }, `not implemented here: ${cell?.type}`);

function look(cell, settings = {}) {
  const align = settings?.align ?? (cell?.type === "raw_number" ? "right" : "left");
  return `align-${["center", "right"].includes(align) ? align : "left"}${settings?.is_wrapped ? " wrapped" : ""}`;
}

const scroll = (label, inner) => h("div", { class: "table-scroll", tabindex: 0, role: "group", "aria-label": label }, inner);

export function table(block) {
  const [head = [], ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const cell = (tag, extra) => (one, i) => h(tag, { class: look(one, settings[i]), ...extra }, content(one));
  return scroll("Table", h("table", { class: "block-table" }, h("thead", null, h("tr", null, head.map(cell("th", { scope: "col" })))), h("tbody", null, rows.map((row) => h("tr", null, row.map(cell("td")))))));
}

const wordsOf = (cell) => (cell.type === "raw_number" ? Number(cell.value ?? cell.text) : h("span", null, content(cell)).textContent);

function compare(a, b) {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  return typeof left === "number" && typeof right === "number" ? left - right : String(left).localeCompare(String(right), "en", { numeric: true });
}

export function dataTable(block) {
  const [head = [], ...rows] = block.rows ?? [];
  const size = block.page_size ?? 5;
  const rowHeader = block.row_header_column_index ?? 0;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  let page = 0;
  let sorted = { column: -1, down: false };
  const root = h("div", { class: "data-table" });

  function turn(column) {
    sorted = { column, down: sorted.column === column && !sorted.down };
    page = 0;
    draw();
  }

  const ordered = () => (sorted.column < 0 ? rows : rows.toSorted((a, b) => compare(a[sorted.column], b[sorted.column]) * (sorted.down ? -1 : 1)));
  const direction = (i) => (sorted.column !== i ? null : sorted.down ? "descending" : "ascending");
  const arrow = (i) => ({ ascending: " ↑", descending: " ↓" })[direction(i)] ?? "";
  const cell = (one, i) => (i === rowHeader ? h("th", { scope: "row", class: look(one) }, content(one)) : h("td", { class: look(one) }, content(one)));
  const step = (words, by) => button({ class: "button small", disabled: page + by < 0 || page + by >= pages, on: { click: () => ((page += by), draw()) } }, words);

  function draw() {
    const shown = ordered().slice(page * size, (page + 1) * size);
    const titles = head.map((one, i) => h("th", { scope: "col", class: look(rows[0]?.[i]), "aria-sort": direction(i) }, button({ class: "sort", on: { click: () => turn(i) } }, content(one), arrow(i))));
    root.replaceChildren(scroll(block.caption ?? "Table", h("table", { class: "block-table" }, h("caption", null, block.caption), h("thead", null, h("tr", null, titles)), h("tbody", null, shown.map((row) => h("tr", null, row.map(cell)))))));
    if (pages > 1) root.append(h("div", { class: "pager" }, step("Previous", -1), `Page ${page + 1} of ${pages} · ${rows.length} rows`, step("Next", 1)));
  }
  draw();
  return root;
}
