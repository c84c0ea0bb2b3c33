"""Posts exactly once, also across a crash between a post and its note of it.

Strategy: the intent is on disk before the call, the timestamp after it. A post that was begun and has no timestamp is looked up in Slack by its key
before it is posted again, and not before the call that may still be under way has had time to end. A 429 says that nothing was done, so it needs no
look. Posts of one queue keep their order; a queue that is stuck holds up no other.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.core.posts import Later, NotLeading, Post, Sent, Undeliverable, Unsure, pictured
from bot.core.reply import Blocks

log = structlog.get_logger("outbox")
PACE = 1.05  # seconds between messages in one channel: Slack takes one a second
SETTLE = timedelta(seconds=20)  # longer than a call to Slack may take: until then it may still arrive
AGAIN = timedelta(minutes=5)  # until Slack is asked once more after a refusal that a person must lift
Fence = tuple[str, str]


class Courier(Protocol):
    """How posts reach Slack. Every call raises Later, Unsure or Undeliverable."""

    def say(self, channel: str, text: str, blocks: Blocks, key: str, thread: str) -> Sent:
        """A message that carries the key in its metadata."""
        ...

    def edit(self, sent: Sent, text: str, blocks: Blocks) -> None:
        """Other words for a message that stands."""
        ...

    def find(self, channel: str, key: str, thread: str, since: datetime) -> Sent | None:
        """The message with that key, if it stands."""
        ...

    def begin(self, name: str, body: bytes, alt: str) -> str:
        """Bring a file's bytes to Slack; gives its id. Nobody sees it yet."""
        ...

    def share(self, file: str, title: str, channel: str, thread: str) -> Sent:
        """Finish an upload; with a channel, show it there."""
        ...

    def shared(self, file: str, channel: str, thread: str) -> Sent | None:
        """The message that shows a file in a thread, if it stands."""
        ...


