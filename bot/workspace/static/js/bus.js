/* Rooms of the page talk by named events, so that none of them has to know another. */

const ears = new Map();

/** Calls `listener` on every event of this name. */
export function on(name, listener) {
  ears.set(name, [...(ears.get(name) ?? []), listener]);
}

/** Tells all who listen. */
export function emit(name, fact) {
  for (const listener of ears.get(name) ?? []) listener(fact);
}
