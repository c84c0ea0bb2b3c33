"""The hand that gives an answer: that it is asking, how far it is, and in the end the answer.

`Whisper` answers by a response_url, which the asker alone sees. Nobody can know whether the answer will take the place of a line that was
sent before it, so there is one such line at most, only where an answer takes long, and it is true beside the answer too
(docs/why/005-asking-line.md). Past a response_url's life the answer goes on as a direct message. `Open` answers in a message of its own that it edits: a thread, or direct messages. `Aside` answers
in a channel that another organisation reads, to the asker alone. The first `finish` counts; a later one says nothing.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.core.reply import Message
from bot.slack.client import SlackError, word
from bot.slack.post import Post
from bot.slack.words import Call

log = structlog.get_logger("slack")
Clock = Callable[[], float]
After = Callable[[float, Callable[[], None]], Callable[[], None]]  # do something in so many seconds; what it gives prevents it
ASKING = Message("Asking…")
FOLLOWS = "{asking} The answer follows below."
PATIENCE = 1.5  # seconds in which an answer needs no word before it
LIFE, USES = 29 * 60.0, 5
PACE = {"hook": 5.0, "edit": 3.0}  # seconds between two words of progress
CLOSED = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "restricted_action_read_only_channel"})
INVITE = "I cannot write in this channel ({error}). Type `/invite` with my name here, then try again."
OUTSIDE = "People of another organisation read this channel, so I do not post answers here."
IN_PUBLIC = "_Everyone in this channel can read this answer. `/ssm` answers you alone._"


class Hand:
    """What every hand shares: one end, words of progress at a pace, and where files and public messages go."""

    def __init__(self, call: Call, post: Post, clock: Clock = time.monotonic) -> None:
        self.call, self.post, self._clock = call, post, clock
        self._born = self._spoke = clock()
        self._lock = threading.Lock()
        self._done = False

    def asking(self) -> None:
        """Say that the question is in hand."""
        self._safely(self._ask)

    def progress(self, text: str) -> None:
        """Say how far it is, unless something was said just now. Never raises."""
        with self._lock:
            if self._done or self._clock() - self._spoke < self._pace():
                return
            self._spoke = self._clock()
            self._safely(lambda: self._tell(Message(text)))

    def finish(self, message: Message, *, private: bool = False) -> None:
        """Give the answer. `private` keeps a refusal from a channel's eyes."""
        with self._lock:
            if self._done:
                return
            self._done = True
        message = self._with_files(message)
        if message.public and not private:
            message = self._publish(message)
        if message.text:
            self._end(message, private=private)
        else:
            self._safely(self._clear)

    def by_hand(self, message: Message) -> None:
        """A direct message: the way that is left when every other is closed."""
        try:
            self.post.say(self.post.direct(self.call.user_id), message)
        except SlackError as error:
            log.warning("answer lost", user=self.call.user_id, error=word(error))

    def _pace(self) -> float:
        return PACE["edit"]

    def _ask(self) -> None:
        raise NotImplementedError

    def _tell(self, message: Message) -> None:
        raise NotImplementedError

    def _end(self, message: Message, *, private: bool) -> None:
        raise NotImplementedError

    def _clear(self) -> None:
        """Take the "Asking…" away: the answer stands elsewhere."""

    def _safely(self, work: Callable[[], None]) -> None:
        try:
            work()
        except SlackError as error:
            log.info("a word on the way was lost", error=word(error))

    def _with_files(self, message: Message) -> Message:
        if not message.files:
            return message
        try:
            here = message.public or self.call.channel_id == self.post.direct(self.call.user_id)
            channel = self.call.channel_id if here else self.post.direct(self.call.user_id)
            self.post.upload(channel, message.files, self.call.thread_ts if here else "")
        except SlackError as error:
            return said(message, f"The file could not be delivered: Slack answered {word(error)}. Try again.")
        return message if here else said(message, "The file is in your direct messages with me.")

    def _publish(self, message: Message) -> Message:
        """Post for the channel; gives what is left to tell the asker."""
        if not self.call.channel_id:
            return replace(message, public=False)
        try:
            if self.call.shared or (not self.call.channel_id.startswith("D") and self.post.reaches_outside(self.call.channel_id)):
                return Message(OUTSIDE)
            self.post.say(self.call.channel_id, message, self.call.thread_ts)
        except SlackError as error:
            if word(error) in CLOSED:
                return Message(INVITE.format(error=word(error)))
            return Message(f"Slack did not take the message ({word(error)}). Try again in a minute.")
        return Message("")


def later(seconds: float, work: Callable[[], None]) -> Callable[[], None]:
    """Do it in so many seconds, in a thread of its own; gives what prevents it."""
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()
    return timer.cancel


