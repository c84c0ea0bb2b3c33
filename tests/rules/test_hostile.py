"""Hostile texts: nothing that a session can hold ends the process, hangs it, or makes it forget what was typed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.rules import Rulebook
from bot.core.shell import parse
from queries.rulebook import load

ROOT = Path(__file__).parents[2]
MUTANTS = 1_200
ODD = [
    *"$(){}[]<>|&;'\"`\\ \n\t#!*?~=,:@%^+-_/.0aA\x00\x01\x1b\x7f",
    *"é\u0130\ud7ff\uffff\u200b\u202e\u0301“–\u00a0\u0085\u2028",
    "\U00031860", "\U0009d132", "\U000b1eb1{", "{", "{1..", "$((", "${", "<(", "[[", "$'", "<<EOF\n", "<<<", "@'\n", "<#", "%{", "&{",
]  # fmt: skip
CHILD = """
import json, sys, time
from queries.rulebook import load
book, slowest = load(), 0.0
for platform, text in json.load(sys.stdin):
    begun = time.process_time()
    book.judge(text, platform)
    slowest = max(slowest, time.process_time() - begun)
print(slowest)
"""


def mutated(texts: list[str], dice: random.Random) -> str:
    """A text with characters put in, taken out, repeated and cut off."""
    text = dice.choice(texts)
    for _ in range(dice.randint(1, 6)):
        at = dice.randint(0, len(text))
        text = dice.choice(
            (
                text[:at] + dice.choice(ODD) * dice.choice((1, 1, 1, 40)) + text[at:],
                text[:at] + text[at + dice.randint(1, 9) :],
                text[:at] + dice.choice(texts)[: dice.randint(1, 80)],
                text[:at] + chr(dice.choice((dice.randint(128, 0xD7FF), dice.randint(0x10000, 0x10FFFF)))) + text[at:],
            )
        )
    return text


def slowest(cases: list[tuple[str, str]]) -> float:
    """Processor seconds of the slowest of some texts, judged in a process of their own; fails where that process dies."""
    told = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(cases), capture_output=True, text=True, cwd=ROOT, check=False, timeout=300
    )
    assert 0 == told.returncode, told.stderr[-2000:]
    return float(told.stdout)


@pytest.mark.parametrize("platform", ["linux", "windows"])
def test_mutated_commands_end_no_process(platform: str) -> None:
    """Examples of the rules, mutated, are each judged in moderate time, and the process lives."""
    texts = [each for rule in load().of(platform) for each in (*rule.fires_on, *rule.silent_on) if isinstance(each, str)]
    dice = random.Random(f"hostile {platform}")
    assert slowest([(platform, mutated(texts, dice)) for _ in range(MUTANTS)]) < 3


BOMBS = ("{\U00031860", "'{\U0009d132", "{1..", "$(", "((", "<(", "${a:-", "a[a[", "case x in ", '"$(', "?(", "<<A ", "@{", "$a[0", "`\\`")


def test_bombs_end_no_process() -> None:
    """64 KiB of one nesting, or of what ends a naive parser, are judged within seconds on every platform."""
    assert slowest([(platform, (unit * 65_536)[:65_536]) for unit in BOMBS for platform in ("linux", "windows")]) < 8


def test_a_heredoc_of_any_size_is_read() -> None:
    """Long and many here-document delimiters overflow no buffer of the grammar."""
    assert slowest([("linux", f"cat <<{'A' * 2900}\nx\n{'A' * 2900}\n"), ("linux", "cat " + "<<A " * 700 + "\n" + "A\n" * 700)]) < 3


@pytest.mark.parametrize(
    ("platform", "text", "argv"),
    [
        pytest.param("linux", "cat /home/josé/«x»", ("cat", "/home/josé/«x»"), id="bash"),
        pytest.param("linux", "echo 'ä' \"b${x}ö\" $'\\x41ü'", ("echo", "ä", "b${x}ö", "Aü"), id="bash, quoted"),
        pytest.param("windows", "Get-Content C:\\Users\\Zoë\\naïve.txt", ("Get-Content", "C:\\Users\\Zoë\\naïve.txt"), id="PowerShell"),
        pytest.param("linux", "rm -rf \U0001f600", ("rm", "-rf", "\U0001f600"), id="beyond the basic plane"),
    ],
)
def test_words_keep_their_letters(platform: str, text: str, argv: tuple[str, ...]) -> None:
    """The grammars are given ASCII; the words are those that were typed."""
    assert argv == parse(text, platform).commands[0].argv


def test_a_text_beside_what_the_grammar_dies_on_is_still_judged(book: Rulebook) -> None:
    """A character that ends the bare grammar hides nothing."""
    assert "secret_file_read" in [found.rule for found in book.judge("cat /etc/shadow {\U00031860", "linux")]


@pytest.mark.parametrize(
    "text", ["\ud800", "cat /etc/shadow \udfff", "echo -e '\\ud800' | sh", "iex ([char]0xD800 + 'x')", "echo $'\\udc00'"]
)
@pytest.mark.parametrize("platform", ["linux", "windows"])
def test_half_a_character_is_judged(book: Rulebook, platform: str, text: str) -> None:
    """JSON can hold half of a surrogate pair; it is judged, and what is found can be written as UTF-8."""
    for found in book.judge(text, platform):
        assert (found.text + found.matched).encode("utf-8")
