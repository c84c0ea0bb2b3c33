/* Files under a message: images inline, everything else a chip with a download. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { picture } from "./elements.js";

const UNITS = [["MB", 1_000_000], ["kB", 1000], ["bytes", 1]];

/** A size as a person says it. */
export function size(bytes) {
  const [unit, by] = UNITS.find(([, least]) => bytes >= least) ?? UNITS.at(-1);
  return `${by === 1 ? bytes : (bytes / by).toFixed(bytes / by < 10 ? 1 : 0)} ${unit}`;
}

const address = (file) => `/page/files/${encodeURIComponent(file.id)}`;
const kind = (file) => (file.name?.split(".").length > 1 ? file.name.split(".").at(-1).toUpperCase() : "file");

function chip(file) {
  return h("a", { class: "file", href: address(file), download: file.name, "aria-label": `Download ${file.name}, ${size(file.size ?? 0)}` },
    h("span", { class: "file-icon" }, icon("file")),
    h("span", { class: "file-words" }, h("span", { class: "file-name" }, file.title || file.name), h("span", { class: "file-kind" }, `${kind(file)} · ${size(file.size ?? 0)}`)), icon("download"));
}

function shownImage(file) {
  return h("figure", { class: "file-image" }, h("figcaption", null, file.title || file.name, " ", h("a", { href: address(file), download: file.name, "aria-label": `Download ${file.name}`, class: "icon-button" }, icon("download"))),
    picture({ image_url: address(file), alt_text: file.alt_txt || file.title || file.name }));
}

export const files = (list) => h("div", { class: "files" }, list.map((file) => (file.mimetype?.startsWith("image/") ? shownImage(file) : chip(file))));
