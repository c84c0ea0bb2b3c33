"""The Bolt app: one command, one family of buttons, one family of forms, and the events. The only file that knows Bolt's App.

Every listener acknowledges with an empty answer, hands the parsed call to `take`, and is done: microseconds. So Bolt may run them where the
request arrived (`process_before_response`), which spares its polling for the acknowledgement; the pool of 32 is there for middleware
that would want one. What the person sees is written afterwards, in order, by the bot itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.slack import payloads
from bot.slack.words import Call, Wire

OURS = re.compile("^ssm:")
PRESSED = re.compile("^ssm:(?!.*:link(:|$))", re.DOTALL)  # a button with a url tells us too that it was pressed: `ssm:<command>:link:…`
ANY = re.compile(".*", re.DOTALL)
Body = dict[str, Any]
Take = Callable[[Call], None]
Check = Callable[[Call], Mapping[str, str]]


def build(wire: Wire, client: WebClient, identity: Body, take: Take, check: Check = lambda _: {}) -> App:
    """A Bolt app whose listeners acknowledge and hand over. `identity` is the answer of auth.test."""
    app = App(
        name="countersign",
        client=client,
        signing_secret=wire.signing_secret,
        authorize=lambda **_: AuthorizeResult.from_auth_test_response(auth_test_response=identity, bot_token=wire.bot_token),
        process_before_response=True,
        listener_executor=ThreadPoolExecutor(32, thread_name_prefix="bolt"),
        request_verification_enabled=wire.mode == "http",
    )
    app.command("/ssm")(_takes(payloads.slash, take))
    app.action(PRESSED)(_takes(payloads.press, take))
    app.view(OURS)(_submits(take, check))
    app.shortcut(ANY)(_takes(payloads.shortcut, take))
    app.event("app_mention")(_takes(payloads.event, take))
    app.event("app_home_opened", matchers=[_home_tab])(_takes(payloads.event, take))
    app.event("message", matchers=[_direct])(_takes(payloads.event, take))
    for also in (app.event(ANY), app.action(ANY), app.view(ANY), app.view_closed(ANY), app.command(ANY)):
        also(_acks)
    return app


def _takes(parse: Callable[[Body], Call], take: Take) -> Callable[[Ack, Body], None]:
    def listener(ack: Ack, body: Body) -> None:
        ack()
        take(parse(body))

    return listener


def _submits(take: Take, check: Check) -> Callable[[Ack, Body], None]:
    """A form with a fault stays open, and says at the input what is wrong."""

    def listener(ack: Ack, body: Body) -> None:
        call = payloads.view(body)
        if wrong := check(call):
            ack(response_action="errors", errors=dict(wrong))
            return
        ack()
        take(call)

    return listener


def _acks(ack: Ack) -> None:
    ack()


def _home_tab(event: Body) -> bool:
    return event.get("tab") == "home"


def _direct(event: Body) -> bool:
    """A person's own words in direct messages: no edits, no joins, no bots."""
    return event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id")
