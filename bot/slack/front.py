"""The front desk: a call is taken once, answered on the bot's own threads, and never without a word to whoever asked.

Two pools: `quick` speaks to Slack ("Asking…", modals, which have three seconds), `work` asks the office. `safely` is the one place that
catches what the office raises.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

import structlog

from bot.core.model import Refused, Unavailable
from bot.core.reply import Message
from bot.slack.client import SlackError, word
from bot.slack.hands import Hand, hand
from bot.slack.people import People
from bot.slack.pool import Pool
from bot.slack.post import Post
from bot.slack.words import Asker, Call, Meter, Office, View

log = structlog.get_logger("slack")
REMEMBERED, AN_HOUR = 50_000, 3600.0
BREATH = 0.1  # seconds before we speak: the rest of a burst is acknowledged first, as both want the same processor
STOPPING = "I am being restarted and could not finish this. Please ask again in a minute."
FAILED = "Something in me failed, and it is not your fault. Please tell whoever runs me this ticket: `{ticket}`."
TOO_LATE = "Slack gave me no time to open the form ({error}). Please try the shortcut again, or type `/ssm help`."
NO_FORM = "Slack gave me no time to open the form ({error}). Please press the button again."
LOADING: View = {
    "type": "modal",
    "callback_id": "ssm:loading",
    "title": {"type": "plain_text", "text": "Countersign"},
    "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Loading…"}}],
}


def _ticket() -> str:
    return secrets.token_hex(4)


class Seen:
    """What has been delivered within the hour: Slack delivers again what it thinks was lost."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._keys: OrderedDict[str, float] = OrderedDict()
        self._lock, self._clock = Lock(), clock

    def first(self, key: str) -> bool:
        """Whether this key comes for the first time. An empty key always does."""
        now = self._clock()
        with self._lock:
            while self._keys and (len(self._keys) > REMEMBERED or next(iter(self._keys.values())) < now - AN_HOUR):
                self._keys.popitem(last=False)
            if not key.strip() or key not in self._keys:
                self._keys[key] = now
                return True
        return False


@dataclass(slots=True)
class Front:
    """Takes calls. `verbs` for the meter are the first words as typed; the meter keeps the known ones."""

    office: Office
    people: People
    post: Post
    quick: Pool
    work: Pool
    meter: Meter
    ticket: Callable[[], str] = _ticket
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    seen: Seen = field(default_factory=Seen)

    def take(self, call: Call) -> None:
        """Take a call that has been acknowledged. Returns at once."""
        if call.user_id and self.seen.first(f"{call.kind} {call.key}".strip()):
            self.quick.submit(Question(self, call, born=self.clock()))

    def safely(self, work: Callable[[], Message], call: Call) -> tuple[Message, str]:
        """The office's answer, or the sentence for what it raised; and a word for which of them it is."""
        try:
            return work(), "answered"
        except Refused as refusal:
            return Message(str(refusal)), "refused"
        except Unavailable as fault:
            log.warning("unavailable", user=call.user_id, kind=call.kind, cause=type(fault.__cause__).__name__)
            return Message(str(fault)), "unavailable"
        except Exception:
            ticket = self.ticket()
            log.exception("failed", ticket=ticket, user=call.user_id, kind=call.kind)
            return Message(FAILED.format(ticket=ticket)), "failed"

    def ask(self, call: Call, who: Asker, progress: Callable[[str], None]) -> Message:
        """What the office says to a call."""
        if call.kind == "press":
            return self.office.press(who, call.action_id, call.value, call.values, progress)
        if call.kind == "shortcut":
            return self.office.answer(who, self.office.shortcut_words(call.message), "shortcut", progress)
        return self.office.answer(who, call.words, "form" if call.kind == "ask" else call.kind, progress)

    def check(self, call: Call) -> Mapping[str, str]:
        """What is wrong with a submitted form. A check that fails lets it pass: the office decides in the end."""
        try:
            return self.office.check(call.action_id, call.value, call.values) if call.kind == "press" else {}
        except Exception:
            log.exception("a form could not be checked", action=call.action_id)
            return {}

    def opens(self, call: Call) -> bool:
        """Whether a button opened its modal, or was refused one: then nothing more is to be done."""
        if call.kind != "press" or call.submitted or not call.trigger_id or not call.action_id.startswith("ssm:"):
            return False
        made: list[View | None] = []

        def work() -> Message:
            made.append(self.office.view(self.people.asker(call), call.action_id, call.value))
            return Message("")

        message, outcome = self.safely(work, call)
        if outcome != "answered":
            hand(call, self.post, self.clock).finish(message, private=True)
            return True
        if made[0] is None:
            return False
        try:
            self.post.show(call.trigger_id, made[0])
        except SlackError as error:
            log.warning("form refused", action=call.action_id, error=word(error))
            hand(call, self.post, self.clock).finish(Message(NO_FORM.format(error=word(error))), private=True)
        return True

    def modal(self, call: Call) -> None:
        """The global shortcut's form: a loading view within the three seconds, then the form in its place."""
        try:
            view_id = self.post.show(call.trigger_id, LOADING)
        except SlackError as error:
            hand(call, self.post).by_hand(Message(TOO_LATE.format(error=word(error))))
            return
        self._shown(call, self.office.form, lambda view: self.post.reshow(view_id, view), "modal")

    def home(self, call: Call) -> None:
        """The person's App Home."""
        self._shown(call, self.office.home, lambda view: self.post.home(call.user_id, view), "home")

    def _shown(self, call: Call, make: Callable[[Asker], View], show: Callable[[View], None], surface: str) -> None:
        made: list[View] = []

        def work() -> Message:
            made.append(make(self.people.asker(call)))
            return Message("")

        message, _ = self.safely(work, call)
        try:
            show(made[0] if made else _notice(surface, message.text))
        except SlackError as error:
            log.warning("view refused", surface=surface, error=word(error))


