/* A person's square: initials on their colour; the bot carries a shield. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

export function avatar(one, size = "") {
  const node = h("span", { class: `avatar ${size}`.trim(), "aria-hidden": "true" }, one.is_bot ? icon("shield") : one.initials ?? (one.real_name ?? "?").slice(0, 1));
  node.style.backgroundColor = /^[0-9a-f]{3,8}$/i.test(one.color ?? "") ? `#${one.color}` : one.color || "#616061";
  return node;
}
