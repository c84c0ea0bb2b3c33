"""Whether session logging really works: in each account-region what is wrong, why it matters, and the exact fix."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.doctor import CHECKS, examine
from bot.core.doctor.drift import due, line, visit
from bot.core.doctor.report import Line, counted, lines, named, places, side_by_side, where
from bot.core.doctor.result import Check, State
from bot.core.doctor.slack import SLACK_CHECKS
from bot.core.model import Refused
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Blocks, Reply
from bot.core.sheet import sheet
from bot.core.words import Takes, read, take
from commands import _drift

USAGE = "/ssm doctor [account] [region] [check]"
TAKES = Takes({"account": "account", "region": "region"}, {"account": True, "region": True, "all": False}, {}, "check")
MARKS = {State.FAULT: ":no_entry:", State.WARNING: ":warning:", State.UNKNOWN: ":information_source:", State.OK: ""}
MOST_PLACES = 12
MOST_SAID = 3
MOST_DRIFT = 5


def run(ask: Ask, evidence: Evidence, ledger: Ledger) -> Reply:
    """The estate of every place that was asked for, examined; and what changed there since the last look."""
    args = take(read(ask.words), TAKES, USAGE)
    check = chosen(args.get("check", ""))
    account, region = args.get("account", ""), args.get("region", "")
    looked = () if check.partition(".")[0] == "slack" else evidence.estate(ask.now)
    estates = tuple(e for e in looked if account in ("", e.place.account) and region in ("", e.place.region))
    checks = examine(estates) if account or region else _drift.examined(ask, estates)
    wanted = tuple(each for each in checks if check in ("", each.about.id, each.about.group))
    since = _since(ask, evidence, ledger, wanted)
    if estates and not (check or account or region) and due(since.before, ask.now):
        ledger.keep_visit(visit(checks, ask.now, since.before, ask.user.id, _drift.unread(evidence)), _drift.papers(estates))
    told = _told(since, ask, whole=not (_drift.unread(evidence) or any(each.state is State.UNKNOWN for each in wanted)))
    return detail(wanted, told) if check else view(wanted, told, everything="all" in args)


def chosen(word: str, how: str = "/ssm doctor") -> str:
    """The check or group of checks that is meant; empty for all. Raises Refused with what is near."""
    every = (*CHECKS, *SLACK_CHECKS)
    known = {about.id for about in every} | {about.group for about in every}
    if word.lower() not in known | {""}:
        near = get_close_matches(word.lower(), sorted(known), 1)
        meant = f" Did you mean `{how} {near[0]}`?" if near else f" There are {text.listed(sorted(about.id for about in every), 99)}."
        raise Refused(f"There is no check {text.code(word, 40)}.{meant}")
    return word.lower()


def _since(ask: Ask, evidence: Evidence, ledger: Ledger, checks: Sequence[Check]) -> _drift.Since:
    """What stands otherwise than when it was last looked at."""
    return _drift.now(ledger.visited(ask.now), visit(checks, ask.now), evidence, ask.user.zone) if checks else _drift.Since()


def _told(since: _drift.Since, ask: Ask, *, whole: bool) -> str:
    """What changed since the last look, in words; empty where there was none. Where something could not be checked, quiet is not claimed of it."""
    if since.before is None:
        return ""
    when = times.moment(since.before.at, ask.user.zone)
    return (
        line(since.found, MOST_DRIFT, f"since I looked on {when}")
        or f"{'Nothing' if whole else 'Nothing that could be checked'} changed since I looked on {when}."
    )


def view(checks: tuple[Check, ...], told: str = "", *, everything: bool = False) -> Reply:
    """The fleet side by side, then the findings: faults first. `told` is what changed since the last look."""
    if not checks:
        said = "There is no account-region to look at, so I can say nothing of its logging."
        return Reply(said, (blocks.section(text.escape(said)),))
    found = [line for line in lines(checks) if everything or line.state is not State.OK]
    over = where(checks)
    said = f"{over}: {counted(checks) or 'session logging is as it should be'}."
    said += "".join(f" {_place(line)}: {line.said}" for line in found[:MOST_SAID] if line.state is State.FAULT)
    shown = places(checks)[:MOST_PLACES]
    beside = blocks.preformatted(side_by_side([check for check in checks if check.place in shown]))
    more = (
        (blocks.context(f"{len(places(checks)) - MOST_PLACES} more account-regions are in the CSV."),)
        if len(places(checks)) > MOST_PLACES
        else ()
    )
    title = blocks.section(f"*{over}* · {text.escape(counted(checks) or 'session logging is as it should be')}")
    head = (title, beside, *more, *_changed(told))
    said = f"{said} {told}".strip()
    data = rows(checks)
    return Reply(said, head, tuple(_item(line, number) for number, line in enumerate(found, 1)), (), sheet("doctor", data), data)


def _prose(words: str, most: int) -> str:
    """Words for Slack, with what stands between backticks as code. Each piece is made safe by itself."""
    pieces = text.clip(words, most).split("`")
    return "".join(text.code(piece, most) if number % 2 else text.safe(piece, most) for number, piece in enumerate(pieces))


def _changed(told: str) -> Blocks:
    return (blocks.section(f":stethoscope: {_prose(told, 1500)}"),) if told else ()


def _place(line: Line) -> str:
    return (
        f"{text.plural(len(line.places), 'account-region')}"
        if len(line.places) > 2
        else text.listed([named(place) for place in line.places])
    )


def _item(line: Line, number: int) -> Blocks:
    name = "Could not check" if line.state is State.UNKNOWN else line.about.title
    title = f"{MARKS[line.state]} *{name}* · {text.safe(line.where)}".strip()
    fix = f"\n→ {_prose(line.fix.words, 300)}" if line.fix.words else ""
    button = None if line.state is State.UNKNOWN else blocks.asking("Why, and the fix", f"doctor {line.about.id}", number)
    return (blocks.section(f"{title}\n{_prose(line.said, 400)}{fix}", button),)


def detail(checks: Sequence[Check], told: str = "") -> Reply:
    """One check, or one group of checks: why it matters, every place, and the calls of the fix."""
    if not checks:
        said = "This was not to be checked in any account-region: what it looks at is not in use."
        return Reply(said, (blocks.section(text.escape(said)),))
    found = lines(checks)
    titles = dict.fromkeys(check.about for check in checks)
    said = " ".join(f"{_place(line)}: {line.said}" for line in found[:MOST_SAID])
    head = tuple(blocks.section(f"*{about.title}* (`{about.id}`)\n{text.escape(about.why)}") for about in list(titles)[:5])
    return Reply(
        f"{counted(checks) or 'All is well'}. {said} {told}".strip(),
        (*head, *_changed(told)),
        tuple(map(_whole, found)),
        (),
        sheet("doctor", rows(checks)),
        rows(checks),
    )


def _whole(line: Line) -> Blocks:
    top = blocks.section(f"{MARKS[line.state] or '✓'} {text.safe(line.where)}\n{_prose(line.said, 600)}")
    if not line.fix.told:
        return (top,)
    commands = "\n\n".join(line.fix.commands)
    return (top, blocks.section("→ " + _prose(line.fix.words, 600)), *((blocks.preformatted(commands),) if commands else ()))


def rows(checks: Sequence[Check]) -> tuple[dict[str, str], ...]:
    """One row a check, for CSV and JSON."""
    return tuple(
        {
            "account": check.place.account,
            "region": check.place.region,
            "check": check.about.id,
            "subject": check.verdict.subject,
            "state": check.state.word,
            "said": check.verdict.said,
            "why": check.about.why,
            "fix": check.verdict.fix.told,
        }
        for check in checks
    )


COMMAND = Command(
    "doctor",
    USAGE,
    "Whether session logging really works: preferences, documents, places for logs, nodes, network and trail of each account-region, with the exact fix.",
    ("/ssm doctor", "/ssm doctor 111122223333 eu-west-1", "/ssm doctor preferences.idle"),
    run,
)
