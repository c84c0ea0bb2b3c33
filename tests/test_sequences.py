"""Commands that belong together, as people see them: all lines of a sequence are named and marked."""

from __future__ import annotations

from bot.core.dossier import judged
from bot.core.model import Session, Transcript, Typed
from commands import _dossier, risky
from queries.rulebook import load

BOOK = load()
LINES = ("ls", "curl -so /opt/agent https://example.com/agent", "chmod +x /opt/agent", "uptime", "sudo /opt/agent --quiet")
SESSION = Session(
    "ann-0a1b", owner="arn:aws:sts::111122223333:assumed-role/ops/ann", target="i-0abc", account="111122223333", region="eu-west-1"
)
TRANSCRIPT = Transcript(typed=tuple(Typed(text, number) for number, text in enumerate(LINES, 1)), platform="linux")


def test_a_sequence_is_found_in_a_session() -> None:
    """What risky, session and the watch judge by finds it, with whose it was and where, and every line that it rests on."""
    (found,) = [each for each in judged(BOOK, TRANSCRIPT, SESSION) if each.rule == "downloaded_then_run"]
    assert (SESSION.owner, SESSION.target, SESSION.id) == (found.actor, found.target, found.session)
    assert (5, (2, 5)) == (found.line, found.lines)
    assert f"2: {LINES[1]}\n5: {LINES[4]}" == found.text


def test_risky_names_every_line() -> None:
    """The item of a sequence in /ssm risky holds its lines as evidence."""
    found = [each for each in judged(BOOK, TRANSCRIPT, SESSION) if each.rule == "downloaded_then_run"]
    shown = risky._item(found, {})[0]["text"]["text"]
    assert "lines 2 and 5" in shown
    assert "curl -so /opt/agent" in shown


def test_a_dossier_marks_every_line() -> None:
    """/ssm session says which lines belong together, and marks each of them."""
    found = judged(BOOK, TRANSCRIPT, SESSION)
    assert {2, 5} <= _dossier._worst(found).keys()
    assert "lines 2 and 5" == _dossier._where(next(each for each in found if each.lines))


def test_a_dossier_says_which_commands_are_only_likely() -> None:
    """A command that may not be exactly what was typed has a sign before it, and the sign is explained; one that is certain has none."""
    doubted = (Typed("id", 1), Typed("cat a b", 2, doubt="the line may hold spaces that the terminal's wraps left"))
    blocks = _dossier._doubts(doubted, doubted)
    assert ["    1    id", "    2    ≈ cat a b"] == [_dossier._command(each, -1) for each in doubted]
    assert "≈ 1 of 2 commands: likely, not certain. The line may hold spaces that the terminal's wraps left." == (
        blocks[0]["elements"][0]["text"].replace("’", "'")
    )
    assert () == _dossier._doubts(doubted[:1], doubted[:1])
