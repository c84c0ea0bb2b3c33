/* The message box: Enter sends, Shift+Enter breaks the line, Up brings back what was sent before. */

import { tell } from "./api.js";
import { avatar } from "./avatar.js";
import { emit, on } from "./bus.js";
import { offers, withIds } from "./complete.js";
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { store } from "./store.js";

const MARKS = [["bold", "Bold", "*"], ["italic", "Italic", "_"], ["strike", "Strikethrough", "~"], ["code", "Code", "`"]];
let serial = 0;

export class Composer {
  /** `where()` gives `{channel, thread}`; `name` is what screen readers call the box. */
  constructor(root, { where, name }) {
    Object.assign(this, { root, where, history: [], drafts: new Map(), back: -1, offer: null, at: -1, id: `offers-${(serial += 1)}` });
    this.list = h("ul", { id: this.id, role: "listbox", "aria-label": "Suggestions" });
    this.popup = h("div", { class: "offers", hidden: true }, h("div", { class: "offers-title" }), this.list, h("div", { class: "offers-note" }));
    this.box = h("textarea", { rows: 1, "aria-label": name, "aria-autocomplete": "list", "aria-controls": this.id, spellcheck: "true",
      on: { input: () => this.typed(), keydown: (event) => this.key(event), blur: () => this.hide(), click: () => this.suggest() } });
    this.sender = button({ class: "send", "aria-label": "Send", title: "Send", disabled: true, on: { click: () => this.send() } }, icon("send"));
    on("person", () => this.forget());
    root.replaceChildren(this.popup, h("div", { class: "composer-box" }, this.marks(), this.box, h("div", { class: "composer-foot" }, this.tools(), this.sender)));
  }

  marks() {
    const around = (mark) => () => {
      const { selectionStart: from, selectionEnd: to, value } = this.box;
      this.box.setRangeText(`${mark}${value.slice(from, to)}${mark}`, from, to, "end");
      if (from === to) this.box.setSelectionRange(from + 1, from + 1);
      this.box.focus();
      this.typed();
    };
    return h("div", { class: "composer-marks", role: "toolbar", "aria-label": "Formatting" }, MARKS.map(([name, label, mark]) => button({ class: "icon-button", "aria-label": label, title: label, tabindex: -1, on: { click: around(mark) } }, icon(name))));
  }

  tools() {
    const start = (mark) => () => this.insert(mark);
    const menu = button({ class: "icon-button", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "listbox", "aria-expanded": "false", on: { click: () => this.shortcuts(menu) } }, icon("bolt"));
    return h("div", { class: "row" }, menu, button({ class: "icon-button", "aria-label": "Mention someone", title: "Mention someone", on: { click: start("@") } }, icon("at")), button({ class: "icon-button", "aria-label": "Run a command", title: "Run a command", on: { click: start("/") } }, icon("slash")));
  }

  shortcuts(anchor) {
    const items = store.shortcuts.filter(({ type }) => !type.startsWith("message")).map((one) => ({ label: one.name, detail: store.app.name, value: one.callback_id, shortcut: one }));
    openMenu(anchor, { label: "Shortcuts", items, onPick: (item) => emit("shortcut", { shortcut: item.shortcut }) });
  }

  insert(mark) {
    const { value } = this.box;
    if (mark === "/") this.box.value = value.startsWith("/") ? value : `/${value}`;
    else this.box.setRangeText(`${value && !/\s$/.test(value.slice(0, this.box.selectionStart)) ? " " : ""}${mark}`, this.box.selectionStart, this.box.selectionEnd, "end");
    this.box.focus();
    this.typed();
  }

  /** Another person: nobody finds another's drafts. */
  forget() {
    this.drafts.clear();
    this.history = [];
    this.place = "";
    this.put("", false);
  }

  /** Another conversation: its draft comes back. */
  enter(key, placeholder) {
    if (this.place) this.drafts.set(this.place, this.box.value);
    this.place = key;
    this.box.placeholder = placeholder;
    this.put(this.drafts.get(key) ?? "", false);
  }

  /** Puts a text into the box, ready to be sent or changed. */
  put(text, focus = true) {
    this.box.value = text;
    this.grow();
    this.hide();
    if (!focus) return;
    this.box.focus();
    this.box.setSelectionRange(text.length, text.length);
    this.suggest();
  }

