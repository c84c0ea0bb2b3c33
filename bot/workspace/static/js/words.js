/* Small words that elements share. */

import { plain } from "./text.js";

export { plain };

/** " (text)" of an element that has one. */
export const withPlain = (text) => (text ? ` (${plain(text)})` : "");

/** The name by which screen readers call a control. */
export const called = (element, place) => place.label || plain(element.placeholder) || element.accessibility_label || element.action_id || element.type;
