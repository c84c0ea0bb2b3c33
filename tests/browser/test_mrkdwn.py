"""The page's own parsers, run in the browser on tables of what Slack does."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

TREE = """async (source) => {
  const { parse } = await import("/static/js/mrkdwn.js");
  const say = (nodes) => nodes.map((n) => n.t === "text" ? n.v : `[${n.t}${n.id ? " " + n.id : ""}${n.url ? " " + n.url : ""}${n.name ? " " + n.name : ""}${n.ts ? " " + n.ts + " " + n.format : ""}${
    n.c ? "|" + say(n.c) : ""}${n.t !== "text" && n.v ? "|" + n.v : ""}${n.label ? "|" + n.label : ""}${n.fallback ? "|" + n.fallback : ""}]`).join("");
  return say(parse(source));
}"""

GOLDEN = [
    pytest.param("*bold* _it_ ~gone~", "[bold|bold] [italic|it] [strike|gone]", id="the three marks"),
    pytest.param("_*both*_", "[italic|[bold|both]]", id="a mark in a mark"),
    pytest.param("2*3*4 snake_case_name", "2*3*4 snake_case_name", id="marks inside words are letters"),
    pytest.param("* not bold * and *not\nover lines*", "* not bold * and *not\nover lines*", id="spaces and line ends close nothing"),
    pytest.param("(*bold*), *bold*.", "([bold|bold]), [bold|bold].", id="punctuation beside a mark"),
    pytest.param("`*a* <b> &amp;`", "[code|*a* <b> &]", id="code is literal"),
    pytest.param("a ```x = *1*\ny``` b", "a [pre|x = *1*\ny] b", id="a fence within a line"),
    pytest.param("```\nsudo -i\n```\nafter", "[pre|sudo -i]after", id="a fence of its own"),
    pytest.param("&gt; said\n&gt; more\nrest", "[quote|said\nmore]rest", id="a quote as Slack stores it"),
    pytest.param("> said", "[quote|said]", id="a quote as apps write it"),
    pytest.param("&gt;&gt;&gt; all\nof it", "[quote|all\nof it]", id="a quote to the end"),
    pytest.param("a &gt; b", "a > b", id="a greater-than within a line"),
    pytest.param("<https://example.com/?a=1&amp;b=2|*docs*>", "[link https://example.com/?a=1&b=2|*docs*]", id="a link with a label"),
    pytest.param("<https://example.com>", "[link https://example.com|https://example.com]", id="a link without"),
    pytest.param(
        "see https://example.com/x, or not.", "see [link https://example.com/x|https://example.com/x], or not.", id="a bare address"
    ),
    pytest.param("<mailto:ana@example.com|Ana>", "[link mailto:ana@example.com|Ana]", id="mail"),
    pytest.param("<@U0ANAFERR1> <@U0ANAFERR1|ana>", "[user U0ANAFERR1] [user U0ANAFERR1|ana]", id="people"),
    pytest.param("<#C0SECFLAG1|sec-flags>", "[channel C0SECFLAG1|sec-flags]", id="a channel"),
    pytest.param("<!subteam^S0ONCALL01|@oncall>", "[group S0ONCALL01|@oncall]", id="a user group"),
    pytest.param("<!here> <!channel> <!everyone>", "[range|here] [range|channel] [range|everyone]", id="broadcasts"),
    pytest.param("<!date^1392734382^{date} at {time}|then>", "[date 1392734382 {date} at {time}|then]", id="a date"),
    pytest.param("<!date^1^{time}^https://example.com|then>", "[date https://example.com 1 {time}|then]", id="a date with a link"),
    pytest.param(":lock: :+1: 10:30:45", "[emoji lock] [emoji +1] 10[emoji 30]45", id="shortcodes"),
    pytest.param("&lt;!channel&gt; &lt;@U0ANAFERR1&gt;", "<!channel> <@U0ANAFERR1>", id="escaped controls are text"),
    pytest.param("<javascript:alert(1)|click>", "<javascript:alert(1)|click>", id="an address that a browser must not open"),
    pytest.param("<script>alert(1)</script>", "<script>alert(1)</script>", id="markup is text"),
    pytest.param("*<https://example.com|a*b>*", "[bold|[link https://example.com|a*b]]", id="a mark around a link"),
    pytest.param("*a `b* c`", "*a [code|b* c]", id="a mark within code closes nothing"),
]


@pytest.mark.parametrize(("source", "tree"), GOLDEN)
def test_mrkdwn_reads_as_slack_reads_it(page_alone: Any, source: str, tree: str) -> None:
    """A mrkdwn text becomes this tree."""
    assert tree == page_alone.evaluate(TREE, source)


DATES = [
    pytest.param("{date_num}", "UTC", "2014-02-18", id="number"),
    pytest.param("{date}", "UTC", "February 18th, 2014", id="date"),
    pytest.param("{date_short}", "UTC", "Feb 18, 2014", id="short"),
    pytest.param("{date_long}", "UTC", "Tuesday, February 18th, 2014", id="long"),
    pytest.param("{date_long_full}", "UTC", "February 18, 2014", id="long, full"),
    pytest.param("{date_slash}", "UTC", "02/18/2014", id="slashes"),
    pytest.param("{time}", "UTC", "2:39 PM", id="time"),
    pytest.param("{time_secs}", "America/New_York", "9:39:42 AM", id="time with seconds in New York"),
    pytest.param("{date_num} {time}", "Asia/Tokyo", "2014-02-18 11:39 PM", id="Tokyo"),
    pytest.param("at {time} on {date_short}", "Europe/Lisbon", "At 2:39 PM on Feb 18, 2014", id="the first letter is a capital"),
    pytest.param("{date_pretty}", "UTC", "Today", id="today, where it is still the same day"),
    pytest.param("{date_pretty} {time}", "Pacific/Kiritimati", "Yesterday 4:39 AM", id="yesterday, where the next day has begun"),
    pytest.param("{ago}", "UTC", "20 hours ago", id="ago"),
    pytest.param("{no_such_token}", "UTC", "fallback", id="an unknown token"),
]


@pytest.mark.parametrize(("shape", "zone", "words"), DATES)
def test_dates_are_told_in_the_zone_of_the_reader(page_alone: Any, shape: str, zone: str, words: str) -> None:
    """The stamp 2014-02-18 14:39:42 UTC, in a zone, as seen 20 hours later (or on the same evening, for "today")."""
    hours = 6 if words == "Today" else 20
    script = """async ([shape, zone, hours]) => (await import("/static/js/dates.js")).slackDate(1392734382, shape, "fallback", zone, new Date((1392734382 + hours * 3600) * 1000))"""
    assert words == page_alone.evaluate(script, [shape, zone, hours])


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
def test_a_wall_clock_goes_to_utc_and_back(page_alone: Any, zone: str) -> None:
    """What a date-time picker shows in a zone is what it sends."""
    script = """async (zone) => { const d = await import("/static/js/dates.js"); return d.toWall(d.fromWall("2026-03-29T14:05", zone), zone); }"""
    assert "2026-03-29T14:05" == page_alone.evaluate(script, zone)


MARKDOWN = [
    pytest.param("# Head", "heading", id="a heading"),
    pytest.param("- a\n- b\n  - c", "list", id="a list"),
    pytest.param("1. a\n2. b", "list", id="a numbered list"),
    pytest.param("> q", "quote", id="a quote"),
    pytest.param("```py\nx\n```", "pre", id="a fence"),
    pytest.param("---", "rule", id="a rule"),
    pytest.param("|a|b|\n|-|-|\n|1|2|", "table", id="a table"),
    pytest.param("<b>raw</b>", "paragraph", id="raw HTML is text"),
]


@pytest.mark.parametrize(("source", "kind"), MARKDOWN)
def test_standard_markdown_is_read_by_its_own_rules(page_alone: Any, source: str, kind: str) -> None:
    """The `markdown` block knows these forms."""
    script = """async (source) => (await import("/static/js/markdown.js")).parseMarkdown(source).map((node) => node.t)"""
    assert [kind] == page_alone.evaluate(script, source)


OFFERS = [
    pytest.param("/", ["/toy", "/tea"], id="all commands"),
    pytest.param("/te", ["/tea"], id="commands that begin so"),
    pytest.param("/toy a", ["/toy active", "/toy audit"], id="subcommands that begin so"),
    pytest.param("hello @be", ["Ben Okafor"], id="people"),
    pytest.param("look in #sec", ["sec-flags"], id="channels"),
    pytest.param("a :lock_w", [":lock_with_ink_pen:"], id="emoji"),
    pytest.param("no offer here", [], id="nothing"),
]


@pytest.mark.parametrize(("typed", "labels"), OFFERS)
def test_the_composer_offers_what_fits(page_alone: Any, typed: str, labels: list[str]) -> None:
    """What stands before the caret decides what is offered."""
    script = """async (typed) => ((await import("/static/js/complete.js")).offers(typed)?.items ?? []).map(({ label }) => label)"""
    assert labels == page_alone.evaluate(script, typed)


def test_names_become_ids_when_sent(page_alone: Any) -> None:
    """The longest name wins, addresses of mail are left alone."""
    script = """async (typed) => (await import("/static/js/complete.js")).withIds(typed)"""
    assert "<@U0BENOKAF1>: see <#C0SECFLAG1>, a@oncall.example" == page_alone.evaluate(
        script, "@Ben Okafor: see #sec-flags, a@oncall.example"
    )
