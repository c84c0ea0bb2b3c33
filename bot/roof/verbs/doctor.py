"""`countersign doctor`: what is wrong with session logging, as a table. The exit code is the worst that was found."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

from bot.config import Settings
from bot.core.doctor import examine
from bot.core.doctor.report import Line, counted, lines, side_by_side, where
from bot.core.doctor.result import Check, State
from bot.core.foot import missing
from bot.core.text import visible
from bot.roof import evidence, house
from bot.roof.cli import Environment, Verb
from bot.roof.verbs.ask import settings
from commands.doctor import chosen, rows

CODES = {State.OK: 0, State.UNKNOWN: 1, State.WARNING: 1, State.FAULT: 2}
NOTHING = "There was nothing to look at, so nothing can be said of session logging."
COLOURS = {State.OK: "32", State.UNKNOWN: "36", State.WARNING: "33", State.FAULT: "31"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `doctor`."""
    parser.add_argument("check", nargs="?", default="", help="one check (preferences.idle) or group (preferences); default: all")
    parser.add_argument("--account", default="", help="one account")
    parser.add_argument("--region", default="", help="one region")
    parser.add_argument("--all", action="store_true", help="show what is well, too")
    parser.add_argument("--fix", action="store_true", help="print the commands that mend each finding")
    parser.add_argument("--json", action="store_true", help="one object a check")
    parser.add_argument("--archive", default="", metavar="PATH", help="look at this archive instead of AWS")
    parser.epilog = "exit code: 0 all is well, 1 warnings or checks that could not be made, 2 faults"


def run(given: argparse.Namespace, environment: Environment) -> int:
    """Examines, prints, and gives 0 (well), 1 (warnings, or not all could be checked) or 2 (faults). Raises Refused for a check that there is not."""
    check = chosen(given.check, "countersign doctor")
    of = settings(given, environment)
    evidence.say(of)
    now = house.now()
    asked = evidence.opener(of)(now, False)
    estates = [e for e in asked.estate(now) if given.account in ("", e.place.account) and given.region in ("", e.place.region)]
    made = [*examine(estates), *(() if given.account or given.region else _slack(of))]
    checks = [each for each in made if check in ("", each.about.id, each.about.group)]
    if given.json:
        print(json.dumps(rows(checks), indent=2, ensure_ascii=False))
    else:
        colour = sys.stdout.isatty() and not environment.get("NO_COLOR")
        print("\n".join(table(checks, missing(asked.asked), everything=given.all, fix=given.fix, colour=colour)))
        for place, why in dict.fromkeys((part.place, part.why) for source in asked.asked for part in source.unread):
            print(f"{visible(place)}: {visible(why)}", file=sys.stderr)
    unread = any(source.unread for source in asked.asked) or not estates
    return max(CODES[max((check.state for check in checks), default=State.OK)], int(unread))


def _slack(of: Settings) -> tuple[Check, ...]:
    """The Slack side, where there is a token."""
    if not of.speaks_to_slack:
        return ()
    from bot.roof.slack_side import workspace  # noqa: PLC0415 - slack_sdk only where Slack is asked

    return workspace(of)


def table(checks: Sequence[Check], unread: str = "", *, everything: bool, fix: bool, colour: bool) -> Iterator[str]:
    """The fleet side by side, then each finding with its place and its fix. `unread` says what could not be looked at."""
    well = "nothing wrong in what could be read" if unread else "session logging is as it should be"
    said = f"{where(checks)}: {counted(checks) or well}." if checks else NOTHING
    yield f"{said} {unread}".strip()
    if checks:
        yield "\n" + side_by_side(checks) + "\n"
    shown = [line for line in lines(checks) if everything or line.state is not State.OK]
    widths = [max((len(_cells(line)[at]) for line in shown), default=0) for at in range(2)]
    for line in shown:
        yield from _rows(line, widths, fix=fix, colour=colour)


def _cells(line: Line) -> tuple[str, str]:
    return line.state.word, line.about.id


def _rows(line: Line, widths: Sequence[int], *, fix: bool, colour: bool) -> Iterator[str]:
    state, name = _cells(line)
    painted = f"\x1b[{COLOURS[line.state]}m{state:<{widths[0]}}\x1b[0m" if colour else f"{state:<{widths[0]}}"
    yield f"{painted}  {name:<{widths[1]}}  {visible(line.said)}"
    margin = " " * (widths[0] + widths[1] + 4)
    yield f"{margin}in {line.where}"
    if line.fix.words:
        yield f"{margin}fix: {visible(line.fix.words)}"
    if fix:
        for place, one in line.fixes.items():
            yield from (
                f"{margin}# {place}" if number == 0 else f"{margin}{visible(command)}"
                for number, command in enumerate(("", *one.commands))
                if one.commands
            )


VERB = Verb("doctor", "what is wrong with session logging, and the exact fix", arguments, run)
