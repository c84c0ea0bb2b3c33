"""Whether session logging really works: in each account-region what is wrong, why it matters, and the exact fix."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from bot.core import blocks, text
from bot.core.doctor import CHECKS, examine
from bot.core.doctor.report import Line, counted, lines, places, side_by_side
from bot.core.doctor.result import Check, State
from bot.core.model import Refused
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Ask, Blocks, Command, Reply
from bot.core.sheet import sheet
from bot.core.words import Takes, read, take

USAGE = "/ssm doctor [account] [region] [check]"
TAKES = Takes({"account": "account", "region": "region"}, {"account": True, "region": True, "all": False}, {}, "check")
MARKS = {State.FAULT: ":no_entry:", State.WARNING: ":warning:", State.UNKNOWN: ":information_source:", State.OK: ""}
MOST_PLACES = 12
MOST_SAID = 3


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """The estate of every place that was asked for, examined."""
    args = take(read(ask.words), TAKES, USAGE)
    chosen = args.get("check", "").lower()
    known = {about.id for about in CHECKS} | {about.group for about in CHECKS}
    if chosen and chosen not in known:
        near = get_close_matches(chosen, sorted(known), 1)
        meant = f" Did you mean `/ssm doctor {near[0]}`?" if near else " `/ssm doctor` lists what I found."
        raise Refused(f"There is no check {text.code(chosen, 40)}.{meant}")
    checks = examine(
        estate
        for estate in evidence.estate(ask.now)
        if args.get("account", "") in ("", estate.place.account) and args.get("region", "") in ("", estate.place.region)
    )
    wanted = tuple(check for check in checks if chosen in ("", check.about.id, check.about.group))
    return detail(wanted) if chosen else view(wanted, everything="all" in args)


def view(checks: tuple[Check, ...], *, everything: bool = False) -> Reply:
    """The fleet side by side, then the findings: faults first."""
    if not checks:
        said = "There is no account-region to look at, so I can say nothing of its logging."
        return Reply(said, (blocks.section(text.escape(said)),))
    found = [line for line in lines(checks) if everything or line.state is not State.OK]
    where = text.plural(len(places(checks)), "account-region")
    said = f"{where}: {counted(checks) or 'session logging is as it should be'}."
    said += "".join(f" {_place(line)}: {line.said}" for line in found[:MOST_SAID] if line.state is State.FAULT)
    shown = places(checks)[:MOST_PLACES]
    beside = blocks.preformatted(side_by_side([check for check in checks if check.place in shown]))
    more = (
        (blocks.context(f"{len(places(checks)) - MOST_PLACES} more account-regions are in the CSV."),)
        if len(places(checks)) > MOST_PLACES
        else ()
    )
    head = (blocks.section(f"*{where}* · {text.escape(counted(checks) or 'session logging is as it should be')}"), beside, *more)
    data = rows(checks)
    return Reply(said, head, tuple(_item(line, number) for number, line in enumerate(found, 1)), (), sheet("doctor", data), data)


def _place(line: Line) -> str:
    return f"{text.plural(len(line.places), 'account-region')}" if len(line.places) > 2 else text.listed([str(p) for p in line.places])


def _item(line: Line, number: int) -> Blocks:
    name = "Could not check" if line.state is State.UNKNOWN else line.about.title
    title = f"{MARKS[line.state]} *{name}* · {text.safe(line.where)}".strip()
    fix = f"\n→ {text.safe(line.fix.words, 300)}" if line.fix.words else ""
    button = None if line.state is State.UNKNOWN else blocks.asking("Why, and the fix", f"doctor {line.about.id}", number)
    return (blocks.section(f"{title}\n{text.safe(line.said, 400)}{fix}", button),)


def detail(checks: Sequence[Check]) -> Reply:
    """One check, or one group of checks: why it matters, every place, and the calls of the fix."""
    if not checks:
        said = "This was not to be checked in any account-region: what it looks at is not in use."
        return Reply(said, (blocks.section(text.escape(said)),))
    found = lines(checks)
    titles = dict.fromkeys(check.about for check in checks)
    said = " ".join(f"{_place(line)}: {line.said}" for line in found[:MOST_SAID])
    head = tuple(blocks.section(f"*{about.title}* (`{about.id}`)\n{text.escape(about.why)}") for about in list(titles)[:5])
    return Reply(
        f"{counted(checks) or 'All is well'}. {said}", head, tuple(map(_whole, found)), (), sheet("doctor", rows(checks)), rows(checks)
    )


def _whole(line: Line) -> Blocks:
    top = blocks.section(f"{MARKS[line.state] or '✓'} {text.safe(line.where)}\n{text.safe(line.said, 600)}")
    if not line.fix.told:
        return (top,)
    commands = "\n\n".join(line.fix.commands)
    return (top, blocks.section("→ " + text.safe(line.fix.words, 600)), *((blocks.preformatted(commands),) if commands else ()))


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
