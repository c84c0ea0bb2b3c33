/* Slack's mrkdwn, read into a small tree; nothing here touches the page.
 *
 * Lines first (fences, quotes), then the angle-bracket forms, then *bold* and its kin, then :emoji:.
 * Nodes: text, bold, italic, strike, code, pre, quote, link, user, channel, group, range, date, emoji.
 */

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Slack's three entities back into characters. */
export const decoded = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

const text = (value) => ({ t: "text", v: decoded(value) });

/** Code is as it stands, but for addresses that Slack put into brackets. */
const literal = (value) => decoded(value.replace(/<(https?:\/\/[^<>|\s]+)(?:\|([^<>]*))?>/g, (_, url, label) => label || url));

/** Only addresses that a browser may open from a message. */
export const safeUrl = (url) => /^(?:https?:\/\/|mailto:|tel:)/i.test(url);

function special(body) {
  const [what, ...label] = body.split("|");
  const said = label.length ? decoded(label.join("|")) : "";
  const [name, ...rest] = what.slice(1).split("^");
  if (name === "subteam") return { t: "group", id: rest[0] ?? "", label: said };
  if (name === "date") return { t: "date", ts: rest[0], format: decoded(rest[1] ?? ""), url: rest[2] ?? "", fallback: said };
  if (["here", "channel", "everyone"].includes(name)) return { t: "range", v: name };
  return { t: "text", v: said || `<${decoded(body)}>` };
}

function angle(body) {
  const [what, ...label] = body.split("|");
  const said = decoded(label.join("|"));
  if (/^@[UWB]\w+$/.test(what)) return { t: "user", id: what.slice(1), label: said };
  if (/^#[CGD]\w+$/.test(what)) return { t: "channel", id: what.slice(1), label: said };
  if (what.startsWith("!")) return special(body);
  if (safeUrl(what)) return { t: "link", url: decoded(what), label: said || decoded(what).replace(/^mailto:/, "") };
  return { t: "text", v: `<${decoded(body)}>` };
}

const MARKS = { "*": "bold", _: "italic", "~": "strike" };
const isWord = (character) => character !== undefined && /[\p{L}\p{N}]/u.test(character);
const isSpace = (character) => character === undefined || /\s/.test(character);

function opens(line, at) {
  return !isWord(line[at - 1]) && !isSpace(line[at + 1]) && line[at + 1] !== line[at];
}

function closing(line, from, mark) {
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === "\n") return -1;
    if ("<`".includes(line[at])) at = Math.max(at, line.indexOf(line[at] === "<" ? ">" : "`", at + 1));
    else if (line[at] === mark && !isSpace(line[at - 1]) && !isWord(line[at + 1])) return at;
  }
  return -1;
}

const PIECES = [
  { // <…>
    find: (line, at) => (line[at] === "<" ? /^<([^<>\n]+)>/.exec(line.slice(at)) : null),
    make: (match) => angle(match[1]),
  },
  { // `code`
    find: (line, at) => (line[at] === "`" ? /^`([^`\n]+)`/.exec(line.slice(at)) : null),
    make: (match) => ({ t: "code", v: literal(match[1]) }),
  },
  { // :emoji:
    find: (line, at) => (line[at] === ":" ? /^:([a-z0-9_+'-]+)(?:::skin-tone-\d)?:/.exec(line.slice(at)) : null),
    make: (match) => ({ t: "emoji", name: match[1] }),
  },
  { // a bare address, unless the text is verbatim
    find: (line, at, how) => (how.verbatim || isWord(line[at - 1]) ? null : /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?'")\]*_~`]/.exec(line.slice(at))),
    make: (match) => ({ t: "link", url: decoded(match[0]), label: decoded(match[0]) }),
  },
];

/* A mark that finds no end before the line's end leaves none for its later likes either: `dead` keeps the work linear. */
function marked(line, at, how, dead) {
  const mark = line[at];
  const kind = MARKS[mark];
  if (!kind || at < (dead[mark] ?? 0) || !opens(line, at)) return null;
  const end = closing(line, at + 2, mark);
  if (end < 0) dead[mark] = line.indexOf("\n", at) < 0 ? line.length : line.indexOf("\n", at);
  return end < 0 ? null : { node: { t: kind, c: inline(line.slice(at + 1, end), how) }, length: end + 1 - at };
}

function piece(line, at, how, dead) {
  for (const { find, make } of PIECES) {
    const match = find(line, at, how);
    if (match) return { node: make(match), length: match[0].length };
  }
  return marked(line, at, how, dead);
}

/** One stretch of text without fences and quotes. */
export function inline(line, how = {}) {
  const nodes = [];
  const dead = {};
  let plain = 0;
  for (let at = 0; at < line.length;) {
    const hit = "<`:h*_~".includes(line[at]) ? piece(line, at, how, dead) : null;
    if (hit && at > plain) nodes.push(text(line.slice(plain, at)));
    if (hit) nodes.push(hit.node);
    at += hit ? hit.length : 1;
    if (hit) plain = at;
  }
  if (plain < line.length) nodes.push(text(line.slice(plain)));
  return nodes;
}

const QUOTE = /^(?:>|&gt;) ?/;
const QUOTE_ALL = /^(?:>{3}|(?:&gt;){3})\s?/;

function linesOf(block, how) {
  const nodes = [];
  const lines = block.split("\n");
  let loose = [];
  const settle = () => {
    if (loose.length) nodes.push(...inline(loose.join("\n"), how));
    loose = [];
  };
  for (let i = 0; i < lines.length; i += 1) {
    const all = QUOTE_ALL.exec(lines[i]);
    if (!all && !QUOTE.test(lines[i])) {
      loose.push(lines[i]);
      continue;
    }
    settle();
    const quoted = all ? [lines[i].slice(all[0].length), ...lines.slice(i + 1)] : [];
    while (!all && i < lines.length && QUOTE.test(lines[i])) quoted.push(lines[i++].replace(QUOTE, ""));
    nodes.push({ t: "quote", c: inline(quoted.join("\n"), how) });
    if (all) return nodes;
    i -= 1;
  }
  settle();
  return nodes;
}

/** The tree of a mrkdwn text. `how.verbatim`: leave bare addresses alone. */
export function parse(source, how = {}) {
  const nodes = [];
  const fences = String(source).split(/```([\s\S]+?)```/);
  fences.forEach((part, index) => {
    if (index % 2) nodes.push({ t: "pre", v: literal(part.replace(/^\n/, "").replace(/\n$/, "")) });
    else nodes.push(...linesOf(trimmed(part, index, fences.length), how));
  });
  return nodes;
}

function trimmed(part, index, count) {
  const begun = index > 0 ? part.replace(/^\n/, "") : part;
  const ended = index < count - 1 ? begun.replace(/\n$/, "") : begun;
  return ended;
}
