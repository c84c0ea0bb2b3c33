"""What is scheduled: when each line fires next, up to when it is posted, and what keeps it."""

from __future__ import annotations

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Block, Blocks, Reply
from bot.core.schedule import Line, following
from bot.core.words import Takes
from commands import _sessions, _words

USAGE = "/ssm schedule"


def run(ask: Ask, _evidence: Evidence, ledger: Ledger) -> Reply:
    """The lines of the configuration, each with a way to try it: what it would post is shown to the asker alone."""
    _words.taken(ask, Takes({}, {}, {}, ""), USAGE)
    lines = ask.policy.schedule
    if not lines:
        said = "Nothing is scheduled. An admin can set COUNTERSIGN_SCHEDULE, for example `mon-fri 09:00 Europe/Berlin → #sec-audit: digest 24h`."
        return Reply(said, (blocks.section(said),))
    known = [(line, following(line, ask.now), ledger.watermark(line.key)) for line in lines]
    first = min((at for _, at, _ in known if at), default=None)
    said = f"{text.plural(len(lines), 'line')} scheduled; the next fires {times.moment(first, ask.user.zone)}."
    stuck = {post.queue: post.error for post in ledger.stuck()}
    data = tuple(
        {"line": line.text, "next": _sessions.iso(at), "posted_until": _sessions.iso(mark), "stuck": stuck.get(line.key, "")}
        for line, at, mark in known
    )
    items = tuple(_item(line, ask, ledger, stuck.get(line.key, "")) for line in lines)
    return Reply(text.escape(said), (blocks.section(f"*{text.escape(said)}*"),), items, (), (), data)


def _item(line: Line, ask: Ask, ledger: Ledger, stuck: str) -> Blocks:
    at, mark = following(line, ask.now), ledger.watermark(line.key)
    when = f"next {times.slack_moment(at)}" if at else ":warning: it never fires: no calendar has that day"
    done = f"posted up to {times.slack_moment(mark)}" if mark else "not begun yet"
    told = f"{text.code(line.text, 300)}\n{when} · {done}"
    held = f"\n:warning: waiting: {text.safe(stuck, 200)}" if stuck else ""
    return (_tried(line, told + held),)


def _tried(line: Line, told: str) -> Block:
    return blocks.section(told, blocks.asking("Try it", line.words))


COMMAND = Command(
    "schedule",
    USAGE,
    "What is posted when and where, the next time of each line, and a button that shows you alone what it would post.",
    ("/ssm schedule",),
    run,
)
