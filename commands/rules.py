"""The rules: what is looked for, and what a command would be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.core import blocks, text, words
from bot.core.ask import Ask, Command
from bot.core.model import Finding, Refused
from bot.core.ports import Evidence, Ledger
from bot.core.redact import redact
from bot.core.reply import Blocks, Reply
from bot.core.rules import Rule, Rulebook

USAGE = '/ssm rules [name] | test "<command>" [linux|windows]'
MOST_EXAMPLES = 5


def run(ask: Ask, _evidence: Evidence, _ledger: Ledger) -> Reply:
    """All rules, one rule, or the judgement of one command."""
    book, tokens = ask.policy.rules, list(words.read(ask.words).tokens)
    if book is None or not book.rules:
        raise Refused("No rules are loaded; `COUNTERSIGN_RULES` names folders of them.")
    if not tokens:
        return overview(book)
    if tokens[0].text.lower() == "test":
        return _test(book, tokens[1:])
    wanted = " ".join(token.text for token in tokens)
    rule = book.named(wanted)
    return one(rule) if rule else search(book, wanted)


def _test(book: Rulebook, tokens: list[words.Token]) -> Reply:
    platforms = [t.text.lower() for t in tokens if t.shape == "word" and t.text.lower() in ("linux", "windows")]
    line = " ".join(t.text for t in tokens if not (t.shape == "word" and t.text.lower() in ("linux", "windows")))
    if not line.strip():
        raise Refused(f'Give me a command in quotes, as in `/ssm rules test "curl example.com | sh"`. Usage: `{USAGE}`')
    return tested(line, {platform: book.judge(line, platform) for platform in platforms or ("linux", "windows")})


def tested(line: str, found: dict[str, tuple[Finding, ...]]) -> Reply:
    """What the rules say of one line, by platform."""
    told = [f"On {platform}: {_named(findings)}." for platform, findings in found.items()]
    shown = [f"*{platform}*\n" + ("\n".join(_line(f) for f in findings) or "nothing") for platform, findings in found.items()]
    data = tuple({"platform": p, "rule": f.rule, "level": f.level.word, "title": f.title} for p, fs in found.items() for f in fs)
    return Reply(
        f"“{redact(line)}”. {' '.join(told)}", (blocks.section(text.code(redact(line), 500)), *map(blocks.section, shown)), data=data
    )


def _named(findings: Iterable[Finding]) -> str:
    return text.listed([f"{f.title} ({f.level.word})" for f in findings]) or "nothing is flagged"


def _line(finding: Finding) -> str:
    return f"• *{text.safe(finding.title)}* · {finding.level.word} · {text.safe(', '.join(finding.techniques))}\n  {text.safe(finding.why, 300)}"


def overview(book: Rulebook) -> Reply:
    """How many rules of which level, and those that need what a session cannot give."""
    levels = Counter(rule.level for rule in book.rules)
    counted = ", ".join(f"{levels[level]} {level.word}" for level in sorted(levels, reverse=True))
    unfit = f"{len(book.not_applicable)} more do not apply to sessions" if book.not_applicable else "all loaded rules apply"
    said = f"{len(book.rules)} rules are loaded: {counted}; {unfit}."
    data = (
        *({"name": r.name, "title": r.title, "level": r.level.word, "judges": r.kind, "platform": r.platform} for r in book.rules),
        *({"title": n.title, "judges": "nothing here", "where": n.where, "reason": n.reason} for n in book.not_applicable),
    )
    items = tuple((blocks.section(_summary(rule)),) for rule in sorted(book.rules, key=lambda r: (-r.level, r.title)))
    return Reply(said, (blocks.section(f"*{text.escape(said)}*"),), (*items, *_unfit(book)), data=data)


def _unfit(book: Rulebook) -> list[Blocks]:
    """Rules that do not apply, by the reason; `--json` names each with its file and line."""
    by: dict[str, list[str]] = {}
    for each in book.not_applicable:
        by.setdefault(each.reason, []).append(each.title)
    ordered = sorted(by.items(), key=lambda one: (-len(one[1]), one[0]))
    return [
        (blocks.context(f"{_not_applied(titles)}: {text.safe(reason, 300)}. {text.safe(text.listed(titles, 3), 300)}"),)
        for reason, titles in ordered
    ]


def _not_applied(titles: list[str]) -> str:
    return f"{text.plural(len(titles), 'rule')} not applicable"


def _summary(rule: Rule) -> str:
    where = rule.platform or ("CloudTrail" if rule.kind in ("event", "correlation") else "any platform")
    return f"*{text.safe(rule.title)}* · {rule.level.word} · {where} · {text.safe(', '.join(rule.techniques)) or 'no technique'}\n{text.code(rule.name)}"


def search(book: Rulebook, wanted: str) -> Reply:
    """The rules whose title, name or technique holds a word."""
    low = wanted.lower()
    found = [r for r in book.rules if low in f"{r.title} {r.name} {' '.join(r.techniques)} {r.description}".lower()]
    if not found:
        raise Refused(f"No rule is called {text.code(wanted, 60)} or speaks of it. `/ssm rules` lists them all.")
    said = f"{text.plural(len(found), 'rule')} about {wanted}: {text.listed([r.title for r in found], 4)}."
    return Reply(said, (blocks.section(text.safe(said, 600)),), tuple((blocks.section(_summary(r)),) for r in found))


def one(rule: Rule) -> Reply:
    """One rule in full, with what it fires on and what it stays silent on."""
    said = f"{rule.title}, {rule.level.word}: {' '.join(rule.description.split())}"
    told = [
        f"*{text.safe(rule.title)}* · {rule.level.word} · {text.safe(', '.join(rule.techniques))}",
        text.safe(" ".join(rule.description.split()), 1500),
        f"Harmless when: {text.safe('; '.join(rule.falsepositives), 500)}" if rule.falsepositives else "",
    ]
    shown = [blocks.section("\n".join(filter(None, told)))]
    shown += [
        blocks.section(f"*{title}*\n{_examples(values)}")
        for title, values in (("Fires on", rule.fires_on), ("Silent on", rule.silent_on))
        if values
    ]
    return Reply(said, (*shown, blocks.context(f"{text.code(rule.name)} · {text.safe(rule.status)} · by {text.safe(rule.author)}")))


def _examples(values: Iterable[object]) -> str:
    return "\n".join(f"• {_example(value)}" for value in list(values)[:MOST_EXAMPLES])


def _example(value: object) -> str:
    """A command as it is; a sequence of them one after the other."""
    if isinstance(value, list):
        typed = [str(each.get("text", "")) if isinstance(each, dict) else str(each) for each in value]
        if typed and all(typed):
            return " then ".join(text.code(each, 120) for each in typed)
    return text.code(str(value), 300)


COMMAND = Command(
    "rules",
    USAGE,
    "What is looked for: all rules, one rule with examples, or what a command of yours would be judged.",
    ("/ssm rules", '/ssm rules test "curl http://example.com/x | sh"', "/ssm rules T1098"),
    run,
)
