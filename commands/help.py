"""What can be asked."""

from __future__ import annotations

from functools import cache

import commands
from bot.core import blocks, words
from bot.core.ask import Ask, Command
from bot.core.model import Refused
from bot.core.ports import Evidence, Ledger
from bot.core.registry import discover
from bot.core.reply import Reply
from bot.core.text import code, escape

USAGE = "/ssm help [command]"
FIRST = ("active", "audit", "ports", "risky", "session")


@cache
def _all() -> dict[str, Command]:
    return dict(discover(commands))


def run(ask: Ask, _evidence: Evidence, _ledger: Ledger) -> Reply:
    """Everything the asker may ask, or one command in full."""
    wanted = words.read(ask.words).rest.lower().strip()
    if not wanted:
        return overview([command for command in _all().values() if command.role <= ask.role])
    if wanted not in _all():
        raise Refused(f"There is no command {code(wanted, 40)}. `/ssm help` lists them all.")
    return one(_all()[wanted])


def overview(commands_: list[Command]) -> Reply:
    """A line a command, and three to begin with."""
    lines = "\n".join(f"`{escape(c.usage)}`\n{c.about}" for c in commands_)
    said = f"I answer {len(commands_)} questions about Session Manager: {', '.join(c.name for c in commands_)}. `/ssm help active` explains one."
    first = blocks.actions([blocks.asking(f"/ssm {name}", f"{name}", i) for i, name in enumerate(FIRST[:3])])
    items = tuple((blocks.section(part),) for part in _parts(lines))
    return Reply(said, (blocks.section("*Countersign* tells who opened a session, what they did, and who signed for it."), *first), items)


def _parts(lines: str) -> list[str]:
    parts: list[str] = []
    part = ""
    for line in lines.split("\n`"):
        whole = line if line.startswith("`") or (not parts and not part) else "`" + line
        if len(part) + len(whole) > blocks.SECTION - 10:
            parts, part = [*parts, part], ""
        part += ("\n" if part else "") + whole
    return [*parts, part]


def one(command: Command) -> Reply:
    """Usage, meaning, examples as buttons."""
    said = f"{command.about} Usage: {command.usage}. For example: {'; '.join(command.examples)}."
    shown = f"`{escape(command.usage)}`\n{command.about}"
    tries = [blocks.asking(example, example.removeprefix("/ssm "), i) for i, example in enumerate(command.examples[:4])]
    spans = "Spans: `90m`, `24h`, `7d`, `2w`, `today`, `yesterday`, `2026-11-01..2026-11-08`, in your time zone."
    return Reply(said, (blocks.section(shown), *blocks.actions(tries), *((blocks.context(spans),) if "span" in command.usage else ())))


COMMAND = Command("help", USAGE, "What I answer, or one command in full.", ("/ssm help", "/ssm help audit"), run)