class Rows(Protocol):
    """What the outbox keeps, on disk when a call returns."""

    def due(self) -> tuple[Post, ...]:
        """Posts that wait, in their order."""
        ...

    def post(self, key: str) -> Post | None:
        """One post."""
        ...

    def trying(self, key: str, at: datetime, fence: Fence) -> None:
        """The intent."""
        ...

    def file_known(self, key: str, file: str) -> None:
        """The id of a file that is under way."""
        ...

    def put_off(self, key: str, until: datetime, why: str, *, nothing_done: bool) -> None:
        """Later."""
        ...

    def posted(self, key: str, sent: Sent, version: int, at: datetime) -> None:
        """The outcome."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes for the outbox."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    apart: float = PACE
    settle: timedelta = SETTLE


class Outbox:
    """Delivers what waits. `fence` is the lease that must hold when a post begins; two empty words need none."""

    def __init__(
        self,
        rows: Rows,
        courier: Courier,
        pace: Pace,
        fence: Fence = ("", ""),
        told: Callable[[Post, str], None] = lambda post, why: None,
        halt: threading.Event | None = None,
    ) -> None:
        self._rows, self._courier, self._pace, self._fence, self._told = rows, courier, pace, fence, told
        self._last: dict[str, float] = {}
        self._one = threading.Lock()
        self._halt = halt or threading.Event()

    def flush(self) -> int:
        """Deliver everything that can be delivered now; gives how many posts were. Nothing where another process leads."""
        count = 0
        with self._one, suppress(NotLeading):
            while done := self._round():
                count += done
        return count

    def _round(self) -> int:
        done, held = 0, set[str]()
        for post in self._rows.due():
            if self._halt.is_set():
                return 0  # what waits is stored, and goes out after the next start
            if post.queue in held or (post.after and post.after > self._pace.now()):
                held.add(post.queue)
            elif self._tried(post):
                done += 1
            else:
                held.add(post.queue)
        return done

    def _tried(self, post: Post) -> bool:
        """Whether the post stands now."""
        surely = False  # that nothing was done: only Slack's refusal of the post itself says so, not one of the look before it
        try:
            thread = self._thread(post)
            if thread is None:
                return False
            sent = post.sent if post.sent.ts else self._looked(post, thread)
            if sent is None and not self._settled(post):
                return False
            surely = True
            sent = self._begun(post, thread) if sent is None else self._edited(post, sent)
        except Later as late:
            self._off(post, timedelta(seconds=late.seconds), late.why, surely=surely)
        except Unsure as unsure:
            self._off(post, self._pace.settle, f"no answer: {unsure}", surely=False)
        except Undeliverable as refused:
            self._off(post, AGAIN, str(refused), surely=surely)
            self._told(post, str(refused))
        else:
            self._rows.posted(post.key, sent, post.version, self._pace.now())
            return True
        return False

    def _off(self, post: Post, wait: timedelta, why: str, *, surely: bool) -> None:
        log.warning("post put off", key=post.key, why=why, seconds=wait.total_seconds())
        self._rows.put_off(post.key, self._pace.now() + wait, why, nothing_done=surely)

    def _settled(self, post: Post) -> bool:
        """Whether what was begun earlier would have arrived by now; else the post waits until then."""
        if post.tried is None or self._pace.now() >= post.tried + self._pace.settle:
            return True
        self._rows.put_off(post.key, post.tried + self._pace.settle, post.error, nothing_done=False)
        return False

    def _begun(self, post: Post, thread: str) -> Sent:
        self._rows.trying(post.key, self._pace.now(), self._fence)
        return KINDS[post.kind](self, post, thread)

    def _looked(self, post: Post, thread: str) -> Sent | None:
        """Where an earlier try stands. Worth asking before the time has come too: what is found is found."""
        return self._found(post, thread) if post.tried else None

    def _edited(self, post: Post, sent: Sent) -> Sent:
        if post.sent.ts:
            self._wait(post.channel)
            self._courier.edit(post.sent, post.body["text"], tuple(post.body["blocks"]))
        return sent

    def _found(self, post: Post, thread: str) -> Sent | None:
        if post.kind == "text":
            return self._courier.find(post.channel, post.key, thread, post.tried or self._pace.now())
        return self._courier.shared(post.sent.file, post.channel, thread) if post.kind == "file" and post.sent.file else None

    def _thread(self, post: Post) -> str | None:
        """The ts of its thread; empty where it has none, None while its parent does not stand."""
        parent = self._rows.post(post.parent) if post.parent else None
        return (parent.sent.ts or None) if parent else ""

    def _say(self, post: Post, thread: str) -> Sent:
        self._wait(post.channel)
        return self._courier.say(post.channel, post.body["text"], self._blocks(post), post.key, thread)

    def _blocks(self, post: Post) -> Blocks:
        picture = self._rows.post(f"{post.window}/image") if post.window and not post.parent else None
        return pictured(tuple(post.body["blocks"]), picture.sent.file if picture else "")

    def _picture(self, post: Post, _thread: str) -> Sent:
        file = self._uploaded(post)
        self._courier.share(file, post.body["title"], "", "")
        return Sent(file=file)

    def _file(self, post: Post, thread: str) -> Sent:
        self._wait(post.channel)
        file = self._uploaded(post)
        self._rows.file_known(post.key, file)
        sent = self._courier.share(file, post.body["title"], post.channel, thread)
        return Sent(sent.place, sent.ts, file)

    def _uploaded(self, post: Post) -> str:
        return self._courier.begin(post.body["name"], base64.b64decode(post.body["body"]), post.body["alt"])

    def _wait(self, channel: str) -> None:
        """One message a second in a channel."""
        wait = self._last.get(channel, -PACE) + self._pace.apart - self._pace.monotonic()
        if wait > 0:
            self._pace.sleep(wait)
        self._last[channel] = self._pace.monotonic()


KINDS: Mapping[str, Callable[[Outbox, Post, str], Sent]] = {"text": Outbox._say, "picture": Outbox._picture, "file": Outbox._file}  # noqa: SLF001 - its own table
