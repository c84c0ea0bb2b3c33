"""Whether the bot itself is well: its clock, its watch, what waits to be posted and why."""

from __future__ import annotations

from datetime import timedelta

from bot.core import blocks, parts, text, times
from bot.core.ask import Ask, Command
from bot.core.ports import Evidence, Ledger
from bot.core.posts import Post
from bot.core.reply import Reply
from bot.core.watch import NAME, behind
from bot.core.words import Takes
from commands import _sessions, _words

USAGE = "/ssm status"
NAMED = 5  # parts that hold back, each in a sentence of its own
SILENT = timedelta(minutes=2)  # the clock beats every few seconds


def run(ask: Ask, _evidence: Evidence, ledger: Ledger) -> Reply:
    """What every part last did. A part that is silent is said first."""
    _words.taken(ask, Takes({}, {}, {}, ""), USAGE)
    wrong = _wrong(ask, ledger)
    head = "All is well." if not wrong else f"{text.plural(len(wrong), 'thing is', 'things are')} not well: {' '.join(wrong)}"
    stuck, waiting = ledger.stuck(), ledger.backlog()
    told = [*_clock(ask, ledger), *_watch(ask, ledger), f"{text.plural(waiting, 'post')} waiting" if waiting else "no post waits"]
    told = [line[0].upper() + line[1:] for line in told]
    said = f"{head} {'. '.join(told)}."
    mark = ":warning:" if wrong else ":white_check_mark:"
    body = (blocks.section(f"{mark} *{text.escape(head)}*"), blocks.section("\n".join(f"• {text.escape(line)}" for line in told)))
    data = tuple(
        {"part": name, "at": _sessions.iso(at), **{k: str(v) for k, v in detail.items()}}
        for name, (at, detail) in sorted(ledger.beats().items())
    ) + tuple(
        {
            "part": each.part,
            "at": _sessions.iso(each.until),
            "since": _sessions.iso(each.since),
            "why": each.why,
            "waiting": str(each.waiting),
        }
        for each in ledger.held()
    )
    return Reply(text.escape(said), body, tuple((blocks.section(_stuck(post)),) for post in stuck), (), (), data)


def _wrong(ask: Ask, ledger: Ledger) -> list[str]:
    beats = ledger.beats()
    found = []
    if ask.policy.schedule or ask.policy.watching:
        at = beats["clock"][0] if "clock" in beats else None
        if at is None:
            found.append("The clock has never run: start `countersign run` or `countersign clock`.")
        elif ask.now - at > SILENT:
            found.append(f"The clock has been silent for {times.length(ask.now - at)}.")
    if ask.policy.watching and (late := behind(ledger.watermark(NAME), ask.now, ask.policy.watch_every)):
        found.append(late)
    if ask.policy.watching:
        found += _held(ask, ledger)
    if queues := sorted({post.channel for post in ledger.stuck()}):
        found.append(f"Posts wait for {text.listed(queues)}.")
    return found


def _held(ask: Ask, ledger: Ledger) -> list[str]:
    """The parts of the fleet that hold back, each with since when and what waits there; unread logs are counted together."""
    held = ledger.held()
    logs, whole = [each for each in held if each.part.startswith(parts.LOG)], [each for each in held if not each.part.startswith(parts.LOG)]
    named = [parts.sentence(each, ask.now, ask.user.zone) for each in whole[:NAMED]]
    more = [f"{len(whole) - NAMED} more parts hold back."] if len(whole) > NAMED else []
    many = f" and {text.plural(len(logs) - 1, 'more log')}" if len(logs) > 1 else ""
    return [*named, *more, *([f"{parts.sentence(logs[0], ask.now, ask.user.zone).rstrip('.')}{many}."] if logs else [])]


def _clock(ask: Ask, ledger: Ledger) -> list[str]:
    at, detail = ledger.beats().get("clock", (None, {}))
    if at is None:
        return [] if ask.policy.schedule or ask.policy.watching else ["nothing is scheduled and nothing is watched"]
    who = f", led by {detail['owner']}" if detail.get("owner") else ""
    return [f"the clock last beat {times.length(ask.now - at)} ago with {text.plural(int(detail.get('lines', 0)), 'line')}{who}"]


def _watch(ask: Ask, ledger: Ledger) -> list[str]:
    if not ask.policy.watching:
        return []
    at, detail = ledger.beats().get(NAME, (None, {}))
    mark = ledger.watermark(NAME)
    if at is None or mark is None:
        return ["the watch has not looked yet"]
    saw = f"{text.plural(int(detail.get('sessions', 0)), 'session')} and {text.plural(int(detail.get('events', 0)), 'record')}"
    spent = f"${float(detail.get('spent', 0)):.4f} of this hour's ${ask.policy.watch_budget:.2f}"
    return [f"the watch has looked up to {times.moment(mark, ask.user.zone)}", f"it saw {saw} at its last look and spent {spent}"]


def _stuck(post: Post) -> str:
    tries = f", {text.plural(post.tries, 'try', 'tries')}" if post.tries else ""
    return f":hourglass: {text.code(post.key, 100)} for {text.safe(post.channel)}: {text.safe(post.error, 200)}{tries}"


COMMAND = Command(
    "status",
    USAGE,
    "Whether the bot itself is well: its clock, its watch and what that cost, and posts that wait, with the reason.",
    ("/ssm status",),
    run,
)
