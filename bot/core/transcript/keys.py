"""What each key of readline's emacs mode makes of a line, and how dear it is: people seldom press the rare ones."""

from __future__ import annotations

from collections.abc import Iterator

Edit = tuple[float, str, int]  # cost, text, cursor

SLIP, STEP, AGAIN = 1.0, 1.5, 0.15
START, END, KILL, WORD, SWAP, AHEAD = 1.4, 1.6, 2.2, 1.6, 3.0, 2.4
INSIDE = 0.8  # nobody likes to wipe out half a word and more
MOST_DELETED, MOST_STEPS = 6, 10


def edits(text: str, at: int, back: int) -> Iterator[Edit]:
    """The lines that one key makes, or one key held down; `back` is how many steps back are to be explained next."""
    if at:
        yield from _leftward(text, at, back)
    if at < len(text):
        yield from _rightward(text, at)


def _leftward(text: str, at: int, back: int) -> Iterator[Edit]:
    for count in range(1, min(at, back) + 1):
        apart = count < 3 or at == count or text[at - count - 1] == " "
        yield SLIP + AGAIN * (count - 1) + (0 if apart else INSIDE), text[: at - count] + text[at:], at - count
        yield STEP + AGAIN * (count - 1), text, at - count
    yield START, text, 0
    yield KILL, text[at:], 0
    blank, word = _blank(text, at), at
    yield WORD, text[:blank] + text[at:], blank
    for count in range(1, 5):
        word = _word(text, word)
        yield WORD + 0.4 * count, text[:word] + text[at:], word
        yield WORD + 0.4 * count, text, word
    if at > 1 or at < len(text):
        left = at if at < len(text) else at - 1
        yield SWAP, text[: left - 1] + text[left] + text[left - 1] + text[left + 1 :], left + 1


def _rightward(text: str, at: int) -> Iterator[Edit]:
    rest = len(text) - at
    yield END, text, len(text)
    yield KILL, text[:at], at
    word = _word_end(text, at)
    yield AHEAD, text, word
    yield AHEAD, text[:at] + text[word:], at
    for count in range(1, min(rest, MOST_DELETED)):
        yield AHEAD + AGAIN * count, text[:at] + text[at + count :], at
    for count in range(1, min(rest, MOST_STEPS)):
        yield STEP + AGAIN * count, text, at + count


def _blank(text: str, at: int) -> int:
    """The start of the word before, as `C-w` takes it: to the blank."""
    return text[:at].rstrip(" ").rfind(" ") + 1


def _word(text: str, at: int) -> int:
    """The start of the word before, as `M-b` takes it: of letters and digits."""
    while at and not text[at - 1].isalnum():
        at -= 1
    while at and text[at - 1].isalnum():
        at -= 1
    return at


def _word_end(text: str, at: int) -> int:
    while at < len(text) and not text[at].isalnum():
        at += 1
    while at < len(text) and text[at].isalnum():
        at += 1
    return at
