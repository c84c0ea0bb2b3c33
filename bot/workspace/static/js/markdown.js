/* Standard Markdown of the `markdown` block, as far as Slack shows it, into the same tree as mrkdwn.
 *
 * Blocks by their first line (fence, heading, rule, quote, list, table), the rest are paragraphs.
 * Raw HTML is text. Images become links, as in Slack.
 */

import { safeUrl } from "./mrkdwn.js";

const INLINE = [
  [/^`([^`]+)`/, (m) => ({ t: "code", v: m[1] })],
  [/^!?\[([^\]]*)\]\((\S+?)(?:\s+"[^"]*")?\)/, (m) => (safeUrl(m[2]) ? { t: "link", url: m[2], c: inline(m[1] || m[2]) } : { t: "text", v: m[0] })],
  [/^<(https?:\/\/[^>\s]+)>/, (m) => ({ t: "link", url: m[1], label: m[1] })],
  [/^<@([UWB]\w+)>/, (m) => ({ t: "user", id: m[1], label: "" })],
  [/^<#([CGD]\w+)>/, (m) => ({ t: "channel", id: m[1], label: "" })],
  [/^https?:\/\/[^\s<>()]+[^\s<>().,;:!?'"*_~]/, (m) => ({ t: "link", url: m[0], label: m[0] })],
  [/^\*\*(?=\S)([\s\S]+?\S|\S)\*\*(?!\*)/, (m) => ({ t: "bold", c: inline(m[1]) })],
  [/^__(?=\S)([\s\S]+?\S|\S)__(?!\w)/, (m) => ({ t: "bold", c: inline(m[1]) })],
  [/^~~(?=\S)([\s\S]+?)~~/, (m) => ({ t: "strike", c: inline(m[1]) })],
  [/^\*(?=\S)([^*]*[^*\s])\*/, (m) => ({ t: "italic", c: inline(m[1]) })],
  [/^_(?=\S)([^_]*[^_\s])_(?!\w)/, (m) => ({ t: "italic", c: inline(m[1]) })],
  [/^:([a-z0-9_+-]+):/, (m) => ({ t: "emoji", name: m[1] })],
  [/^\\([\\`*_{}[\]()#+.!~>|-])/, (m) => ({ t: "text", v: m[1] })],
];

/** One paragraph's worth of Markdown. */
export function inline(source) {
  const nodes = [];
  let loose = "";
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at);
    const inWord = /\w/.test(source[at - 1] ?? "") && /[_h]/.test(rest[0]);
    const [match, make] = inWord ? [] : first(rest);
    if (!match) loose += source[at];
    if (match && loose) nodes.push({ t: "text", v: loose });
    if (match) {
      nodes.push(make(match));
      loose = "";
    }
    at += match ? match[0].length : 1;
  }
  return loose ? [...nodes, { t: "text", v: loose }] : nodes;
}

function first(rest) {
  if (!"`![<h*_~:\\".includes(rest[0])) return [];
  for (const [pattern, make] of INLINE) {
    const match = pattern.exec(rest);
    if (match) return [match, make];
  }
  return [];
}

const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;
const cells = (row) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => inline(cell.trim().replaceAll("\\|", "|")));

const BLOCKS = [
  { when: (l) => /^\s*(?:```|~~~)/.test(l), take: fence },
  { when: (l) => /^#{1,6}\s/.test(l), take: heading },
  { when: (l) => /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/.test(l), take: (lines, at) => [{ t: "rule" }, at + 1] },
  { when: (l) => /^>/.test(l), take: quote },
  { when: (l) => ITEM.test(l), take: list },
  { when: (l, next) => l.includes("|") && /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/.test(next ?? "") && next.includes("-"), take: table },
];

function fence(lines, at) {
  const mark = lines[at].trim().slice(0, 3);
  const end = lines.findIndex((line, i) => i > at && line.trim().startsWith(mark));
  const stop = end < 0 ? lines.length : end;
  return [{ t: "pre", v: lines.slice(at + 1, stop).join("\n") }, stop + 1];
}

function heading(lines, at) {
  const [, marks, words] = /^(#+)\s+(.*?)\s*#*$/.exec(lines[at]);
  return [{ t: "heading", level: marks.length, c: inline(words) }, at + 1];
}

function quote(lines, at, depth) {
  let end = at;
  while (end < lines.length && lines[end].startsWith(">")) end += 1;
  return [{ t: "quote", c: parseMarkdown(lines.slice(at, end).map((line) => line.replace(/^> ?/, "")).join("\n"), depth + 1) }, end];
}

function list(lines, at) {
  const [, indent, number] = ITEM.exec(lines[at]);
  const node = { t: "list", ordered: number !== undefined, start: Number(number ?? 1), items: [] };
  let end = at;
  while (end < lines.length && lines[end].trim()) {
    const item = ITEM.exec(lines[end]);
    const depth = item ? item[1].length : lines[end].search(/\S/);
    if (item && depth > indent.length + 1 && node.items.length) {
      const [child, next] = list(lines, end);
      node.items.at(-1).c.push(child);
      end = next;
    } else if (item && depth < indent.length) break;
    else if (item) {
      node.items.push({ c: inline(item[4]), ...(item[3] ? { task: item[3] !== " " } : {}) });
      end += 1;
    } else {
      node.items.at(-1).c.push({ t: "text", v: "\n" }, ...inline(lines[end].trim()));
      end += 1;
    }
  }
  return [node, end];
}

function table(lines, at) {
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  return [{ t: "table", head: cells(lines[at]), rows: lines.slice(at + 2, end).map(cells) }, end];
}

const DEEPEST = 8; // quotes in quotes; deeper marks are text

/** The tree of a Markdown text. */
export function parseMarkdown(source, depth = 0) {
  const lines = String(source).replaceAll("\r", "").split("\n");
  const nodes = [];
  let loose = [];
  const settle = () => {
    if (loose.length) nodes.push({ t: "paragraph", c: inline(loose.join("\n")) });
    loose = [];
  };
  for (let at = 0; at < lines.length;) {
    const block = BLOCKS.find(({ when, take }) => when(lines[at], lines[at + 1]) && (take !== quote || depth < DEEPEST));
    if (block || !lines[at].trim()) settle();
    if (!block) {
      if (lines[at].trim()) loose.push(lines[at]);
      at += 1;
      continue;
    }
    const [node, next] = block.take(lines, at, depth);
    nodes.push(node);
    at = next;
  }
  settle();
  return nodes;
}
