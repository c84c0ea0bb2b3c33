"""The one exception of the Web API: Slack's error word and whatever Slack says beside it."""

from __future__ import annotations

from bot.workspace.facts import Value


class SlackError(Exception):
    """Answered as `{"ok": false, "error": word, …}` (docs.slack.dev/apis/web-api: Evaluating responses)."""

    def __init__(self, word: str, **more: Value) -> None:
        super().__init__(word)
        self.word = word
        self.more = more


class RateLimited(Exception):
    """Answered as HTTP 429 with `Retry-After`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"retry after {seconds} s")
        self.seconds = seconds