  typed() {
    this.back = -1;
    this.grow();
    this.suggest();
  }

  grow() {
    this.sender.disabled = !this.box.value.trim();
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 240)}px`;
  }

  suggest() {
    const { selectionStart: caret, value } = this.box;
    this.offer = offers(value.slice(0, caret));
    this.at = this.offer?.chosen ?? -1;
    this.draw();
  }

  draw() {
    const { offer } = this;
    this.popup.hidden = !offer;
    this.box.removeAttribute("aria-activedescendant");
    if (!offer) return;
    const [titleNode, , note] = this.popup.children;
    titleNode.textContent = offer.title ?? "";
    note.replaceChildren(...(offer.note ? [h("code", null, offer.note), h("span", null, offer.about)] : []));
    this.list.replaceChildren(...offer.items.map((item, i) => h("li", { id: `${this.id}-${i}`, role: "option", "aria-selected": String(i === this.at), on: { pointerdown: (event) => (event.preventDefault(), this.take(item)) } },
      h("span", { class: "offer-lead" }, item.person ? avatar(item.person, "tiny") : item.lead), h("span", { class: "offer-label" }, item.label), item.usage ? h("code", { class: "offer-usage" }, item.usage) : null, h("span", { class: "offer-detail" }, item.detail))));
    const current = this.list.children[this.at];
    if (current) this.box.setAttribute("aria-activedescendant", current.id);
    current?.scrollIntoView({ block: "nearest" });
  }

  hide() {
    this.offer = null;
    this.draw();
  }

  take(item) {
    const { selectionStart: caret } = this.box;
    this.box.setRangeText(item.insert, this.offer.from, caret, "end");
    this.typed();
  }

  key(event) {
    if (event.isComposing) return;
    const handled = this.offer?.items.length ? this.keyInOffer(event) : false;
    if (handled || this.keyAlone(event)) event.preventDefault();
  }

  keyInOffer({ key, shiftKey }) {
    const { items } = this.offer;
    if (key === "ArrowDown" || key === "ArrowUp") this.at = (this.at + (key === "ArrowDown" ? 1 : -1) + items.length + (this.at < 0 && key === "ArrowUp" ? 1 : 0)) % items.length;
    else if (key === "Escape") return this.hide(), true;
    else if (key === "Tab" && !shiftKey) return this.take(items[Math.max(0, this.at)]), true;
    else if (key === "Enter" && !shiftKey && items[this.at] && this.box.value !== items[this.at].label) return this.take(items[this.at]), true;
    else return false;
    this.draw();
    return true;
  }

  keyAlone({ key, shiftKey }) {
    if (key === "Enter" && !shiftKey) return this.send(), true;
    if (key === "Escape" && this.offer) return this.hide(), true;
    if ((key === "ArrowUp" && (this.box.value === "" || this.back >= 0)) || (key === "ArrowDown" && this.back >= 0)) return this.remember(key === "ArrowUp" ? 1 : -1);
    return false;
  }

  remember(step) {
    const to = this.back + step;
    if (to >= this.history.length) return true;
    const text = to < 0 ? "" : this.history.at(-1 - to);
    this.put(text);
    this.hide();
    this.back = Math.max(-1, to);
    return true;
  }

  async send() {
    const text = this.box.value.trim();
    if (!text || this.root.getAttribute("aria-busy") === "true") return;
    const { channel, thread } = this.where();
    const command = /^\/(\S+)/.exec(text);
    if (command && !this.permits(command[0], thread)) return;
    if (this.history.at(-1) !== text) this.history.push(text);
    this.back = -1;
    this.put("", false);
    emit("said", text);
    this.root.setAttribute("aria-busy", "true");
    const reply = command ? await tell("command", { channel, command: command[0], text: withIds(text.slice(command[0].length).trim()) })
      : await tell("message", { channel, text: withIds(text), ...(thread ? { thread_ts: thread } : {}) });
    this.root.removeAttribute("aria-busy");
    if (!reply && !this.box.value) this.put(text);
  }

  permits(name, thread) {
    const known = store.commands.some(({ command }) => command === name);
    if (known && !thread) return true;
    const text = known ? `${name} is not supported in threads. Sorry! Mention the app instead: @${store.app.name}` : `${name} is not a valid command. Type / to see what there is.`;
    emit("toast", { level: "warning", text });
    return false;
  }
}
