"""Which keys a cleaned line comes from: the likeliest edits that make readline write just what is left of it.

The search keeps a line as readline holds it (text, cursor, place in the history, search) and tries each key
whose redisplay is what comes next. Lines that the person had typed before can be recalled or found; the rest is
typed. The cheapest way that explains every sign wins; words that stand nowhere else make a way dearer.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.core.transcript import keys, shells
from bot.core.transcript.redisplay import lit, redrawn, unlit

LONGEST = 600
MOST_STATES = 1500
WAYS_AT_ONCE = 10
MID = -2  # signs are being put in
RUN, SIGN, MIDDLE, RECALL, FIND, PASTE, TRACELESS, STRANGE, EMPTY, BLANK = 1.0, 0.05, 0.3, 0.7, 1.5, 1.2, 1.5, 2.0, 4.0, 2.5

WORDS = re.compile(r"[^\s;|&()<>'\"=]+")
_SIGNS = re.compile(r"[^\b]+")
_STEPS = re.compile(r"\x08+")
SEARCH = "(reverse-i-search)`': "


@dataclass(frozen=True, slots=True)
class Held:
    """The line as readline holds it. `back` counts how far the history was gone back, -1 once it was edited."""

    text: str = ""
    at: int = 0
    back: int = 0
    sought: str | None = None
    failed: bool = False

    def row(self, prompt: str, *, bright: bool) -> tuple[str, int]:
        """The row that is shown, and the column of the cursor."""
        if self.sought is None:
            return prompt + self.text, len(prompt) + self.at
        head = f"({'failed ' if self.failed else ''}reverse-i-search)`{self.sought}': "
        end = self.at + (0 if self.failed or not bright else len(self.sought))
        return f"{head}{self.text[: self.at]}{lit(self.text[self.at : end])}{self.text[end:]}", len(head) + self.at


Way = tuple[float, Held]


def retrace(left: str, prompt: str, earlier: Sequence[str]) -> tuple[str | None, int]:
    """The text of the likeliest line behind a prompt, or None where no way explains what is left; and the work it took."""
    if len(left) > LONGEST:
        return None, 0
    first = Retrace(left, prompt, earlier)
    found = first.best()
    if found is not None or SEARCH not in left:
        return found, first.states
    second = Retrace(left, prompt, earlier, bright=False)
    return second.best(), first.states + second.states


@dataclass(slots=True)
class Retrace:
    """One search: `left` is what the agent left behind `prompt`; `earlier` are the lines submitted before, oldest first."""

    left: str
    prompt: str
    earlier: Sequence[str]
    bright: bool = True  # what is found is shown bright
    states: int = 0
    _ticks: int = 0
    _pastes: dict[int, int] = field(default_factory=dict)
    _costs: dict[tuple[int, Held], float] = field(default_factory=dict)
    _heap: list[tuple[int, float, int, Held]] = field(default_factory=list)

    def best(self) -> str | None:
        """The text of the likeliest line, or None where no way explains what is left."""
        known = _known(self.left, self.earlier)
        found: dict[str, float] = {}
        self._pastes = _pasted(self.left)
        self._heap = [(0, 0.0, 0, Held())]
        place, tried = 0, 0
        while self._heap and self.states < MOST_STATES:
            done, cost, _, held = heapq.heappop(self._heap)
            tried = tried + 1 if done == place else 1
            place = done
            if tried > WAYS_AT_ONCE or self._costs.get((done, held), cost) < cost:
                continue
            self.states += 1
            if done == len(self.left) and (text := unlit(held.text)) not in found:
                found[text] = cost + _strange(text, known)
            self._go(cost, done, held)
        return min(found, key=lambda text: found[text], default=None)

    def _go(self, cost: float, done: int, held: Held) -> None:
        if held.sought is not None:
            ways = self._searching(done, held)
        elif not held.text and self.left.startswith(SEARCH, done):
            self._push(cost + FIND, done, SEARCH, Held(back=held.back, sought=""))  # drawn whole
            return
        else:
            ways = self._keyed(done, held)
            self._edited(cost, done, held)
        row, column = held.row(self.prompt, bright=self.bright)
        for dear, after in ways:
            self._push(cost + dear, done, redrawn(row, column, *after.row(self.prompt, bright=self.bright)), after)

    def _push(self, cost: float, done: int, left: str, after: Held) -> None:
        if not self.left.startswith(left, done):
            return
        place = (done + len(left), after)
        if self._costs.get(place, 1e9) > cost:
            self._costs[place] = cost
            self._ticks += 1
            heapq.heappush(self._heap, (place[0], cost, self._ticks, after))

    def _edited(self, cost: float, done: int, held: Held) -> None:
        """What one key, or one key held down, makes of the line."""
        plain, before = unlit(held.text), len(self.prompt)
        found = _STEPS.match(self.left, done)
        back = len(found.group()) if found else 0
        for dear, text, at in keys.edits(plain, held.at, back):
            if not back and at < held.at <= 2 * at + before + 1:
                continue  # it would show steps back
            left = redrawn(held.text, held.at, text, at, before)
            if self.left.startswith(left, done):
                hidden = not left and (text != plain or at < held.at)
                self._push(cost + dear + (TRACELESS if hidden else 0), done, left, Held(text, at, held.back if text == held.text else -1))

    def _keyed(self, done: int, held: Held) -> Iterator[Way]:
        plain = unlit(held.text)
        if run := _SIGNS.match(self.left, done):
            yield from self._typed(done, run.group(), plain, held)
        if held.back >= 0:
            yield from self._recalled(held)
        if plain != held.text:
            yield 0.1, Held(plain, held.at, -1)

    def _typed(self, done: int, run: str, text: str, held: Held) -> Iterator[Way]:
        for start, size in self._pastes.items():
            if start == done:
                yield PASTE, Held(text[: held.at] + lit(run[:size]) + text[held.at :], held.at + size, -1)
            elif done < start < done + len(run) and held.at == len(text):
                yield RUN + SIGN * (start - done), Held(text + run[: start - done], held.at + start - done, -1)
        if held.at == len(text):
            yield RUN + SIGN * len(run), Held(text + run, held.at + len(run), -1)
        else:
            dear = SIGN if held.back == MID else MIDDLE
            yield dear, Held(text[: held.at] + run[0] + text[held.at :], held.at + 1, MID)

    def _recalled(self, held: Held) -> Iterator[Way]:
        for back in (held.back + 1, held.back - 1):
            if back == 0 < held.back:
                yield RECALL, Held()
            elif 0 < back <= len(self.earlier):
                yield RECALL, Held(self.earlier[-back], len(self.earlier[-back]), back)

    def _searching(self, done: int, held: Held) -> Iterator[Way]:
        sought = held.sought or ""
        yield 0.0, Held(held.text, held.at, held.back)  # another key ends the search
        if run := _SIGNS.search(self.left, done):
            yield SIGN, self._found(held, sought + run.group()[0], max(held.back, 1))
        if sought:
            yield FIND, self._found(held, sought, max(held.back, 0) + 1)

    def _found(self, held: Held, sought: str, back: int) -> Held:
        while back <= len(self.earlier):
            text = self.earlier[-back]
            if (at := text.rfind(sought)) >= 0:
                return Held(text, at, back, sought)
            back += 1
        return Held(held.text, held.at, held.back, sought, failed=True)


def _known(left: str, earlier: Sequence[str]) -> set[str]:
    """Words that nobody needs to have made by edits: common ones, earlier ones, and those that stand whole in what is left."""
    whole = [word for run in _SIGNS.findall(left) for word in WORDS.findall(run)]
    return {*whole, *WORDS.findall(" ".join(earlier)), *shells.COMMON}


def _strange(text: str, known: set[str]) -> float:
    """How unlikely the line is by itself: words that only the edits made, an end that is blank, nothing at all."""
    made = sum(word not in known for word in WORDS.findall(text))
    return (STRANGE * min(3, made) if text else EMPTY) + (BLANK if text.endswith(" ") else 0)


def _pasted(left: str) -> dict[int, int]:
    """Where text begins that is written twice, the second time over the first, and its length: it was pasted."""
    found = {}
    for steps in _STEPS.finditer(left):
        count = steps.end() - steps.start()
        start = steps.start() - count
        written = left[max(0, start) : steps.start()]
        if count > 1 and start >= 0 and "\b" not in written and written == left[steps.end() : steps.end() + count]:
            found[start] = count
    return found
