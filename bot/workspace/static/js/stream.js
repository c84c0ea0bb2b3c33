/* A list of messages that changes in place: new ones are put where their time says, edited ones keep the focus. */

import { avatar } from "./avatar.js";
import { button, h, keepingFocus } from "./dom.js";
import { icon } from "./icons.js";
import { author, messageNode, said, when } from "./message.js";
import { channel, person, store, title } from "./store.js";

const PAUSE = 300; // seconds after which an author is named again
const MOST = 150; // messages that are drawn at first
const NEAR = 80; // pixels from the end that count as "at the end"

const dayOf = (message) => when(message.ts, "{date_num}");

function follows(message, before) {
  return before && before.user === message.user && author(before).real_name === author(message).real_name && !before.ephemeral === !message.ephemeral
    && Number(message.ts) - Number(before.ts) < PAUSE && dayOf(before) === dayOf(message) && !message.ephemeral;
}

function intro() {
  const one = channel(store.channel);
  const name = `${one.is_im ? "" : "#"}${title(one.id)}`;
  const words = one.is_im ? `This is your conversation with ${name}. Nobody else sees it.` : `This is the beginning of ${name}${one.is_private ? ", a private channel" : ""}. ${one.topic ?? ""}`;
  return h("div", { class: "intro" }, h("div", { class: "row" }, one.is_im ? avatar(person(one.user)) : icon(one.is_private ? "lock" : "hash"), h("h2", null, title(one.id))), h("p", null, words));
}

export class Stream {
  /** `root` scrolls and holds the messages; `inThread` leaves out what only a channel shows. */
  constructor(root, { inThread = false } = {}) {
    Object.assign(this, { root, inThread, messages: new Map(), entries: new Map(), fresh: "" });
    root.addEventListener("keydown", (event) => this.walk(event));
    root.addEventListener("load", () => this.stuck && this.toEnd(), true);
    root.addEventListener("scroll", () => (this.stuck = this.atEnd()), { passive: true });
    this.stuck = true;
  }

  /** Shows the last of these messages, all if asked; `fresh` is the ts of the first unread one. */
  show(messages, fresh = "", all = false) {
    const whole = all || messages.length <= MOST || this.inThread;
    const older = whole ? [] : messages.slice(0, -MOST);
    this.draw(whole ? messages : messages.slice(-MOST), fresh);
    if (older.length) this.root.firstChild.replaceWith(h("div", { class: "intro" }, button({ class: "button", on: { click: () => this.showOlder(older, fresh) } }, `Show ${older.length} earlier messages`)));
  }

  /** The older ones join those that are there; what was in sight stays in sight. */
  showOlder(older, fresh) {
    const fromEnd = this.root.scrollHeight - this.root.scrollTop;
    this.show([...older, ...this.sorted()], fresh, true);
    this.root.scrollTop = this.root.scrollHeight - fromEnd;
    this.stuck = false;
  }

  draw(messages, fresh) {
    this.root.setAttribute("aria-busy", "true");
    this.fresh = fresh;
    this.messages = new Map(messages.map((message) => [message.ts, message]));
    this.entries.clear();
    const sorted = this.sorted();
    this.root.replaceChildren(...(this.inThread ? [] : [intro()]), ...sorted.map((message, i) => this.entry(message, sorted[i - 1])));
    this.root.removeAttribute("aria-busy");
    this.rove();
    this.toEnd();
  }

  sorted() {
    return [...this.messages.values()].sort((a, b) => Number(a.ts) - Number(b.ts) || (a.ts < b.ts ? -1 : 1));
  }

  entry(message, before) {
    const compact = !this.fresh || this.fresh !== message.ts ? follows(message, before) : false;
    const divider = !this.inThread && (!before || dayOf(before) !== dayOf(message)) ? h("div", { class: "day", role: "separator" }, h("span", null, when(message.ts, "{day_divider_pretty}"))) : null;
    const unread = this.fresh === message.ts ? h("div", { class: "fresh", role: "separator" }, h("span", null, "New")) : null;
    const node = h("div", { class: "entry" }, divider, unread, messageNode(message, { compact, inThread: this.inThread }));
    this.entries.set(message.ts, node);
    return node;
  }

  /** Puts a new message or the new state of one. True if it was not there before. */
  put(message) {
    const known = this.messages.has(message.ts);
    const wasAtEnd = this.stuck;
    this.messages.set(message.ts, message);
    const sorted = this.sorted();
    const at = sorted.findIndex(({ ts }) => ts === message.ts);
    this.redraw(sorted, at);
    if (!known && sorted[at + 1]) this.redraw(sorted, at + 1);
    this.rove();
    if (wasAtEnd || (!known && message.user === store.as)) this.toEnd();
    return !known;
  }

  redraw(sorted, at) {
    const old = this.entries.get(sorted[at].ts);
    keepingFocus(this.root, () => {
      const node = this.entry(sorted[at], sorted[at - 1]);
      if (old) old.replaceWith(node);
      else if (sorted[at + 1]) this.entries.get(sorted[at + 1].ts).before(node);
      else this.root.append(node);
    });
  }

  drop(ts) {
    this.messages.delete(ts);
    this.entries.get(ts)?.remove();
    this.entries.delete(ts);
    const sorted = this.sorted();
    const next = sorted.findIndex((message) => Number(message.ts) > Number(ts));
    if (next >= 0) this.redraw(sorted, next);
    this.rove();
  }

  atEnd = () => this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < NEAR;

  toEnd() {
    this.stuck = true;
    this.root.scrollTop = this.root.scrollHeight;
  }

  articles = () => [...this.root.querySelectorAll("article.message")];

  /** One message is in the tab order, the newest unless another has the focus. */
  rove(chosen = null) {
    const all = this.articles();
    const current = chosen ?? all.find((node) => node.contains(document.activeElement)) ?? all.at(-1);
    for (const node of all) node.tabIndex = node === current ? 0 : -1;
  }

  walk(event) {
    const at = this.articles().indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.articles().length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    const next = this.articles()[to];
    event.preventDefault();
    if (!next) return;
    this.rove(next);
    next.focus();
  }
}

/** Says a message to screen readers. */
export function announce(log, message) {
  log.append(h("p", null, `${author(message).real_name}: ${said(message)}`));
  while (log.childElementCount > 20) log.firstChild.remove();
}