class Whisper(Hand):
    """By response_url. A pressed button's answer takes the message's place only if it says so (`Message.replaces`)."""

    def __init__(self, call: Call, post: Post, clock: Clock = time.monotonic, after: After = later) -> None:
        super().__init__(call, post, clock)
        self._after = after
        self._uses = 0
        self._asked = False
        self._news = ASKING.text
        self._prevent: Callable[[], object] = lambda: None

    def progress(self, text: str) -> None:
        """Say how far it is: a press in a line of its own, once; else in the one line that there may be."""
        self._news = text
        if self.call.kind == "press":
            super().progress(text)

    def finish(self, message: Message, *, private: bool = False) -> None:
        """Give the answer, and no word of asking after it."""
        self._prevent()
        super().finish(message, private=private)

    def _pace(self) -> float:
        return PACE["hook"]

    def _ask(self) -> None:
        if self.call.kind != "press":
            with contextlib.suppress(RuntimeError):  # no thread to be had: then without a word before the answer
                self._prevent = self._after(PATIENCE, self._still)

    def _still(self) -> None:
        """It takes long. The lock keeps the answer from overtaking these words."""
        with self._lock:
            if not self._done:
                said = self._hook(Message(FOLLOWS.format(asking=self._news)), hasty=True, replace_original=False)
                self._asked = said and self.call.kind == "slash"  # on a message, a response_url edits that message and no other

    def _tell(self, message: Message) -> None:
        if not self._uses:
            self._hook(message, hasty=True, replace_original=False)

    def _clear(self) -> None:
        if self._asked and self._alive():
            self._hook(Message(""), delete_original=True)

    def _end(self, message: Message, *, private: bool) -> None:
        takes_place = self._asked or (self.call.kind == "press" and message.replaces)
        if not (self._alive() and self._hook(message, replace_original=takes_place)):
            self.by_hand(message)

    def _alive(self) -> bool:
        return self._uses < USES and self._clock() - self._born < LIFE

    def _hook(self, message: Message, *, hasty: bool = False, **how: object) -> bool:
        self._uses += 1
        thread = {"thread_ts": self.call.thread_ts} if self.call.thread_ts and not how.get("replace_original") else {}
        return self.post.hook(self.call.response_url, message, hasty=hasty, response_type="ephemeral", **how, **thread)


class Open(Hand):
    """In a message of its own: a thread of a channel, or direct messages."""

    def __init__(self, call: Call, post: Post, clock: Clock = time.monotonic) -> None:
        super().__init__(call, post, clock)
        self._ts = ""

    def _ask(self) -> None:
        self._ts = self.post.say(self.call.channel_id, ASKING, self.call.thread_ts, hasty=True)

    def _tell(self, message: Message) -> None:
        if self._ts:
            self.post.edit(self.call.channel_id, self._ts, message)

    def _end(self, message: Message, *, private: bool) -> None:
        direct = self.call.channel_id.startswith("D")
        try:
            if private and not direct:
                self._aside(message)
            else:
                self._place(message if direct else said(message, IN_PUBLIC))
        except SlackError as error:
            log.warning("answer goes on as a direct message", error=word(error))
            self.by_hand(message)

    def _publish(self, message: Message) -> Message:
        return replace(message, public=False)  # whoever reads the place reads the answer

    def _place(self, message: Message) -> None:
        if not self._ts:
            self._ts = self.post.say(self.call.channel_id, message, self.call.thread_ts)
        else:
            self.post.edit(self.call.channel_id, self._ts, message)

    def _aside(self, message: Message) -> None:
        if self._ts:
            self._safely(lambda: self.post.drop(self.call.channel_id, self._ts))
        self.post.whisper(self.call.channel_id, self.call.user_id, message, self.call.thread_ts)


class Aside(Hand):
    """To the asker alone, where strangers read along. What is whispered cannot be edited, so there are no words on the way."""

    def _ask(self) -> None:
        self.post.whisper(self.call.channel_id, self.call.user_id, ASKING, self.call.thread_ts)

    def _tell(self, message: Message) -> None:
        """Nothing: it could not be taken back."""

    def _end(self, message: Message, *, private: bool) -> None:
        try:
            self.post.whisper(self.call.channel_id, self.call.user_id, message, self.call.thread_ts)
        except SlackError:
            self.by_hand(message)


def hand(call: Call, post: Post, clock: Clock = time.monotonic) -> Hand:
    """The hand that fits a call. A call from nowhere (App Home, a form) is answered in direct messages."""
    if call.response_url:
        return Whisper(call, post, clock)
    if call.shared:
        return Aside(call, post, clock)
    if not call.channel_id:
        return Open(replace(call, channel_id=post.direct(call.user_id)), post, clock)
    return Open(call, post, clock)


def said(message: Message, sentence: str) -> Message:
    """A message with one more sentence, in its text and below its blocks."""
    room = message.blocks and len(message.blocks) < 50
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": sentence}]}
    blocks = (*message.blocks, context) if room else message.blocks
    return replace(message, text=f"{message.text}\n{sentence}".strip(), blocks=blocks)
