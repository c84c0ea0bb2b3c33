/* A surface is one message or view with what the person has chosen in it: Slack's `state.values`.
 *
 * Choices outlive a redraw as long as the sender leaves block_id, action_id and initial value alone.
 */

import { tell } from "./api.js";

const known = new Map();

/** The surface of this key, made at first sight. `address` is what `/page/action` needs to find it. */
export function surfaceOf(key, kind, address) {
  if (!known.has(key)) known.set(key, { key, kind, address, values: new Map(), signs: new Map(), live: new Set(), errors: {} });
  return known.get(key);
}

/** The same surface, about to be drawn anew. */
export function drawing(surface) {
  surface.live.clear();
  return surface;
}

export const forget = (key) => known.delete(key);

const keyOf = (place, element) => JSON.stringify([place.block, element.action_id ?? ""]);

/** What stands in this element: the person's choice, or the sender's initial value. */
export function recall(place, element, initial) {
  const { surface } = place;
  const key = keyOf(place, element);
  const sign = JSON.stringify(initial);
  if (surface.signs.get(key) !== sign) {
    surface.signs.set(key, sign);
    surface.values.set(key, { type: element.type, ...initial });
  }
  surface.live.add(key);
  return surface.values.get(key);
}

/** Notes a choice, and tells the app of it where the block asks for that. */
export async function choose(place, element, chosen, node, permitted = async () => true) {
  const key = keyOf(place, element);
  place.surface.values.set(key, { type: element.type, ...chosen });
  if (place.dispatch && (await permitted())) await act(place, element, chosen, node);
}

/** `state.values` of what the surface now shows. */
export function state(surface) {
  const values = {};
  for (const key of surface.live) {
    const [block, action] = JSON.parse(key);
    (values[block] ??= {})[action] = surface.values.get(key);
  }
  return { values };
}

/** Sends one action; the element is busy until the app has answered or failed to. */
export async function act(place, element, chosen, node) {
  const { surface, block } = place;
  if (node?.getAttribute("aria-busy") === "true") return;
  node?.setAttribute("aria-busy", "true");
  const action = { type: element.type, block_id: block, action_id: element.action_id, ...chosen };
  await tell("action", { ...surface.address, action, state: state(surface) });
  node?.removeAttribute("aria-busy");
}
