/* What the composer offers while one types: commands, their subcommands, people, channels, emoji. */

import { emojiLike } from "./emoji.js";
import { person, store } from "./store.js";

const LIMIT = 12;
const starts = (name, letters) => name.toLowerCase().startsWith(letters.toLowerCase());
const hit = (names, letters) => names.some((name) => name.toLowerCase().split(/[\s._-]+/).some((word) => starts(word, letters)) || starts(name, letters));

function commands(text) {
  const match = /^\/(\S*)$/.exec(text);
  if (!match) return null;
  const items = store.commands.filter(({ command }) => starts(command, text)).map((one) => ({ lead: "/", label: one.command, usage: one.usage_hint, detail: one.description, insert: `${one.command} ` }));
  return { title: "Commands", from: 0, items, chosen: 0 };
}

function subcommands(text) {
  const match = /^(\/\S+) (\S*)$/.exec(text);
  const command = match && store.commands.find((one) => one.command === match[1]);
  if (!command) return null;
  const items = (command.subcommands ?? []).filter(({ name }) => starts(name, match[2])).map((one) => ({ label: `${command.command} ${one.name}`, usage: tail(one.usage, command.command, one.name), detail: one.about, insert: `${command.command} ${one.name} ` }));
  return { title: `${command.command}: ${command.description}`, from: 0, items, chosen: match[2] ? 0 : -1 };
}

/** A usage without the words that the label already says. */
function tail(usage = "", command, name) {
  const words = usage.startsWith(command) ? usage.slice(command.length).trimStart() : usage;
  return words.startsWith(name) ? words.slice(name.length).trim() : words;
}

function usage(text) {
  const match = /^(\/\S+) (\S+) /.exec(text);
  const one = match && store.commands.find(({ command }) => command === match[1])?.subcommands?.find(({ name }) => name === match[2]);
  if (!one) return null;
  return { title: "", from: 0, items: [], note: `${match[1]} ${one.name} ${tail(one.usage, match[1], one.name)}`, about: one.about };
}

function mentions(text) {
  const match = /(?:^|[\s(])@([\p{L}\p{N}._-]*)$/u.exec(text);
  if (!match) return null;
  const people = store.people.filter((one) => hit([one.real_name, one.name], match[1])).map((one) => ({ person: one, label: one.real_name, detail: one.is_bot ? "App" : one.title, insert: `@${one.real_name} ` }));
  const groups = store.usergroups.filter((one) => hit([one.handle, one.name], match[1])).map((one) => ({ lead: "@", label: one.handle, detail: one.name, insert: `@${one.handle} ` }));
  return { title: "People", from: text.length - match[1].length - 1, items: [...people, ...groups].slice(0, LIMIT), chosen: 0 };
}

function channels(text) {
  const match = /(?:^|\s)#([\w-]*)$/.exec(text);
  if (!match) return null;
  const items = store.channels.filter((one) => !one.is_im && starts(one.name, match[1])).map((one) => ({ lead: "#", label: one.name, detail: one.topic, insert: `#${one.name} ` }));
  return { title: "Channels", from: text.length - match[1].length - 1, items, chosen: 0 };
}

function emojis(text) {
  const match = /(?:^|\s):([a-z0-9_+-]{2,})$/.exec(text);
  if (!match) return null;
  const items = emojiLike(match[1]).slice(0, LIMIT).map(([name, drawn]) => ({ lead: drawn, label: `:${name}:`, insert: `:${name}: ` }));
  return { title: "Emoji", from: text.length - match[1].length - 1, items, chosen: 0 };
}

/** What to offer for the text before the caret: `{title, from, items, chosen, note?}` or null. */
export function offers(text) {
  const found = [commands, subcommands, mentions, channels, emojis, usage].map((ask) => ask(text)).find((offer) => offer && (offer.items.length || offer.note));
  return found ?? null;
}

const names = () => [
  ...store.people.map((one) => [`@${one.real_name}`, `<@${one.id}>`]),
  ...store.people.map((one) => [`@${one.name}`, `<@${one.id}>`]),
  ...store.usergroups.map((one) => [`@${one.handle}`, `<!subteam^${one.id}>`]),
  ...store.channels.filter((one) => !one.is_im).map((one) => [`#${one.name}`, `<#${one.id}>`]),
].sort(([a], [b]) => b.length - a.length);

/** Names that the person chose, as Slack sends them: `@Ana Ferreira` becomes `<@U…>`. */
export function withIds(text) {
  const table = names();
  let told = "";
  for (let at = 0; at < text.length;) {
    const boundary = at === 0 || !/[\p{L}\p{N}<]/u.test(text[at - 1]);
    const known = boundary && "@#".includes(text[at]) ? table.find(([name]) => text.startsWith(name, at) && !/[\p{L}\p{N}_-]/u.test(text[at + name.length] ?? " ")) : null;
    told += known ? known[1] : text[at];
    at += known ? known[0].length : 1;
  }
  return told;
}

/** The other way round, for a text that comes back into the composer. */
export const withNames = (text) => text.replace(/<@(\w+)>/g, (_, id) => `@${person(id).real_name}`);