@dataclass(slots=True, eq=False)
class Question:
    """One call on its way: first on the quick pool, then on the workers'."""

    front: Front
    call: Call
    hand: Hand | None = None
    born: float = 0.0

    def run(self) -> None:
        """Begin, or answer, whichever is next."""
        if self.call.kind in VIEWS:
            VIEWS[self.call.kind](self.front, self.call)
        elif self.hand is None:
            self._begin()
        else:
            self._answer(self.hand)

    def abandon(self) -> None:
        """Tell the asker that the bot is stopping."""
        (self.hand or hand(self.call, self.front.post)).finish(Message(STOPPING), private=True)

    def _begin(self) -> None:
        if self.front.opens(self.call):
            return
        self.front.pause(max(0.0, BREATH - (self.front.clock() - self.born)))
        self.hand = hand(self.call, self.front.post, self.front.clock)
        self.hand.asking()
        if not self.front.work.submit(self):
            self._decline(self.hand)

    def _decline(self, its: Hand) -> None:
        closing = self.front.work.closed
        text = STOPPING if closing else f"I have {self.front.work.held} questions in hand. Please try again in a minute."
        its.finish(Message(text), private=True)
        self.front.meter.asked(self._verb(), "declined", 0.0)

    def _answer(self, its: Hand) -> None:
        front, call = self.front, self.call
        message, outcome = front.safely(lambda: front.ask(call, front.people.asker(call), its.progress), call)
        its.finish(message, private=outcome != "answered")
        seconds = front.clock() - self.born
        front.meter.asked(self._verb(), outcome, seconds)
        log.info("answered", kind=call.kind, user=call.user_id, outcome=outcome, seconds=round(seconds, 3))

    def _verb(self) -> str:
        words = self.call.action_id.split(":")[1:2] if self.call.kind == "press" else self.call.words.split()[:1]
        return words[0].lower() if words else "help"


VIEWS: dict[str, Callable[[Front, Call], None]] = {"form": Front.modal, "home": Front.home}


def _notice(surface: str, sentence: str) -> View:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": sentence[:3000] or "Nothing to show.", "verbatim": True}}
    return {**(LOADING if surface == "modal" else {"type": "home"}), "blocks": [section]}
