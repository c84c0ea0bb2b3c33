/* Line icons on a 20×20 grid. */

import { svg } from "./dom.js";

const PATHS = {
  menu: "M3 5h14M3 10h14M3 15h14",
  close: "M5 5l10 10M15 5L5 15",
  back: "M12 4l-6 6 6 6",
  down: "M5 8l5 5 5-5",
  right: "M8 5l5 5-5 5",
  hash: "M7.5 3l-2 14M14.5 3l-2 14M3.5 7.5h14M2.5 12.5h14",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 016 0V9",
  thread: "M3 4h14v9H9l-4 4v-4H3z",
  more: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  send: "M3 10l14-6.5L12.5 17l-3-5.5z",
  plus: "M10 4v12M4 10h12",
  at: "M13 10a3 3 0 11-6 0 3 3 0 016 0zm0 0v1.2a2 2 0 004 0V10a7 7 0 10-2.8 5.6",
  slash: "M12.5 4l-5 12",
  bold: "M6 4h5a3 3 0 010 6H6zM6 10h6a3 3 0 010 6H6z",
  italic: "M9 4h5M6 16h5M12 4L8 16",
  strike: "M4 10h12M13.5 6.5C13 5 11.6 4 10 4 8 4 6.5 5 6.5 7M6.5 13.5C7 15 8.4 16 10 16c2 0 3.5-1 3.5-3",
  code: "M7 6l-4 4 4 4M13 6l4 4-4 4",
  sun: "M10 6.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M15.7 4.3l-1.4 1.4M5.7 14.3l-1.4 1.4",
  moon: "M16 11.5A6.5 6.5 0 118.5 4a5 5 0 007.5 7.5z",
  auto: "M10 3a7 7 0 100 14zM10 3a7 7 0 010 14",
  bolt: "M11 2L4 11.5h5L8.5 18 16 8.5h-5.5z",
  help: "M7.5 7.5a2.5 2.5 0 113.4 2.3c-.6.3-.9.7-.9 1.4v.3M10 14.8v.01M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15z",
  download: "M10 3v9M6 8.5l4 4 4-4M4 16.5h12",
  file: "M5 2.5h7l4 4v11H5zM12 2.5v4h4",
  eye: "M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10zM10 7.7a2.3 2.3 0 100 4.6 2.3 2.3 0 000-4.6z",
  check: "M4 10.5l4 4 8-9",
  warn: "M10 3l8 14H2zM10 8v4M10 14.5v.01",
  trash: "M4 6h12M8 6V4h4v2M5.5 6l.8 11h7.4l.8-11",
  shield: "M10 2.5l6.5 2.4v4.6c0 4-2.7 6.7-6.5 8-3.8-1.3-6.5-4-6.5-8V4.9zM7.2 9.8l2 2 3.7-3.9",
  copy: "M7 7h9v9H7zM4 13V4h9",
  gauge: "M3 14a7 7 0 1114 0M10 14l3.5-4.5",
};

/** An icon that screen readers pass over. */
export function icon(name) {
  return svg("svg", { class: `icon icon-${name}`, viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" }, svg("path", { d: PATHS[name] }));
}
