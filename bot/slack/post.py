"""How a Message reaches Slack: within its rules, and once more as plain sections where Slack rejects a block.

Slack refuses a whole message for one bad block, and an answer must not be lost to that. Links never unfurl and names are never linked:
what is shown comes from sessions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.core.reply import File, Message
from bot.slack.client import Clients, SlackError, word
from bot.slack.words import Meter

log = structlog.get_logger("slack")
BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_arguments"})
REVOKED = frozenset({"token_revoked", "token_expired", "invalid_auth", "account_inactive", "not_authed"})
SECTION, MOST_BLOCKS, LONGEST = 3000, 50, 40_000
IN_BLOCKS = 12_000  # characters of a message's blocks together that chat.* surely takes (bolt-js #2509 measured 13,297)
LONGEST_EDIT = 4_000  # bytes of chat.update's `text`, counted once `&`, `<` and `>` are escaped; more is refused as msg_too_long
CUT = "…"
ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
WHOLE = re.compile(r"&(?:amp|lt|gt);|.", re.DOTALL)  # what must not be cut in two
QUIET = {"unfurl_links": False, "unfurl_media": False}


class Post:
    """Everything that the Slack side writes. Raises what slack_sdk raises, except `hook`, which says whether it arrived."""

    def __init__(self, clients: Clients, meter: Meter) -> None:
        self._clients, self._meter = clients, meter
        self._direct: dict[str, str] = {}
        self.refused = ""  # Slack's word, while it does not accept the bot token any more

    def say(self, channel: str, message: Message, thread_ts: str = "", *, hasty: bool = False) -> str:
        """A new message; gives its ts. A `hasty` one is not worth waiting for."""
        client = self._clients.bare if hasty else self._clients.once
        where = {"channel": channel, "thread_ts": thread_ts or None, **QUIET}
        return str(self._send(client.chat_postMessage, message, where).get("ts") or "")

    def edit(self, channel: str, ts: str, message: Message) -> None:
        """A message in the place of an earlier one of ours."""
        self._send(self._clients.steady.chat_update, message, {"channel": channel, "ts": ts}, fits=editable)

    def drop(self, channel: str, ts: str) -> None:
        """Take an earlier message of ours away."""
        self._counted(lambda: self._clients.steady.chat_delete(channel=channel, ts=ts))

    def whisper(self, channel: str, user: str, message: Message, thread_ts: str = "") -> None:
        """A message that one person sees, if they are there."""
        self._send(self._clients.once.chat_postEphemeral, message, {"channel": channel, "user": user, "thread_ts": thread_ts or None})

    def hook(self, url: str, message: Message, *, hasty: bool = False, **how: object) -> bool:
        """A message by a response_url. False where Slack took it in no form. A `hasty` one is not worth waiting for."""
        client = self._clients.hook(url, hasty=hasty)
        return self._hooked(client, message, how) or (bool(message.blocks) and self._hooked(client, plain(message, LONGEST), how))

    def direct(self, user: str) -> str:
        """The channel of the bot's direct messages with a person."""
        if user not in self._direct:
            found = self._counted(lambda: self._clients.steady.conversations_open(users=user))
            self._direct[user] = str((found.get("channel") or {}).get("id") or "")
        return self._direct[user]

    def upload(self, channel: str, files: Iterable[File], thread_ts: str = "") -> None:
        """Files into a channel. Slack shares them a moment after this returns."""
        parts = [{"filename": file.name, "content": file.body, "title": file.title or file.name} for file in files]
        self._counted(lambda: self._clients.once.files_upload_v2(channel=channel, file_uploads=parts, thread_ts=thread_ts or None))

    def reaches_outside(self, channel: str) -> bool:
        """Whether people of another organisation read along in a channel."""
        found = self._counted(lambda: self._clients.steady.conversations_info(channel=channel)).get("channel") or {}
        return bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared"))

    def show(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal within three seconds of the click; gives its view id."""
        opened = self._counted(lambda: self._clients.bare.views_open(trigger_id=trigger_id, view=dict(view)))
        return str((opened.get("view") or {}).get("id") or "")

    def reshow(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Another view in an open modal's place."""
        self._counted(lambda: self._clients.steady.views_update(view_id=view_id, view=dict(view)))

    def home(self, user: str, view: Mapping[str, Any]) -> None:
        """A person's App Home."""
        self._counted(lambda: self._clients.steady.views_publish(user_id=user, view=dict(view)))

    def _hooked(self, client: WebhookClient, message: Message, how: Mapping[str, object]) -> bool:
        body = {"text": sound(message.text), "blocks": _list(message), **QUIET, **how}
        try:
            answer = client.send_dict({name: value for name, value in body.items() if value is not None})
        except SlackError as error:
            self._meter.failed("response_url", type(error).__name__)
            return False
        if answer.status_code != 200:
            self._meter.failed("response_url", _short(answer.body))
            log.info("response_url refused", status=answer.status_code, error=_short(answer.body))
        return answer.status_code == 200

    def _send(
        self,
        method: Callable[..., Any],
        message: Message,
        where: Mapping[str, object],
        *,
        fits: Callable[[Message], Message] = lambda message: message,
    ) -> Any:  # noqa: ANN401 - a SlackResponse
        first = fits(message)
        try:
            return self._counted(lambda: method(text=sound(first.text), blocks=_list(first), **where))
        except SlackApiError as error:
            if word(error) not in BAD_BLOCKS or not message.blocks:
                raise
            log.warning("blocks refused, sent as plain text", error=word(error), details=_details(error))
        again = fits(plain(message))
        return self._counted(lambda: method(text=again.text, blocks=_list(again), **where))

    def _counted(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - a SlackResponse
        try:
            answer = call()
        except SlackError as error:
            self._meter.failed("web_api", word(error))
            self.refused = word(error) if word(error) in REVOKED else self.refused
            raise
        self.refused = ""
        return answer


def plain(message: Message, most: int = IN_BLOCKS) -> Message:
    """The same meaning in sections of text alone, of at most so many characters; a response_url takes more than chat.*."""
    whole = sound(message.text)[:LONGEST]
    text = whole if len(whole) <= most else whole[: most - len(CUT)] + CUT
    parts = [text[at : at + SECTION] for at in range(0, len(text), SECTION)][:MOST_BLOCKS]
    blocks = tuple({"type": "section", "text": {"type": "mrkdwn", "text": part, "verbatim": True}} for part in parts if part.strip())
    return Message(whole, blocks)


def editable(message: Message) -> Message:
    """A message that chat.update takes: a longer text is cut, and where nothing else shows it, it is shown in sections.

    Source: docs.slack.dev/reference/methods/chat.update, `msg_too_long`.
    """
    text = shortened(message.text)
    shown = message if message.blocks or text == message.text else plain(message)
    return replace(shown, text=text)


def shortened(text: str, most: int = LONGEST_EDIT) -> str:
    """Text of at most so many bytes as Slack counts them, cut between characters, never inside `&amp;`."""
    text = sound(text)
    room, kept = most, 0
    for match in WHOLE.finditer(text):
        room -= _bytes(match[0])
        if room < 0:
            return text[:kept] + CUT
        if room >= len(CUT.encode()):
            kept = match.end()
    return text


def sound(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """JSON without lone surrogates, which no UTF-8 can carry."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {key: sound(each) for key, each in value.items()}
    return [sound(each) for each in value] if isinstance(value, list | tuple) else value


def _bytes(character: str) -> int:
    return len(ESCAPED.get(character, character).encode())


def _list(message: Message) -> list[Any] | None:
    return sound(message.blocks) or None


def _short(body: object) -> str:
    return str(body)[:60]


def _details(error: SlackApiError) -> list[str]:
    found = error.response.get("response_metadata") if hasattr(error.response, "get") else None
    return [str(each)[:200] for each in (found or {}).get("messages", [])][:5]
