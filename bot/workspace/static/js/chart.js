/* data_visualization as plain SVG; a table of the same numbers stands beside it for screen readers. */

import { h, svg } from "./dom.js";

const WIDTH = 560;
const HEIGHT = 240;
const BOX = { left: 44, right: 12, top: 12, bottom: 44 };
const INNER = { width: WIDTH - BOX.left - BOX.right, height: HEIGHT - BOX.top - BOX.bottom };

const tone = (i) => `tone-${(i % 12) + 1}`;

function ticks(top) {
  const raw = Math.max(top, 1) / 4;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max([1, 2, 5, 10].map((n) => n * size).find((n) => n >= raw), Number.isInteger(top) ? 1 : 0);
  return Array.from({ length: Math.ceil(top / step) + 1 || 2 }, (_, i) => i * step);
}

const short = (n) => (Math.abs(n) >= 10_000 ? `${Number((n / 1000).toFixed(1))}k` : String(Number(n.toFixed(2))));
const values = (series, categories) => categories.map((category) => series.data.find((point) => point.label === category)?.value ?? 0);

function frame(chart) {
  const categories = chart.axis_config?.categories ?? [];
  const rows = chart.series.map((series) => values(series, categories));
  const all = rows.flat();
  const marks = ticks(Math.max(0, ...all));
  const low = Math.min(0, ...all);
  const span = marks.at(-1) - low || 1;
  const y = (value) => BOX.top + INNER.height * (1 - (value - low) / span);
  const band = INNER.width / Math.max(1, categories.length);
  return { categories, rows, marks: low < 0 ? [low, ...marks] : marks, y, band, x: (i) => BOX.left + band * (i + 0.5) };
}

function axes({ categories, marks, y, x, band }, { x_label: across, y_label: up } = {}) {
  const every = Math.ceil(52 / band);
  return [
    marks.map((mark) => [svg("line", { class: "grid", x1: BOX.left, x2: WIDTH - BOX.right, y1: y(mark), y2: y(mark) }), svg("text", { class: "tick", x: BOX.left - 6, y: y(mark) + 4, "text-anchor": "end" }, short(mark))]),
    categories.map((category, i) => (i % every ? null : svg("text", { class: "tick", x: x(i), y: HEIGHT - BOX.bottom + 16, "text-anchor": "middle" }, category))),
    across ? svg("text", { class: "axis", x: BOX.left + INNER.width / 2, y: HEIGHT - 6, "text-anchor": "middle" }, across) : null,
    up ? svg("text", { class: "axis", x: 12, y: BOX.top + INNER.height / 2, "text-anchor": "middle", transform: `rotate(-90 12 ${BOX.top + INNER.height / 2})` }, up) : null,
  ];
}

const tip = (name, label, value) => svg("title", null, `${name}, ${label}: ${value}`);

function bars(chart, f) {
  const width = Math.min(46, (f.band * 0.72) / f.rows.length);
  return f.rows.map((row, s) => row.map((value, i) => svg("rect", { class: tone(s), rx: 2, x: f.x(i) - (width * f.rows.length) / 2 + width * s, width: Math.max(1, width - 1.5), y: Math.min(f.y(value), f.y(0)), height: Math.abs(f.y(0) - f.y(value)) }, tip(chart.series[s].name, f.categories[i], value))));
}

const points = (f, row) => row.map((value, i) => `${f.x(i)},${f.y(value)}`);

function lines(chart, f) {
  return f.rows.map((row, s) => [svg("polyline", { class: `stroke ${tone(s)}`, points: points(f, row).join(" ") }), row.map((value, i) => svg("circle", { class: tone(s), r: 3.5, cx: f.x(i), cy: f.y(value) }, tip(chart.series[s].name, f.categories[i], value)))]);
}

function areas(chart, f) {
  const floor = (i) => `${f.x(i)},${f.y(0)}`;
  return [f.rows.map((row, s) => svg("polygon", { class: `area ${tone(s)}`, points: [floor(0), ...points(f, row), floor(row.length - 1)].join(" ") })), lines(chart, f)];
}

function slices({ segments }) {
  const total = segments.reduce((sum, { value }) => sum + value, 0) || 1;
  const [cx, cy, r] = [HEIGHT / 2, HEIGHT / 2, HEIGHT / 2 - 10];
  let turned = -Math.PI / 2;
  return segments.map(({ label, value }, i) => {
    const angle = Math.min((value / total) * 2 * Math.PI, 2 * Math.PI - 0.0001);
    const [x1, y1, x2, y2] = [cx + r * Math.cos(turned), cy + r * Math.sin(turned), cx + r * Math.cos(turned + angle), cy + r * Math.sin(turned + angle)];
    turned += angle;
    return svg("path", { class: tone(i), d: `M${cx} ${cy}L${x1} ${y1}A${r} ${r} 0 ${angle > Math.PI ? 1 : 0} 1 ${x2} ${y2}Z` }, tip("Share", label, value));
  });
}

const DRAW = { bar: bars, line: lines, area: areas };

function numbers(chart, title) {
  const categories = chart.axis_config?.categories ?? [];
  const cell = (text) => h("td", null, String(text));
  const rows = chart.type === "pie" ? chart.segments.map(({ label, value }) => h("tr", null, h("th", { scope: "row" }, label), cell(value)))
    : chart.series.map((series) => h("tr", null, h("th", { scope: "row" }, series.name), values(series, categories).map(cell)));
  const head = chart.type === "pie" ? ["Segment", "Value"] : ["Series", ...categories];
  return h("div", { class: "spoken" }, h("table", null, h("caption", null, title), h("thead", null, h("tr", null, head.map((text) => h("th", { scope: "col" }, text)))), h("tbody", null, rows)));
}

export function chart(block) {
  const what = block.chart ?? {};
  const pie = what.type === "pie";
  if (!pie && !DRAW[what.type]) return h("span", { class: "unknown" }, `not implemented here: data_visualization ${what.type}`);
  const names = pie ? what.segments.map(({ label, value }) => `${label} (${value})`) : what.series.map(({ name }) => name);
  const f = pie ? null : frame(what);
  return h("figure", { class: "chart" }, h("figcaption", null, block.title),
    h("div", { class: pie ? "chart-body pie" : "chart-body", tabindex: 0, role: "group", "aria-label": `Chart: ${block.title}` },
      svg("svg", { viewBox: `0 0 ${pie ? HEIGHT : WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${what.type} chart: ${block.title}` }, ...(pie ? slices(what) : [axes(f, what.axis_config), DRAW[what.type](what, f)]).flat(Infinity).filter(Boolean)),
      pie || names.length > 1 ? h("ul", { class: "legend", "aria-hidden": "true" }, names.map((name, i) => h("li", null, svg("svg", { viewBox: "0 0 10 10", class: "legend-mark" }, svg("rect", { class: tone(i), width: 10, height: 10, rx: 2 })), name))) : null),
    numbers(what, block.title));
}
