"""The outbox's way to Slack: every message carries its key in its metadata, and can be found by it.

Nothing is tried again here: what a failure means is the outbox's to decide. Docs: docs.slack.dev/messaging/message-metadata,
conversations.history and conversations.replies (`include_all_metadata`), files.getUploadURLExternal.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.core.posts import EVENT, Later, Sent, Undeliverable, Unsure
from bot.core.reply import Blocks, Message
from bot.slack.client import Clients, SlackError, loopback, transient, word
from bot.slack.post import BAD_BLOCKS, QUIET, editable, plain, sound

log = structlog.get_logger("courier")
SKEW = timedelta(minutes=5)  # between our clock and Slack's
SECONDS = 15
KINDS = "public_channel,private_channel"


class SlackCourier:
    """Carries posts. `failed` counts Slack's error words."""

    def __init__(self, clients: Clients, failed: Callable[[str, str], None] = lambda service, error: None) -> None:
        self._client, self._failed = clients.bare, failed
        self._places: dict[str, str] = {}

    def say(self, channel: str, text: str, blocks: Blocks, key: str, thread: str) -> Sent:
        """A message with its key."""
        metadata = {"event_type": EVENT, "event_payload": {"key": key}}
        where: dict[str, Any] = {"channel": self.place(channel), "thread_ts": thread or None, "metadata": metadata, **QUIET}
        said = self._plainer(
            lambda message: self._client.chat_postMessage(text=message.text, blocks=_listed(message), **where), text, blocks
        )
        return Sent(str(said.get("channel") or ""), str(said["ts"]))

    def edit(self, sent: Sent, text: str, blocks: Blocks) -> None:
        """Other words for a message of ours; its metadata stays."""
        self._plainer(lambda m: self._updated(sent, editable(m)), text, blocks)

    def _updated(self, sent: Sent, message: Message) -> SlackResponse:
        return self._client.chat_update(channel=sent.place, ts=sent.ts, text=message.text, blocks=_listed(message))

    def find(self, channel: str, key: str, thread: str, since: datetime) -> Sent | None:
        """The message with the key: in the thread, or in the channel since shortly before that moment."""
        place = self.place(channel)
        oldest = f"{(since - SKEW).timestamp():.6f}"
        about: dict[str, Any] = {"channel": place, "include_all_metadata": True, "limit": 200, "oldest": oldest}
        ask = (
            (lambda cursor: self._client.conversations_replies(**about, ts=thread, cursor=cursor))
            if thread
            else (lambda cursor: self._client.conversations_history(**about, cursor=cursor))
        )
        found = self._search(ask, lambda message: ((message.get("metadata") or {}).get("event_payload") or {}).get("key") == key)
        return Sent(place, str(found["ts"])) if found else None

    def begin(self, name: str, body: bytes, alt: str) -> str:
        """The bytes of a file."""
        extra = {"alt_txt": alt[:1000]} if alt else {}
        given = self._called(lambda: self._client.files_getUploadURLExternal(filename=name, length=len(body), **extra))
        self._called(lambda: _sent(str(given["upload_url"]), body))
        return str(given["file_id"])

    def share(self, file: str, title: str, channel: str, thread: str) -> Sent:
        """The end of an upload."""
        place = self.place(channel) if channel else ""
        self._called(
            lambda: self._client.files_completeUploadExternal(
                files=[{"id": file, "title": title}], channel_id=place or None, thread_ts=thread or None
            )
        )
        return Sent(place, "", file)

    def shared(self, file: str, channel: str, thread: str) -> Sent | None:
        """The message of a thread that shows the file."""
        place = self.place(channel)
        ask = lambda cursor: self._client.conversations_replies(channel=place, ts=thread, limit=200, cursor=cursor)  # noqa: E731 - as find
        found = self._search(ask, lambda message: any(each.get("id") == file for each in message.get("files") or ()))
        return Sent(place, str(found["ts"]), file) if found else None

    def place(self, channel: str) -> str:
        """The id of a channel by `#name` or id. A person's id is their direct messages."""
        if not channel.startswith(("#", "U", "W")):
            return channel
        if channel not in self._places:
            self._places[channel] = self._named(channel[1:]) if channel.startswith("#") else self._direct(channel)
        return self._places[channel]

    def _direct(self, user: str) -> str:
        return str(self._called(lambda: self._client.conversations_open(users=user))["channel"]["id"])

    def _named(self, name: str) -> str:
        ask = lambda cursor: self._client.conversations_list(types=KINDS, exclude_archived=True, limit=1000, cursor=cursor)  # noqa: E731 - as find
        found = self._search(ask, lambda channel: channel.get("name") == name, "channels")
        if not found:
            raise Undeliverable(f"channel_not_found: there is no channel #{name} that I can see; invite me to it, or name its id")
        return str(found["id"])

    def _search(
        self, ask: Callable[[str], Any], fits: Callable[[Mapping[str, Any]], bool], name: str = "messages"
    ) -> Mapping[str, Any] | None:
        cursor = ""
        while True:
            page = self._called(lambda cursor=cursor: ask(cursor))  # type: ignore[misc]  # bound at once
            if found := next((each for each in page.get(name) or () if fits(each)), None):
                return dict(found)
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return None

    def _plainer(self, call: Callable[[Message], Any], text: str, blocks: Blocks) -> Any:  # noqa: ANN401 - a SlackResponse
        """The call, and once more as plain sections where Slack refuses a block."""
        whole = Message(sound(text), tuple(sound(tuple(blocks))))
        try:
            return self._called(lambda: call(whole))
        except Undeliverable as refused:
            if str(refused) not in BAD_BLOCKS or not blocks:
                raise
        log.warning("blocks refused, posted as plain text")
        return self._called(lambda: call(plain(whole)))

    def _called(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - a SlackResponse
        try:
            return call()
        except SlackError as error:
            self._failed("web_api", word(error))
            raise _meant(error) from error


def _listed(message: Message) -> Any:  # noqa: ANN401 - blocks as slack_sdk types them
    return [dict(block) for block in message.blocks] or None


def _meant(error: Exception) -> Exception:
    """What an error says of the call: nothing done, nobody knows, or a person must act."""
    if isinstance(error, SlackApiError):
        status = int(getattr(error.response, "status_code", 0) or 0)
        if status == 429 or word(error) == "ratelimited":
            return Later(_delay(error))
        if not transient(error):
            return Undeliverable(word(error))
    return Unsure(word(error))


def _delay(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    said = str(headers.get("Retry-After") or headers.get("retry-after") or "")
    return float(said) if said.isdigit() else 30.0


def _sent(url: str, body: bytes) -> None:
    """The bytes to the address that Slack gave. Loopback addresses never go to a proxy."""
    request = urllib.request.Request(url, data=body, method="POST", headers={"Content-Type": "application/octet-stream"})  # noqa: S310 - Slack's own
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({})) if loopback(url) else urllib.request.build_opener()
    with opener.open(request, timeout=SECONDS) as answer:
        answer.read()
