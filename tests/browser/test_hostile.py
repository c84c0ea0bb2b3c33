"""Long, random and broken input: the page's own functions, run in the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser

LONG = [
    "*",
    "*a",
    "(*a",
    "_*~a",
    "_a *b ~c ",
    "<",
    "<@",
    "`",
    "`a ",
    "> ",
    "&gt;",
    "```",
    ":a",
    "http://a",
    "**a",
    "[a](",
    "- a\n",
    "> > ",
    "| a",
    "~~a",
]


@pytest.mark.parametrize("unit", LONG)
def test_long_hostile_text_is_read_at_once(page_alone: Any, unit: str) -> None:
    """40,000 characters of mrkdwn and 12,000 of Markdown, the most that Slack takes, are read without hanging the page."""
    script = """async (unit) => {
      const { parse } = await import("/static/js/mrkdwn.js");
      const { parseMarkdown } = await import("/static/js/markdown.js");
      const begun = performance.now();
      parse(unit.repeat(40_000 / unit.length));
      parseMarkdown(unit.repeat(12_000 / unit.length));
      return performance.now() - begun;
    }"""
    assert page_alone.evaluate(script, unit) < 2000


def test_no_text_makes_an_element_that_it_should_not(page_alone: Any) -> None:
    """4,000 random texts of special characters, drawn: only these elements, only these addresses, no handlers."""
    script = """async () => {
      const { mrkdwn, nodes } = await import("/static/js/text.js");
      const { parseMarkdown } = await import("/static/js/markdown.js");
      const parts = ["*", "_", "~", "`", "```", "<", ">", "&lt;", "&gt;", "&amp;", "|", "\\n", " ", "a", "1", ":", ":x:", "@U0ANAFERR1", "#C0SECFLAG1", "!date^1^{time}", "!here", "http://e.com", "javascript:alert(1)", "data:text/html,x",
        "<script>", "</b>", "<img src=x onerror=alert(1)>", "[", "](", ")", "- ", "> ", "# ", "|-|", "\\u202e", "\\u0000", "é", "🙂"];
      let seed = 7;
      const next = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
      const seen = new Set();
      for (let round = 0; round < 4000; round += 1) {
        const text = Array.from({ length: 1 + next(14) }, () => parts[next(parts.length)]).join("");
        const root = document.createElement("div");
        root.append(...mrkdwn(text), ...nodes(parseMarkdown(text)));
        for (const node of root.querySelectorAll("*")) {
          seen.add(node.tagName);
          for (const { name, value } of node.attributes) {
            if (name.startsWith("on")) seen.add(`handler ${name}`);
            if (name === "href" && !/^(https?|mailto|tel):/.test(value)) seen.add(`address ${value}`);
          }
        }
      }
      return [...seen];
    }"""
    allowed = set(
        re.findall(r"\w+", "B I S CODE PRE BLOCKQUOTE A SPAN BUTTON TIME P UL OL LI HR H3 H4 H5 H6 DIV TABLE THEAD TBODY TR TH TD")
    )
    assert set() == set(page_alone.evaluate(script)) - allowed


TYPES = re.findall(
    r"\w+",
    """section header divider context actions image input rich_text markdown table data_table data_visualization
    video file alert card carousel container task_card plan context_actions not_yet_known""",
)


@pytest.mark.parametrize("kind", TYPES)
def test_every_block_type_shows_something(page_alone: Any, kind: str) -> None:
    """No type is dropped silently, not even when the block is broken or unknown."""
    script = """async (kind) => {
      const { renderBlocks } = await import("/static/js/blocks.js");
      const { surfaceOf } = await import("/static/js/surface.js");
      const text = { type: "plain_text", text: "words" };
      const button = { type: "button", action_id: "a", text };
      const full = { type: kind, text: kind === "markdown" ? "words" : text, title: ["image", "video", "card", "container"].includes(kind) ? text : "words", elements: { context: [text], rich_text: [{ type: "rich_text_section", elements: [{ type: "text", text: "words" }] }], carousel: [{ type: "card", title: text }], context_actions: [{ type: "icon_button", icon: "trash", text }] }[kind] ?? [button],
        label: text, element: { type: "plain_text_input", action_id: "a" }, rows: [[{ type: "raw_text", text: "words" }]], caption: "words", alt_text: "words", status: "complete", tasks: [], child_blocks: [{ type: "section", text }],
        chart: { type: "line", series: [{ name: "s", data: [{ label: "a", value: 1 }] }], axis_config: { categories: ["a"] } } };
      const surface = surfaceOf(`test/${kind}`, "message", {});
      return [renderBlocks([full], surface), renderBlocks([{ type: kind, text: 5, elements: 7, rows: "x" }], surface)].map((node) => node.textContent.trim().length + node.querySelectorAll("hr, img, button, [role=img], input").length);
    }"""
    full, broken = page_alone.evaluate(script, kind)
    assert full > 0
    assert broken > 0
